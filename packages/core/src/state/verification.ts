/** What is verified while cells run already, and what came of it. */
import { ERROR_RULES, RuntimeError, type RuntimeErrorCode } from '../errors.js';
import type { KernelPort } from './kernelPort.js';
import type { IVerifiedResult } from './ops.js';

export interface IVerification {
  /** Names that were taken out of the namespace again; the kernel has said so in the notebook, too. */
  readonly lost: readonly string[];
  /** SNAPSHOT_CORRUPT …; null where all is well, and where the kernel has ended. UNREACHABLE: it could not be learnt. */
  readonly failure: RuntimeError | null;
}

const FIRST_POLL_MS = 20;
const POLL_MS = 500;

export const VERIFIED: IVerification = { lost: [], failure: null };

/** Wait until a restore is verified, or damage is found, which is told at once. Never rejects.
 *  @param job Of the restore. */
export async function untilVerified(port: KernelPort, job: string): Promise<IVerification> {
  for (let ms = FIRST_POLL_MS; ; ms = Math.min(ms * 2, POLL_MS)) {
    let told: IVerifiedResult;
    try {
      told = (await port.request('verified', { job }, { channel: 'control' })).result;
    } catch (error) {
      return { lost: [], failure: unknown(error) };
    }
    if (told.code !== '') {
      const code = told.code in ERROR_RULES ? (told.code as RuntimeErrorCode) : 'SNAPSHOT_CORRUPT';
      return { lost: told.lost, failure: new RuntimeError(code, told.message) };
    }
    if (told.done) {
      return VERIFIED;
    }
    await new Promise(resolve => setTimeout(resolve, ms));
  }
}

/** With a kernel that has ended, or was restarted, its variables are gone, too. */
function unknown(error: unknown): RuntimeError | null {
  const failure =
    error instanceof RuntimeError ? error : new RuntimeError('INTERNAL', String(error));
  return ['NOT_RUNNING', 'NOT_FOUND', 'CANCELLED'].includes(failure.code) ? null : failure;
}
