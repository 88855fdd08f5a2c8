/** What the service says, as the page keeps it. */
import type { IRuntimeResource, ISnapshotResource } from '@jupyterlab-runtimes/core';
import type { IRuntimeDetail, IRuntimeLife, ISnapshotChoice } from '../../tokens';

export function detailOf(runtime: IRuntimeResource): IRuntimeDetail {
  return {
    id: runtime.id,
    kernelId: runtime.kernel?.id ?? null,
    name: runtime.given_name,
    specName: runtime.environment_name,
    environmentTitle: runtime.environment_title,
    state: runtime.state,
    stateReason: runtime.state_reason || (runtime.progress?.message ?? ''),
    progressPercent: runtime.progress?.percent ?? null,
    startedAt: runtime.started_at,
    lastActivity: runtime.last_activity,
    otherKernels: runtime.other_kernels,
    life: lifeOf(runtime)
  };
}

export function snapshotChoiceOf(snapshot: ISnapshotResource): ISnapshotChoice {
  return {
    id: snapshot.id,
    name: snapshot.name,
    createdAt: snapshot.created_at,
    environmentName: snapshot.environment_name,
    runtimeName: snapshot.runtime_name,
    variables: snapshot.variables,
    sizeBytes: snapshot.size_bytes
  };
}

function lifeOf(runtime: IRuntimeResource): IRuntimeLife {
  const { reservation, idle } = runtime;
  return {
    reservation: reservation && {
      minutes: reservation.minutes,
      maxMinutes: reservation.max_minutes,
      expiresAt: runtime.expires_at,
      remainingSeconds: reservation.remaining_seconds,
      onExpiry: reservation.on_expiry,
      extendsItself: reservation.extends_itself
    },
    idle: idle && {
      timeoutSeconds: idle.timeout_seconds,
      action: idle.action,
      endsAt: idle.ends_at
    },
    warning: runtime.warning,
    snapshotId: runtime.snapshot_id,
    stateAsOf: runtime.state_as_of,
    resources: runtime.resources,
    storage: runtime.persistent_storage,
    notes: runtime.notes
  };
}
