/** Compare two ways of doing the same by interleaved pairs, with an interval. */

const RESAMPLES = 10_000;
const SEED = 20_261_121;

/**
 * Run a bench.
 *
 * @param bench.prepare Resolves with `{ measure, baseline, close? }`; the first two resolve with one sample each.
 * @returns The line to print: medians, and the median of the pairs' ratios with its 95 % interval.
 */
export async function compare({ name, unit, bound, pairs, warmups = 1, prepare }, browser) {
  const { measure, baseline, close } = await prepare(browser);
  const ours = [];
  const theirs = [];
  try {
    for (let pair = -warmups; pair < pairs; pair += 1) {
      // Who goes first alternates: neither always finds the machine as the other left it.
      const order = pair % 2 === 0 ? [measure, baseline] : [baseline, measure];
      const samples = [await order[0](), await order[1]()];
      const [value, base] = pair % 2 === 0 ? samples : samples.reverse();
      if (pair >= 0) {
        ours.push(value);
        theirs.push(base);
      }
    }
  } finally {
    await close?.();
  }
  const ratios = ours.map((value, index) => value / theirs[index]);
  const { low, high } = interval(ratios);
  return {
    name,
    value: round(median(ours)),
    unit,
    baseline: round(median(theirs)),
    ratio: round(median(ratios)),
    ratio_low: round(low),
    ratio_high: round(high),
    bound
  };
}

/** The 95 % interval of the median, by a bootstrap with a fixed seed: the same samples give the same interval. */
export function interval(values) {
  const random = mulberry32(SEED);
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)]))
  ).sort((a, b) => a - b);
  return {
    low: medians[Math.floor(RESAMPLES * 0.025)],
    high: medians[Math.ceil(RESAMPLES * 0.975) - 1]
  };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function round(value) {
  return Number(value.toPrecision(4));
}

/** A small generator with a seed (Tommy Ettinger, public domain). */
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
