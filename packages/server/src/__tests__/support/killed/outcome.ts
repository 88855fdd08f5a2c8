import { RuntimeError } from '@jupyterlab-runtimes/core';

/** What came of the work: it was done, it failed with a code, or nobody was left to be told. */
export type Outcome = 'done' | 'nobody was told' | RuntimeError['code'];

/** Nothing waits longer than this, milliseconds: a machine may be slow. */
const PATIENCE_MS = 90_000;

/**
 * Wait for the end of work that is disturbed.
 *
 * @param gone Whoever waited for it is gone.
 * @throws Error when it never ends, or when its failure is not told in a sentence.
 */
export async function outcomeOf(
  work: Promise<unknown>,
  gone: Promise<void>,
  told: string
): Promise<Outcome> {
  const end = work.then(
    () => 'done' as const,
    (error: unknown) => error
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(() => resolve('late'), PATIENCE_MS);
  });
  const first = await Promise.race([end, gone.then(() => 'gone' as const), late]);
  clearTimeout(timer);
  if (first === 'late') {
    throw new Error(`${told}: nothing came of it within ${PATIENCE_MS / 1000} s.`);
  }
  if (first === 'gone') {
    return 'nobody was told';
  }
  if (first === 'done') {
    return first;
  }
  if (!(first instanceof RuntimeError) || first.code === 'INTERNAL') {
    throw new Error(`${told}: ${String(first)}`, { cause: first });
  }
  if (!isSentence(first.message)) {
    throw new Error(`${told}: "${first.message}" is no sentence.`, { cause: first });
  }
  return first.code;
}

/** What programs have logged may follow a sentence. */
export function isSentence(text: string): boolean {
  const [said] = text.split('Its log ends with:', 1);
  return said.length > 20 && said.includes(' ') && /[.!]$/.test(said.trim());
}
