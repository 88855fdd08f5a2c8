/**
 * A page that nobody watches: of each request in its own pages Playwright takes a copy of the body, as text, through two
 * processes, which for hundreds of megabytes is most of what would be measured.
 */
import { Problem } from '../machine/say.mjs';

const POLL_MS = 50;

/**
 * Open a page in a context of its own, with nothing cached.
 *
 * @returns `{ evaluate, addScript, waitFor, close }`; functions go to the page as text, their arguments as JSON.
 */
export async function openUnwatchedPage(browser, url) {
  const session = await browser.newBrowserCDPSession();
  const { browserContextId } = await session.send('Target.createBrowserContext');
  // Playwright lets go of what is in a context that it has not made.
  const { targetId } = await session.send('Target.createTarget', { url, browserContextId });
  const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map();
  let lastId = 0;
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result, error } = JSON.parse(message);
    waiting.get(id)?.({ result, error });
    waiting.delete(id);
  });

  // A page that is gone answers nothing.
  let gone = null;
  const end = message => {
    gone = { error: { message } };
    waiting.forEach(answer => answer(gone));
    waiting.clear();
  };
  browser.once('disconnected', () => end('the browser has ended.'));
  const endIfCrashed = crashed => crashed.targetId === targetId && end('it has crashed.');
  session.on('Target.targetCrashed', endIfCrashed);
  await session.send('Target.setDiscoverTargets', { discover: true });

  async function ask(expression) {
    const id = (lastId += 1);
    const params = { expression, awaitPromise: true, returnByValue: true };
    const message = JSON.stringify({ id, method: 'Runtime.evaluate', params });
    if (gone) {
      return gone;
    }
    const answered = new Promise(resolve => waiting.set(id, resolve));
    await session.send('Target.sendMessageToTarget', { sessionId, message });
    return answered;
  }

  async function run(expression) {
    const { result, error } = await ask(expression);
    if (error || result.exceptionDetails) {
      throw new Problem(`In the page: ${error?.message ?? reason(result.exceptionDetails)}`);
    }
    return result.result.value;
  }

  const call = (work, args) => `(${work})(${args.map(value => JSON.stringify(value)).join(', ')})`;
  return {
    evaluate: (work, ...args) => run(call(work, args)),
    addScript: run,
    waitFor: async (work, ...args) => {
      // While it is being loaded there is nothing to ask.
      for (let found; !found && !gone; found = (await ask(call(work, args))).result?.result.value) {
        await new Promise(resolve => setTimeout(resolve, POLL_MS));
      }
    },
    close: async () => {
      await session.send('Target.disposeBrowserContext', { browserContextId });
      await session.detach();
    }
  };
}

function reason({ exception, text }) {
  return exception?.description ?? text;
}
