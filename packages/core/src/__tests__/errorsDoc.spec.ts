import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { ERROR_RULES } from '../errors.js';

const ROOT = resolve(import.meta.dirname, '../../../..');
const text = readFileSync(resolve(ROOT, 'docs/errors.md'), 'utf8');

/** The codes that have a section of their own, each with the section's text. */
const sections = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map(section => {
      const [heading = '', ...lines] = section.split('\n');
      return [heading.trim(), lines.join('\n')] as const;
    })
    .filter(([heading]) => /^[A-Z_]+$/.test(heading))
);

describe('docs/errors.md', () => {
  it('has a section for every code, and for no other', () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(ERROR_RULES).sort());
  });

  it.each(Object.entries(ERROR_RULES))('tells the HTTP status of %s', (code, { status }) => {
    expect(sections.get(code)).toContain(`HTTP ${status}`);
  });

  it.each(Object.entries(ERROR_RULES))(
    'says of %s whether trying again can help, and what to do',
    (code, { retryable }) => {
      expect(sections.get(code)).toContain(retryable ? 'may pass by itself' : 'does not pass');
      expect(sections.get(code)).toContain('**What to do.**');
    }
  );
});
