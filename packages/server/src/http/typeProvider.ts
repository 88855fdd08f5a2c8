/** Fastify's request types from the contract's schemas. */
import type { FastifyTypeProvider } from 'fastify';
import type { Static, TSchema } from '@sinclair/typebox';

export interface TypeBoxTypeProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  readonly serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** For answers without a body. */
export const NO_CONTENT: object = { type: 'null' };

/** For answers that are streams: the serialiser has no part in them. */
export const streamOf = (mediaType: string): { content: Record<string, { schema: object }> } => ({
  content: { [mediaType]: { schema: { type: 'string', contentMediaType: mediaType } } }
});
