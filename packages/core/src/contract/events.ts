/** What `GET /events` tells. */
import { Type, type Static } from '@sinclair/typebox';

import { RuntimeSchema } from './runtime.js';

/** Sent first, and again when a `Last-Event-ID` is too old to continue from: all runtimes, nothing else exists. */
export const RuntimesEventSchema = Type.Object({ items: Type.Array(RuntimeSchema) });
/** One runtime as it is now. */
export const RuntimeEventSchema = RuntimeSchema;
/** A runtime is forgotten. */
export const RuntimeRemovedEventSchema = Type.Object({ id: Type.String() });

export type IRuntimesEvent = Static<typeof RuntimesEventSchema>;
export type IRuntimeRemovedEvent = Static<typeof RuntimeRemovedEventSchema>;

/** The service sends a comment at least this often, milliseconds: silence for longer means a dead link. */
export const EVENTS_HEARTBEAT_MS = 10_000;
