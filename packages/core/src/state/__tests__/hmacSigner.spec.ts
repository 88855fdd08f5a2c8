import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';

import { HmacSigner, makeHmacKey } from '../hmacSigner.js';
import { manifestBytes, parseManifest, type IManifestFile } from '../manifest.js';
import { PYTHON, ROOT } from './support/jupyterServer.js';

const KEY = '07'.repeat(32);
const keyBytes = () => Uint8Array.from(KEY.match(/../g) ?? [], pair => Number.parseInt(pair, 16));

const python = (code: string, input = ''): string =>
  execFileSync(PYTHON, ['-c', code], { cwd: ROOT, input, encoding: 'utf8' });

const MADE = `
import json, sys
from jupyterlab_runtimes.state.snapshot.manifest import new_manifest, parse_manifest
from jupyterlab_runtimes.state.trust.sign import sign
key = bytes.fromhex("${KEY}")
`;

describe('signatures', () => {
  let manifest: IManifestFile;
  let signer: HmacSigner;
  beforeAll(async () => {
    const graph =
      '{"variables": [{"name": "größe \\U0001f600"}], "by_id": {"10": 1, "9": 2, "ﬀ": 3}}';
    const tables = '{"chunks": [], "streams": [], "buffers": []}';
    const code = `${MADE}sys.stdout.buffer.write(new_manifest(${tables}, ${graph}).to_bytes())`;
    manifest = parseManifest(Uint8Array.from(Buffer.from(python(code))));
    signer = new HmacSigner(await makeHmacKey(keyBytes()));
  }, 30_000);

  it('makes the very bytes of Python’s manifest from what it says', () => {
    expect(Buffer.from(manifestBytes(manifest.content))).toEqual(Buffer.from(manifest.bytes));
  });

  it('are Python’s, by the same key', async () => {
    const signed = await signer.sign(manifest);
    const text = Buffer.from(signed.bytes).toString('utf8');
    const code = `${MADE}m = parse_manifest(sys.stdin.buffer.read())
sys.stdout.buffer.write(sign(parse_manifest(m.line + b"\\n"), key).to_bytes())`;
    expect(python(code, text)).toBe(text);
    expect(await signer.verify(signed)).toBe('own');
    expect(await signer.verify(await signer.sign(signed))).toBe('own');
  }, 30_000);

  it('of nobody who is known make it foreign', async () => {
    const other = new HmacSigner(await makeHmacKey());
    expect(await signer.verify(manifest)).toBe('foreign');
    expect(await signer.verify(await other.sign(manifest))).toBe('foreign');
  });

  it('tell what was changed', async () => {
    const { bytes } = await signer.sign(manifest);
    const text = Buffer.from(bytes).toString('utf8').replace('"mid_cell":false', '"mid_cell":true');
    const changed = parseManifest(Uint8Array.from(Buffer.from(text)));
    await expect(signer.verify(changed)).rejects.toMatchObject({ code: 'SNAPSHOT_CORRUPT' });
  });
});
