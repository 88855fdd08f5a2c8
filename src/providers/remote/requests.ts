/** What the page wants, as the service is asked for it: what is left out stays the environment's to say. */
import type { ILaunchRequest, IRuntimeChange } from '@jupyterlab-runtimes/core';
import type { ILaunchTerms, RuntimeChange } from '../../tokens';

export function launchRequestOf(environment: string, terms: ILaunchTerms): ILaunchRequest {
  return withoutGaps({
    environment_name: environment,
    ...changeFields(terms),
    reservation_minutes: terms.reservationMinutes,
    persistent_storage: terms.persistentStorage,
    resources: terms.resources && { ...terms.resources },
    env: terms.env && { ...terms.env },
    snapshot_id: terms.snapshotId
  });
}

export function changeOf(change: RuntimeChange): IRuntimeChange {
  return withoutGaps(changeFields(change));
}

function changeFields(change: RuntimeChange): IRuntimeChange {
  return {
    given_name: change.name,
    on_expiry: change.onExpiry,
    extends_itself: change.extendsItself,
    idle_timeout_seconds: change.idleTimeoutSeconds,
    idle_action: change.idleAction
  };
}

/** Without the members that are undefined: JSON has none, and a spec compares. */
function withoutGaps<T extends object>(body: T): T {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as T;
}
