import type { Kernel, Session } from '@jupyterlab/services';

import type { RuntimeAction, RuntimeState } from '@jupyterlab-runtimes/core';
import { isAllowed } from '@jupyterlab-runtimes/core';
import type {
  IRuntimeAssignment,
  IRuntimeDetail,
  IRuntimeModel,
  IRuntimeProvider
} from '../tokens';

/** What the managers and the provider know of one runtime. */
export interface IRuntimeFacts {
  readonly provider: IRuntimeProvider;
  /** Absent before the kernel is there, and after it has gone. */
  readonly kernel?: Kernel.IModel;
  /** What the provider knows beyond the kernel, where it knows something. */
  readonly detail?: IRuntimeDetail;
  /** Qualified kernelspec name. */
  readonly kernelName: string;
  /** The kernelspec's display name, without the place. */
  readonly specTitle: string;
  /** What the page's own connection says, where there is one. */
  readonly live?: { readonly status: Kernel.Status; readonly isConnected: boolean };
  readonly isReconnecting: boolean;
  readonly sessions: readonly Session.IModel[];
  /** The document that a kernel without a session was used for, where it is known. */
  readonly lastUsedBy: string | null;
  /** The documents that used it before it was paused. */
  readonly rememberedUses: readonly IRuntimeAssignment[];
}

/** The states in which documents wait for a runtime. */
const AWAY: readonly RuntimeState[] = ['pausing', 'paused', 'resuming'];

/** Put together what is known of a runtime. */
export function runtimeModel(facts: IRuntimeFacts): IRuntimeModel {
  const { provider, kernel, detail } = facts;
  const kernelStatus = statusOf(facts);
  const state = detail?.state ?? stateOf(kernelStatus);
  const ownId = detail?.id ?? kernel?.id ?? '';
  return {
    key: `${provider.id}/${ownId}`,
    provider,
    place: provider.place,
    kernelId: kernel?.id ?? detail?.kernelId ?? null,
    kernelName: facts.kernelName,
    name: detail?.name || facts.specTitle,
    environment: detail?.environmentTitle || facts.specTitle,
    state,
    kernelStatus,
    connection: facts.isReconnecting
      ? 'reconnecting'
      : facts.live === undefined
        ? 'none'
        : 'connected',
    stateReason: detail?.stateReason || (kernel?.reason ?? ''),
    progressPercent: detail?.progressPercent ?? null,
    startedAt: detail?.startedAt ?? null,
    lastActivity: detail?.lastActivity ?? kernel?.last_activity ?? null,
    assignments: facts.sessions.map(assignmentOf),
    awaitedBy: AWAY.includes(state) ? facts.rememberedUses : [],
    lastUsedBy: facts.sessions.length === 0 ? facts.lastUsedBy : null,
    otherKernels: detail?.otherKernels ?? 0,
    life: detail?.life ?? null,
    can: action =>
      canBeTried(action, provider) &&
      isAllowed(action, state) &&
      // What has no limit needs no extension.
      (action !== 'extend' || (detail?.life?.reservation ?? null) !== null)
  };
}

/** An interrupt can be tried everywhere: where it would lose the state, the user
 *  is asked, and has a way to stop a cell in any case. */
export function canBeTried(
  action: RuntimeAction,
  { capabilities }: Pick<IRuntimeProvider, 'capabilities'>
): boolean {
  return action === 'interrupt' || capabilities[action];
}

const KERNEL_STATUSES: readonly string[] = [
  'unknown',
  'starting',
  'idle',
  'busy',
  'terminating',
  'restarting',
  'autorestarting',
  'dead'
] satisfies readonly Kernel.Status[];

/** A connection knows at once what a list says only after its next poll: that a
 *  kernel restarts, for one. But what it knew before it was lost is old. */
function statusOf({ kernel, live }: IRuntimeFacts): Kernel.Status {
  if (live?.isConnected) {
    return live.status;
  }
  const listed = kernel?.execution_state ?? 'unknown';
  return KERNEL_STATUSES.includes(listed) ? (listed as Kernel.Status) : 'unknown';
}

/** The state of a runtime that has no life of its own beside its kernel. */
function stateOf(status: Kernel.Status): RuntimeState {
  switch (status) {
    case 'dead':
      return 'failed';
    case 'terminating':
      return 'terminating';
    default:
      return 'running';
  }
}

function assignmentOf(session: Session.IModel): IRuntimeAssignment {
  const { id, path, name, type } = session;
  return { sessionId: id, path, name: name || path, type };
}
