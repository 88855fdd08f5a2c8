/**
 * Kernelspec names: the local server's stay as they are, every other provider's
 * are qualified as `<provider id>:<name>`, so that same-named kernels of two
 * places never hide each other.
 */
import { LOCAL_PROVIDER_ID } from '../tokens';

const SEPARATOR = ':';

/** A provider id that can stand before the separator. */
const VALID_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Whether `id` can name a provider: letters, digits, dots, dashes and underscores. */
export function isValidProviderId(id: string): boolean {
  return VALID_ID.test(id);
}

/** The name by which Lab knows a provider's kernelspec. */
export function qualifyName(providerId: string, name: string): string {
  return providerId === LOCAL_PROVIDER_ID ? name : `${providerId}${SEPARATOR}${name}`;
}

/** Split a name that Lab knows into the provider and the provider's own name.
 *  @param isProvider Whether an id is registered: a local kernelspec may hold a colon itself. */
export function parseName(
  qualified: string,
  isProvider: (id: string) => boolean
): { providerId: string; name: string } {
  const at = qualified.indexOf(SEPARATOR);
  const providerId = at > 0 ? qualified.slice(0, at) : '';
  if (providerId && providerId !== LOCAL_PROVIDER_ID && isProvider(providerId)) {
    return { providerId, name: qualified.slice(at + 1) };
  }
  return { providerId: LOCAL_PROVIDER_ID, name: qualified };
}

/** A provider's own name for `qualified`, which may be its own name already. */
export function unqualifyName(providerId: string, qualified: string): string {
  const prefix = `${providerId}${SEPARATOR}`;
  return providerId !== LOCAL_PROVIDER_ID && qualified.startsWith(prefix)
    ? qualified.slice(prefix.length)
    : qualified;
}
