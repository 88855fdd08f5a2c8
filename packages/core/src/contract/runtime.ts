/** A runtime on the wire. */
import { Type, type Static } from '@sinclair/typebox';

import { LONGEST_IDLE_SECONDS, RUNTIME_STATES } from '../lifecycle.js';
import { Nullable, Page, Timestamp } from './schema.js';

/** Ends the sentence of a reason that has the end of a log behind it. */
export const LOG_FOLLOWS = 'Its log ends with:';

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

/** What happens to a runtime at the end of its time. */
export const EndActionSchema = Type.Union([Type.Literal('pause'), Type.Literal('terminate')]);
export type EndAction = Static<typeof EndActionSchema>;

/** The time that a runtime may run; the clock stands still while it is paused. */
export const ReservationSchema = Type.Object({
  minutes: Type.Number({ description: 'Reserved in all, extensions included' }),
  max_minutes: Type.Number({ description: 'Extensions end here' }),
  on_expiry: EndActionSchema,
  extends_itself: Type.Boolean({ description: 'The operator allows it, and nobody waits' }),
  remaining_seconds: Nullable(
    Type.Number({ description: 'While it is paused: what is left; else null, see `expires_at`' })
  )
});
export type IReservation = Static<typeof ReservationSchema>;

/** What happens when nothing happens: no non-silent execution, and no input of a person. */
export const IdlePolicySchema = Type.Object({
  timeout_seconds: Type.Integer({ minimum: 1 }),
  action: EndActionSchema,
  ends_at: Nullable(
    Type.String({ description: 'RFC 3339 UTC; null while a cell runs or it is paused' })
  )
});
export type IIdlePolicy = Static<typeof IdlePolicySchema>;

/** A deadline that is near. */
export const RuntimeWarningSchema = Type.Object({
  kind: Type.Union([Type.Literal('expiry'), Type.Literal('idle'), Type.Literal('grace')]),
  at: Type.String({ description: 'When it happens, RFC 3339 UTC' }),
  message: Type.String({ description: 'What will happen, and what prevents it; a sentence' })
});
export type IRuntimeWarning = Static<typeof RuntimeWarningSchema>;

export const RuntimeSchema = Type.Object({
  id: Type.String(),
  owner: Type.String({ description: 'Whose it is: nobody else can see or reach it' }),
  given_name: Type.String({ description: 'What the user calls it' }),
  environment_name: Type.String(),
  environment_title: Type.String(),
  state: Type.Union(RUNTIME_STATES.map(state => Type.Literal(state))),
  state_reason: Type.String({
    description: `Why it is in this state; '' when nothing is to say. The end of a log may follow in lines of its own, after \`${LOG_FOLLOWS}\``
  }),
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
  reservation: Nullable(ReservationSchema),
  idle: Nullable(IdlePolicySchema),
  warning: Nullable(RuntimeWarningSchema),
  snapshot_id: Nullable(Type.String({ description: 'The latest snapshot of it' })),
  state_as_of: Nullable(Type.String({ description: 'When that snapshot was taken, RFC 3339 UTC' })),
  notes: Type.Array(Type.String(), {
    description: 'What could not be done as asked (a limit that this machine cannot enforce, …)'
  }),
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

/** What the user calls a runtime. No control characters: it goes into terminals, logs and headers. */
export const GivenNameSchema = Type.String({
  minLength: 1,
  maxLength: GIVEN_NAME_MAX_LENGTH,
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$'
});

export const LaunchRequestSchema = Type.Object(
  {
    environment_name: Type.String({ minLength: 1, maxLength: 200 }),
    given_name: Type.Optional(GivenNameSchema),
    reservation_minutes: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: "Default: the environment's" })
    ),
    on_expiry: Type.Optional(EndActionSchema),
    extends_itself: Type.Optional(Type.Boolean()),
    idle_timeout_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LONGEST_IDLE_SECONDS,
        description: "0: never. Default: the environment's"
      })
    ),
    idle_action: Type.Optional(EndActionSchema),
    persistent_storage: Type.Optional(
      Type.Boolean({ description: '`~/persistent`, kept between the runtimes of its owner' })
    ),
    resources: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 50 }), {
        description: "Kubernetes quantities within the environment's ranges: cpu, memory, …"
      })
    ),
    env: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,199}$' }),
        Type.String({ maxLength: 32_768 })
      )
    ),
    snapshot_id: Type.Optional(
      Type.String({ maxLength: 100, description: 'Start with this state' })
    ),
    labels: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 300 }))
    )
  },
  { additionalProperties: false }
);
export type ILaunchRequest = Static<typeof LaunchRequestSchema>;

/** `PATCH /runtimes/{id}` */
export const RuntimeChangeSchema = Type.Object(
  {
    given_name: Type.Optional(GivenNameSchema),
    on_expiry: Type.Optional(EndActionSchema),
    extends_itself: Type.Optional(Type.Boolean()),
    idle_timeout_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LONGEST_IDLE_SECONDS,
        description: '0: never. Counts from its last activity'
      })
    ),
    idle_action: Type.Optional(EndActionSchema)
  },
  { additionalProperties: false }
);
export type IRuntimeChange = Static<typeof RuntimeChangeSchema>;

/** `POST /runtimes/{id}/extend` */
export const ExtendRequestSchema = Type.Object(
  { minutes: Type.Number({ exclusiveMinimum: 0, description: 'Beside what is reserved' }) },
  { additionalProperties: false }
);
export type IExtendRequest = Static<typeof ExtendRequestSchema>;

/** `POST /runtimes/{id}/pause` */
export const PauseRequestSchema = Type.Object(
  {
    leave: Type.Optional(
      Type.Array(Type.String({ maxLength: 1000 }), {
        maxItems: 100_000,
        description: 'Names that may stay behind; another that cannot be carried refuses the pause'
      })
    ),
    leave_all: Type.Optional(
      Type.Boolean({ description: 'Whatever cannot be carried may stay behind' })
    )
  },
  { additionalProperties: false }
);
export type IPauseRequest = Static<typeof PauseRequestSchema>;
