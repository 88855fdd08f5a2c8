import { describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';

import { writeItemsOnce } from '../serialization.js';

const Item = Type.Object({ name: Type.String(), note: Type.Union([Type.String(), Type.Null()]) });

describe('a list whose items are written once', () => {
  const write = writeItemsOnce<{ name: string; note: string | null }>(Item)();
  const read = (text: string): unknown => JSON.parse(text);

  it('is what its items say, in whatever script, and in ASCII', () => {
    const page = {
      items: [
        { name: 'größe "1" 🎈', note: null },
        { name: '中文\u2028\\', note: 'é' }
      ],
      next_cursor: 'x"y'
    };
    expect(read(write(page))).toEqual(page);
    expect(write(page)).toMatch(/^[ -~]+$/);
    expect(read(write({ items: [], next_cursor: null }))).toEqual({ items: [], next_cursor: null });
  });

  it('has no field that the schema does not name', () => {
    const item = { name: 'a', note: null, secret: 'hush' };
    expect(write({ items: [item], next_cursor: null })).not.toContain('hush');
  });

  it('has an item anew once another stands for it', () => {
    const item = { name: 'before', note: null };
    write({ items: [item], next_cursor: null });
    const changed = { ...item, name: 'after' };
    expect(read(write({ items: [changed], next_cursor: null }))).toMatchObject({
      items: [changed]
    });
  });
});
