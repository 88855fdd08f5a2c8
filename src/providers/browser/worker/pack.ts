/** Turn the archive that scripts/worker/pack.mjs made into files. */
import type { IEmscriptenFS } from './emscripten';

/** Fetch and unpack, off the wasm module's way.
 *  @returns Index and contents in one buffer, for `mountPack`. */
export async function fetchPack(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok || !response.body) {
    throw new Error(`${url} answered ${response.status}`);
  }
  return new Response(response.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}

/** Make the files. They share the archive's memory: nothing is copied until written to. */
export function mountPack(FS: IEmscriptenFS, pack: ArrayBuffer, place: string): void {
  const indexSize = new DataView(pack).getUint32(0, true);
  const bytes = new Uint8Array(pack);
  const index = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + indexSize))) as [
    string,
    number
  ][];
  let offset = 4 + indexSize;
  let folder = '';
  for (const [name, size] of index) {
    const path = `${place}/${name}`;
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (parent !== folder) {
      FS.mkdirTree(parent);
      folder = parent;
    }
    FS.writeFile(path, bytes.subarray(offset, offset + size), { canOwn: true });
    offset += size;
  }
}
