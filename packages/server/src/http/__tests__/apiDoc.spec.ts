import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { apiDocument, apiTables } from '../document.js';

const text = readFileSync(resolve(import.meta.dirname, '../../../../../docs/api.md'), 'utf8');

describe('docs/api.md', () => {
  it('has every operation as the schemas have it (else: node scripts/docs.mjs)', async () => {
    const tables = apiTables(await apiDocument());
    expect(tables).toContain('`POST …/runtimes/{id}/extend`');
    expect(text).toContain(tables);
  });
});
