import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { IFileRange } from '@jupyterlab-runtimes/core';
import { URLExt } from '@jupyterlab/coreutils';

import type { BrowserKernel } from './kernel';

/** Our part of the Jupyter Server, below its base URL. */
const OURS = 'jupyterlab-runtimes';

const REFUSALS = {
  FORBIDDEN: 'A browser runtime sends variables to the parcels of its own Jupyter Server only.',
  SNAPSHOT_NOT_FOUND: 'This part of the capture is not there: capture again.'
};

/** A kernel's way to send its own files: a `SendFile` of the core package.
 *  @param baseUrl Of the Jupyter Server. */
export async function sendFile(
  kernel: Pick<BrowserKernel, 'upload'> | undefined,
  baseUrl: string,
  url: string,
  { method = 'GET', headers, signal }: RequestInit,
  file: IFileRange
): Promise<Response> {
  if (!kernel) {
    throw new RuntimeError('NOT_RUNNING', 'The browser runtime has ended: start a new one.');
  }
  const ours = URLExt.join(baseUrl, OURS, '/');
  if (!url.startsWith(ours)) {
    throw refusal('FORBIDDEN');
  }
  const path = url.slice(ours.length);
  const request = { path, method, headers: Object.fromEntries(new Headers(headers)), file };
  const answer = await kernel.upload(request, signal ?? new AbortController().signal);
  if ('refused' in answer) {
    throw refusal(answer.refused);
  }
  const { status, body } = answer;
  if (status === 0) {
    // As fetch has it.
    throw new TypeError('The Jupyter Server can’t be reached.');
  }
  return new Response(body.byteLength > 0 ? body : null, { status });
}

function refusal(code: keyof typeof REFUSALS): RuntimeError {
  return new RuntimeError(code, REFUSALS[code]);
}
