/** A `.jrs` file with some of its variables left out. */
import { leaveOut, webSha256 } from '@jupyterlab-runtimes/core';
import type { ISigner } from '@jupyterlab-runtimes/core';

import { openJrs, writeJrs } from './jrsBlob';

/** @param signer Of who makes the new file: what it holds is theirs, as far as the old one was.
 *  @returns The file, and the names that are not in it: those that can't be without the others, too.
 *  @throws RuntimeError SNAPSHOT_CORRUPT | STATE_NOT_CARRIED */
export async function jrsWithout(
  file: Blob,
  names: readonly string[],
  signer: ISigner
): Promise<{ readonly file: Blob; readonly left: readonly string[] }> {
  const { manifest, chunk } = await openJrs(file);
  const places = new Map(manifest.content.chunks.map(({ digest }, index) => [digest, index]));
  const read = (digest: string) => chunk(places.get(digest) ?? -1);
  const reduced = await leaveOut(manifest, names, {
    read: ({ digest }) => read(digest),
    sha256: webSha256,
    now: () => new Date(),
    randomHex: () =>
      Array.from(crypto.getRandomValues(new Uint8Array(8)), byte =>
        byte.toString(16).padStart(2, '0')
      ).join('')
  });
  const isOwn = (await signer.verify(manifest)) === 'own';
  const written = isOwn ? await signer.sign(reduced.manifest) : reduced.manifest;
  return {
    file: await writeJrs(written, async digest => reduced.made.get(digest) ?? read(digest)),
    left: reduced.left
  };
}
