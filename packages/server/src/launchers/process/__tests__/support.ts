/** A process launcher over a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { IOwnedManifest } from '../../../environments/ports.js';
import { PYTHON } from '../../../__tests__/support/testService.js';
import { makeProcessLauncher } from '../make.js';
import type { IMakeOptions } from '../make.js';

export interface IMade extends ReturnType<typeof makeProcessLauncher> {
  readonly folder: string;
  readonly warnings: string[];
  again(): ReturnType<typeof makeProcessLauncher>;
  dispose(): Promise<void>;
}

const silent = (): void => undefined;

export function madeLauncher(options: Partial<IMakeOptions> = {}): IMade {
  const folder = mkdtempSync(join(tmpdir(), 'jlr-'));
  const manifests = new Map<string, IOwnedManifest>();
  const keyOf = (owner: string, name: string): string => `${owner}/${name}`;
  const warnings: string[] = [];
  const again = (): ReturnType<typeof makeProcessLauncher> =>
    makeProcessLauncher({
      dataDir: folder,
      python: PYTHON,
      rootDir: folder,
      home: 'user',
      environmentsDir: join(folder, 'environments'),
      environmentVariables: [],
      env: process.env,
      manifests: {
        list: () => [...manifests.values()],
        put: manifest => void manifests.set(keyOf(manifest.owner, manifest.name), manifest),
        remove: (owner, name) => manifests.delete(keyOf(owner, name))
      },
      log: {
        debug: silent,
        info: silent,
        error: silent,
        warn: fields => void warnings.push(JSON.stringify(fields))
      },
      ...options
    });
  const made = again();
  return {
    ...made,
    folder,
    warnings,
    again,
    dispose: async () => {
      await made.launcher.endOrphans(new Set());
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
