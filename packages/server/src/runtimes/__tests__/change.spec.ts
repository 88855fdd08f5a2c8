import { describe, expect, it } from '@jest/globals';

import { settle } from './support/fakeClock.js';
import { OWNER, World } from './support/fakes.js';

describe('rules that are changed after the launch', () => {
  it('take the idle time from the last activity, longer or shorter', async () => {
    const world = await new World().begin();
    const id = await world.launch({ idle_timeout_seconds: 3600 });
    await world.clock.minutes(20);
    world.runtimes.change(OWNER, id, { idle_timeout_seconds: 7200 });
    expect(world.get(id).idle).toEqual({
      timeout_seconds: 7200,
      action: 'pause',
      ends_at: '2026-11-22T11:00:00.000Z'
    });
    await world.clock.minutes(60);
    expect(world.get(id).state).toBe('running');
    // It has done nothing for longer than that already.
    world.runtimes.change(OWNER, id, { idle_timeout_seconds: 600, idle_action: 'terminate' });
    await settle();
    expect(world.get(id).state).toBe('expired');
  });

  it('end and begin idle time for what had or had not one', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    world.runtimes.change(OWNER, id, { idle_timeout_seconds: 1200 });
    expect(world.get(id).idle?.ends_at).toBe('2026-11-22T09:20:00.000Z');
    world.runtimes.change(OWNER, id, { idle_timeout_seconds: 0 });
    expect(world.get(id).idle).toBeNull();
    await world.clock.minutes(60);
    expect(world.get(id)).toMatchObject({ state: 'running', warning: null });
  });

  it('end the grace that the old idle time gave', async () => {
    const world = await new World().begin();
    const id = await world.launch({ idle_timeout_seconds: 600 });
    world.trouble.skipped = [{ name: 'sock', reason: 'an open socket', remedy: '' }];
    await world.clock.minutes(11);
    expect(world.get(id).warning?.kind).toBe('grace');
    world.runtimes.change(OWNER, id, { idle_timeout_seconds: 0 });
    expect(world.get(id).warning).toBeNull();
    await world.clock.minutes(60);
    expect(world.get(id).state).toBe('running');
  });

  it('count for what happens at the end of its time, and survive a killed service', async () => {
    const first = await new World().begin();
    const id = await first.launch({ reservation_minutes: 30 });
    first.runtimes.change(OWNER, id, { on_expiry: 'terminate', given_name: 'Ends' });
    const second = await first.killAndStart();
    expect(second.get(id)).toMatchObject({
      given_name: 'Ends',
      reservation: { on_expiry: 'terminate' }
    });
    await second.clock.minutes(31);
    expect(second.get(id).state).toBe('expired');
  });

  it('apply to what is paused when it runs again, and to nothing that has ended', async () => {
    const world = await new World().begin();
    const id = await world.launch({ idle_timeout_seconds: 600 });
    await world.runtimes.pause(OWNER, id);
    world.runtimes.change(OWNER, id, { idle_timeout_seconds: 1200 });
    expect(world.get(id)).toMatchObject({ state: 'paused', idle: { ends_at: null } });
    await world.runtimes.resume(OWNER, id);
    await settle();
    await world.clock.minutes(15);
    expect(world.get(id).state).toBe('running');
    world.runtimes.terminate(OWNER, id);
    await settle();
    expect(() => world.runtimes.change(OWNER, id, { idle_timeout_seconds: 1 })).toThrow(
      /can't be changed any more/
    );
  });
});
