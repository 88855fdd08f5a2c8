/** A browser kernel between real sockets and a worker that the test plays. */
import { deserialize, serialize } from '@jupyterlab/services/lib/kernel/serialize';
import type { KernelMessage } from '@jupyterlab/services';
import { KernelMessage as Messages } from '@jupyterlab/services';
import { expose } from 'comlink';
import { MessageChannel } from 'worker_threads';

import { BrowserKernel } from '../kernel';
import type { IKernelWorker, IWorkerOptions, IWorkerRequest, WorkerEvent } from '../protocol';
import { KernelSocket } from '../socket';

const PROTOCOL = 'v1.kernel.websocket.jupyter.org';

/** What stands for the worker's own end. */
class PlayedWorker {
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this._inner = port2 as unknown as MessagePort;
    this.outer = port1;
    const endpoint = {
      addEventListener: (type: string, listener: (event: unknown) => void) => {
        if (type === 'error') {
          this._fail = listener;
        } else {
          port1.on(type, (data: unknown) => listener({ data }));
        }
      },
      removeEventListener: () => undefined,
      postMessage: (data: unknown, transfer: []) => port1.postMessage(data, transfer),
      terminate: () => {
        this.terminated = true;
        port1.close();
      }
    };
    this.worker = endpoint as unknown as Worker;
    const inner = {
      addEventListener: (_type: string, listener: (event: unknown) => void) =>
        port2.on('message', (data: unknown) => listener({ data, origin: '' })),
      removeEventListener: () => undefined,
      postMessage: (data: unknown, transfer: []) => port2.postMessage(data, transfer)
    };
    const api: IKernelWorker = {
      start: async options => {
        this.options = options;
        await this.ready;
        return { pythonVersion: '3.14.2', ipythonVersion: '9' };
      },
      handle: request =>
        new Promise(resolve => {
          this.requests.push(request);
          this.answer = content => resolve({ content: JSON.stringify(content), buffers: [] });
        }),
      cancel: async () => this.onCancel(),
      setHeaders: async () => undefined,
      upload: (id, { path }) =>
        new Promise(resolve => {
          this.uploads.set(id, path);
          this.answerUpload = status => resolve({ status, body: new ArrayBuffer(0) });
        }),
      stopUpload: async id => void this.uploads.delete(id)
    };
    expose(api, inner);
  }

  readonly worker: Worker;
  readonly outer: { close(): void };
  readonly requests: IWorkerRequest[] = [];
  /** Those under way: what each wants to reach. */
  readonly uploads = new Map<number, string>();
  ready: Promise<void> = Promise.resolve();
  options: IWorkerOptions | null = null;
  terminated = false;
  answer: (content: object) => void = () => undefined;
  answerUpload: (status: number) => void = () => undefined;
  onCancel: () => void = () => undefined;

  tell(event: WorkerEvent): void {
    this._inner.postMessage({ runtimesEvent: event });
  }

  crash(message: string): void {
    this._fail({ message });
  }

  private readonly _inner: MessagePort;
  private _fail: (event: unknown) => void = () => undefined;
}

const open: (() => void)[] = [];

function setUp() {
  const workers: PlayedWorker[] = [];
  const answers: [string, string | null][] = [];
  const kernel = new BrowserKernel({
    id: 'k1',
    path: 'sub/n.ipynb',
    createWorker: () => {
      const played = new PlayedWorker();
      workers.push(played);
      open.push(() => played.outer.close());
      return played.worker;
    },
    workerOptions: async () => ({ shared: null, headers: {} }) as unknown as IWorkerOptions,
    headers: () => ({}),
    postAnswer: async (id, value) => void answers.push([id, value]),
    now: () => new Date(0)
  });
  /** @param first Sent at once when the connection opens, as Lab asks for the kernel's info. */
  const connect = async (session: string, first?: KernelMessage.IMessage) => {
    const got: KernelMessage.IMessage[] = [];
    const url = `ws://host/api/kernels/k1/channels?session_id=${session}`;
    const socket = new KernelSocket(url, [PROTOCOL], () => kernel);
    socket.onmessage = event => got.push(deserialize(event.data as ArrayBuffer, PROTOCOL));
    const send = (message: KernelMessage.IMessage) => socket.send(serialize(message, PROTOCOL));
    socket.onopen = () => first && send(first);
    await until(() => socket.readyState === KernelSocket.OPEN);
    return {
      got,
      send,
      execute: (code: string, options = {}) => {
        const message = Messages.createMessage<KernelMessage.IExecuteRequestMsg>({
          channel: 'shell',
          msgType: 'execute_request',
          session,
          content: { code, stop_on_error: true, ...options }
        });
        send(message);
        return message.header.msg_id;
      },
      types: () => got.map(message => message.header.msg_type as string),
      reply: (id: string) =>
        got.find(
          message =>
            message.channel === 'shell' &&
            (message.parent_header as KernelMessage.IHeader).msg_id === id
        )?.content as { status?: string; evalue?: string } | undefined
    };
  };
  return { kernel, workers, answers, connect };
}

