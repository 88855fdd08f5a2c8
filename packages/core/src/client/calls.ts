/** Calls of a service's interface: JSON, pages of lists, and whatever else. */
import { API_BASE } from '../contract/paths.js';
import type { IPage } from '../contract/schema.js';
import { RuntimeError } from '../errors.js';
import { request, type IRequest, type IServiceAddress } from './request.js';

export interface ICallOptions {
  readonly signal?: AbortSignal;
}

export class Calls {
  constructor(private readonly _address: IServiceAddress) {}

  /** All items of a list, page by page. */
  async pages<T>(options: IRequest): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { ...options.query, ...(cursor ? { cursor } : {}) };
      const page: IPage<T> = await this.json<IPage<T>>({ ...options, query });
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return items;
  }

  async json<T>(options: IRequest): Promise<T> {
    return this.send(options, async response => {
      const text = await response.text();
      try {
        return JSON.parse(text) as T;
      } catch (error) {
        const name = this._address.label ?? this._address.baseUrl;
        throw new RuntimeError(
          'INVALID_REQUEST',
          `What answers as the runtime service ${name} is none: check its URL.`,
          { cause: error }
        );
      }
    });
  }

  /** For what has no answer but that it is done. */
  async done(options: IRequest): Promise<void> {
    await this.send(options, async () => undefined);
  }

  async send<T>(options: IRequest, read: (response: Response) => Promise<T>): Promise<T> {
    return request(this._address, { ...options, path: `${API_BASE}${options.path}` }, read);
  }
}
