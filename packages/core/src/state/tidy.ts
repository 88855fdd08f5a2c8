import { RuntimeError } from '../errors.js';
import type { KernelPort } from './kernelPort.js';

/** Nobody waits longer than this for what only cleans up, milliseconds. */
const PATIENCE_MS = 5000;

/** Clean up behind what has been decided already. A kernel that is gone has taken its folders with it; one that can't be
 *  reached removes them when it ends. */
export async function tidy(
  port: KernelPort,
  clean: (options: { channel: 'control'; signal: AbortSignal }) => Promise<unknown>
): Promise<void> {
  if (!port.isInstalled) {
    return;
  }
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    await clean({ channel: 'control', signal: patience.signal });
  } catch (error) {
    if (!(error instanceof RuntimeError)) {
      throw error;
    }
  } finally {
    clearTimeout(timer);
  }
}
