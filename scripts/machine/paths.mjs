/** Where things are in this clone, on every platform. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const isWindows = process.platform === 'win32';

/** The clone's top folder. */
export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Stamps and caches; safe to delete. */
export const CACHE = join(ROOT, '.cache');

/** Configuration and data of the JupyterLab that `npm start` runs. */
export const STATE = join(ROOT, '.runtimes');

export const VENV = join(ROOT, '.venv');

/** A program of the virtual environment: `venvProgram('python')`. */
export function venvProgram(name) {
  return isWindows ? join(VENV, 'Scripts', `${name}.exe`) : join(VENV, 'bin', name);
}

/** A program that an npm package installed, as a file that Node can run: `packageFile('jest/bin/jest.js')`. */
export function packageFile(path) {
  return join(ROOT, 'node_modules', path);
}
