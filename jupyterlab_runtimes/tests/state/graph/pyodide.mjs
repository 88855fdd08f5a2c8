// node pyodide.mjs <pyodide.mjs of npm> capture|check <state/graph> <this folder> <bundle> [<names> | <next bundle>]
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [pyodide, mode, graph, tests, bundle, ...rest] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(pyodide).href);
const python = await loadPyodide({ stdout: line => process.stdout.write(`${line}\n`) });
const libraries = (process.env.JLR_LIBRARIES ?? '').split(',').filter(name => name !== '');
if (libraries.length > 0) {
  const quiet = { messageCallback: () => undefined };
  await python.loadPackage(libraries, quiet);
}
const mount = (folder, point) => {
  python.FS.mkdirTree(point);
  // Not every version has a name of its own for it.
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, point);
};
mount(graph, '/graph');
mount(tests, '/tests');
mount(path.dirname(bundle), '/bundles');
const inside = file => `/bundles/${path.basename(file)}`;
const call = [mode, '/graph', inside(bundle), ...(mode === 'check' ? rest.map(inside) : rest)];
python.globals.set('call', JSON.stringify([process.env.JLR_TABLE ?? 'values', ...call]));
python.runPython(`
import json, os, sys
sys.path.insert(0, '/tests')
os.environ['JLR_TABLE'], mode, folder, bundle, *rest = json.loads(call)
import runner
del call
print(json.dumps(runner.capture(folder, bundle, rest) if mode == 'capture' else runner.check(folder, bundle, *rest)))
`);
// An orderly end may wait for ever for threads that compile; what was said gets through first.
process.stdout.write('', () => process.kill(process.pid, 'SIGKILL'));
