import type { WebSocket } from 'ws';

/** What a page has open. When it is gone, nothing more comes from it, and nobody hears a goodbye. */
export class Page {
  /** @param _onMessage Told of each message in either direction. */
  constructor(private readonly _onMessage: () => void) {}

  // Before `gone`, which sets it.
  private _tellGone: () => void = () => undefined;

  /** Resolves when the page is gone. */
  readonly gone = new Promise<void>(resolve => (this._tellGone = resolve));

  /** Opens sockets as the page does. */
  opener(
    open: (session: string) => WebSocket
  ): (session: string) => WebSocket | Promise<WebSocket> {
    return session => {
      if (this._isGone) {
        return never();
      }
      const socket = open(session);
      this._sockets.push(socket);
      const { send } = socket;
      socket.send = (...parts: unknown[]) => {
        this._onMessage();
        (send as (...all: unknown[]) => void).apply(socket, parts);
      };
      socket.on('message', this._onMessage);
      return socket;
    };
  }

  /** What the page does besides, for as long as it is there. */
  async does<T>(work: () => Promise<T>): Promise<T> {
    const result = this._isGone ? await never<T>() : await work();
    return this._isGone ? never() : result;
  }

  /** Ends the requests of the page with it. */
  get signal(): AbortSignal {
    return this._stop.signal;
  }

  close(): void {
    this._isGone = true;
    this._stop.abort();
    this._sockets.forEach(socket => socket.terminate());
    this._tellGone();
  }

  private readonly _stop = new AbortController();
  private readonly _sockets: WebSocket[] = [];
  private _isGone = false;
}

const never = <T>(): Promise<T> => new Promise(() => undefined);
