/**
 * The home folder of a runtime, its working directory, and the owner's storage in it.
 *
 * | `--home`  | HOME                                   | working directory, root of files |
 * |-----------|----------------------------------------|----------------------------------|
 * | `user`    | the account's                          | `--root-dir`                     |
 * | `private` | `<data folder>/homes/<id>`, kept as long as the runtime | the same        |
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { RuntimeError } from '@jupyterlab-runtimes/core';

export type HomeKind = 'user' | 'private';

export interface IHome {
  readonly home: string;
  readonly workingDirectory: string;
  readonly isPrivate: boolean;
}

export interface IHomesOptions {
  /** Absolute path of the service's data folder. */
  readonly dataDir: string;
  readonly rootDir: string;
  readonly home: HomeKind;
}

/** The name of the owner's storage below the home folder. */
export const STORAGE_NAME = 'persistent';

/** The same as the contract's, for whoever comes by another way. */
const OWNER = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$/;
/** A folder's name that means the same on every file system: no capitals, no dot at the end, no device of Windows. */
const PLAIN_NAME =
  /^(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[a-z0-9](?:[a-z0-9._@-]*[a-z0-9])?$/;

export class Homes {
  constructor(private readonly _options: IHomesOptions) {}

  /** The home of a runtime, made where it is private. */
  home(id: string): IHome {
    const { home, rootDir } = this._options;
    if (home === 'user') {
      return { home: homedir(), workingDirectory: rootDir, isPrivate: false };
    }
    const path = join(this._options.dataDir, 'homes', id);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return { home: path, workingDirectory: path, isPrivate: true };
  }

  /** Put the owner's storage into a home as `~/persistent`.
   *  @returns Notes.
   *  @throws RuntimeError INVALID_REQUEST when the owner's name is none. */
  addStorage(owner: string, { home }: IHome): string[] {
    const storage = this.storage(owner);
    mkdirSync(storage, { recursive: true, mode: 0o700 });
    return linkInto(storage, join(home, STORAGE_NAME), 'The storage');
  }

  /** The folder of an owner's storage.
   *  @throws RuntimeError INVALID_REQUEST */
  storage(owner: string): string {
    if (!OWNER.test(owner)) {
      throw new RuntimeError(
        'INVALID_REQUEST',
        `"${owner.slice(0, 100)}" can't be the name of an owner of storage: use letters, digits, and . _ @ - within.`
      );
    }
    const name = PLAIN_NAME.test(owner)
      ? owner
      : `${owner.toLowerCase()}-${createHash('sha256').update(owner).digest('hex').slice(0, 12)}`;
    return join(this._options.dataDir, 'storage', name);
  }

  /** Remove the private home of a runtime that is gone for good: links in it, not what they lead to. */
  async remove(id: string): Promise<void> {
    const path = join(this._options.dataDir, 'homes', id);
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Remove private homes but of these runtimes: links in them, not what they lead to. */
  removeOthers(ids: ReadonlySet<string>): void {
    const root = join(this._options.dataDir, 'homes');
    if (existsSync(root)) {
      readdirSync(root)
        .filter(id => !ids.has(id))
        .forEach(id =>
          rmSync(join(root, id), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
        );
    }
  }
}

/** Make a link, unless something else is there.
 *  @param what For the sentence, at its beginning.
 *  @returns Notes. */
export function linkInto(target: string, path: string, what: string): string[] {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && resolve(dirname(path), readlinkSync(path)) === resolve(target)) {
    return [];
  }
  if (there) {
    return [`${what} is not at ${path}, where something else is: it is at ${target}.`];
  }
  mkdirSync(dirname(path), { recursive: true });
  try {
    // Windows allows everybody to make junctions, and few to make symbolic links.
    symlinkSync(target, path, process.platform === 'win32' ? 'junction' : undefined);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      // Another launch of the same owner was faster.
      return linkInto(target, path, what);
    }
    return [
      `${what} could not be linked to ${path} (${(error as NodeJS.ErrnoException).code}): it is at ${target}.`
    ];
  }
  return [];
}
