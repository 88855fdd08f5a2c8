/**
 * Who watches, and what happened of late: server-sent events with numbers, so that a watch goes on where it stopped.
 * Each owner has a channel of their own, with numbers of their own: not even how much others do can be seen.
 */
import type { ServerResponse } from 'node:http';

import { EVENTS_HEARTBEAT_MS, type IRuntimeResource } from '@jupyterlab-runtimes/core';

import type { IPrincipal } from '../identity/identity.js';

interface IEvent {
  readonly number: number;
  readonly text: string;
}

interface IChannel {
  number: number;
  readonly recent: IEvent[];
  recentLength: number;
  /** Each with the token that it was opened with. */
  readonly watchers: Map<ServerResponse, string | null>;
  /** What a new watch is told first, while nothing changes: one copy for all that come at once. */
  all: Buffer | null;
}

/** So many events, and so many characters of them, are kept for watches that come back. */
const KEPT = 1000;
const KEPT_CHARACTERS = 2 * 1024 * 1024;
/** A watcher that takes nothing is let go, bytes. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
const HEARTBEAT = ': still here\n\n';

export class EventHub {
  /**
   * @param _epoch Another one after each start: numbers of an earlier service mean nothing.
   * @param _all All runtimes of an owner, for who starts anew.
   */
  constructor(
    private readonly _epoch: string,
    private readonly _all: (owner: string) => readonly IRuntimeResource[]
  ) {
    this._heartbeat = setInterval(
      () => this._channels.forEach(channel => broadcast(channel, HEARTBEAT)),
      EVENTS_HEARTBEAT_MS
    );
  }

  readonly listener = {
    changed: (resource: IRuntimeResource): void => this._emit(resource.owner, 'runtime', resource),
    removed: (id: string, owner: string): void => this._emit(owner, 'runtime_removed', { id })
  };

  /** Write to `response` from now on, after what it missed since `lastEventId`. */
  watch(
    { owner, tokenId }: IPrincipal,
    response: ServerResponse,
    lastEventId: string | undefined
  ): void {
    const channel = this._channel(owner);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Accel-Buffering': 'no'
    });
    response.socket?.setNoDelay(true);
    const missed = this._missedSince(channel, lastEventId);
    if (missed) {
      response.write(missed.map(event => event.text).join('') || ': nothing was missed\n\n');
    } else {
      channel.all ??= Buffer.from(
        this._text('runtimes', { items: this._all(owner) }, channel.number)
      );
      response.write(channel.all);
    }
    channel.watchers.set(response, tokenId);
    response.on('close', () => channel.watchers.delete(response));
    response.on('error', () => channel.watchers.delete(response));
  }

  /** Watches that are open now. */
  get watchers(): number {
    return [...this._channels.values()].reduce((sum, { watchers }) => sum + watchers.size, 0);
  }

  /** End the watches that were opened with a token. */
  drop(tokenId: string): void {
    for (const { watchers } of this._channels.values()) {
      for (const [response, opener] of watchers) {
        if (opener === tokenId) {
          response.destroy();
        }
      }
    }
  }

  close(): void {
    clearInterval(this._heartbeat);
    for (const { watchers } of this._channels.values()) {
      [...watchers.keys()].forEach(response => response.end());
      watchers.clear();
    }
  }

  private _channel(owner: string): IChannel {
    let channel = this._channels.get(owner);
    if (!channel) {
      channel = { number: 0, recent: [], recentLength: 0, watchers: new Map(), all: null };
      this._channels.set(owner, channel);
    }
    return channel;
  }

  /** undefined: too long ago, or of another service. */
  private _missedSince(
    { recent, number: latest }: IChannel,
    lastEventId: string | undefined
  ): IEvent[] | undefined {
    const [epoch, number] = (lastEventId ?? '').split(':');
    const since = Number(number || NaN);
    const oldest = recent[0]?.number ?? latest + 1;
    if (epoch !== this._epoch || !Number.isInteger(since) || since > latest || since < oldest - 1) {
      return undefined;
    }
    return recent.filter(event => event.number > since);
  }

  private _emit(owner: string, type: string, data: unknown): void {
    const channel = this._channel(owner);
    channel.number += 1;
    channel.all = null;
    const text = this._text(type, data, channel.number);
    channel.recent.push({ number: channel.number, text });
    channel.recentLength += text.length;
    while (channel.recent.length > KEPT || channel.recentLength > KEPT_CHARACTERS) {
      channel.recentLength -= channel.recent.shift()?.text.length ?? 0;
    }
    broadcast(channel, text);
  }

  private _text(type: string, data: unknown, number: number): string {
    return `id: ${this._epoch}:${number}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  private readonly _channels = new Map<string, IChannel>();
  private readonly _heartbeat: NodeJS.Timeout;
}

function broadcast({ watchers }: IChannel, text: string): void {
  const bytes = Buffer.from(text);
  for (const watcher of watchers.keys()) {
    if (watcher.writableLength > MAX_BUFFERED_BYTES) {
      watcher.destroy();
    } else {
      watcher.write(bytes);
    }
  }
}
