/** Who watches, and what happened of late: server-sent events with numbers, so that a watch goes on where it stopped. */
import type { ServerResponse } from 'node:http';

import { EVENTS_HEARTBEAT_MS, type IRuntimeResource } from '@jupyterlab-runtimes/core';

interface IEvent {
  readonly number: number;
  readonly text: string;
}

/** So many events are kept for watches that come back. */
const KEPT = 1000;
/** A watcher that takes nothing is let go, bytes. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

export class EventHub {
  /**
   * @param _epoch Another one after each start: numbers of an earlier service mean nothing.
   * @param _all All runtimes, for who starts anew.
   */
  constructor(
    private readonly _epoch: string,
    private readonly _all: () => readonly IRuntimeResource[]
  ) {
    this._heartbeat = setInterval(() => this._broadcast(': still here\n\n'), EVENTS_HEARTBEAT_MS);
  }

  readonly listener = {
    changed: (resource: IRuntimeResource): void => this._emit('runtime', resource),
    removed: (id: string): void => this._emit('runtime_removed', { id })
  };

  /** Write to `response` from now on, after what it missed since `lastEventId`. */
  watch(response: ServerResponse, lastEventId: string | undefined): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no'
    });
    response.socket?.setNoDelay(true);
    const missed = this._missedSince(lastEventId);
    response.write(
      missed
        ? missed.map(event => event.text).join('') || ': nothing was missed\n\n'
        : this._text('runtimes', { items: this._all() }, this._number)
    );
    this._watchers.add(response);
    response.on('close', () => this._watchers.delete(response));
    response.on('error', () => this._watchers.delete(response));
  }

  close(): void {
    clearInterval(this._heartbeat);
    this._watchers.forEach(response => response.end());
    this._watchers.clear();
  }

  /** undefined: too long ago, or of another service. */
  private _missedSince(lastEventId: string | undefined): IEvent[] | undefined {
    const [epoch, number] = (lastEventId ?? '').split(':');
    const since = Number(number ?? NaN);
    const oldest = this._recent[0]?.number ?? this._number + 1;
    if (
      epoch !== this._epoch ||
      !Number.isInteger(since) ||
      since > this._number ||
      since < oldest - 1
    ) {
      return undefined;
    }
    return this._recent.filter(event => event.number > since);
  }

  private _emit(type: string, data: unknown): void {
    this._number += 1;
    const event = { number: this._number, text: this._text(type, data, this._number) };
    this._recent.push(event);
    if (this._recent.length > KEPT) {
      this._recent.shift();
    }
    this._broadcast(event.text);
  }

  private _text(type: string, data: unknown, number: number): string {
    return `id: ${this._epoch}:${number}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  private _broadcast(text: string): void {
    for (const watcher of this._watchers) {
      if (watcher.writableLength > MAX_BUFFERED_BYTES) {
        watcher.destroy();
      } else {
        watcher.write(text);
      }
    }
  }

  private readonly _watchers = new Set<ServerResponse>();
  private readonly _recent: IEvent[] = [];
  private readonly _heartbeat: NodeJS.Timeout;
  private _number = 0;
}
