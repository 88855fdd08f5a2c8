/** Run other programs. */
import { spawn } from 'node:child_process';

import { ROOT } from './paths.mjs';
import { Problem } from './say.mjs';

/**
 * Run a program to its end.
 *
 * @param options.env Added to this process's environment; `undefined` takes a variable out.
 * @param options.show Print its output as it comes: `true`, or 'errors' for standard error alone.
 *   Else it is kept.
 * @param options.mayFail Resolve with the exit code instead of throwing.
 * @returns `{ code, output }`; `output` is '' where it was shown.
 * @throws Problem with the program's own last words.
 */
export function run(program, args, options = {}) {
  const { cwd = ROOT, env = {}, show = false, mayFail = false, shell = false } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: environment(env),
      shell,
      windowsHide: true,
      stdio: ['ignore', show === true ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe']
    });
    const parts = [];
    child.stdout?.on('data', part => parts.push(part));
    child.stderr?.on('data', part => parts.push(part));
    child.on('error', cause => {
      if (mayFail) {
        resolve({ code: 127, output: cause.message });
      } else {
        reject(new Problem(`Could not run ${program}: ${cause.message}.`, { cause }));
      }
    });
    child.on('close', (exitCode, signal) => {
      const code = exitCode ?? 1;
      const output = Buffer.concat(parts).toString();
      if (code === 0 || mayFail) {
        resolve({ code, output });
        return;
      }
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      reject(new Problem(`${output}\n${[program, ...args].join(' ')} ${how}.`.trim()));
    });
  });
}

/** Run npm with the Node that runs this script. */
export function npm(args, options = {}) {
  const npmScript = process.env.npm_execpath;
  if (npmScript?.endsWith('.js')) {
    return run(process.execPath, [npmScript, ...args], options);
  }
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** This process's environment with changes; `undefined` takes a variable out. */
export function environment(changes) {
  const merged = { ...process.env, ...changes };
  for (const [name, value] of Object.entries(merged)) {
    if (value === undefined) {
      delete merged[name];
    }
  }
  return merged;
}
