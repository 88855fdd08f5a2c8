/** A request with an Idempotency-Key, as it is remembered along with what it did: in one write, so that no crash parts them. */
import { createHash } from 'node:crypto';

export interface IMark {
  /** Of its owner alone. */
  readonly key: string;
  readonly runtimeId: string;
  /** Tells one request from another; what it asks for can hold secrets, and is not kept. */
  readonly request: string;
}

/** A request that may be marked; it gets its runtime's id when it does something. */
export type Once = Omit<IMark, 'runtimeId'>;

/** @param asked All that it asks for; JSON.
 *  @returns undefined without a key. */
export function onceOf(
  owner: string,
  idempotencyKey: string | undefined,
  ...asked: readonly unknown[]
): Once | undefined {
  return idempotencyKey === undefined
    ? undefined
    : {
        // An owner's name has no slash.
        key: `${owner}/${idempotencyKey}`,
        request: createHash('sha256').update(JSON.stringify(asked)).digest('hex')
      };
}
