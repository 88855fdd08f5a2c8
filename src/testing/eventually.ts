/** Waiting for what a page shows in its own time. */

const LIMIT_MS = 4000;
const PAUSE_MS = 10;

/**
 * Ask again until the check passes.
 *
 * @throws What the check threw last, after four seconds.
 */
export async function eventually<T>(check: () => T): Promise<T> {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return check();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    }
  }
}
