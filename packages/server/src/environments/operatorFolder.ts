/** The operator's manifests: YAML files of a folder, read again when they change. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import {
  MANIFEST_MAX_BYTES,
  parseManifests,
  type IManifestFault,
  type IParsedManifest,
  type Variables
} from '@jupyterlab-runtimes/core/environment';

import { IMAGES_FILE } from './images.js';

const MANIFEST_FILE = /\.ya?ml$/i;

interface IRead {
  readonly key: string;
  readonly manifests: readonly IParsedManifest[];
  readonly faults: readonly IManifestFault[];
}

export class OperatorFolder {
  /** @param onFaults Told of the faults of a file, once for each of its versions. */
  constructor(
    private readonly _path: string,
    private readonly _variables: Variables,
    private readonly _onFaults: (faults: readonly IManifestFault[]) => void
  ) {}

  /** By file name, and within a file as they stand there. Of two with one name the first counts. */
  list(): IParsedManifest[] {
    const names = new Map<string, string>();
    const found: IParsedManifest[] = [];
    const paths = this._paths();
    for (const path of this._files.keys()) {
      if (!paths.includes(path)) {
        this._files.delete(path);
      }
    }
    for (const path of paths) {
      const isNew = this._isNew(path);
      for (const parsed of this._read(path).manifests) {
        const { name } = parsed.manifest.metadata;
        const earlier = names.get(name);
        if (earlier === undefined) {
          names.set(name, path);
          found.push(parsed);
        } else if (isNew) {
          this._onFaults([duplicate(path, parsed, earlier)]);
        }
      }
    }
    return found;
  }

  private _paths(): string[] {
    try {
      return readdirSync(this._path)
        .filter(name => MANIFEST_FILE.test(name) && name !== IMAGES_FILE)
        .sort()
        .map(name => join(this._path, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return [];
      }
      throw error;
    }
  }

  private _isNew(path: string): boolean {
    return this._files.get(path)?.key !== keyOf(path);
  }

  private _read(path: string): IRead {
    const key = keyOf(path);
    const known = this._files.get(path);
    if (known?.key === key) {
      return known;
    }
    const { manifests, faults } = parseManifests(readText(path), {
      file: path,
      variables: this._variables
    });
    if (faults.length > 0) {
      this._onFaults(faults);
    }
    const read = { key, manifests, faults };
    this._files.set(path, read);
    return read;
  }

  private readonly _files = new Map<string, IRead>();
}

/** What changes with the file; a file that is gone has none, and reads as empty. */
function keyOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : '';
}

/** Not more of it than is needed to say that it is too large. */
function readText(path: string): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return size === 0
    ? ''
    : size > MANIFEST_MAX_BYTES
      ? ' '.repeat(MANIFEST_MAX_BYTES + 1)
      : readFileSync(path, 'utf8');
}

function duplicate(path: string, parsed: IParsedManifest, earlier: string): IManifestFault {
  return {
    severity: 'error',
    file: path,
    line: parsed.line,
    column: 1,
    path: 'metadata.name',
    message: `The name "${parsed.manifest.metadata.name}" is in use already: ${earlier} has it, and counts.`,
    remedy: 'Give one of them another name.'
  };
}
