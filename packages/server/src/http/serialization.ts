/**
 * Answers are written by functions that are made from their schemas, each when the first answer needs it: all of them
 * together take longer than everything else at a start. Equal schemas share one.
 */
import serializers from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

import type { IPage } from '@jupyterlab-runtimes/core';

type Compilers = NonNullable<
  NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']
>;
type SerializerFactory = NonNullable<Compilers['buildSerializer']>;
type Write = ReturnType<ReturnType<SerializerFactory>>;

const makeFactory = serializers();

export const serializeLazily: SerializerFactory = (externalSchemas, options) => {
  const compile = makeFactory(externalSchemas, options);
  const made = new Map<string, Write>();
  return route => {
    const key = JSON.stringify(route.schema);
    return value => {
      let write = made.get(key);
      if (!write) {
        write = compile(route);
        made.set(key, write);
      }
      return write(value);
    };
  };
};

/**
 * Of lists whose items are made anew, and never changed, when something about them changes: each is written once, however
 * often the list is asked for, and kept as the bytes that are sent.
 *
 * @param item The schema of an item.
 * @returns A route's `serializerCompiler`.
 */
export function writeItemsOnce<T extends object>(item: object): () => (page: IPage<T>) => string {
  const written = new WeakMap<T, Buffer>();
  let write: Write | undefined;
  const bytesOf = (value: T): Buffer => {
    let bytes = written.get(value);
    if (bytes === undefined) {
      write ??= makeFactory({}, {})({ schema: item, method: 'GET', url: '', httpStatus: '200' });
      bytes = Buffer.from(`,${write(value)}`);
      written.set(value, bytes);
    }
    return bytes;
  };
  return () => page => {
    const items = page.items.map(bytesOf);
    // The first has no comma before it.
    const parts = [BEGIN, items[0]?.subarray(1) ?? NOTHING, ...items.slice(1)];
    const end = Buffer.from(`],"next_cursor":${JSON.stringify(page.next_cursor)}}`);
    // Fastify sends bytes as they are, though its types know of text only.
    return Buffer.concat([...parts, end]) as unknown as string;
  };
}

const BEGIN = Buffer.from('{"items":[');
const NOTHING = Buffer.alloc(0);
