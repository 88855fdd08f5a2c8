/** Which changes a screen reader is told of, and in which words. */
import { STARTING_STATES } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeModel, IRuntimeProvider, ProviderStatus } from '../../tokens';
import { splitReason } from '../reason';

/** Busy and idle are one here: each cell changes them, and who ran the cell knows. */
type Phase = 'starting' | 'running' | 'reconnecting' | 'pausing' | 'paused' | 'failed' | 'ended';

interface IHeard {
  readonly name: string;
  readonly phase: Phase;
  /** The deadline that it was warned of; '' for none. */
  readonly warning: string;
}

/** What was last told, by the runtimes' keys. */
export type Heard = ReadonlyMap<string, IHeard>;

export function hear(runtimes: readonly IRuntimeModel[]): Heard {
  return new Map(
    runtimes.map(runtime => [
      runtime.key,
      {
        name: runtime.name,
        phase: phase(runtime),
        warning: runtime.life?.warning?.message ?? ''
      }
    ])
  );
}

function phase({ state, kernelStatus, connection }: IRuntimeModel): Phase {
  if (STARTING_STATES.includes(state) || kernelStatus.endsWith('starting')) {
    return 'starting';
  }
  switch (state) {
    case 'running':
      return kernelStatus === 'dead'
        ? 'failed'
        : connection === 'reconnecting'
          ? 'reconnecting'
          : 'running';
    case 'failed':
      return 'failed';
    case 'pausing':
    case 'paused':
      return state;
    default:
      return 'ended';
  }
}

/** One sentence for each runtime that is not as it was heard of. */
export function announcements(
  before: Heard,
  runtimes: readonly IRuntimeModel[],
  trans: TranslationBundle
): string[] {
  const after = hear(runtimes);
  const changed = runtimes.flatMap(runtime => {
    const old = before.get(runtime.key)?.phase;
    const now = phase(runtime);
    // What ran or had ended before it was heard of is no news.
    const isOld = old === undefined && (now === 'running' || now === 'ended');
    const isNews = old !== now && !isOld;
    return isNews
      ? [words(runtime.name, now, old, splitReason(runtime.stateReason).said, trans)]
      : [];
  });
  const warned = runtimes.flatMap(({ key, name, life }) => {
    const warning = life?.warning?.message ?? '';
    return warning === '' || warning === before.get(key)?.warning
      ? []
      : [trans.__('%1: %2', name, warning)];
  });
  const gone = [...before]
    .filter(([key, { phase }]) => !after.has(key) && phase !== 'ended')
    .map(([, { name }]) => trans.__('%1 has ended.', name));
  return [...changed, ...warned, ...gone];
}

function words(
  name: string,
  now: Phase,
  before: Phase | undefined,
  reason: string,
  trans: TranslationBundle
): string {
  switch (now) {
    case 'starting':
      return trans.__('%1 is starting.', name);
    case 'running':
      return before === 'reconnecting'
        ? trans.__('%1 is connected again.', name)
        : trans.__('%1 is running.', name);
    case 'reconnecting':
      return trans.__('%1 is out of reach, reconnecting.', name);
    case 'pausing':
      return trans.__('%1 is being paused.', name);
    case 'paused':
      return trans.__('%1 is paused.', name);
    case 'failed':
      return [trans.__('%1 has failed.', name), reason].filter(Boolean).join(' ');
    case 'ended':
      return trans.__('%1 has ended.', name);
  }
}

/** The places' states that were last told, by the providers' ids. */
export type HeardPlaces = ReadonlyMap<string, ProviderStatus>;

export function hearPlaces(providers: readonly IRuntimeProvider[]): HeardPlaces {
  return new Map(providers.map(({ id, status }) => [id, status]));
}

/** One sentence for each place that has failed, or is back. */
export function placeAnnouncements(
  before: HeardPlaces,
  providers: readonly IRuntimeProvider[],
  trans: TranslationBundle
): string[] {
  return providers.flatMap(({ id, label, status, lastError }) => {
    const old = before.get(id);
    if (status === 'failed' && old !== 'failed') {
      return [lastError?.message ?? trans.__('%1 does not answer.', label)];
    }
    return status === 'connected' && old === 'failed' ? [trans.__('%1 is back.', label)] : [];
  });
}
