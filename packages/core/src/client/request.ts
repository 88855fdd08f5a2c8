/** One HTTP exchange with a service: every failure becomes a RuntimeError. */
import type { IProblem } from '../contract/problem.js';
import { ERROR_RULES, RuntimeError, type IErrorDetails, type RuntimeErrorCode } from '../errors.js';

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

/** How a client reaches its service. */
export interface IServiceAddress {
  /** URL of the service (or of the proxy to it), without API path and without a slash at the end. */
  readonly baseUrl: string;
  readonly fetch: Fetch;
  /** What error messages call the service. Default: its URL. */
  readonly label?: string;
  /** Bearer token, where nothing in between adds it. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Time-out of one request, milliseconds. Default 30 000. */
  readonly timeoutMs?: number;
}

export interface IRequest {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** A body that is no JSON, with its media type; instead of `body`. */
  readonly text?: {
    readonly type: string;
    readonly content: string | Blob | Uint8Array<ArrayBuffer>;
  };
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** 0: no time-out. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Send a request; a response that says no is thrown.
 *
 * @param read Takes the response's body, within the same time-out.
 * @throws RuntimeError the problem's own code | UNREACHABLE | TIMED_OUT (retryable), or the signal's reason.
 */
export async function request<T>(
  address: IServiceAddress,
  options: IRequest,
  read: (response: Response) => Promise<T>
): Promise<T> {
  const name = address.label ?? address.baseUrl;
  const timeoutMs = options.timeoutMs ?? address.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  let timedOut = false;
  const timer =
    timeoutMs > 0
      ? setTimeout(() => {
          timedOut = true;
          controller.abort();
        }, timeoutMs)
      : undefined;
  try {
    const response = await address.fetch(
      urlOf(address, options),
      initOf(address, options, controller.signal)
    );
    if (!response.ok) {
      throw await errorOf(response, name);
    }
    return await read(response);
  } catch (error) {
    if (error instanceof RuntimeError) {
      throw error;
    }
    options.signal?.throwIfAborted();
    throw timedOut
      ? new RuntimeError(
          'TIMED_OUT',
          `The runtime service ${name} did not answer within ${timeoutMs / 1000} s: check that its machine is not overloaded, then try again.`,
          { cause: error }
        )
      : unreachable(name, error);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** The error of a link that is not there. */
export function unreachable(name: string, cause?: unknown): RuntimeError {
  return new RuntimeError(
    'UNREACHABLE',
    `The runtime service ${name} can't be reached: check the network and that the service runs.`,
    { cause }
  );
}

function urlOf(address: IServiceAddress, options: IRequest): string {
  const query = new URLSearchParams(options.query).toString();
  return `${address.baseUrl.replace(/\/+$/, '')}${options.path}${query ? `?${query}` : ''}`;
}

function initOf(address: IServiceAddress, options: IRequest, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = { ...address.headers, ...options.headers };
  if (address.token) {
    headers['Authorization'] = `Bearer ${address.token}`;
  }
  if (options.text !== undefined) {
    headers['Content-Type'] = options.text.type;
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  return {
    method: options.method ?? 'GET',
    headers,
    body:
      options.text?.content ??
      (options.body === undefined ? undefined : JSON.stringify(options.body)),
    signal,
    cache: 'no-store'
  };
}

const isCode = (code: unknown): code is RuntimeErrorCode =>
  typeof code === 'string' && code in ERROR_RULES;

/** A response that says no, as the error it stands for. */
async function errorOf(response: Response, name: string): Promise<RuntimeError> {
  const text = await response.text();
  let problem: Partial<IProblem> = {};
  try {
    const value: unknown = JSON.parse(text);
    problem = typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    return new RuntimeError(
      codeOfStatus(response.status),
      sentenceOfStatus(response.status, name),
      { cause: error }
    );
  }
  const { retry_after, allowed, quota, skipped } = problem;
  const details: IErrorDetails = {
    ...(retry_after === undefined ? {} : { retry_after }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(quota === undefined ? {} : { quota }),
    ...(skipped === undefined ? {} : { skipped })
  };
  return isCode(problem.code)
    ? new RuntimeError(problem.code, problem.detail || sentenceOfStatus(response.status, name), {
        details
      })
    : new RuntimeError(
        codeOfStatus(response.status),
        problem.detail || sentenceOfStatus(response.status, name)
      );
}

/** Something between us and the service answered, not the service. */
function codeOfStatus(status: number): RuntimeErrorCode {
  switch (status) {
    case 401:
      return 'UNAUTHORIZED';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'NOT_FOUND';
    case 413:
      return 'PAYLOAD_TOO_LARGE';
    case 504:
      return 'TIMED_OUT';
    default:
      return status === 502 || status === 503 ? 'UNREACHABLE' : 'INTERNAL';
  }
}

function sentenceOfStatus(status: number, name: string): string {
  switch (status) {
    case 401:
    case 403:
      return `The runtime service ${name} refused the token (HTTP ${status}): run \`jupyter runtimes login\` for it again.`;
    case 404:
      return `There is no runtime service of this kind at ${name} (HTTP 404): check its URL.`;
    case 502:
    case 503:
    case 504:
      return `The runtime service ${name} can't be reached (HTTP ${status}): check that it runs.`;
    default:
      return `The runtime service ${name} answered with HTTP ${status}: see its log for the cause.`;
  }
}
