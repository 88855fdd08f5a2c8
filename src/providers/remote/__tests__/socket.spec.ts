import { KernelMessage } from '@jupyterlab/services';
import { serialize } from '@jupyterlab/services/lib/kernel/serialize';

import { KERNEL_SUBPROTOCOL } from '@jupyterlab-runtimes/core';
import { Channel } from '../channel';
import type { ISocketContext } from '../socket';
import { ResumableSocket } from '../socket';

const CHANNEL_URL = 'ws://server/proxy/api/kernels/kernel/channels?session_id=client';

/** The network, which real servers can't be made to break at will. */
class FakeSocket {
  static made: FakeSocket[] = [];

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  static get last(): FakeSocket {
    const socket = FakeSocket.made.at(-1);
    if (!socket) {
      throw new Error('No socket was opened.');
    }
    return socket;
  }

  get query(): URLSearchParams {
    return new URL(this.url).searchParams;
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {
    this.isClosed = true;
  }

  control(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  binary(): void {
    this.onmessage?.({ data: new ArrayBuffer(8) });
  }

  lose(): void {
    this.onclose?.({ code: 1006, reason: '' });
  }

  binaryType = '';
  isClosed = false;
  readonly sent: unknown[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
}

/** Outcomes of one socket, as a KernelConnection sees them. */
class Seen {
  constructor(socket: ResumableSocket) {
    socket.onopen = () => this.events.push('open');
    socket.onmessage = () => this.events.push('message');
    socket.onclose = event => this.events.push(`close ${event.code}`);
  }

  readonly events: string[] = [];
}

let channel: Channel;
let now: number;
let cuts: number[];
let gaveUpAfter: number[];
let context: ISocketContext;

beforeEach(() => {
  jest.useFakeTimers();
  FakeSocket.made = [];
  channel = new Channel('kernel', 'client');
  now = 0;
  cuts = [];
  gaveUpAfter = [];
  context = {
    urlOf: async () => 'ws://service/channel',
    channelOf: () => channel,
    reconnectTimeoutMs: 60_000,
    WebSocket: FakeSocket as unknown as typeof WebSocket,
    onCut: (_, count) => cuts.push(count),
    onGaveUp: (_, afterMs) => gaveUpAfter.push(afterMs),
    now: () => now
  };
});

afterEach(() => {
  jest.useRealTimers();
});

async function open(): Promise<{ socket: ResumableSocket; seen: Seen }> {
  const socket = new ResumableSocket(context, CHANNEL_URL);
  const seen = new Seen(socket);
  await jest.advanceTimersByTimeAsync(0);
  return { socket, seen };
}

function request(msgId: string): ArrayBuffer {
  const message = KernelMessage.createMessage({
    channel: 'shell',
    msgType: 'kernel_info_request',
    msgId,
    session: 'client',
    username: '',
    content: {}
  });
  return serialize(message, KERNEL_SUBPROTOCOL) as ArrayBuffer;
}

describe('ResumableSocket', () => {
  it('opens once the service has said where the messages go on', async () => {
    const { seen } = await open();
    expect(seen.events).toEqual([]);
    FakeSocket.last.control({ type: 'attached', epoch: 'one', next: 5 });
    FakeSocket.last.binary();
    expect(seen.events).toEqual(['open', 'message']);
    expect(FakeSocket.last.query.get('resume')).toBe('1');
    expect(FakeSocket.last.query.get('session_id')).toBe('client');
  });

  it('goes on after the last message that it brought', async () => {
    const { seen } = await open();
    FakeSocket.last.control({ type: 'attached', epoch: 'one', next: 5 });
    FakeSocket.last.binary();
    FakeSocket.last.binary();
    FakeSocket.last.lose();
    expect(seen.events.at(-1)).toBe('close 1006');
    await open();
    expect(FakeSocket.last.query.get('epoch')).toBe('one');
    expect(FakeSocket.last.query.get('after')).toBe('6');
  });

  it('sends again what was not acknowledged, and only that', async () => {
    const { socket } = await open();
    FakeSocket.last.control({ type: 'attached', epoch: 'one', next: 0 });
    const [first, second] = [request('first'), request('second')];
    socket.send(first);
    socket.send(second);
    FakeSocket.last.control({ type: 'ack', msg_id: 'first' });
    FakeSocket.last.lose();
    await open();
    FakeSocket.last.control({ type: 'attached', epoch: 'one', next: 0 });
    expect(FakeSocket.last.sent).toEqual([second]);
  });

  it('keeps trying by itself until there is a connection', async () => {
    const { seen } = await open();
    for (let attempt = 0; attempt < 4; attempt++) {
      FakeSocket.last.lose();
      await jest.advanceTimersByTimeAsync(5000);
    }
    expect(FakeSocket.made.length).toBe(5);
    FakeSocket.last.control({ type: 'attached', epoch: 'one', next: 0 });
    expect(seen.events).toEqual(['open']);
  });

  it('says what the service does not keep any more, and goes on behind it', async () => {
    await open();
    FakeSocket.last.control({ type: 'attached', epoch: 'one', next: 0 });
    FakeSocket.last.control({ type: 'cut', count: 3, bytes: 100, next: 3 });
    FakeSocket.last.binary();
    expect(cuts).toEqual([3]);
    FakeSocket.last.lose();
    await open();
    expect(FakeSocket.last.query.get('after')).toBe('3');
  });

  it('says that something may be missing when the journal is another one', async () => {
    await open();
    FakeSocket.last.control({ type: 'attached', epoch: 'one', next: 7 });
    FakeSocket.last.lose();
    await open();
    FakeSocket.last.control({ type: 'attached', epoch: 'two', next: 0 });
    expect(cuts).toEqual([0]);
  });

  it('ends the waiting at the named limit, for good', async () => {
    const { seen } = await open();
    now = 60_000;
    FakeSocket.last.lose();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(gaveUpAfter).toEqual([60_000]);
    expect(seen.events).toEqual(['close 1000']);
    expect(FakeSocket.made.length).toBe(1);
  });

  it('stops trying when it is closed', async () => {
    const { socket, seen } = await open();
    FakeSocket.last.lose();
    socket.close();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.made.length).toBe(1);
    expect(seen.events).toEqual([]);
  });
});
