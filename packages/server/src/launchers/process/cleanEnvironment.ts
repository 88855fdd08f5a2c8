/** The environment variables that a runtime gets: what programs of the user need, nothing of the service. */

/** Which virtual environment programs are in. */
const ACTIVATION = ['VIRTUAL_ENV', 'CONDA_PREFIX', 'CONDA_DEFAULT_ENV'];

const NAMES = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'TERM',
  ...ACTIVATION,
  // Where programs find libraries.
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'PYTHONUSERBASE',
  'PYTHONNOUSERSITE',
  // Where Jupyter finds kernelspecs, and IPython its profile.
  'JUPYTER_PATH',
  'JUPYTER_DATA_DIR',
  'JUPYTER_PREFER_ENV_PATH',
  'IPYTHONDIR',
  'MPLCONFIGDIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_RUNTIME_DIR',
  // The way to the network.
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'PIP_CONFIG_FILE',
  // Computing.
  'CUDA_HOME',
  'CUDA_VISIBLE_DEVICES',
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  // Windows.
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'USERNAME',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE'
]);

/** @param env The service's own environment. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const key = process.platform === 'win32' ? name.toUpperCase() : name;
    if (value !== undefined && (NAMES.has(key) || key.startsWith('LC_'))) {
      clean[name] = value;
    }
  }
  return clean;
}

/** Without the virtual environment of the service, for a Python that is not the service's. */
export function deactivated(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ACTIVATION.includes(name)));
}
