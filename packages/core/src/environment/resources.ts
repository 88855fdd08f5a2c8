/** What a launch asks for, within what an environment offers. */
import type { IEnvironment } from '../contract/environment.js';
import { RuntimeError } from '../errors.js';
import { parseQuantity } from './quantity.js';

/**
 * What a runtime gets: the requests of the range `default` (or of the only one), over them what was asked for.
 *
 * @throws RuntimeError INVALID_REQUEST naming what is too much, too little or unknown.
 */
export function resourcesFor(
  environment: IEnvironment,
  asked: Readonly<Record<string, string>> = {}
): Record<string, string> {
  const ranges = Object.values(environment.resource_ranges);
  const base = environment.resource_ranges['default'] ?? ranges[0];
  for (const [name, quantity] of Object.entries(asked)) {
    const value = parseQuantity(quantity, name);
    if (value <= 0 || !Number.isFinite(value)) {
      throw new RuntimeError(
        'INVALID_REQUEST',
        `A runtime can't have ${quantity} of ${name}: ask for more than nothing, or leave it out.`
      );
    }
    const limits = ranges.flatMap(({ limits: { [name]: limit } }) => (limit ? [limit] : []));
    const [most] = limits.sort((a, b) => parseQuantity(b) - parseQuantity(a));
    if (ranges.length > 0 && (most === undefined || value > parseQuantity(most))) {
      throw new RuntimeError(
        'INVALID_REQUEST',
        most === undefined
          ? `The environment "${environment.title}" offers no ${name}: leave it out, or choose another environment.`
          : `The environment "${environment.title}" gives at most ${most} of ${name}, and ${quantity} was asked for: ask for less, or choose another environment.`
      );
    }
  }
  return { ...base?.requests, ...asked };
}
