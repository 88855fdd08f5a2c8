/**
 * `npm run build [-- --development] [--wheel]`: everything that is made from
 * sources, each part only when its sources changed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';

import { linkIntoVirtualEnvironment } from './build/link.mjs';
import { ROOT, packageFile, venvProgram } from './machine/paths.mjs';
import { run } from './machine/run.mjs';
import { main, say, stage } from './machine/say.mjs';
import { whenChanged } from './machine/stamp.mjs';
import { setup } from './setup.mjs';

const LABEXTENSION = 'jupyterlab_runtimes/labextension';

/**
 * @param options.development Build the extension quickly, with source maps and not minified.
 * @param options.wheel Build the Python package to `dist/` as well.
 */
export async function build({ development = false, wheel = false } = {}) {
  const ran = [
    await buildTypeScript(),
    await runScript('browser worker', 'scripts/build-worker.mjs', [
      'src/providers/browser',
      'scripts/pyodide-requirements.txt',
      'package-lock.json'
    ]),
    await runScript('runtime service', 'packages/server/build.mjs', [
      'packages',
      'package-lock.json'
    ]),
    await runScript('command line', 'packages/cli/build.mjs', ['packages', 'package-lock.json']),
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
  const projects = ['packages/core', 'packages/server', 'packages/cli', '.'].filter(path =>
    existsSync(
      join(
        ROOT,
        path,
        'src',
        path === '.' ? 'tokens.ts' : path.endsWith('core') ? 'index.ts' : 'main.ts'
      )
    )
  );
  return whenChanged(
    {
      name: 'typescript',
      inputs: ['tsconfig.base.json', 'tsconfig.json', 'package-lock.json', 'src', 'packages'],
      values: [projects],
      outputs: ['lib/tokens.js', 'packages/core/lib/index.js']
    },
    () =>
      stage('Compiling TypeScript', () =>
        run(process.execPath, [packageFile('typescript/bin/tsc'), '--build', ...projects])
      )
  );
}

async function runScript(what, script, inputs) {
  if (!existsSync(join(ROOT, script))) {
    return false;
  }
  const name = script.replaceAll(/[^a-z]+/g, '-');
  return whenChanged({ name, inputs: [script, ...inputs] }, () =>
    stage(`Bundling the ${what}`, () => run(process.execPath, [join(ROOT, script)]))
  );
}

async function buildLabExtension(development) {
  if (!existsSync(join(ROOT, 'src', 'index.ts'))) {
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
        '.cache/worker'
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

if (import.meta.url === pathToFileURL(argv[1]).href) {
  await main(async () => {
    await setup();
    await build({ development: argv.includes('--development'), wheel: argv.includes('--wheel') });
  });
}
