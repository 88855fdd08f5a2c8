import type { IRuntimeManager, IRuntimeModel } from '../../tokens';
import { extensionMinutes } from '../life';

/** Whether its time is up: to go on, it must be extended first. */
export function isOutOfTime({ life }: Pick<IRuntimeModel, 'life'>): boolean {
  return life?.reservation?.remainingSeconds === 0;
}

/** Resume; what has no time left is extended first, where it can be.
 *  @throws RuntimeError with the service's own reason. */
export async function resumeNow(
  runtime: IRuntimeModel,
  manager: Pick<IRuntimeManager, 'extend' | 'resume'>
): Promise<{ kernelId: string }> {
  const minutes = extensionMinutes(runtime);
  if (isOutOfTime(runtime) && minutes > 0) {
    await manager.extend(runtime, minutes);
  }
  return manager.resume(runtime);
}
