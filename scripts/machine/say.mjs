/** What the scripts print: stages in plain sentences, with the time that they took. */
import { pathToFileURL } from 'node:url';

/** Print one line. */
export function say(text = '') {
  process.stdout.write(`${text}\n`);
}

/** Print one line where errors go. */
export function complain(text) {
  process.stderr.write(`${text}\n`);
}

/** The stage that was told last. */
let latest = '';

/** Say what is being done, do it, and say how long it took (only when it took more than a second). */
export async function stage(sentence, action) {
  say(`→ ${sentence}`);
  latest = sentence;
  const startedAt = performance.now();
  const result = await action();
  const seconds = (performance.now() - startedAt) / 1000;
  if (seconds > 1) {
    // Among others that run side by side it says which one.
    const which = latest === sentence ? 'done' : `${sentence}: done`;
    say(`  ${which} in ${seconds.toFixed(1)} s`);
    latest = '';
  }
  return result;
}

/** A failure whose message is all that the user needs to read. */
export class Problem extends Error {}

/** Whether this module is the program, and not imported by another one. */
export function isProgram(url) {
  return process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href;
}

/** Run a script's main function: a `Problem` prints its sentence, anything else its stack, and both exit with 1. */
export async function main(action) {
  try {
    process.exitCode = (await action()) ?? 0;
  } catch (error) {
    complain(error instanceof Problem ? `\n${error.message}` : String(error?.stack ?? error));
    process.exitCode = 1;
  }
}
