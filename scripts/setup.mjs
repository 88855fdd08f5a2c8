/**
 * Everything that the other scripts need: npm packages, and a Python
 * environment in `.venv`. Quick when nothing changed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { installDebianPackages } from './machine/debian.mjs';
import { checkNode } from './machine/node.mjs';
import { ROOT, VENV, venvProgram } from './machine/paths.mjs';
import { findPython } from './machine/python.mjs';
import { npm, run } from './machine/run.mjs';
import { Problem, stage } from './machine/say.mjs';
import { whenChanged } from './machine/stamp.mjs';

const REQUIREMENTS = 'scripts/requirements.txt';

/** Install what is missing. @throws Problem that says what the machine lacks. */
export async function setup() {
  checkNode();
  // Side by side; where one fails, the other comes to its end first.
  const ended = await Promise.allSettled([installNpmPackages(), makePython()]);
  const failure = ended.find(({ status }) => status === 'rejected');
  if (failure) {
    throw failure.reason;
  }
}

async function installNpmPackages() {
  if (!npmPackagesMatchLockFile()) {
    await stage('Installing the npm packages', () => npm(['ci', '--ignore-scripts']));
  }
}

async function makePython() {
  await makeVirtualEnvironment();
  await installPythonPackages();
}

/** Compare what npm says that it installed with the lock file: true where both hold the same versions. */
function npmPackagesMatchLockFile() {
  const installedFile = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) {
    return false;
  }
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.optional || entry.peer) {
      return true;
    }
    return installed[path]?.version === entry.version;
  });
}

async function makeVirtualEnvironment() {
  const { code } = await run(venvProgram('python'), ['-m', 'pip', '--version'], { mayFail: true });
  if (code === 0) {
    return;
  }
  const python = await findPython();
  await stage(`Making a Python ${python.version} environment in .venv`, async () => {
    const make = () =>
      run(python.program, [...python.args, '-m', 'venv', '--clear', VENV], { mayFail: true });
    let made = await make();
    if (made.code !== 0 && /ensurepip|python3-venv/.test(made.output)) {
      await installDebianPackages(['python3-venv']);
      made = await make();
    }
    if (made.code !== 0) {
      throw new Problem(
        `${made.output}\nPython could not make a virtual environment. On Debian and Ubuntu, install the package python3-venv; then try again.`.trim()
      );
    }
  });
}

async function installPythonPackages() {
  const project = existsSync(join(ROOT, 'pyproject.toml')) ? ['--editable', '.'] : [];
  await whenChanged(
    {
      name: 'python-packages',
      inputs: [REQUIREMENTS, 'pyproject.toml'],
      values: [VENV, createdAt(VENV)],
      outputs: ['.venv']
    },
    () =>
      stage('Installing the Python packages', async () => {
        const install = (...args) =>
          run(
            venvProgram('python'),
            [
              '-m',
              'pip',
              'install',
              '--quiet',
              '--disable-pip-version-check',
              '--no-input',
              ...args
            ],
            { env: { SKIP_JUPYTER_BUILDER: '1' } }
          );
        await install('--requirement', REQUIREMENTS);
        if (project.length > 0) {
          await install('--no-build-isolation', ...project);
        }
      })
  );
}

/** A virtual environment that was made anew holds nothing of the old one. */
function createdAt(venv) {
  return readFileSync(join(venv, 'pyvenv.cfg'), 'utf8');
}
