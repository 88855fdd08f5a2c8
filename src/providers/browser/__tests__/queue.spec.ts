import type { IQueued } from '../queue';
import { RequestQueue } from '../queue';

const item = (id: string, type = 'execute_request') =>
  ({ header: id, message: { header: { msg_type: type } } }) as unknown as IQueued;

/** A queue whose items end when the test says so. */
function makeQueue() {
  const log: string[] = [];
  let finish: (goOn: boolean) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const queue = new RequestQueue({
    run: ({ header }) => {
      log.push(`run ${header}`);
      return new Promise((resolve, reject) => {
        finish = resolve;
        fail = reject;
      });
    },
    abort: ({ header }) => log.push(`abort ${header}`)
  });
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await Promise.resolve();
    }
  };
  return {
    queue,
    log,
    end: async (goOn = true) => {
      finish(goOn);
      await settle();
    },
    throwError: async () => {
      fail(new Error('ours'));
      await settle();
    }
  };
}

describe('RequestQueue', () => {
  it('keeps requests until the worker is ready, and runs them one at a time in their order', async () => {
    const { queue, log, end } = makeQueue();
    queue.add(item('1'));
    queue.add(item('2'));
    expect(log).toEqual([]);
    queue.open();
    expect(log).toEqual(['run 1']);
    await end();
    expect(log).toEqual(['run 1', 'run 2']);
  });

  it('aborts the cells behind a failed one, and still answers other requests', async () => {
    const { queue, log, end } = makeQueue();
    queue.open();
    ['1', '2'].forEach(id => queue.add(item(id)));
    queue.add(item('3', 'complete_request'));
    queue.add(item('4'));
    await end(false);
    expect(log).toEqual(['run 1', 'abort 2', 'abort 4', 'run 3']);
  });

  it('says what was left when the worker is gone, and starts afresh', async () => {
    const { queue, log, end } = makeQueue();
    queue.open();
    queue.add(item('1'));
    queue.add(item('2'));
    const left = queue.close();
    expect([left.running?.header, left.waiting.map(({ header }) => header)]).toEqual(['1', ['2']]);
    await end();
    queue.add(item('3'));
    expect(log).toEqual(['run 1']);
    queue.open();
    expect(log).toEqual(['run 1', 'run 3']);
  });
});
