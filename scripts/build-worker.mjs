/**
 * Build what a browser kernel starts from into `.cache/browser/static/`:
 *
 *   index.json                    {version}: which folder is the current one
 *   <version>/worker.mjs          our module worker, one file
 *   <version>/pyodide*.{mjs,wasm,json}   Pyodide, as it came
 *   <version>/python_stdlib.zip   its standard library, compiled
 *   <version>/packages.pack       IPython and what it needs, compiled
 *   <version>/wheels/             pure wheels that `%pip` prefers to the index's
 *
 * The labextension build copies that folder (see scripts/labextension.config.cjs).
 * `version` is a hash of all that goes in: browsers may cache the files forever,
 * and a second call with nothing changed ends at once.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleWorker } from './worker/bundle.mjs';
import { compileTree } from './worker/compile.mjs';
import { writePack } from './worker/pack.mjs';
import { correctPyodide } from './worker/patches.mjs';
import { openZips, writeZip } from './worker/zip.mjs';
import { downloadWheels } from './worker/wheels.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(join(root, 'package.json'));
const pyodideDir = dirname(require.resolve('pyodide/package.json'));
const kernelDir = dirname(require.resolve('@jupyterlite/pyodide-kernel/package.json'));
const sourceDir = join(root, 'src', 'providers', 'browser', 'worker');
const requirements = join(root, 'scripts', 'pyodide-requirements.txt');
const cacheDir = join(root, '.cache', 'browser');

/** Copied without a change. */
const PYODIDE_FILES = ['pyodide.mjs', 'pyodide.asm.wasm', 'pyodide-lock.json'];
/** Copied with corrections. */
const PYODIDE_GLUE = 'pyodide.asm.mjs';
/** Of pyodide-kernel's own wheels, those that its kernel imports. */
const KERNEL_WHEELS = /^(ipykernel|piplite|pyodide_kernel)-.*\.whl$/;
/** Never imported by a kernel. */
const LEFT_OUT = /\/tests\/|\/django-stubs\//;

/**
 * @returns The version that is now in `.cache/browser/static/`.
 */
export async function buildWorker({ log = () => {} } = {}) {
  const version = await hashInputs();
  const staticDir = join(cacheDir, 'static');
  const target = join(staticDir, version);
  if (!existsSync(join(target, 'packages.pack'))) {
    log(`browser worker: building ${version}`);
    const partial = join(cacheDir, `partial-${process.pid}`);
    await rm(partial, { recursive: true, force: true });
    await mkdir(join(partial, 'wheels'), { recursive: true });
    await Promise.all(
      PYODIDE_FILES.map(name => copyFile(join(pyodideDir, name), join(partial, name)))
    );
    const glue = await readFile(join(pyodideDir, PYODIDE_GLUE), 'utf8');
    await writeFile(join(partial, PYODIDE_GLUE), correctPyodide(glue));
    await bundleWorker({
      root,
      entry: join(sourceDir, 'main.ts'),
      outfile: join(partial, 'worker.mjs')
    });
    await copyWheels(join(partial, 'wheels'));
    await packPython(partial, log);
    await rm(staticDir, { recursive: true, force: true });
    await mkdir(staticDir, { recursive: true });
    await rename(partial, target);
  }
  await writeFile(join(staticDir, 'index.json'), `${JSON.stringify({ version })}\n`);
  return version;
}

/** Compile the standard library and the packages. Slow (about a minute), so
 *  its results are kept by the hash of what they are made from. */
async function packPython(target, log) {
  const key = await hashFiles([
    fileURLToPath(import.meta.url),
    ...(await pythonInputs()),
    ...(await filesBelow(join(root, 'scripts', 'worker')))
  ]);
  const compiled = join(cacheDir, `python-${key}`);
  if (!existsSync(join(compiled, 'packages.pack'))) {
    const wheels = [
      ...(await downloadWheels({ root, requirements, cacheDir })),
      ...(await kernelWheels()).map(name => join(kernelDir, 'pypi', name))
    ];
    const partial = `${compiled}.${process.pid}`;
    await mkdir(partial, { recursive: true });
    log('browser worker: compiling the standard library');
    const library = openZips([await readFile(join(pyodideDir, 'python_stdlib.zip'))]);
    await writeZip(
      join(partial, 'python_stdlib.zip'),
      await compileTree({ files: library, pyodideDir, layout: 'zip' })
    );
    log('browser worker: compiling IPython and what it needs');
    const archives = await Promise.all(wheels.map(path => readFile(path)));
    const files = openZips(archives, name => !LEFT_OUT.test(name));
    for (const path of await filesBelow(join(sourceDir, 'py'))) {
      if (path.endsWith('.py')) {
        const name = path.slice(join(sourceDir, 'py').length + 1).replaceAll('\\', '/');
        files.set(`runtimes_kernel/${name}`, await readFile(path));
      }
    }
    await writePack(
      join(partial, 'packages.pack'),
      await compileTree({ files, pyodideDir, layout: 'tree' })
    );
    await rm(compiled, { recursive: true, force: true });
    await rename(partial, compiled);
    await forgetOthers('python-', key);
  }
  for (const name of ['python_stdlib.zip', 'packages.pack']) {
    await copyFile(join(compiled, name), join(target, name));
  }
}

async function forgetOthers(prefix, key) {
  for (const name of await readdir(cacheDir)) {
    if (name.startsWith(prefix) && name !== `${prefix}${key}`) {
      await rm(join(cacheDir, name), { recursive: true, force: true });
    }
  }
}

async function copyWheels(target) {
  const from = join(kernelDir, 'pypi');
  for (const name of await readdir(from)) {
    if (name === 'all.json' || name.startsWith('widgetsnbextension-')) {
      await copyFile(join(from, name), join(target, name));
    }
  }
}

async function kernelWheels() {
  return (await readdir(join(kernelDir, 'pypi'))).filter(name => KERNEL_WHEELS.test(name)).sort();
}

async function pythonInputs() {
  return [
    join(pyodideDir, 'package.json'),
    join(kernelDir, 'package.json'),
    requirements,
    ...(await filesBelow(join(sourceDir, 'py'))).filter(path => path.endsWith('.py'))
  ];
}

async function hashInputs() {
  return hashFiles([
    fileURLToPath(import.meta.url),
    ...(await pythonInputs()),
    ...(await filesBelow(join(root, 'scripts', 'worker'))),
    ...(await filesBelow(sourceDir)),
    ...(await filesBelow(join(root, 'packages', 'core', 'src'))).filter(
      path => !path.includes('__tests__')
    ),
    join(root, 'src', 'providers', 'browser', 'protocol.ts')
  ]);
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter(entry => entry.isFile() && !entry.name.endsWith('.pyc'))
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

async function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(path.slice(root.length)).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 12);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWorker({ log: text => process.stdout.write(`${text}\n`) });
}
