/** Find a Chromium for the browser tests, or install one. */
import { existsSync } from 'node:fs';

import { installDebianPackages } from './debian.mjs';
import { packageFile } from './paths.mjs';
import { run } from './run.mjs';
import { Problem, stage } from './say.mjs';

const SYSTEM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * @returns The path of a Chromium, or null for the one that Playwright keeps.
 * @throws Problem where `CHROMIUM_PATH` names none, or none could be installed.
 */
export async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) {
      throw new Problem(
        `CHROMIUM_PATH names ${named}, which doesn't exist. Correct it, or unset it.`
      );
    }
    return named;
  }
  const present = SYSTEM_PATHS.find(path => existsSync(path));
  if (present) {
    return present;
  }
  if (await installDebianPackages(['chromium'])) {
    const installed = SYSTEM_PATHS.find(path => existsSync(path));
    if (installed) {
      return installed;
    }
  }
  await stage('Installing Chromium with Playwright', () =>
    run(process.execPath, [packageFile('@playwright/test/cli.js'), 'install', 'chromium'])
  );
  return null;
}
