import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { CutTally } from '../cutTally';

describe('CutTally', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells the parts of one loss once, for each kernel', () => {
    const tell = jest.fn();
    const tally = new CutTally(tell);
    tally.add('a', 3, 300);
    tally.add('b', 1, 10);
    tally.add('a', 4, 400);
    expect(tell).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1000);
    expect(tell.mock.calls).toEqual([
      ['a', 7, 700],
      ['b', 1, 10]
    ]);
    tally.add('a', 1, 5);
    jest.advanceTimersByTime(1000);
    expect(tell).toHaveBeenLastCalledWith('a', 1, 5);
  });
});
