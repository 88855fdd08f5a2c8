import { RuntimeError } from '../errors.js';
import type { KernelPort } from './kernelPort.js';

/** Clean up behind what has been decided already. A kernel that is gone has taken its folders with it. */
export async function tidy(port: KernelPort, clean: () => Promise<unknown>): Promise<void> {
  if (!port.isInstalled) {
    return;
  }
  try {
    await clean();
  } catch (error) {
    if (!(error instanceof RuntimeError)) {
      throw error;
    }
  }
}
