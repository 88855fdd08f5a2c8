/** The files that an environment brings: folders, git repositories, files of the web. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, normalize, posix, resolve, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import {
  expand,
  formatBytes,
  type IContentSpec,
  type Variables
} from '@jupyterlab-runtimes/core/environment';

import { cleanEnvironment } from './cleanEnvironment.js';
import { linkInto, type IHome } from './home.js';

const run = promisify(execFile);

const GIT = /^git\+(https?:\/\/[^@\s]+|file:\/\/[^@\s]+)(?:@([A-Za-z0-9][A-Za-z0-9._/-]*))?$/;
const GIT_TIMEOUT_MS = 120_000;
const DOWNLOAD_TIMEOUT_MS = 120_000;
const MAX_DOWNLOAD_BYTES = 1024 * 1024 * 1024;

export interface IContentsOptions {
  /** Where what was fetched is kept. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly fetch: typeof fetch;
  /** Of one file of the web. Default: 1 GiB. */
  readonly maxDownloadBytes?: number;
}

/** Puts contents into homes; what can't be had is a note, and no reason to have no runtime. */
export class Contents {
  constructor(private readonly _options: IContentsOptions) {}

  /** @param owner Whose copies these are: nobody else writes into them.
   *  @returns Notes. */
  async add(
    contents: readonly IContentSpec[],
    variables: Variables,
    owner: string,
    home: IHome
  ): Promise<string[]> {
    const notes: string[] = [];
    for (const content of contents) {
      try {
        notes.push(...(await this._addOne(content, variables, owner, home)));
      } catch (error) {
        notes.push(`The content "${content.name}" is missing: ${reasonOf(error)}`);
      }
    }
    return notes;
  }

  private async _addOne(
    content: IContentSpec,
    variables: Variables,
    owner: string,
    home: IHome
  ): Promise<string[]> {
    const source = expand(
      content.source ?? content.name,
      variables,
      `spec.contents ${content.name}`
    );
    const path = mountPath(content.mount ?? content.name, home.home);
    if (path === undefined) {
      return [
        `The content "${content.name}" is missing: a process can't have it at ${content.mount}, outside of its home folder.`
      ];
    }
    const isWritable = ['rw', 'read-write'].includes(content.permissions ?? 'ro');
    const what = `The content "${content.name}"`;
    const git = GIT.exec(source);
    if (git) {
      const folder = await this._fetched(source, owner, isWritable, target =>
        this._clone(git, target)
      );
      return [...linkInto(folder, path, what), ...kept(isWritable, what)];
    }
    if (/^https?:\/\//.test(source)) {
      const { digest } = content;
      const key = digest === undefined ? source : `${source} ${digest}`;
      const folder = await this._fetched(key, owner, isWritable, target =>
        this._download(source, digest, target)
      );
      const [name] = readdirSync(folder);
      return [...linkInto(join(folder, name), path, what), ...kept(isWritable, what)];
    }
    const folder = source.startsWith('file://') ? fileURLToPath(source) : fromHome(source);
    if (!isAbsolute(folder)) {
      return [
        `${what} is missing: this service does not know what "${source}" is; give it a source.`
      ];
    }
    if (!existsSync(folder)) {
      return [`${what} is missing: there is no ${folder} on the service's machine.`];
    }
    return [
      ...linkInto(folder, path, what),
      ...(isWritable
        ? []
        : [
            `${what} can be written to, although it should be read-only: a process has the rights of the service's account.`
          ])
    ];
  }

  /** Once for everybody where it is read-only, once for each owner else. */
  private async _fetched(
    source: string,
    owner: string,
    isWritable: boolean,
    fetchInto: (target: string) => Promise<void>
  ): Promise<string> {
    const key = createHash('sha256')
      .update(isWritable ? `${owner} ${source}` : source)
      .digest('hex')
      .slice(0, 32);
    const folder = join(this._options.folder, key);
    const running = this._running.get(folder) ?? this._fetch(folder, isWritable, fetchInto);
    this._running.set(folder, running);
    try {
      await running;
    } finally {
      this._running.delete(folder);
    }
    return folder;
  }

