/** A runtime on the wire. */
import { Type, type Static } from '@sinclair/typebox';

import { RUNTIME_STATES } from '../lifecycle.js';
import { Nullable, Page, Timestamp } from './schema.js';

/** How far a launch is. */
export const ProgressSchema = Type.Object({
  percent: Type.Number({ minimum: 0, maximum: 100 }),
  message: Type.String({ description: 'What is being done, a plain sentence' })
});
export type IProgress = Static<typeof ProgressSchema>;

/** The kernel that Lab shows. */
export const RuntimeKernelSchema = Type.Object({
  id: Type.String(),
  name: Type.String({ description: 'Its kernelspec within the runtime' }),
  execution_state: Type.String({
    description: '`starting`, `idle`, `busy`, `restarting`, `autorestarting`, `dead`, `unknown`'
  })
});
export type IRuntimeKernel = Static<typeof RuntimeKernelSchema>;

export const RuntimeSchema = Type.Object({
  id: Type.String(),
  given_name: Type.String({ description: 'What the user calls it' }),
  environment_name: Type.String(),
  environment_title: Type.String(),
  state: Type.Union(RUNTIME_STATES.map(state => Type.Literal(state))),
  state_reason: Type.String({ description: "Why it is in this state; '' when nothing is to say" }),
  progress: Nullable(ProgressSchema),
  created_at: Timestamp,
  started_at: Nullable(Timestamp),
  expires_at: Nullable(Timestamp),
  last_activity: Nullable(
    Type.String({ description: "A non-silent execution or a person's input, RFC 3339 UTC" })
  ),
  resources: Type.Record(Type.String(), Type.String()),
  persistent_storage: Nullable(Type.String()),
  burning_rate: Type.Number({ description: 'Credits per second' }),
  credits_limit: Nullable(Type.Number()),
  reservation: Nullable(Type.Unknown()),
  ingress: Type.String({
    description: "Path of its Jupyter Server under the service's URL, with a slash at the end"
  }),
  labels: Type.Record(Type.String(), Type.String()),
  kernel: Nullable(RuntimeKernelSchema),
  other_kernels: Type.Integer({ description: 'Kernels beside the one that Lab shows' })
});
export type IRuntimeResource = Static<typeof RuntimeSchema>;

export const RuntimePageSchema = Page(RuntimeSchema);

/** Upper bound of a runtime's name, characters. */
export const GIVEN_NAME_MAX_LENGTH = 100;

export const LaunchRequestSchema = Type.Object(
  {
    environment_name: Type.String({ minLength: 1, maxLength: 200 }),
    given_name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: GIVEN_NAME_MAX_LENGTH,
        // No control characters: the name goes into terminals, logs and headers.
        pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$'
      })
    )
  },
  { additionalProperties: false }
);
export type ILaunchRequest = Static<typeof LaunchRequestSchema>;
