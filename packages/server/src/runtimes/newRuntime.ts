/** What a runtime is when it has just been asked for. */
import { ulid } from 'ulid';

import { ingressPath, type IEnvironment, type IRuntimeResource } from '@jupyterlab-runtimes/core';

import type { ILaunchPlan } from './ports.js';

/** The one user of a service that nobody made tokens for. */
export const DEFAULT_OWNER = 'me';

/** `r` and a lower-case ULID. */
export const newRuntimeId = (now: Date): string => `r${ulid(now.getTime()).toLowerCase()}`;

/** The first of `<title>`, `<title> 2`, … that is not taken. */
export function freeName(title: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? title : `${title} ${n}`;
    if (!taken.has(name)) {
      return name;
    }
  }
}

export function newResource(
  id: string,
  owner: string,
  givenName: string,
  environment: IEnvironment,
  now: Date
): IRuntimeResource {
  return {
    id,
    owner,
    given_name: givenName,
    environment_name: environment.name,
    environment_title: environment.title,
    state: 'requested',
    state_reason: '',
    progress: { percent: 0, message: 'Requested' },
    created_at: now.toISOString(),
    started_at: null,
    expires_at: null,
    last_activity: null,
    resources: {},
    persistent_storage: null,
    burning_rate: 0,
    credits_limit: null,
    reservation: null,
    idle: null,
    warning: null,
    snapshot_id: null,
    state_as_of: null,
    notes: [],
    ingress: ingressPath(id),
    labels: {},
    kernel: null,
    other_kernels: 0
  };
}

/** What its launcher needs to start it. @param env The launch's own variables. */
export function planOf(
  resource: IRuntimeResource,
  environment: IEnvironment,
  env: Readonly<Record<string, string>> = {}
): ILaunchPlan {
  return {
    owner: resource.owner,
    environment,
    env,
    resources: resource.resources,
    persistentStorage: resource.persistent_storage !== null
  };
}
