/** Get the pinned wheels through pip, once. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @param options.requirements Pinned by version and hash.
 * @returns Paths of the wheels, sorted.
 * @throws Error with pip's own words when it could not get them.
 */
export async function downloadWheels({ root, requirements, cacheDir }) {
  const key = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheDir, `wheels-${key}`);
  if (!existsSync(folder)) {
    const partial = `${folder}.${process.pid}`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await run(findPython(root), [
      ...[
        '-m',
        'pip',
        'download',
        '--quiet',
        '--disable-pip-version-check',
        '--no-deps',
        '--require-hashes'
      ],
      ...[
        '--only-binary=:all:',
        '--python-version',
        '3.14',
        '--platform',
        'any',
        '-r',
        requirements,
        '-d',
        partial
      ]
    ]);
    await rename(partial, folder);
  }
  return (await readdir(folder)).sort().map(name => join(folder, name));
}

/** The clone's own environment, else what the user calls Python. */
function findPython(root) {
  const own = [join(root, '.venv', 'bin', 'python'), join(root, '.venv', 'Scripts', 'python.exe')];
  return (
    process.env.PYTHON ??
    own.find(existsSync) ??
    (process.platform === 'win32' ? 'python' : 'python3')
  );
}

function run(command, argv) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.on('data', chunk => (words += chunk));
    child.on('error', reject);
    child.on('close', code =>
      code === 0
        ? resolve()
        : reject(new Error(`The browser kernel's wheels could not be downloaded: ${words.trim()}`))
    );
  });
}
