/** What is verified while cells run already, and what came of it. */
import type { IVerificationState } from '../contract/parcel.js';
import { ERROR_RULES, RuntimeError, type RuntimeErrorCode } from '../errors.js';
import type { KernelPort } from './kernelPort.js';

export interface IVerification {
  /** Names that were taken out of the namespace again; the kernel has said so in the notebook, too. */
  readonly lost: readonly string[];
  /** SNAPSHOT_CORRUPT …; null where all is well, and where the kernel has ended. UNREACHABLE: it could not be learnt. */
  readonly failure: RuntimeError | null;
}

const FIRST_POLL_MS = 20;
const POLL_MS = 500;

export const VERIFIED: IVerification = { lost: [], failure: null };
/** Where all was verified before cells could use it. */
export const NOTHING_LEFT: IVerificationState = { done: true, lost: [], error: null };

/** Wait until all of a restore was looked at: its bytes are needed so long. Damage is told in the notebook at once. Never rejects.
 *  @param job Of the restore. */
export function untilVerified(port: KernelPort, job: string): Promise<IVerification> {
  return verified(async () => {
    const { result } = await port.request('verified', { job }, { channel: 'control' });
    const { done, lost, code, message } = result;
    return { done, lost: [...lost], error: code === '' ? null : { code, message } };
  });
}

/** Ask until all was looked at. Never rejects.
 *  @param look How it stands. What it throws ends the asking. */
export async function verified(look: () => Promise<IVerificationState>): Promise<IVerification> {
  for (let ms = FIRST_POLL_MS; ; ms = Math.min(ms * 2, POLL_MS)) {
    let state: IVerificationState;
    try {
      state = await look();
    } catch (error) {
      return { lost: [], failure: unknown(error) };
    }
    if (state.done) {
      return { lost: state.lost, failure: state.error && damageOf(state.error) };
    }
    await new Promise(resolve => setTimeout(resolve, ms));
  }
}

/** As others are told of it. */
export function verificationState({ lost, failure }: IVerification): IVerificationState {
  const error = failure && { code: failure.code, message: failure.message };
  return { done: true, lost: [...lost], error };
}

function damageOf({ code, message }: { code: string; message: string }): RuntimeError {
  const known = code in ERROR_RULES ? (code as RuntimeErrorCode) : 'SNAPSHOT_CORRUPT';
  return new RuntimeError(known, message);
}

/** With a kernel that has ended, or was restarted, its variables are gone, too. */
function unknown(error: unknown): RuntimeError | null {
  const failure =
    error instanceof RuntimeError ? error : new RuntimeError('INTERNAL', String(error));
  return ['NOT_RUNNING', 'NOT_FOUND', 'CANCELLED'].includes(failure.code) ? null : failure;
}
