/** Which of the service's environment variables a manifest may use as `${VAR}`. */
import type { Variables } from '@jupyterlab-runtimes/core/environment';

/** What says nothing that a runtime does not know anyway. */
const HARMLESS = ['HOME', 'USER', 'LOGNAME', 'LANG', 'TZ'] as const;

/** @param allowed What the operator allows beside. */
export function manifestVariables(
  env: Readonly<Record<string, string | undefined>>,
  allowed: readonly string[]
): Variables {
  return Object.fromEntries([...HARMLESS, ...allowed].map(name => [name, env[name]]));
}
