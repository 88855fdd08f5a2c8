import type { Kernel } from '@jupyterlab/services';
import { KernelMessage } from '@jupyterlab/services';

import { ReplayFuture } from '../replayfuture';

type Content = Record<string, unknown>;

function message(channel: string, msgType: string, content: Content): KernelMessage.IMessage {
  return KernelMessage.createMessage({
    channel: channel as 'iopub',
    msgType: msgType as 'stream',
    session: 'other page',
    username: '',
    content: content as unknown as KernelMessage.IStreamMsg['content']
  });
}

const stream = (text: string) => message('iopub', 'stream', { name: 'stdout', text });
const status = (execution_state: string) => message('iopub', 'status', { execution_state });
const reply = () => message('shell', 'execute_reply', { status: 'ok', execution_count: 4 });

function createFuture(): ReplayFuture {
  const request = message('shell', 'execute_request', { code: '1' });
  return new ReplayFuture(
    {} as Kernel.IKernelConnection,
    request as unknown as KernelMessage.IExecuteRequestMsg
  );
}

describe('ReplayFuture', () => {
  it('hands messages on in order, however long each takes', async () => {
    const future = createFuture();
    const seen: string[] = [];
    future.onIOPub = async msg => {
      const { text } = msg.content as { text?: string };
      await new Promise(resolve => setTimeout(resolve, text === 'a' ? 20 : 0));
      seen.push(text ?? 'status');
    };
    [stream('a'), stream('b'), reply(), status('idle')].forEach(msg => future.handle(msg));
    await future.done;
    expect(seen).toEqual(['a', 'b', 'status']);
  });

  it('is done once both the reply and the idle status are there, in either order', async () => {
    for (const order of [
      [reply(), status('idle')],
      [status('idle'), reply()]
    ]) {
      const future = createFuture();
      order.forEach(msg => future.handle(msg));
      const { content } = await future.done;
      expect(content.execution_count).toBe(4);
    }
  });

  it('keeps from the output area what a hook takes', async () => {
    const future = createFuture();
    const seen: unknown[] = [];
    future.onIOPub = msg => {
      seen.push(msg);
    };
    future.registerMessageHook(msg => !KernelMessage.isStreamMsg(msg));
    [stream('taken'), status('idle'), reply()].forEach(msg => future.handle(msg));
    await future.done;
    expect(seen).toHaveLength(1);
  });

  it('rejects when another execution takes the cell over, and hands on nothing more', async () => {
    const future = createFuture();
    const seen: unknown[] = [];
    future.onIOPub = msg => {
      seen.push(msg);
    };
    future.dispose();
    future.handle(stream('late'));
    await expect(future.done).rejects.toThrow('Canceled');
    expect(seen).toEqual([]);
  });
});
