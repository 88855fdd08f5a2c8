/** Which folder may not import which: see CONTRIBUTING.md for the map, and the reasons. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../machine/paths.mjs';

/**
 * Zones for `import-x/no-restricted-paths`.
 *
 * @param options.tests For specs, which may use the doubles in `src/testing` and load plugins.
 */
export function importZones({ tests }) {
  const zones = [
    forbid(
      'src/ui',
      ['src/providers', 'src/kernels', 'src/stores'],
      'ui sees runtimes through the tokens.'
    ),
    forbid(
      'src/runtime',
      ['src/ui', 'src/providers'],
      'runtime decides without a view, and for any provider.'
    ),
    forbid('src/providers', ['src/ui'], 'A provider has no view.'),
    ...providersApart(),
    forbid(
      'packages/server/src/runtimes',
      ['http', 'launchers', 'stores'].map(name => `packages/server/src/${name}`),
      'Use cases see ports; main.ts hands them the adapters.'
    ),
    forbid('packages', ['src'], 'Packages know nothing of the Lab extension.')
  ];
  if (!tests) {
    zones.push(
      forbid(
        ['src/!(index.ts|plugins|testing)', 'src/!(plugins|testing)/**/*', 'packages'],
        ['src/plugins'],
        'Only index.ts lists the plugins: they wire, and nothing depends on them.'
      ),
      forbid(
        ['src/!(testing)', 'src/!(testing)/**/*', 'packages'],
        ['src/testing'],
        'Doubles are for specs.'
      )
    );
  }
  return zones.flat();
}

/** No provider knows another one: whatever folders there are. */
function providersApart() {
  const folder = join(ROOT, 'src', 'providers');
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter(entry => entry.isDirectory() && entry.name !== '__tests__')
        .map(entry => entry.name)
    : [];
  return names.map(name =>
    forbid(
      `src/providers/${name}`,
      names.filter(other => other !== name).map(other => `src/providers/${other}`),
      'One provider knows nothing of another.'
    )
  );
}

function forbid(target, from, message) {
  const absolute = paths => [paths].flat().map(path => join(ROOT, path));
  return from.length === 0 ? [] : [{ target: absolute(target), from: absolute(from), message }];
}
