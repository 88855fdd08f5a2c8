/** The REST interface of a runtime's Jupyter Server, over its private address. */
import { request, type IncomingMessage, type RequestOptions } from 'node:http';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import type { IJupyterServer, IKernelModel } from '../runtimes/ports.js';
import { authorization, type IJupyterAddress } from './address.js';

/** How often a starting server is asked, milliseconds. */
const POLL_MS = 25;
const REQUEST_TIMEOUT_MS = 30_000;
/** A restart is answered when the new kernel is there. */
const RESTART_TIMEOUT_MS = 70_000;

interface IAnswer {
  readonly status: number;
  readonly body: string;
}

export class JupyterServer implements IJupyterServer {
  constructor(private readonly _address: IJupyterAddress) {}

  async untilReady(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      // Not there yet is what is expected here: the caller's signal says when to give up.
      const answer = await this._ask('GET', 'api/status', undefined, signal).catch(() => undefined);
      if (answer?.status === 200) {
        return;
      }
      await new Promise(resolve => setTimeout(resolve, POLL_MS));
    }
  }

  async listKernels(signal?: AbortSignal): Promise<IKernelModel[]> {
    return JSON.parse(
      (await this._call('GET', 'api/kernels', undefined, signal)).body
    ) as IKernelModel[];
  }

  async startKernel(name: string, signal: AbortSignal): Promise<IKernelModel> {
    const answer = await this._ask('POST', 'api/kernels', { name }, signal);
    if (answer.status >= 400) {
      const reason = messageOf(answer);
      throw /no such kernel/i.test(reason)
        ? new RuntimeError(
            'START_FAILED',
            `The kernelspec "${name}" is not there any more (${reason}): install it again with \`python -m ipykernel install --sys-prefix\` in this environment.`
          )
        : new RuntimeError(
            'KERNEL_DIED_AT_START',
            `The kernel "${name}" could not be started: ${reason}.`
          );
    }
    return JSON.parse(answer.body) as IKernelModel;
  }

  async interrupt(kernelId: string): Promise<void> {
    await this._call('POST', `api/kernels/${encodeURIComponent(kernelId)}/interrupt`, {});
  }

  async restart(kernelId: string): Promise<void> {
    const path = `api/kernels/${encodeURIComponent(kernelId)}/restart`;
    await this._call('POST', path, {}, AbortSignal.timeout(RESTART_TIMEOUT_MS));
  }

  private async _call(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal
  ): Promise<IAnswer> {
    const answer = await this._ask(
      method,
      path,
      body,
      signal ?? AbortSignal.timeout(REQUEST_TIMEOUT_MS)
    );
    if (answer.status >= 400) {
      throw new RuntimeError(
        'UNREACHABLE',
        `The runtime's Jupyter Server refused ${method} ${path} (HTTP ${answer.status}): ${messageOf(answer)}.`
      );
    }
    return answer;
  }

  private _ask(method: string, path: string, body: unknown, signal: AbortSignal): Promise<IAnswer> {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const options: RequestOptions = {
      method,
      path: `${this._address.basePath}${path}`,
      ...('port' in this._address.place ? { host: '127.0.0.1' } : {}),
      ...this._address.place,
      headers: {
        Host: 'localhost',
        Authorization: authorization(this._address),
        ...(payload ? { 'Content-Type': 'application/json', 'Content-Length': payload.length } : {})
      },
      agent: false,
      signal
    };
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void =>
        reject(
          new RuntimeError(
            signal.aborted ? 'TIMED_OUT' : 'UNREACHABLE',
            `The runtime's Jupyter Server does not answer (${error.message}): it may be starting, or busy; try again, or end the runtime.`,
            { cause: error }
          )
        );
      const outgoing = request(options, response => {
        readText(response).then(
          text => resolve({ status: response.statusCode ?? 0, body: text }),
          fail
        );
      });
      outgoing.on('error', fail);
      outgoing.end(payload);
    });
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Jupyter Server's own words. */
function messageOf(answer: IAnswer): string {
  try {
    const { message, reason } = JSON.parse(answer.body) as { message?: string; reason?: string };
    return (reason || message || `HTTP ${answer.status}`).replace(/\.$/, '');
  } catch {
    return `HTTP ${answer.status}`;
  }
}
