/**
 * One archive that a worker turns into files without copying a byte: gzip of
 *   uint32 LE length of the index · index (JSON: [[path, size], …]) · contents, in that order.
 * Read by src/providers/browser/worker/pack.ts.
 */
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export async function writePack(path, files) {
  const names = [...files.keys()].sort();
  const index = Buffer.from(JSON.stringify(names.map(name => [name, files.get(name).length])));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(index.length);
  const bytes = Buffer.concat([length, index, ...names.map(name => files.get(name))]);
  await writeFile(path, await promisify(gzip)(bytes, { level: 9 }));
}
