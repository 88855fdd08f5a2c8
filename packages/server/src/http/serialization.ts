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
 * often the list is asked for. In ASCII, of which V8 puts lists together many times faster than of other text.
 *
 * @param item The schema of an item.
 * @returns A route's `serializerCompiler`.
 */
export function writeItemsOnce<T extends object>(item: object): () => (page: IPage<T>) => string {
  const texts = new WeakMap<T, string>();
  let write: Write | undefined;
  const textOf = (value: T): string => {
    let text = texts.get(value);
    if (text === undefined) {
      write ??= makeFactory({}, {})({ schema: item, method: 'GET', url: '', httpStatus: '200' });
      const ascii = write(value).replace(/[\u0080-\uffff]/g, escaped);
      // V8 keeps it in two bytes a character as long as it comes from text that needs them.
      text = Buffer.from(ascii, 'latin1').toString('latin1');
      texts.set(value, text);
    }
    return text;
  };
  return () => page =>
    `{"items":[${page.items.map(textOf).join(',')}],"next_cursor":${JSON.stringify(page.next_cursor)}}`;
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
