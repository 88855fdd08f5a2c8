/** What a runtime is when it has just been asked for. */
import { ulid } from 'ulid';

import {
  ingressPath,
  type IEnvironment,
  type ILaunchRequest,
  type IRuntimeResource
} from '@jupyterlab-runtimes/core';
import { checkLaunchVariables, resourcesFor } from '@jupyterlab-runtimes/core/environment';

import type { ILaunchPlan } from './ports.js';

/** The one user of a service that nobody made tokens for. */
export const DEFAULT_OWNER = 'me';

/** `r` and a lower-case ULID. */
export const newRuntimeId = (now: Date): string => `r${ulid(now.getTime()).toLowerCase()}`;

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

/** What a launch asks for, within what its environment offers.
 *  @throws RuntimeError INVALID_REQUEST */
export function planFor(
  owner: string,
  request: ILaunchRequest,
  environment: IEnvironment
): ILaunchPlan {
  const env = request.env ?? {};
  checkLaunchVariables(env);
  return {
    owner,
    environment,
    env,
    resources: resourcesFor(environment, request.resources),
    persistentStorage: request.persistent_storage ?? false
  };
}
