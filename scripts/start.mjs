/**
 * `npm start [-- --no-browser] [-- --port N]`: set up, build, and run
 * JupyterLab with the extension and a guided notebook. Ctrl-C ends it all.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, env, platform } from 'node:process';

import { build } from './build.mjs';
import { startLab } from './lab/lab.mjs';
import { ROOT, STATE } from './machine/paths.mjs';
import { Problem, main, say, stage } from './machine/say.mjs';
import { setup } from './setup.mjs';

const FIRST_PORT = 8888;
const NOTEBOOK = 'examples/welcome.ipynb';

/** Bring the examples to where JupyterLab works, so that running them leaves the clone as it is; what the user changed stays. */
function copyExamples() {
  const from = join(ROOT, 'examples');
  const to = join(STATE, 'notebooks', 'examples');
  mkdirSync(to, { recursive: true });
  const listFile = join(STATE, 'examples.json');
  const copied = existsSync(listFile) ? JSON.parse(readFileSync(listFile, 'utf8')) : {};
  for (const name of readdirSync(from)) {
    const target = join(to, name);
    const untouched = !existsSync(target) || digest(target) === copied[name];
    if (untouched) {
      cpSync(join(from, name), target, { recursive: true });
      copied[name] = digest(target);
    }
  }
  writeFileSync(listFile, JSON.stringify(copied));
}

/** A folder counts by its name alone: it is copied once. */
function digest(path) {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    if (error.code === 'EISDIR') {
      return 'folder';
    }
    throw error;
  }
}

/** Whether there is somebody to show a page to. */
function canOpenBrowser() {
  if (argv.includes('--no-browser') || env.CI) {
    return false;
  }
  return (
    platform === 'win32' || platform === 'darwin' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
  );
}

function firstPort() {
  const at = argv.indexOf('--port');
  const port = at < 0 ? FIRST_PORT : Number(argv[at + 1]);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Problem('--port needs a number from 1 to 65535.');
  }
  return port;
}

/** Settles with the name of the signal that asks to end. */
function askedToEnd() {
  return new Promise(resolve => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(name, () => resolve(name));
    }
  });
}

await main(async () => {
  const port = firstPort();
  await setup();
  await build({ development: true });
  copyExamples();
  // From here on there are processes to end, so signals are ours to answer.
  const asked = askedToEnd();
  const opens = canOpenBrowser();
  const lab = await stage('Starting JupyterLab', () =>
    startLab({
      folder: STATE,
      port,
      portRetries: 50,
      config: {
        ServerApp: { open_browser: opens },
        LabApp: { default_url: `/lab/tree/${NOTEBOOK}` }
      }
    })
  );
  if (lab.port !== port) {
    say(`  Port ${port} is in use, so it is ${lab.port}.`);
  }
  say();
  say(
    opens
      ? 'JupyterLab is ready, and opens in your browser. If it does not, go to:'
      : 'JupyterLab is ready. Open:'
  );
  say(`  ${lab.url}lab/tree/${NOTEBOOK}?token=${lab.token}`);
  say();
  say(`Press Ctrl-C to end it, with every runtime that it started. Its log is ${lab.logFile}.`);
  const why = await Promise.race([asked, lab.exited.then(code => ({ code }))]);
  if (typeof why === 'object') {
    await lab.stop();
    throw new Problem(
      `JupyterLab ended by itself with exit code ${why.code}. Its log is ${lab.logFile}.`
    );
  }
  say();
  await stage('Ending JupyterLab and its runtimes', async () => {
    for (const command of await lab.stop()) {
      say(`  had to be killed: ${command}`);
    }
  });
  say('Everything has ended.');
});
