/** `images.yaml` of the operator's folder: what stands for an image where no engine runs images. */
import { readFileSync, statSync } from 'node:fs';

import { parse } from 'yaml';

import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { IProcessSpec } from '@jupyterlab-runtimes/core/environment';

export const IMAGES_FILE = 'images.yaml';

const MAX_BYTES = 1024 * 1024;
const FIELDS = ['python', 'prefix', 'kernelspec'] as const;

/** Reads it again when it changes. */
export class ImageMap {
  constructor(private readonly _path: string) {}

  /** What stands for the image: by its whole name, else by its name without tag and digest.
   *  @throws RuntimeError ENVIRONMENT_INVALID when the file can't be understood. */
  find(image: string): IProcessSpec | undefined {
    const images = this._read();
    return images.get(image) ?? images.get(image.replace(/(?:@[^/]*|:[^/:@]*(?:@[^/]*)?)$/, ''));
  }

  private _read(): ReadonlyMap<string, IProcessSpec> {
    const stat = statSync(this._path, { throwIfNoEntry: false });
    const key = stat ? `${stat.mtimeMs} ${stat.size}` : '';
    if (this._key !== key) {
      this._images = stat ? this._parse(stat.size) : new Map();
      this._key = key;
    }
    return this._images;
  }

  private _parse(size: number): ReadonlyMap<string, IProcessSpec> {
    if (size > MAX_BYTES) {
      throw this._invalid('it has more than 1 MiB');
    }
    let content: unknown;
    try {
      content = parse(readFileSync(this._path, 'utf8'), { maxAliasCount: 100 });
    } catch (error) {
      throw this._invalid((error as Error).message.split('\n', 1)[0], error);
    }
    const { images } = (content ?? {}) as { images?: unknown };
    if (typeof images !== 'object' || images === null || Array.isArray(images)) {
      throw this._invalid('the field images is missing');
    }
    return new Map(
      Object.entries(images).map(([image, target]) => [image, this._target(image, target)])
    );
  }

  private _target(image: string, target: unknown): IProcessSpec {
    const fields = (typeof target === 'object' ? target : null) as Record<string, unknown> | null;
    const known = FIELDS.filter(field => typeof fields?.[field] === 'string');
    if (known.length !== 1) {
      throw this._invalid(`the image ${image} needs one of ${FIELDS.join(', ')}`);
    }
    return { [known[0]]: fields?.[known[0]] };
  }

  private _invalid(why: string, cause?: unknown): RuntimeError {
    return new RuntimeError(
      'ENVIRONMENT_INVALID',
      `${this._path} can't be understood (${why}): write it as docs/environment.md shows.`,
      { cause }
    );
  }

  private _key = '';
  private _images: ReadonlyMap<string, IProcessSpec> = new Map();
}
