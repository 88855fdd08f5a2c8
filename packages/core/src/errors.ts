/** One error type, one table of codes: what happened, and whether trying again can help. */
import type { ISkippedVariable } from './contract/snapshot.js';
import type { RuntimeState } from './lifecycle.js';

interface IErrorRule {
  /** HTTP status that the service answers with, and that the client maps back. */
  readonly status: number;
  /** Trying the same again may succeed without anybody changing anything. */
  readonly retryable: boolean;
}

/** Every way in which this product fails. `docs/errors.md` explains each to users. */
export const ERROR_RULES = {
  UNREACHABLE: { status: 503, retryable: true },
  TIMED_OUT: { status: 504, retryable: true },
  UNAUTHORIZED: { status: 401, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false },
  INVALID_REQUEST: { status: 400, retryable: false },
  CONFLICT: { status: 409, retryable: false },
  CHANGED_MEANWHILE: { status: 412, retryable: false },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false },
  VERSION_MISMATCH: { status: 409, retryable: false },
  NOT_RUNNING: { status: 409, retryable: false },
  ENVIRONMENT_NOT_FOUND: { status: 404, retryable: false },
  ENVIRONMENT_BROKEN: { status: 422, retryable: false },
  KERNEL_DIED_AT_START: { status: 502, retryable: false },
  START_FAILED: { status: 502, retryable: false },
  ENVIRONMENT_INVALID: { status: 422, retryable: false },
  QUOTA_EXCEEDED: { status: 403, retryable: false },
  STATE_NOT_CARRIED: { status: 409, retryable: false },
  CAPTURE_FAILED: { status: 502, retryable: true },
  SNAPSHOT_NOT_FOUND: { status: 404, retryable: false },
  SNAPSHOT_CORRUPT: { status: 422, retryable: false },
  SNAPSHOT_UNTRUSTED: { status: 403, retryable: false },
  SNAPSHOT_VERSION: { status: 422, retryable: false },
  DISK_FULL: { status: 507, retryable: false },
  PORT_IN_USE: { status: 409, retryable: false },
  NO_NODE: { status: 501, retryable: false },
  CANCELLED: { status: 499, retryable: false },
  INTERRUPT_NEEDS_ISOLATION: { status: 409, retryable: false },
  OUTPUT_CUT: { status: 410, retryable: false },
  INTERNAL: { status: 500, retryable: false }
} as const satisfies Record<string, IErrorRule>;

export type RuntimeErrorCode = keyof typeof ERROR_RULES;

/** What programs may want to know beside the sentence; on the wire under these names. */
export interface IErrorDetails {
  /** When trying again makes sense, seconds from now. */
  readonly retry_after?: number;
  /** The states in which the action is possible. */
  readonly allowed?: readonly RuntimeState[];
  /** Which bound was met. */
  readonly quota?: { readonly resource: string; readonly limit: number; readonly used: number };
  /** What can't be carried, for STATE_NOT_CARRIED. */
  readonly skipped?: readonly ISkippedVariable[];
}

/** A failure with a code that programs can tell apart, and a message that people can act on. */
export class RuntimeError extends Error {
  /**
   * @param message One sentence or two: what happened, why, and what to do next.
   */
  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    options?: { cause?: unknown; details?: IErrorDetails }
  ) {
    super(message, options);
    this.name = 'RuntimeError';
    this.details = options?.details ?? {};
  }

  /** As another part of the product told it; a code that is not known here is INTERNAL. */
  static fromWire({ code, message }: { code: string; message: string }): RuntimeError {
    return new RuntimeError(code in ERROR_RULES ? (code as RuntimeErrorCode) : 'INTERNAL', message);
  }

  readonly details: IErrorDetails;

  get retryable(): boolean {
    return ERROR_RULES[this.code].retryable;
  }

  get status(): number {
    return ERROR_RULES[this.code].status;
  }
}
