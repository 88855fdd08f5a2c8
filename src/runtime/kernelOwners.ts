import type { IRuntimeDetail } from '../tokens';

type Detail = Pick<IRuntimeDetail, 'id' | 'kernelId'>;

/**
 * Whose each kernel of a place is. A place tells of its runtimes and lists its kernels one
 * after the other, so for a moment after a pause its list still has a kernel that the runtime
 * has given up: not a runtime of its own, to which the paused one's documents would go.
 */
export class KernelOwners {
  /**
   * Keep the kernels that are a runtime's own, or nobody's.
   *
   * @param kernels All that the place lists.
   * @param details All that it tells of its runtimes.
   */
  current<T extends { readonly id: string }>(
    kernels: readonly T[],
    details: readonly Detail[]
  ): T[] {
    const now = new Map(details.map(detail => [detail.id, detail]));
    for (const { id, kernelId } of details) {
      if (kernelId !== null) {
        this._owners.set(kernelId, id);
      }
    }
    const listed = new Set(kernels.map(({ id }) => id));
    for (const [kernelId, owner] of this._owners) {
      if (!listed.has(kernelId) && now.get(owner)?.kernelId !== kernelId) {
        this._owners.delete(kernelId);
      }
    }
    return kernels.filter(({ id }) => {
      const owner = now.get(this._owners.get(id) ?? '');
      return owner === undefined || owner.kernelId === id;
    });
  }

  /** Ids of runtimes by their kernels' ids. */
  private readonly _owners = new Map<string, string>();
}
