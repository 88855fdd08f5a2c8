/** What commands print: tables for people, JSON for programs. */
import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

/** @returns Lines with columns of equal width. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map(row => row[i].length)));
  return [head, ...rows]
    .map(row =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd()
    )
    .join('\n');
}

/** `3 s`, `12 min`, `5 h`, `2 d` since then. */
export function age(then: string | null, now: Date): string {
  if (then === null) {
    return '–';
  }
  const seconds = Math.max(0, Math.round((now.getTime() - new Date(then).getTime()) / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min`;
  }
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** What is left of a runtime's time: `3 s`, `12 min`, `1 h 59 min`, `2 d 3 h`. */
export function timeLeft(
  { expires_at: expiresAt, reservation }: Pick<IRuntimeResource, 'expires_at' | 'reservation'>,
  now: Date
): string {
  const seconds =
    expiresAt === null
      ? (reservation?.remaining_seconds ?? null)
      : (Date.parse(expiresAt) - now.getTime()) / 1000;
  return seconds === null ? '–' : span(Math.max(0, Math.floor(seconds)));
}

function span(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1]
  ] as const;
  const first = units.findIndex(([name, size]) => seconds >= size || name === 's');
  // Seconds say nothing beside hours, nor minutes beside days.
  const [[name, size], next] = [units[first], units[first + 1]];
  const rest = next && name !== 'min' ? Math.floor((seconds % size) / next[1]) : 0;
  return `${Math.floor(seconds / size)} ${name}${rest > 0 ? ` ${rest} ${next[0]}` : ''}`;
}

/** `512 B`, `3.4 kB`, `1.2 GB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}
