/** A runtime's many states in the few that a person tells apart, and in words. */
import type { RuntimeState } from '@jupyterlab-runtimes/core';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeModel } from '../tokens';

/** One icon each; see `icons.ts`. */
export type VisibleState =
  'starting' | 'idle' | 'busy' | 'paused' | 'failed' | 'reconnecting' | 'ended';

/** What of a runtime decides how its state is shown. */
export type StateSource = Pick<IRuntimeModel, 'state' | 'kernelStatus' | 'connection'>;

const BY_STATE: Record<Exclude<RuntimeState, 'running'>, VisibleState> = {
  requested: 'starting',
  queued: 'starting',
  starting: 'starting',
  pausing: 'busy',
  paused: 'paused',
  resuming: 'starting',
  terminating: 'ended',
  terminated: 'ended',
  expired: 'ended',
  failed: 'failed'
};

const BY_KERNEL_STATUS: Record<Kernel.Status, VisibleState> = {
  unknown: 'idle',
  starting: 'starting',
  idle: 'idle',
  busy: 'busy',
  terminating: 'ended',
  restarting: 'starting',
  autorestarting: 'starting',
  dead: 'failed'
};

/** Which icon and colour stand for it. */
export function visibleState(runtime: StateSource): VisibleState {
  if (runtime.state !== 'running') {
    return BY_STATE[runtime.state];
  }
  return runtime.connection === 'reconnecting'
    ? 'reconnecting'
    : BY_KERNEL_STATUS[runtime.kernelStatus];
}

/** The same in words, never longer than two of them. */
export function stateText(runtime: StateSource, trans: TranslationBundle): string {
  if (runtime.state === 'running') {
    return runtime.connection === 'reconnecting'
      ? trans.__('reconnecting')
      : kernelStatusText(runtime.kernelStatus, trans);
  }
  const words: Record<Exclude<RuntimeState, 'running'>, string> = {
    requested: trans.__('requested'),
    queued: trans.__('queued'),
    starting: trans.__('starting'),
    pausing: trans.__('pausing'),
    paused: trans.__('paused'),
    resuming: trans.__('resuming'),
    terminating: trans.__('ending'),
    terminated: trans.__('ended'),
    expired: trans.__('expired'),
    failed: trans.__('failed')
  };
  return words[runtime.state];
}

function kernelStatusText(status: Kernel.Status, trans: TranslationBundle): string {
  const words: Record<Kernel.Status, string> = {
    unknown: trans.__('running'),
    starting: trans.__('starting'),
    idle: trans.__('idle'),
    busy: trans.__('busy'),
    terminating: trans.__('ending'),
    restarting: trans.__('restarting'),
    autorestarting: trans.__('restarting'),
    dead: trans.__('dead')
  };
  return words[status];
}
