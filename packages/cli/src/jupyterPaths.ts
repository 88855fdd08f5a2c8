/** Jupyter's folders of the user, as jupyter_core 5 finds them. */
import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

const TRUE = new Set(['1', 'true', 'yes', 'on']);

const usesPlatformDirs = (env: Env): boolean =>
  TRUE.has((env['JUPYTER_PLATFORM_DIRS'] ?? '').toLowerCase());

/** @see jupyter_core.paths.jupyter_config_dir */
export function jupyterConfigDir(
  env: Env = process.env,
  platform = process.platform,
  home = homedir()
): string {
  if (env['JUPYTER_CONFIG_DIR']) {
    return env['JUPYTER_CONFIG_DIR'];
  }
  return usesPlatformDirs(env)
    ? platformDir(env, platform, home, env['XDG_CONFIG_HOME'] || join(home, '.config'))
    : join(home, '.jupyter');
}

/** @see jupyter_core.paths.jupyter_data_dir */
export function jupyterDataDir(
  env: Env = process.env,
  platform = process.platform,
  home = homedir()
): string {
  if (env['JUPYTER_DATA_DIR']) {
    return env['JUPYTER_DATA_DIR'];
  }
  const xdg = env['XDG_DATA_HOME'] || join(home, '.local', 'share');
  if (usesPlatformDirs(env)) {
    return platformDir(env, platform, home, xdg);
  }
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Jupyter');
    case 'win32':
      return env['APPDATA']
        ? join(env['APPDATA'], 'jupyter')
        : join(jupyterConfigDir(env, platform, home), 'data');
    default:
      return join(xdg, 'jupyter');
  }
}

/** The embedded service's data folder. */
export function embeddedDataDir(env: Env = process.env): string {
  return env['JUPYTERLAB_RUNTIMES_DATA_DIR'] || join(jupyterDataDir(env), 'runtimes');
}

/** The services on other machines, with their tokens. */
export function servicesPath(env: Env = process.env): string {
  return join(jupyterConfigDir(env), 'runtimes', 'services.json');
}

function platformDir(env: Env, platform: NodeJS.Platform, home: string, xdg: string): string {
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Jupyter');
    case 'win32':
      return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Jupyter');
    default:
      return join(xdg, 'jupyter');
  }
}