  private async _fetch(
    folder: string,
    isWritable: boolean,
    fetchInto: (target: string) => Promise<void>
  ): Promise<void> {
    if (existsSync(folder)) {
      return;
    }
    mkdirSync(this._options.folder, { recursive: true, mode: 0o700 });
    const partial = `${folder}.${process.pid}.partial`;
    rmSync(partial, { recursive: true, force: true });
    try {
      await fetchInto(partial);
      if (!isWritable) {
        protect(partial);
      }
      renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }

  private async _clone([, url, branch]: RegExpExecArray, target: string): Promise<void> {
    await run(
      'git',
      [
        'clone',
        '--quiet',
        '--depth',
        '1',
        ...(branch ? ['--branch', branch] : []),
        '--',
        url,
        target
      ],
      {
        timeout: GIT_TIMEOUT_MS,
        // Nobody is there to type a password, and nothing of the service's own is to be sent.
        env: { ...cleanEnvironment(this._options.env), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
      }
    );
  }

  private async _download(url: string, digest: string | undefined, target: string): Promise<void> {
    const response = await this._options.fetch(url, {
      signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)
    });
    if (!response.ok || !response.body) {
      throw new Error(`${new URL(url).host} answered with ${response.status}.`);
    }
    const { maxDownloadBytes: most = MAX_DOWNLOAD_BYTES } = this._options;
    const tooLarge = (): Error => new Error(`It is larger than ${formatBytes(most)}.`);
    if (Number(response.headers.get('content-length') ?? 0) > most) {
      await response.body.cancel();
      throw tooLarge();
    }
    mkdirSync(target, { recursive: true, mode: 0o700 });
    const name = basename(decodeURIComponent(new URL(url).pathname)).replace(/^\.*$/, '') || 'file';
    let size = 0;
    const hash = createHash('sha256');
    const bounded = new Transform({
      transform(part: Buffer, _encoding, done) {
        size += part.length;
        hash.update(part);
        done(size > most ? tooLarge() : null, part);
      }
    });
    await pipeline(response.body, bounded, createWriteStream(join(target, name)));
    const found = `sha256:${hash.digest('hex')}`;
    if (digest !== undefined && digest !== found) {
      throw new Error(`Its digest is ${found}, and the environment names another one.`);
    }
  }

  private readonly _running = new Map<string, Promise<void>>();
}

/** Where content appears: below the home folder, whatever an image calls that; undefined outside of it. */
export function mountPath(mount: string, home: string): string | undefined {
  const relative = mount
    .replaceAll('\\', '/')
    .replace(/^(?:~|\/home\/[^/]+|\/root|\$HOME)(?:\/|$)/, '');
  if (posix.isAbsolute(relative) || /^[A-Za-z]:/.test(relative)) {
    return undefined;
  }
  const path = normalize(join(home, relative));
  return path.startsWith(home.endsWith(sep) ? home : home + sep) ? path : undefined;
}

/** What went wrong, a sentence: of git its last line, of the network what is behind "fetch failed". */
function reasonOf(error: unknown): string {
  const { stderr, message, cause, name } = error as Error & { stderr?: string };
  if (name === 'TimeoutError') {
    return `It did not come within ${DOWNLOAD_TIMEOUT_MS / 1000} s.`;
  }
  const { code, message: behind } = (cause ?? {}) as NodeJS.ErrnoException;
  const text = stderr?.trim() || (behind ? `${behind}${code ? ` (${code})` : ''}` : message);
  return (text.split('\n').at(-1) ?? '').replace(/\.?$/, '.');
}

function fromHome(path: string): string {
  return /^~[\\/]/.test(path) ? resolve(homedir(), path.slice(2)) : path;
}

function kept(isWritable: boolean, what: string): string[] {
  return isWritable || process.getuid?.() !== 0
    ? []
    : [
        `${what} can be written to, although it should be read-only: the service runs as root, which no permission stops.`
      ];
}

/** Files can't be written, and nothing can be added. */
function protect(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) {
      protect(inner);
    } else if (!entry.isSymbolicLink()) {
      chmodSync(inner, 0o444);
    }
  }
  chmodSync(path, 0o555);
}
