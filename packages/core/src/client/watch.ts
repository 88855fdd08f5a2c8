/** Follow a service's runtimes over `GET /events`. */
import {
  EVENTS_HEARTBEAT_MS,
  type IRuntimeRemovedEvent,
  type IRuntimesEvent
} from '../contract/events.js';
import { API_BASE } from '../contract/paths.js';
import type { IRuntimeResource } from '../contract/runtime.js';
import { EventStreamParser, type IServerEvent } from './eventStream.js';
import { request, unreachable, type IServiceAddress } from './request.js';

/** What the watch tells; `eventId` continues a later watch from there. */
export type RuntimeEvent =
  /** All runtimes: what is not among them does not exist. */
  | {
      readonly type: 'runtimes';
      readonly eventId: string;
      readonly items: readonly IRuntimeResource[];
    }
  | { readonly type: 'runtime'; readonly eventId: string; readonly runtime: IRuntimeResource }
  | { readonly type: 'runtime_removed'; readonly eventId: string; readonly id: string };

export interface IWatchOptions {
  readonly signal?: AbortSignal;
  readonly lastEventId?: string;
  /** A link without a sign of life for so long is given up, milliseconds. Default: three heartbeats. */
  readonly silenceMs?: number;
}

/**
 * Yield what happens until the signal is aborted (then it returns).
 *
 * It does not connect again by itself: the caller decides when, with the last `eventId`.
 *
 * @throws RuntimeError UNREACHABLE (retryable) when the link ends or falls silent | UNAUTHORIZED | …
 */
export async function* watchRuntimes(
  address: IServiceAddress,
  options: IWatchOptions = {}
): AsyncGenerator<RuntimeEvent, void, void> {
  const silenceMs = options.silenceMs ?? 3 * EVENTS_HEARTBEAT_MS;
  const link = new AbortController();
  const end = (): void => link.abort();
  options.signal?.addEventListener('abort', end, { once: true });
  let silence = setTimeout(end, silenceMs);
  const name = address.label ?? address.baseUrl;
  try {
    if (options.signal?.aborted) {
      return;
    }
    const body = await request(
      address,
      {
        path: `${API_BASE}/events`,
        headers: {
          Accept: 'text/event-stream',
          ...(options.lastEventId ? { 'Last-Event-ID': options.lastEventId } : {})
        },
        signal: link.signal,
        timeoutMs: 0
      },
      async response => response.body
    );
    if (!body) {
      throw unreachable(name);
    }
    const reader = body.getReader();
    link.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined), {
      once: true
    });
    const decoder = new TextDecoder();
    const parser = new EventStreamParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || link.signal.aborted) {
        break;
      }
      clearTimeout(silence);
      silence = setTimeout(end, silenceMs);
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        const parsed = toRuntimeEvent(event);
        if (parsed) {
          yield parsed;
        }
      }
    }
    if (!options.signal?.aborted) {
      throw unreachable(name);
    }
  } catch (error) {
    if (options.signal?.aborted) {
      return;
    }
    throw link.signal.aborted || error instanceof TypeError ? unreachable(name, error) : error;
  } finally {
    clearTimeout(silence);
    options.signal?.removeEventListener('abort', end);
    link.abort();
  }
}

/** Events that this version does not know are passed over. */
function toRuntimeEvent({ id, type, data }: IServerEvent): RuntimeEvent | undefined {
  switch (type) {
    case 'runtimes':
      return { type, eventId: id, items: (JSON.parse(data) as IRuntimesEvent).items };
    case 'runtime':
      return { type, eventId: id, runtime: JSON.parse(data) as IRuntimeResource };
    case 'runtime_removed':
      return { type, eventId: id, id: (JSON.parse(data) as IRuntimeRemovedEvent).id };
    default:
      return undefined;
  }
}
