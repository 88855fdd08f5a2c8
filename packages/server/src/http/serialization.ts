/**
 * Answers are written by functions that are made from their schemas, each when the first answer needs it: all of them
 * together take longer than everything else at a start. Equal schemas share one.
 */
import serializers from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

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
