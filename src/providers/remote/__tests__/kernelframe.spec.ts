import { KernelMessage } from '@jupyterlab/services';
import { serialize } from '@jupyterlab/services/lib/kernel/serialize';
import fc from 'fast-check';

import { KERNEL_SUBPROTOCOL } from '@jupyterlab-runtimes/core';
import { messageIdOf } from '../kernelframe';

function frameOf(msgId: string, buffers: ArrayBuffer[] = []): ArrayBuffer {
  const message = KernelMessage.createMessage({
    channel: 'shell',
    msgType: 'comm_msg',
    msgId,
    session: 'session',
    username: 'user',
    content: { comm_id: 'comm', data: {} },
    buffers
  });
  return serialize(message, KERNEL_SUBPROTOCOL) as ArrayBuffer;
}

describe('messageIdOf', () => {
  it('finds the id in what Lab itself serialises, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.uint8Array()), (id, buffers) => {
        const exact = buffers.map(bytes => new Uint8Array(bytes).buffer);
        expect(messageIdOf(frameOf(id, exact))).toBe(id);
      })
    );
  });

  it('finds none in a frame that is too short, or whose offsets lead out of it', () => {
    expect(messageIdOf(new ArrayBuffer(0))).toBeUndefined();
    expect(messageIdOf(new ArrayBuffer(16))).toBeUndefined();
    const frame = frameOf('id');
    new DataView(frame).setBigUint64(24, BigInt(frame.byteLength + 1), true);
    expect(messageIdOf(frame)).toBeUndefined();
  });
});
