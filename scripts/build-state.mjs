/** Write the Python package that goes into kernels to `.cache/state/static/sources.json`, which the labextension build copies. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CACHE } from './machine/paths.mjs';
import { stateSources } from './state/sources.mjs';

const folder = join(CACHE, 'state', 'static');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'sources.json'), JSON.stringify(stateSources()));
