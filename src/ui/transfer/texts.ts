/** Sizes, times and outcomes of moving variables, in the words of the interface. */
import type { IStateProgress } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IPlanRow, Obstacle } from '../../runtime/transferPlan';

const KB = 1000;
const MB = 1000 * KB;
const GB = 1000 * MB;

/** `312 B`, `4.1 kB`, `12 MB`; '' where nobody knows. */
export function bytesText(bytes: number | null, trans: TranslationBundle): string {
  if (bytes === null) {
    return '';
  }
  if (bytes < KB) {
    return trans.__('%1 B', bytes);
  }
  if (bytes < MB) {
    return trans.__('%1 kB', rounded(bytes / KB));
  }
  return bytes < GB
    ? trans.__('%1 MB', rounded(bytes / MB))
    : trans.__('%1 GB', rounded(bytes / GB));
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

/** `less than a second`, `about 5 s`, `about 3 min`. */
export function durationText(seconds: number, trans: TranslationBundle): string {
  if (seconds < 1) {
    return trans.__('less than a second');
  }
  return seconds < 90
    ? trans.__('about %1 s', Math.round(seconds))
    : trans.__('about %1 min', Math.round(seconds / 60));
}

/** How a row goes, or why it doesn't: a sentence. */
export function howText(
  row: IPlanRow,
  targetName: string,
  isLooking: boolean,
  trans: TranslationBundle
): string {
  if (row.obstacle !== null) {
    return obstacleText(row.obstacle, targetName, trans);
  }
  switch (row.outcome) {
    case 'carried':
      return trans.__('as it is');
    case 'rebuilt':
      return trans.__('made anew: %1', row.reason);
    case 'skipped':
      return [trans.__('stays: %1', row.reason), row.remedy].filter(Boolean).join('; ');
    case 'unknown':
      return isLooking ? trans.__('looking…') : trans.__('seen when it is tried');
  }
}

function obstacleText(obstacle: Obstacle, targetName: string, trans: TranslationBundle): string {
  switch (obstacle.kind) {
    case 'missing':
      return trans.__('stays: %1 is not installed in “%2”', obstacle.requirement.name, targetName);
    case 'version':
      return trans.__(
        'stays: it needs %1 %2, and “%4” has %3',
        obstacle.requirement.name,
        obstacle.requirement.version,
        obstacle.found,
        targetName
      );
    case 'too-large':
      return trans.__(
        'stays: “%1” has room for %2 only',
        targetName,
        bytesText(obstacle.freeBytes, trans)
      );
  }
}

/** How far a transfer is. */
export function progressText(
  { stage, bytes, totalBytes }: IStateProgress,
  trans: TranslationBundle
): string {
  switch (stage) {
    case 'inspect':
      return trans.__('looking at them…');
    case 'capture':
      return bytes > 0
        ? trans.__('%1 read', bytesText(bytes, trans))
        : trans.__('waiting for their kernel…');
    case 'move':
      return trans.__('%1 of %2', bytesText(bytes, trans), bytesText(totalBytes, trans));
    case 'verify':
    case 'restore':
      return trans.__('checking and loading…');
  }
}

/** A fingerprint in groups that can be compared by eye. */
export function keyText(fingerprint: string): string {
  return (fingerprint.match(/.{1,4}/g) ?? []).join(' ');
}

/** A moment that a manifest tells; as it is where it is none. */
export function timeText(createdAt: string): string {
  const time = new Date(createdAt);
  return Number.isNaN(time.getTime()) ? createdAt : time.toLocaleString();
}
