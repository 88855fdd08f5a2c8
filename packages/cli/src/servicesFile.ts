/** `services.json`: services on other machines and their tokens, for this user alone (mode 0600, folder 0700). */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { RuntimeError } from '@jupyterlab-runtimes/core';

export interface IServiceEntry {
  readonly name: string;
  readonly label: string;
  readonly url: string;
  readonly token: string;
  /** PEM file of the authority that signed the service's certificate; default: those that the system knows. */
  readonly ca_file?: string;
}

/** The Jupyter Server extension takes the same names (jupyterlab_runtimes/upstream/configured.py). */
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** @throws RuntimeError INVALID_REQUEST */
export function checkName(name: string): void {
  if (!NAME.test(name) || name === 'embedded') {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `"${name}" can't be the name of a service: use lower-case letters, digits, - and _ (and not "embedded").`
    );
  }
}

/** @returns Nothing where there is no file.
 *  @throws RuntimeError INVALID_REQUEST when it can't be read. */
export function readServices(path: string): IServiceEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw broken(path, error);
  }
  try {
    const { services } = JSON.parse(text) as {
      services: IServiceEntry[] | Record<string, Omit<IServiceEntry, 'name'>>;
    };
    return Array.isArray(services)
      ? services
      : Object.entries(services).map(([name, entry]) => ({
          ...entry,
          name,
          label: entry.label || name
        }));
  } catch (error) {
    throw broken(path, error);
  }
}

export function writeServices(path: string, services: readonly IServiceEntry[]): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ services }, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

function broken(path: string, cause: unknown): RuntimeError {
  return new RuntimeError(
    'INVALID_REQUEST',
    `The file ${path} can't be read: repair it, or remove it and log in again.`,
    {
      cause
    }
  );
}
