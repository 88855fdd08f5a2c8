/** The environment variables of a launch. */
import { RuntimeError } from '../errors.js';

/** Ours, Jupyter's, and what makes programs run other programs than they should. */
const RESERVED =
  /^(?:JUPYTERLAB_RUNTIMES_.*|JUPYTER_.*|JPY_.*|PATH|HOME|USERPROFILE|SHELL|LD_.*|DYLD_.*|PYTHONHOME|PYTHONPATH|PYTHONSTARTUP|PYTHONEXECUTABLE|SYSTEMROOT|COMSPEC|PATHEXT)$/i;

const MAX_VARIABLES = 200;
/** Linux takes 128 KiB for one, and a quarter of the stack for all. */
const MAX_TOTAL_BYTES = 256 * 1024;

/** @throws RuntimeError INVALID_REQUEST when a launch sets what it must not. */
export function checkLaunchVariables(env: Readonly<Record<string, string>>): void {
  const entries = Object.entries(env);
  const reserved = entries.map(([name]) => name).filter(name => RESERVED.test(name));
  if (reserved.length > 0) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `A launch can't set ${reserved.join(', ')}: the service and the environment decide what a runtime's programs are; leave ${reserved.length > 1 ? 'them' : 'it'} out.`
    );
  }
  const bad = entries.find(([, value]) => value.includes('\0'));
  if (bad) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `The value of the variable ${bad[0]} holds a zero character, which no program can be given: take it out.`
    );
  }
  const size = entries.reduce((sum, [name, value]) => sum + 2 * (name.length + value.length), 0);
  if (entries.length > MAX_VARIABLES || size > MAX_TOTAL_BYTES) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `A launch takes at most ${MAX_VARIABLES} environment variables of ${MAX_TOTAL_BYTES / 1024} KiB in all: put large values into a file.`
    );
  }
}
