/** `npm run lint [-- --fix]`: ESLint, Prettier, stylelint, ruff and the type check, all that fail reported together. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';

import { CACHE, ROOT, packageFile, venvProgram } from './machine/paths.mjs';
import { run } from './machine/run.mjs';
import { isProgram, main, say } from './machine/say.mjs';
import { setup } from './setup.mjs';

/** Notebooks are read by people, who write Python with single quotes. */
const NOTEBOOKS = '--extend-exclude=*.ipynb';

/** @returns `{ passed, failed }`, a check each. */
export async function lint({ fix = false } = {}) {
  const failed = [];
  const all = checks(fix);
  for (const { name, program, args } of all) {
    const startedAt = performance.now();
    const { code, output } = await run(program, args, { mayFail: true });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    say(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
    if (code !== 0) {
      failed.push(name);
      say(output.trimEnd());
    }
  }
  return { passed: all.length - failed.length, failed: failed.length };
}

function checks(fix) {
  const node = (name, script, ...args) => ({
    name,
    program: process.execPath,
    args: [packageFile(script), ...args.filter(Boolean)]
  });
  const ruff = (name, ...args) => ({
    name,
    program: venvProgram('ruff'),
    args: args.filter(Boolean)
  });
  const cached = (name, strategy = 'content') => [
    '--cache',
    `--cache-location=${join(CACHE, name)}`,
    `--cache-strategy=${strategy}`
  ];
  const checks = [
    node('types', 'typescript/bin/tsc', '--build', 'tsconfig.tests.json', ...typedProjects()),
    node(
      'eslint',
      'eslint/bin/eslint.js',
      '.',
      '--max-warnings=0',
      fix && '--fix',
      ...cached('eslint')
    ),
    node(
      'prettier',
      'prettier/bin/prettier.cjs',
      fix ? '--write' : '--check',
      '.',
      '--log-level=warn',
      ...cached('prettier')
    ),
    ruff('ruff', 'check', fix && '--fix', NOTEBOOKS, '.'),
    ruff('ruff format', 'format', !fix && '--check', NOTEBOOKS, '.')
  ];
  if (hasStyles()) {
    checks.push(
      node(
        'stylelint',
        'stylelint/bin/stylelint.mjs',
        'style/**/*.css',
        fix && '--fix',
        ...cached('stylelint')
      )
    );
  }
  return checks;
}

/** The projects that are there to be checked. */
function typedProjects() {
  return ['.', 'packages/core', 'packages/server', 'packages/cli'].filter(path =>
    hasSources(join(ROOT, path, 'src'))
  );
}

function hasSources(folder) {
  return existsSync(folder) && readdirSync(folder).length > 0;
}

function hasStyles() {
  const folder = join(ROOT, 'style');
  return existsSync(folder) && readdirSync(folder).some(name => name.endsWith('.css'));
}

if (isProgram(import.meta.url)) {
  await main(async () => {
    await setup();
    const { failed } = await lint({ fix: argv.includes('--fix') });
    return failed === 0 ? 0 : 1;
  });
}
