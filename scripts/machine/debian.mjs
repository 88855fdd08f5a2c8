/** Install system packages where that is ours to do: on Debian and its kin, as root or with a password-less sudo. */
import { existsSync } from 'node:fs';

import { run } from './run.mjs';
import { stage } from './say.mjs';

/** @returns Whether the packages are there now; false where this machine isn't ours to change. */
export async function installDebianPackages(names) {
  const prefix = await rootPrefix();
  if (prefix === null) {
    return false;
  }
  return stage(`Installing ${names.join(', ')} with apt-get`, async () => {
    const aptGet = args => {
      const [program, ...rest] = [...prefix, 'apt-get', ...args];
      return run(program, rest, { mayFail: true, env: { DEBIAN_FRONTEND: 'noninteractive' } });
    };
    const install = ['install', '--yes', '--no-install-recommends', ...names];
    // The lists may be older than the archive: a second try with new ones.
    if ((await aptGet(install)).code === 0) {
      return true;
    }
    await aptGet(['update']);
    return (await aptGet(install)).code === 0;
  });
}

/** What to put before a command to run it as root; null where that isn't possible without asking. */
async function rootPrefix() {
  if (!existsSync('/etc/debian_version')) {
    return null;
  }
  if (process.getuid?.() === 0) {
    return [];
  }
  const { code } = await run('sudo', ['--non-interactive', 'true'], { mayFail: true });
  return code === 0 && process.env.CI ? ['sudo', '--non-interactive'] : null;
}
