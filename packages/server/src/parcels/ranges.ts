/** Ranges of bytes, in order and apart from each other; ends are not included. */

export type Ranges = readonly (readonly [start: number, end: number])[];

export function addRange(ranges: Ranges, start: number, end: number): [number, number][] {
  if (start >= end) {
    return ranges.map(([first, last]) => [first, last]);
  }
  const apart = ranges.filter(([first, last]) => last < start || first > end);
  const touching = ranges.filter(([first, last]) => last >= start && first <= end);
  const joined: [number, number] = [
    Math.min(start, ...touching.map(([first]) => first)),
    Math.max(end, ...touching.map(([, last]) => last))
  ];
  return [...apart.map(([first, last]): [number, number] => [first, last]), joined].sort(
    ([one], [other]) => one - other
  );
}

export function covers(ranges: Ranges, size: number): boolean {
  return size === 0 || (ranges.length === 1 && ranges[0][0] === 0 && ranges[0][1] === size);
}
