/**
 * The channel that survives: text frames beside the binary kernel messages.
 *
 * @see ARCHITECTURE.md, "The channel that survives"
 */
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** The subprotocol of binary kernel messages; the resumable channel needs it. */
export const KERNEL_SUBPROTOCOL = 'v1.kernel.websocket.jupyter.org';

/** First frame: the next binary frame has number `next`, then next + 1, …; `epoch` names the journal. */
export const AttachedFrameSchema = Type.Object({
  type: Type.Literal('attached'),
  epoch: Type.String(),
  next: Type.Integer({ minimum: 0 })
});

/** `count` messages (`bytes` in all) after what the client had are not kept any more; the next frame is `next`. */
export const CutFrameSchema = Type.Object({
  type: Type.Literal('cut'),
  count: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 0 }),
  next: Type.Integer({ minimum: 0 })
});

/** The client's message is recorded, and on its way to the kernel. */
export const AckFrameSchema = Type.Object({ type: Type.Literal('ack'), msg_id: Type.String() });

export const ControlFrameSchema = Type.Union([AttachedFrameSchema, CutFrameSchema, AckFrameSchema]);

export type IAttachedFrame = Static<typeof AttachedFrameSchema>;
export type ICutFrame = Static<typeof CutFrameSchema>;
export type IAckFrame = Static<typeof AckFrameSchema>;
export type ControlFrame = Static<typeof ControlFrameSchema>;

/** A text frame as a control frame; undefined for what this version does not know (a client passes it over). */
export function parseControlFrame(text: string): ControlFrame | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Value.Check(ControlFrameSchema, value) ? value : undefined;
}

/** Where a client was: the journal it read, and the number of the last message it has. */
export interface IResumePoint {
  readonly epoch: string;
  /** -1: none yet. */
  readonly after: number;
}

/** The query that asks for the resumable channel, from `point` on where there is one. */
export function resumeQuery(point?: IResumePoint): URLSearchParams {
  const query = new URLSearchParams({ resume: '1' });
  if (point) {
    query.set('epoch', point.epoch);
    query.set('after', String(point.after));
  }
  return query;
}

/** What a channel's query asks for. An unusable resume point counts as none. */
export function parseResumeQuery(query: URLSearchParams): {
  resume: boolean;
  point?: IResumePoint;
} {
  if (query.get('resume') !== '1') {
    return { resume: false };
  }
  const epoch = query.get('epoch');
  const after = Number(query.get('after') ?? NaN);
  return epoch && Number.isSafeInteger(after) && after >= -1
    ? { resume: true, point: { epoch, after } }
    : { resume: true };
}
