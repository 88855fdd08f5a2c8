import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { manifestTable, parseManifests } from '../index.js';

const text = readFileSync(
  resolve(import.meta.dirname, '../../../../../docs/environment.md'),
  'utf8'
);

describe('docs/environment.md', () => {
  it('has every field of the schema (else: node scripts/docs.mjs)', () => {
    expect(text).toContain(manifestTable());
  });

  it('shows a manifest that is valid', () => {
    const [, example = ''] = /```yaml\n(apiVersion[^]*?)```/.exec(text) ?? [];
    const { manifests, faults } = parseManifests(example, { file: 'docs' });
    expect({ count: manifests.length, faults }).toEqual({ count: 1, faults: [] });
  });
});
