/** Add byte code to a tree of Python sources. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * @param options.files Contents by path relative to the place on `sys.path`.
 * @param options.layout `tree`: byte code in `__pycache__`, for a folder;
 *   `zip`: beside its source, as zipimport looks for it.
 * @returns The same files with their byte code.
 */
export async function compileTree({ files, pyodideDir, layout }) {
  const { loadPyodide } = await import(pathToFileURL(join(pyodideDir, 'pyodide.mjs')).href);
  const pyodide = await loadPyodide({ indexURL: `${pyodideDir}/` });
  const [major, minor] = pyodide.runPython('import sys; list(sys.version_info[:2])').toJs();
  const place = {
    tree: `/lib/python${major}.${minor}/site-packages`,
    zip: `/lib/python${major}${minor}.zip`
  }[layout];
  pyodide.runPython(await readFile(new URL('./compile.py', import.meta.url), 'utf8'));
  const compileSource = pyodide.globals.get('compile_source');
  const result = new Map(files);
  for (const [name, source] of files) {
    if (!name.endsWith('.py')) {
      continue;
    }
    const bytes = pyodide.toPy(new Uint8Array(source).buffer).tobytes();
    const compiled = compileSource(bytes, `${place}/${name}`);
    if (compiled !== undefined) {
      result.set(
        cachedName(name, layout, `cpython-${major}${minor}`),
        Buffer.from(compiled.toJs())
      );
      compiled.destroy();
    }
    bytes.destroy();
  }
  return result;
}

function cachedName(name, layout, tag) {
  if (layout === 'zip') {
    return `${name}c`;
  }
  const slash = name.lastIndexOf('/') + 1;
  return `${name.slice(0, slash)}__pycache__/${name.slice(slash, -3)}.${tag}.pyc`;
}
