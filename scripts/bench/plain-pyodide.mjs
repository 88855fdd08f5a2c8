/**
 * A page with pyodide-kernel's own worker, as its kernel class starts it: the
 * baseline for our browser runtime. Its files come from this machine, as ours do.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';

import { CACHE, packageFile } from '../machine/paths.mjs';
import { Problem } from '../machine/say.mjs';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json'
};

const PAGE = `<!doctype html><script type="module">
import { wrap } from '/comlink.mjs';

window.firstCell = async code => {
  const startedAt = performance.now();
  const worker = new Worker('/kernel/comlink.worker.js', { type: 'module' });
  const kernel = wrap(worker);
  await kernel.initialize({
    baseUrl: location.origin + '/',
    pyodideUrl: location.origin + '/pyodide/pyodide.mjs',
    indexUrl: location.origin + '/pyodide/',
    pipliteWheelUrl: location.origin + '/pypi/PIPLITE',
    pipliteUrls: [location.origin + '/pypi/all.json'],
    disablePyPIFallback: true,
    location: '',
    mountDrive: false,
    loadPyodideOptions: { packageBaseUrl: location.origin + '/wheels/' },
    browsingContextId: '',
    kernelId: 'bench'
  });
  const reply = await kernel.execute({ code }, { header: { msg_id: '1' }, content: {}, metadata: {} });
  if (reply.status !== 'ok') {
    throw new Error('The cell failed: ' + JSON.stringify(reply));
  }
  return performance.now() - startedAt;
};
</script>`;

/** @returns `{ url, close }`. */
export async function servePlainPyodide() {
  const wheels = wheelsFolder();
  const pypi = packageFile('@jupyterlite/pyodide-kernel/pypi');
  const piplite = readdirSync(pypi).find(name => name.startsWith('piplite-'));
  const fixed = {
    '/': ['.html', PAGE.replace('PIPLITE', piplite)],
    '/pyodide/pyodide-lock.json': ['.json', lockOf(wheels)]
  };
  const folders = {
    '/pyodide/': packageFile('pyodide'),
    '/kernel/': packageFile('@jupyterlite/pyodide-kernel/lib'),
    '/pypi/': pypi,
    '/wheels/': wheels
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const answer = (type, body) =>
      response
        .writeHead(200, { 'Content-Type': TYPES[type] ?? 'application/octet-stream' })
        .end(body);
    const folder = Object.keys(folders).find(prefix => pathname.startsWith(prefix));
    const file =
      pathname === '/comlink.mjs'
        ? packageFile('comlink/dist/esm/comlink.mjs')
        : folder && join(folders[folder], basename(pathname));
    if (fixed[pathname]) {
      answer(...fixed[pathname]);
    } else if (file && existsSync(file)) {
      answer(extname(file), readFileSync(file));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** What scripts/build-worker.mjs downloaded. */
function wheelsFolder() {
  const cache = join(CACHE, 'browser');
  const name =
    existsSync(cache) && readdirSync(cache).find(name => /^wheels-[0-9a-f]+$/.test(name));
  if (!name) {
    throw new Problem(
      'The wheels of the browser kernel are missing. Run `npm run clean`, and try again.'
    );
  }
  return join(cache, name);
}

/** Pyodide's lock file, with the versions that are here, and without what is not. */
function lockOf(wheels) {
  const lock = JSON.parse(readFileSync(packageFile('pyodide/pyodide-lock.json'), 'utf8'));
  const here = {};
  for (const file of readdirSync(wheels)) {
    const [distribution, version] = file.split('-');
    const name = distribution.replaceAll('_', '-');
    const known = lock.packages[name] ?? lock.packages[distribution] ?? {};
    here[name] = {
      ...known,
      name,
      version,
      file_name: file,
      install_dir: 'site',
      package_type: 'package',
      sha256: createHash('sha256')
        .update(readFileSync(join(wheels, file)))
        .digest('hex'),
      imports: known.imports ?? [distribution],
      depends: known.depends ?? [],
      unvendored_tests: false
    };
  }
  for (const entry of Object.values(here)) {
    entry.depends = entry.depends
      .map(name => name.replaceAll('_', '-'))
      .filter(name => name in here);
  }
  return JSON.stringify({ ...lock, packages: here });
}
