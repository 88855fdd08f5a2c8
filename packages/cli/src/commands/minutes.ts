/** Times on the command line, in minutes. */
import { InvalidArgumentError } from 'commander';

export function minutes(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Give a number of minutes above 0.');
  }
  return value;
}

/** 0 is none. */
export function idleMinutes(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('Give a number of minutes, or 0.');
  }
  return value;
}
