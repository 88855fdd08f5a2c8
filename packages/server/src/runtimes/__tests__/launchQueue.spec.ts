import { describe, expect, it } from '@jest/globals';

import { LaunchQueue } from '../launchQueue.js';

const never = new AbortController().signal;

describe('launches', () => {
  it('take turns in their order, and one that is given up lets the next one in', async () => {
    const queue = new LaunchQueue(1);
    const order: string[] = [];
    const first = await queue.enter(never, () => order.push('first waits'));
    const stop = new AbortController();
    const second = queue.enter(stop.signal, () => order.push('second waits'));
    const third = queue.enter(never, () => order.push('third waits'));
    stop.abort();
    const giveBack = await second;
    giveBack();
    void third.then(() => order.push('third enters'));
    await Promise.resolve();
    expect(order).toEqual(['second waits', 'third waits']);
    first();
    const leaveThird = await third;
    expect(order).toEqual(['second waits', 'third waits', 'third enters']);
    leaveThird();
    const fourth = await queue.enter(never, () => order.push('fourth waits'));
    fourth();
    expect(order).not.toContain('fourth waits');
  });
});
