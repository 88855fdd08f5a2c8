/** An answer of the Jupyter Server. */
export interface IServerAnswer {
  readonly status: number;
  readonly body: ArrayBuffer;
}

/**
 * Synchronous requests to our part of the user's Jupyter Server: Python's file
 * calls and input() can't wait for a promise. Allowed in workers, with any page.
 */
export class ServerRequests {
  constructor(
    private readonly _baseUrl: string,
    private _headers: Readonly<Record<string, string>>
  ) {}

  /** Credentials as they are now. */
  get headers(): Readonly<Record<string, string>> {
    return this._headers;
  }

  /** Credentials change while a page lives. */
  setHeaders(headers: Readonly<Record<string, string>>): void {
    this._headers = headers;
  }

  /** @param path Below `jupyterlab-runtimes/browser/`, encoded.
   *  @returns Whatever the server says, errors too; status 0 when it can't be reached. */
  send(
    method: string,
    path: string,
    body: Uint8Array<ArrayBuffer> | string | null = null
  ): IServerAnswer {
    const request = new XMLHttpRequest();
    request.open(method, `${this._baseUrl}${path}`, false);
    request.responseType = 'arraybuffer';
    for (const [name, value] of Object.entries(this._headers)) {
      request.setRequestHeader(name, value);
    }
    try {
      request.send(body);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NetworkError') {
        return { status: 0, body: new ArrayBuffer(0) };
      }
      throw error;
    }
    return {
      status: request.status,
      body: (request.response as ArrayBuffer | null) ?? new ArrayBuffer(0)
    };
  }
}
