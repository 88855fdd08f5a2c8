import type { IRuntimeManager, IRuntimeModel } from '../tokens';

/** What of a document's session tells its runtime. */
export interface IDocumentSession {
  readonly path: string;
  readonly session: { readonly kernel: { readonly id: string } | null } | null;
}

/** The runtime that a document runs on, or that it gets back when that is resumed. */
export function runtimeOfDocument(
  manager: Pick<IRuntimeManager, 'runtimes' | 'findByKernelId'>,
  { path, session }: IDocumentSession
): IRuntimeModel | undefined {
  const kernelId = session?.kernel?.id;
  const current = kernelId === undefined ? undefined : manager.findByKernelId(kernelId);
  return (
    current ?? manager.runtimes.find(({ awaitedBy }) => awaitedBy.some(use => use.path === path))
  );
}
