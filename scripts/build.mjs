/**
 * `npm run build [-- --development] [--wheel]`: everything that is made from
 * sources, each part only when its sources changed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';

import { linkIntoVirtualEnvironment } from './build/link.mjs';
import { ROOT, packageFile, venvProgram } from './machine/paths.mjs';
import { run } from './machine/run.mjs';
import { isProgram, main, say, stage } from './machine/say.mjs';
import { whenChanged } from './machine/stamp.mjs';
import { setup } from './setup.mjs';

const LABEXTENSION = 'jupyterlab_runtimes/labextension';

/** The TypeScript projects, and the source that makes each of them one. */
const MAIN_SOURCES = {
  'packages/core': 'index',
  'packages/server': 'main',
  'packages/cli': 'main',
  '.': 'tokens'
};

/**
 * @param options.development Build the extension quickly, with source maps and not minified.
 * @param options.wheel Build the Python package to `dist/` as well.
 */
export async function build({ development = false, wheel = false } = {}) {
  const ran = [
    await buildTypeScript(),
    await runScript({
      what: 'browser worker',
      script: 'scripts/build-worker.mjs',
      inputs: [
        'scripts/worker',
        'scripts/pyodide-requirements.txt',
        'packages/core/src',
        'src/providers/browser/protocol.ts',
        'src/providers/browser/worker',
        'package-lock.json'
      ],
      outputs: ['.cache/browser/static/index.json']
    }),
    await runScript({
      what: 'state package',
      script: 'scripts/build-state.mjs',
      inputs: ['scripts/state', 'jupyterlab_runtimes/state'],
      outputs: ['.cache/state/static/sources.json']
    }),
    await runScript({
      what: 'runtime service',
      script: 'packages/server/build.mjs',
      inputs: [
        ...['packages/core', 'packages/server', 'package-lock.json'],
        ...['scripts/state', 'jupyterlab_runtimes/state']
      ],
      outputs: ['jupyterlab_runtimes/service/service.mjs']
    }),
    await runScript({
      what: 'command line',
      script: 'packages/cli/build.mjs',
      inputs: ['packages/core', 'packages/cli', 'package-lock.json'],
      outputs: ['jupyterlab_runtimes/service']
    }),
    await buildLabExtension(development)
  ];
  await linkIntoVirtualEnvironment();
  if (wheel) {
    await stage('Building the wheel to dist/', () =>
      run(
        venvProgram('python'),
        ['-m', 'hatchling', 'build', '--target', 'wheel', '--directory', 'dist'],
        {
          env: { SKIP_JUPYTER_BUILDER: '1' }
        }
      )
    );
  }
  if (!ran.some(Boolean) && !wheel) {
    say('→ Everything is built already');
  }
}

function buildTypeScript() {
  const projects = Object.keys(MAIN_SOURCES).filter(path =>
    existsSync(join(ROOT, path, 'src', `${MAIN_SOURCES[path]}.ts`))
  );
  return whenChanged(
    {
      name: 'typescript',
      inputs: ['tsconfig.base.json', 'tsconfig.json', 'package-lock.json', 'src', 'packages'],
      values: [projects],
      outputs: projects.map(path => `${path}/lib/${MAIN_SOURCES[path]}.js`)
    },
    () =>
      stage('Compiling TypeScript', () =>
        run(process.execPath, [packageFile('typescript/bin/tsc'), '--build', ...projects])
      )
  );
}

function runScript({ what, script, inputs, outputs }) {
  if (!existsSync(join(ROOT, script))) {
    return Promise.resolve(false);
  }
  const name = what.replaceAll(' ', '-');
  return whenChanged({ name, inputs: [script, ...inputs], outputs }, () =>
    stage(`Bundling the ${what}`, () => run(process.execPath, [join(ROOT, script)]))
  );
}

async function buildLabExtension(development) {
  if (!['src/index.ts', 'style/index.js'].every(path => existsSync(join(ROOT, path)))) {
    return false;
  }
  return whenChanged(
    {
      name: 'labextension',
      inputs: [
        'package.json',
        'package-lock.json',
        'src',
        'style',
        'schema',
        'packages/core',
        'scripts/labextension.config.cjs',
        '.cache/browser/static/index.json',
        '.cache/state/static/sources.json'
      ],
      values: [development],
      outputs: [`${LABEXTENSION}/package.json`]
    },
    () =>
      stage('Bundling the Lab extension', () =>
        run(process.execPath, [
          packageFile('@jupyter/builder/lib/build-labextension.js'),
          '--core-package-file',
          packageFile('@jupyterlab/core-meta/core.package.json'),
          ...(development ? ['--development', '--source-map'] : []),
          ROOT
        ])
      )
  );
}

if (isProgram(import.meta.url)) {
  await main(async () => {
    await setup();
    await build({ development: argv.includes('--development'), wheel: argv.includes('--wheel') });
  });
}
