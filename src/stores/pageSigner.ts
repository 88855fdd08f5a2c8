import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { IManifestFile, ISigner } from '@jupyterlab-runtimes/core';

const SCHEME = 'hmac-sha256';
const MANIFEST_DOMAIN = 'jupyterlab-runtimes/snapshot/1\n';
const KEY_DOMAIN = 'jupyterlab-runtimes/key-id\n';
const KEY_BYTES = 32;
const KEY_ID_DIGITS = 32;

/** A key that the page can use, and nobody can read out. */
export interface IPageKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/** Keeps one key. */
export interface IKeyChest<K = IPageKey> {
  get(): Promise<K | undefined>;
  /** @returns The key that is kept: another page may have been first. */
  put(key: K): Promise<K>;
}

interface ISignature {
  readonly scheme?: unknown;
  readonly key_id?: unknown;
  readonly mac?: unknown;
}

/** Signs what rests in the page, with a key made on first use that never leaves the browser.
 *  @see docs/snapshot-format.md, "Signatures" */
export class PageSigner implements ISigner {
  constructor(private readonly _chest: IKeyChest) {}

  async sign({ bytes, content }: IManifestFile): Promise<IManifestFile> {
    const { id, key } = await this._key();
    const line = bytes.subarray(0, bytes.indexOf(0x0a));
    const mac = hex(await crypto.subtle.sign('HMAC', key, signed(line)));
    const signatures = [{ scheme: SCHEME, key_id: id, mac }];
    return { bytes: concat(line, encode(`\n${JSON.stringify({ signatures })}\n`)), content };
  }

  async verify({ bytes }: IManifestFile): Promise<'own' | 'foreign'> {
    const { id, key } = await this._key();
    const end = bytes.indexOf(0x0a);
    const own = signaturesOf(bytes.subarray(end + 1)).filter(
      ({ scheme, key_id }) => scheme === SCHEME && key_id === id
    );
    for (const { mac } of own) {
      const given = fromHex(typeof mac === 'string' ? mac : '');
      if (!(await crypto.subtle.verify('HMAC', key, given, signed(bytes.subarray(0, end))))) {
        throw new RuntimeError(
          'SNAPSHOT_CORRUPT',
          "The snapshot's signature does not fit its content: it was changed or damaged after it was made. Use another copy of it."
        );
      }
    }
    return own.length > 0 ? 'own' : 'foreign';
  }

  private async _key(): Promise<IPageKey> {
    const kept = await this._chest.get();
    if (kept !== undefined) {
      return kept;
    }
    const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    const digest = await crypto.subtle.digest('SHA-256', concat(encode(KEY_DOMAIN), bytes));
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify']);
    return this._chest.put({ id: hex(digest).slice(0, KEY_ID_DIGITS), key });
  }
}

const encoder = new TextEncoder();

function encode(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

function signed(line: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return concat(encode(MANIFEST_DOMAIN), line);
}

function concat(
  first: Uint8Array<ArrayBuffer>,
  second: Uint8Array<ArrayBuffer>
): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
}

/** What can't be read was signed by nobody. */
function signaturesOf(line: Uint8Array<ArrayBuffer>): ISignature[] {
  try {
    const value = JSON.parse(new TextDecoder().decode(line)) as { signatures?: unknown } | null;
    const list: unknown = value?.signatures;
    return Array.isArray(list) ? list.filter(isObject) : [];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is ISignature {
  return typeof value === 'object' && value !== null;
}