async function until(condition: () => unknown): Promise<void> {
  for (let turn = 0; turn < 400 && !condition(); turn++) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  expect(condition()).toBeTruthy();
}

afterEach(() => open.splice(0).forEach(close => close()));

describe('BrowserKernel', () => {
  it('sends replies to whoever asked, and output to everybody', async () => {
    const { kernel, workers, connect } = setUp();
    const [one, two] = [await connect('one'), await connect('two')];
    await kernel.start();
    const id = one.execute('1');
    await until(() => workers[0].requests.length === 1);
    const content = new TextEncoder().encode('{"data":{},"metadata":{},"execution_count":1}');
    const parent = workers[0].requests[0].header;
    workers[0].tell({
      kind: 'publish',
      msgType: 'execute_result',
      parent,
      content,
      metadata: '{}',
      buffers: []
    });
    workers[0].answer({ status: 'ok' });
    await until(() => one.reply(id));
    expect(one.reply(id)).toEqual({ status: 'ok' });
    await until(() => kernel.status === 'idle');
    expect(two.reply(id)).toBeUndefined();
    expect(one.types()).toContain('execute_result');
    expect(two.types()).toContain('execute_result');
  });

  it('tells a connection its status before it answers anything', async () => {
    const { kernel, connect } = setUp();
    await kernel.start();
    const asks = Messages.createMessage<KernelMessage.IInfoRequestMsg>({
      channel: 'shell',
      msgType: 'kernel_info_request',
      session: 'one',
      content: {}
    });
    const page = await connect('one', asks);
    await until(() => page.types().includes('kernel_info_reply'));
    expect(page.got[0]).toMatchObject({ parent_header: {}, content: { execution_state: 'idle' } });
    const unasked = page.got.filter(({ parent_header }) => !('msg_id' in parent_header));
    expect(unasked).toHaveLength(1);
  });

  it('gathers what is printed in quick succession, and keeps it before what comes next', async () => {
    const { kernel, workers, connect } = setUp();
    const page = await connect('one');
    await kernel.start();
    page.execute('print');
    await until(() => workers[0].requests.length === 1);
    const parent = workers[0].requests[0].header;
    for (let line = 0; line < 50; line++) {
      workers[0].tell({ kind: 'stream', name: 'stdout', text: `${line}\n`, parent });
    }
    workers[0].answer({ status: 'ok' });
    await until(() => page.types().includes('execute_reply'));
    const streams = page.got.filter(message => message.header.msg_type === 'stream');
    expect(streams.length).toBeLessThan(20);
    const text = streams.map(message => (message.content as { text: string }).text).join('');
    expect(text).toBe(Array.from({ length: 50 }, (_, line) => `${line}\n`).join(''));
    expect(page.types().lastIndexOf('stream')).toBeLessThan(page.types().indexOf('execute_reply'));
  });

  it('says why a crashed worker ended: in its cell, to what waited, and as its status', async () => {
    const { kernel, workers, connect } = setUp();
    const page = await connect('one');
    await kernel.start();
    const [running, waiting] = [page.execute('1'), page.execute('2')];
    await until(() => workers[0].requests.length === 1);
    workers[0].tell({ kind: 'fatal', reason: 'Out of memory: work on less at a time.' });
    await until(() => kernel.status === 'dead');
    expect(page.reply(running)).toMatchObject({
      status: 'error',
      evalue: 'Out of memory: work on less at a time.'
    });
    expect(page.reply(waiting)).toMatchObject({ status: 'aborted' });
    expect(kernel.reason).toBe('Out of memory: work on less at a time.');
    expect(page.got.at(-1)?.content).toEqual({ execution_state: 'dead' });
    expect(workers[0].terminated).toBe(true);
  });

  it('dies with a reason when the worker can not be loaded', async () => {
    const { kernel, workers } = setUp();
    const started = kernel.start();
    await until(() => workers[0]);
    workers[0].crash('');
    await expect(started).rejects.toMatchObject({ code: 'KERNEL_DIED_AT_START' });
    expect([kernel.status, kernel.reason]).toEqual([
      'dead',
      expect.stringContaining('could not be loaded')
    ]);
  });

  it('is the same kernel with a new worker after a restart, and aborts what ran', async () => {
    const { kernel, workers, connect } = setUp();
    const page = await connect('one');
    await kernel.start();
    const running = page.execute('1');
    await until(() => workers[0].requests.length === 1);
    const session = page.got[0].header.session;
    await kernel.restart();
    expect(workers).toHaveLength(2);
    expect(workers[0].terminated).toBe(true);
    expect(page.reply(running)).toMatchObject({ status: 'aborted' });
    expect(kernel.status).toBe('idle');
    expect(page.got.at(-1)?.header.session).not.toBe(session);
    const next = page.execute('2');
    await until(() => workers[1].requests.length === 1);
    workers[1].answer({ status: 'ok' });
    await until(() => page.reply(next));
  });

  it('refuses to interrupt a computing cell without shared memory, and leaves it running', async () => {
    const { kernel, workers, connect } = setUp();
    const page = await connect('one');
    await kernel.start();
    page.execute('while True: pass');
    await until(() => workers[0].requests.length === 1);
    await expect(kernel.interrupt()).rejects.toMatchObject({ code: 'INTERRUPT_NEEDS_ISOLATION' });
    expect(kernel.status).toBe('busy');
    expect(workers[0].terminated).toBe(false);
  });

  it('stops a cell that awaits something without shared memory', async () => {
    const { kernel, workers, connect } = setUp();
    const page = await connect('one');
    await kernel.start();
    const id = page.execute('await x');
    await until(() => workers[0].requests.length === 1);
    workers[0].onCancel = () => workers[0].answer({ status: 'error', ename: 'KeyboardInterrupt' });
    await kernel.interrupt();
    await until(() => page.reply(id));
    expect(page.reply(id)).toMatchObject({ ename: 'KeyboardInterrupt' });
  });

  it('asks where the cell was run, asks again after a reconnection, and hands the answer over', async () => {
    const { kernel, workers, answers, connect } = setUp();
    const [one, two] = [await connect('one'), await connect('two')];
    await kernel.start();
    one.execute('input()');
    await until(() => workers[0].requests.length === 1);
    const parent = workers[0].requests[0].header;
    workers[0].tell({ kind: 'input', prompt: '?', password: false, parent, requestId: 'r1' });
    await until(() => one.types().includes('input_request'));
    expect(two.types()).not.toContain('input_request');
    const again = await connect('one');
    await until(() => again.types().includes('input_request'));
    again.send(
      Messages.createMessage<KernelMessage.IInputReplyMsg>({
        channel: 'stdin',
        msgType: 'input_reply',
        session: 'one',
        content: { status: 'ok', value: 'yes' }
      })
    );
    await until(() => answers.length === 1);
    expect(answers).toEqual([['r1', 'yes']]);
  });

  it('sends files beside a request that runs, and stops at once when that is called off', async () => {
    const { kernel, workers, connect } = setUp();
    const page = await connect('one');
    await kernel.start();
    page.execute('await x');
    await until(() => workers[0].requests.length === 1);
    const request = (path: string) => ({
      path,
      ...{ method: 'PUT', headers: {}, file: { path: '/tmp/a', offset: 0, length: 1 } }
    });
    const sent = kernel.upload(request('one'), new AbortController().signal);
    await until(() => workers[0].uploads.size === 1);
    workers[0].answerUpload(204);
    expect(await sent).toMatchObject({ status: 204 });
    const stop = new AbortController();
    const other = kernel.upload(request('two'), stop.signal);
    await until(() => workers[0].uploads.size === 2);
    stop.abort();
    await expect(other).rejects.toMatchObject({ name: 'AbortError' });
    await until(() => ![...workers[0].uploads.values()].includes('two'));
    kernel.shutdown();
    const late = kernel.upload(request('three'), new AbortController().signal);
    await expect(late).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });
});
