/** Requests to services whose certificate an authority of one's own has signed. */
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { createSecureContext, type SecureContext } from 'node:tls';

import { RuntimeError } from '@jupyterlab-runtimes/core';

type Fetch = typeof fetch;

/** Codes of OpenSSL and Node for a certificate that nobody vouches for. */
const UNTRUSTED = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
]);

/** Statuses that have no body. */
const EMPTY = new Set([204, 304]);

/**
 * A `fetch` that trusts one authority in place of those that the system knows, and says what is wrong with a certificate.
 *
 * @param caFile PEM; undefined: those that the system knows.
 * @throws RuntimeError INVALID_REQUEST when the file can't be used. The `fetch` rejects with UNREACHABLE for a certificate
 * that is not trusted, else like any other.
 */
export function trustingFetch(caFile: string | undefined): Fetch {
  const send = caFile === undefined ? fetch : fetchTrusting(readAuthority(caFile));
  return async (input, init) => {
    try {
      return await send(input, init);
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined || !UNTRUSTED.has(code)) {
        throw error;
      }
      throw new RuntimeError(
        'UNREACHABLE',
        `${new URL(input instanceof Request ? input.url : input).origin} shows a certificate that is not trusted (${code}): check the address, or give the certificate of the authority that signed it with --ca-file of \`jupyter runtimes login\`.`,
        { cause: error }
      );
    }
  };
}

function readAuthority(path: string): SecureContext {
  try {
    const ca = readFileSync(path, 'utf8');
    if (!ca.includes('-----BEGIN')) {
      throw new Error('there is no certificate in it');
    }
    return createSecureContext({ ca });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new RuntimeError(
      'INVALID_REQUEST',
      `The file ${path} can't be used (${code ?? message}): give a file with the certificate of the authority, PEM.`,
      { cause: error }
    );
  }
}

/** What of `fetch` the typed client uses; redirects are not followed. */
function fetchTrusting(secureContext: SecureContext): Fetch {
  const agent = new Agent({ secureContext });
  return async (input, init = {}) => {
    const asked = new Request(input, init);
    const url = new URL(asked.url);
    const length = lengthOf(init.body);
    const options = {
      method: asked.method,
      headers: {
        ...Object.fromEntries(asked.headers),
        ...(length === undefined ? {} : { 'content-length': length })
      },
      signal: asked.signal
    };
    return new Promise<Response>((resolve, reject) => {
      const onAnswer = (answer: IncomingMessage): void => resolve(responseOf(answer));
      const sent =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, agent }, onAnswer)
          : httpRequest(url, options, onAnswer);
      const body = asked.body ? Readable.fromWeb(asked.body as NodeReadableStream) : [];
      // It rejects with what ended the request, too.
      pipeline(body, sent).catch(reject);
    });
  };
}

function responseOf(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    values?.forEach(value => headers.append(name, value));
  }
  if (EMPTY.has(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array<ArrayBuffer>>, {
    status,
    headers
  });
}

/** Bytes; undefined where that is not known beforehand. */
function lengthOf(body: RequestInit['body']): number | undefined {
  if (typeof body === 'string') {
    return Buffer.byteLength(body);
  }
  return body instanceof Blob ? body.size : ArrayBuffer.isView(body) ? body.byteLength : undefined;
}

/** The code of an error, or of what caused it: `fetch` wraps. */
function codeOf(error: unknown): string | undefined {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return code ?? (cause === undefined ? undefined : codeOf(cause));
}
