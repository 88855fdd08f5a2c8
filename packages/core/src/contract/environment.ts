/** What a runtime can be made from. */
import { Type, type Static } from '@sinclair/typebox';

import { EndActionSchema } from './runtime.js';
import { Nullable, Page } from './schema.js';

/** A piece of code that the environment offers. */
export const SnippetSchema = Type.Object({
  title: Type.String(),
  description: Type.String(),
  code: Type.String()
});
export type ISnippet = Static<typeof SnippetSchema>;

const QuantitiesSchema = Type.Record(Type.String(), Type.String(), {
  description: 'Kubernetes quantities: cpu, memory, ephemeral-storage, nvidia.com/gpu'
});

/** One size that an environment comes in: from `requests`, which is what one gets unasked, to `limits`. */
export const ResourceRangeSchema = Type.Object({
  requests: QuantitiesSchema,
  limits: QuantitiesSchema
});
export type IResourceRange = Static<typeof ResourceRangeSchema>;

export const EnvironmentSchema = Type.Object({
  name: Type.String({ description: 'Unique within the service' }),
  title: Type.String(),
  description: Type.String(),
  language: Type.String(),
  kernel_name: Type.String({ description: "The kernelspec's name within the runtime" }),
  kernel_display_name: Type.String(),
  is_default: Type.Boolean(),
  available: Type.Boolean({ description: 'false: a launch would fail with `unavailable_reason`' }),
  unavailable_reason: Type.String({
    description: "A sentence with the cause and what to do; '' when available"
  }),
  labels: Type.Record(Type.String(), Type.String()),
  owner: Nullable(Type.String({ description: "null: the operator's, for everybody" })),
  visibility: Type.Union([
    Type.Literal('public'),
    Type.Literal('private'),
    Type.Literal('organization')
  ]),
  icon: Type.String(),
  tags: Type.Array(Type.String()),
  deprecated: Type.Boolean(),
  examples: Type.Array(Type.String(), { description: 'URIs of notebooks' }),
  snippets: Type.Array(SnippetSchema),
  given_name_template: Type.String({ description: "'' for the title" }),
  resource_ranges: Type.Record(Type.String(), ResourceRangeSchema),
  reservation: Type.Object({
    default_minutes: Nullable(Type.Number()),
    max_minutes: Nullable(Type.Number())
  }),
  idle: Type.Object({ timeout_seconds: Type.Integer({ minimum: 0 }), action: EndActionSchema }),
  burning_rate: Type.Number({ description: 'Credits per second' })
});
export type IEnvironment = Static<typeof EnvironmentSchema>;

export const EnvironmentPageSchema = Page(EnvironmentSchema);
