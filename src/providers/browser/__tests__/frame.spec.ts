import { deserialize, serialize } from '@jupyterlab/services/lib/kernel/serialize';
import fc from 'fast-check';

import { encodeFrame } from '../frame';

const PROTOCOL = 'v1.kernel.websocket.jupyter.org';

describe('encodeFrame', () => {
  it("is read by Lab's own decoder, whatever the message holds", () => {
    fc.assert(
      fc.property(
        fc.constantFrom('shell', 'iopub', 'stdin', 'control'),
        fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })),
        fc.array(fc.uint8Array(), { maxLength: 3 }),
        fc.boolean(),
        (channel, content, buffers, asBytes) => {
          const json = JSON.stringify(content);
          const frame = encodeFrame({
            channel,
            header: '{"msg_id":"a"}',
            parent: '{"msg_id":"b"}',
            metadata: '{"c":1}',
            content: asBytes ? new TextEncoder().encode(json) : json,
            buffers: buffers.map(bytes => bytes.slice().buffer)
          });
          const message = deserialize(frame, PROTOCOL);
          expect(message).toMatchObject({
            channel,
            header: { msg_id: 'a' },
            parent_header: { msg_id: 'b' },
            metadata: { c: 1 }
          });
          expect(message.content).toEqual(JSON.parse(json));
          const got = (message.buffers ?? []) as DataView[];
          expect(got.map(view => [...new Uint8Array(view.buffer)])).toEqual(
            buffers.map(b => [...b])
          );
        }
      )
    );
  });

  it("writes the bytes that Lab's own encoder writes", () => {
    const message = {
      channel: 'iopub',
      header: { msg_id: '1' },
      parent_header: {},
      metadata: {},
      content: { text: 'Zoë' },
      buffers: [new Uint8Array([1, 2]).buffer]
    };
    const expected = serialize(message as unknown as Parameters<typeof serialize>[0], PROTOCOL);
    const frame = encodeFrame({
      channel: 'iopub',
      header: '{"msg_id":"1"}',
      parent: '{}',
      metadata: '{}',
      content: '{"text":"Zoë"}',
      buffers: message.buffers
    });
    expect(new Uint8Array(frame)).toEqual(new Uint8Array(expected as ArrayBuffer));
  });
});
