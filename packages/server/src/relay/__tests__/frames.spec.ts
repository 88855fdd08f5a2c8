import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fromLegacy, toLegacy } from '../legacyFrame.js';
import { encodeV1, V1Frame } from '../v1Frame.js';

const part = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 4
});
const message = fc.record({
  channel: fc.constantFrom('shell', 'iopub', 'stdin', 'control'),
  header: part.map(rest => ({ ...rest, msg_id: 'm', msg_type: 't', session: 's' })),
  parent: part,
  metadata: part,
  content: part,
  buffers: fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 3 })
});

const normal = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

describe('kernel message frames', () => {
  it('keep a message as it is, through v1 and through the default format', () => {
    fc.assert(
      fc.property(message, ({ channel, header, parent, metadata, content, buffers }) => {
        const json = [header, parent, metadata, content].map(each =>
          Buffer.from(JSON.stringify(each))
        );
        const bytes = encodeV1(
          channel,
          json,
          buffers.map(each => Buffer.from(each))
        );
        for (const frame of [new V1Frame(bytes), new V1Frame(thereAndBack(bytes))]) {
          expect(frame.channel).toBe(channel);
          expect(frame.header).toEqual(normal(header));
          expect(frame.parent).toEqual(normal(parent));
          expect(frame.metadata).toEqual(normal(metadata));
          expect(frame.content).toEqual(normal(content));
          expect(frame.buffers.map(each => [...each])).toEqual(buffers.map(each => [...each]));
        }
      }),
      { numRuns: 200 }
    );
  });

  it('refuse bytes that are no message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
        expect(() => new V1Frame(Buffer.from(bytes)).header.msg_id.length).toThrow();
      })
    );
  });
});

function thereAndBack(bytes: Buffer): Buffer {
  const legacy = toLegacy(new V1Frame(bytes));
  return typeof legacy === 'string'
    ? fromLegacy(Buffer.from(legacy), false)
    : fromLegacy(legacy, true);
}
