/** The service's folder: token, and the file that says where the service listens. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { RuntimeError, type IServiceFile } from '@jupyterlab-runtimes/core';

export class DataFolder {
  /** Make the folder where it is missing, for this user alone.
   *  @throws RuntimeError FORBIDDEN, or the file system's error. */
  constructor(readonly path: string) {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      chmodSync(path, 0o700);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (
        code === 'EACCES' ||
        code === 'EPERM' ||
        code === 'ENOTDIR' ||
        code === 'EEXIST' ||
        code === 'EROFS'
      ) {
        throw new RuntimeError(
          'FORBIDDEN',
          `The data folder ${path} can't be used (${code}): choose another --data-dir.`,
          {
            cause: error
          }
        );
      }
      throw error;
    }
    this.tokenFile = join(path, 'token');
    this._serviceFile = join(path, 'service.json');
  }

  readonly tokenFile: string;

  within(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** The service's token, made at first use. */
  token(): string {
    try {
      const token = readFileSync(this.tokenFile, 'utf8').trim();
      if (token) {
        chmodSync(this.tokenFile, 0o600);
        return token;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw error;
      }
    }
    const token = randomBytes(32).toString('base64url');
    writeWhole(this.tokenFile, token);
    return token;
  }

  announce(file: IServiceFile): void {
    writeWhole(this._serviceFile, `${JSON.stringify(file, undefined, 2)}\n`);
  }

  retract(): void {
    rmSync(this._serviceFile, { force: true });
  }

  private readonly _serviceFile: string;
}

/** A reader sees the old content or the new one, never a part. */
function writeWhole(path: string, content: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
}
