/** Find a Python that JupyterLab runs on. */
import { run } from './run.mjs';
import { Problem } from './say.mjs';

const MINIMUM = [3, 10];

/** Names a Python to make `.venv` with, where the first one on the PATH is not the right one. */
export const SETUP_PYTHON_VARIABLE = 'JUPYTERLAB_RUNTIMES_SETUP_PYTHON';

/**
 * @returns `{ program, args, version }`: how to run it, and what it is.
 * @throws Problem that says what to install.
 */
export async function findPython() {
  const named = process.env[SETUP_PYTHON_VARIABLE];
  const candidates = named ? [[named]] : [['python3'], ['python'], ['py', '-3']];
  const tooOld = [];
  for (const [program, ...args] of candidates) {
    const probe = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';
    const { code, output } = await run(program, [...args, '-c', probe], { mayFail: true });
    const version = output.trim();
    if (code !== 0 || !/^\d+\.\d+\.\d+$/.test(version)) {
      continue;
    }
    const [major, minor] = version.split('.').map(Number);
    if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) {
      return { program, args, version };
    }
    tooOld.push(`${program} is ${version}`);
  }
  const found = tooOld.length > 0 ? ` (${tooOld.join(', ')})` : '';
  throw new Problem(
    named
      ? `${SETUP_PYTHON_VARIABLE} names ${named}, which is not a Python ${MINIMUM.join('.')} or newer${found}. Correct the variable, or unset it.`
      : `JupyterLab needs Python ${MINIMUM.join('.')} or newer, and none was found${found}. Install it, or name one in ${SETUP_PYTHON_VARIABLE}.`
  );
}
