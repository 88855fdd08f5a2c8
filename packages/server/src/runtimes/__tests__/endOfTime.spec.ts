import { describe, expect, it } from '@jest/globals';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import { settle } from './support/fakeClock.js';
import { OWNER, World } from './support/fakes.js';

const SOCKET = { name: 'sock', reason: 'an open socket', remedy: '' };

describe('the end of the time', () => {
  it('gives a running cell its grace, then ends the runtime, and tells what was kept', async () => {
    const world = await new World().begin();
    const id = await world.launch({ reservation_minutes: 30 });
    await world.run(id, 'x', '1');
    world.trouble.skipped = [SOCKET];
    world.relay(id).begin();
    await world.clock.minutes(32);
    expect(world.get(id)).toMatchObject({ state: 'running', warning: { kind: 'grace' } });
    await world.clock.minutes(4);
    expect(world.get(id).state).toBe('expired');
    expect(world.get(id).state_reason).toMatch(
      /Its time of 30 min was up.*Kept: 1 variables, in the snapshot.*Lost: sock \(an open socket\).*cut off/
    );
    const last = world.disk.snapshots.at(-1);
    expect(last).toMatchObject({ id: world.get(id).snapshot_id, mid_cell: true });
    expect(world.process(id)).toBeUndefined();
  });

  it('pauses as soon as the cell that held it up is over', async () => {
    const world = await new World().begin();
    const id = await world.launch({ reservation_minutes: 30 });
    world.relay(id).begin();
    await world.clock.minutes(31);
    world.relay(id).finish();
    await settle();
    expect(world.get(id).state).toBe('paused');
  });

  it('makes the safety copy that is due as soon as the cell is over', async () => {
    const world = await new World().begin();
    const id = await world.launch({});
    world.relay(id).begin();
    await world.clock.minutes(11);
    expect(world.disk.snapshots).toHaveLength(0);
    world.relay(id).finish();
    await settle();
    expect(world.disk.snapshots).toHaveLength(1);
  });

  it('gives grace for names that cannot be carried; an extension lets it go on', async () => {
    const world = await new World().begin();
    const id = await world.launch({ reservation_minutes: 30 });
    world.trouble.skipped = [SOCKET];
    await world.clock.minutes(31);
    expect(world.get(id).state).toBe('running');
    expect(world.get(id).warning?.message).toContain('sock (an open socket)');
    world.runtimes.extend(OWNER, id, 30);
    expect(world.get(id).warning).toBeNull();
    await world.clock.minutes(20);
    expect(world.get(id).state).toBe('running');
  });

  it('tries again when a cell has run in the grace: the name may be gone', async () => {
    const world = await new World().begin();
    const id = await world.launch({ reservation_minutes: 30 });
    world.trouble.skipped = [SOCKET];
    await world.clock.minutes(31);
    world.trouble.skipped = [];
    await world.run(id, 'deleted', 'yes', 1000);
    expect(world.get(id).state).toBe('paused');
  });

  it('ends with the last safety copy when the disk stays full', async () => {
    const world = await new World().begin();
    const id = await world.launch({ reservation_minutes: 30 });
    await world.run(id, 'x', '1');
    await world.clock.minutes(11);
    expect(world.disk.snapshots).toHaveLength(1);
    world.trouble.captureFails = new RuntimeError('DISK_FULL', 'The disk is full.');
    await world.clock.minutes(25);
    expect(world.get(id).state).toBe('expired');
    expect(world.get(id).state_reason).toMatch(/disk is full.*Kept: State of 2026-11-22 09:10/);
  });

  it('ends at once where that was chosen, and nothing runs', async () => {
    const world = await new World().begin();
    const id = await world.launch({ reservation_minutes: 30, on_expiry: 'terminate' });
    await world.clock.minutes(30.1);
    expect(world.get(id)).toMatchObject({
      state: 'expired',
      state_reason: 'Its time of 30 min was up. It ended, as chosen.'
    });
  });

  it('extends by itself while nobody waits, up to the maximum', async () => {
    const world = await new World({ reservations: { maxMinutes: 150 } }).begin();
    const id = await world.launch({ reservation_minutes: 60, extends_itself: true });
    await world.clock.minutes(100);
    expect(world.get(id)).toMatchObject({ state: 'running', reservation: { minutes: 120 } });
    world.somebodyWaits = true;
    await world.clock.minutes(15);
    expect(world.get(id).warning?.kind).toBe('expiry');
    world.somebodyWaits = false;
    await world.clock.minutes(1);
    expect(world.get(id)).toMatchObject({ warning: null, reservation: { minutes: 150 } });
    await world.clock.minutes(40);
    expect(world.get(id).state).toBe('paused');
  });

  it('never counts a capture as activity', async () => {
    const world = await new World().begin();
    const id = await world.launch({ idle_timeout_seconds: 900 });
    await world.run(id, 'x', '1');
    await world.clock.minutes(12);
    expect(world.disk.snapshots).toHaveLength(1);
    await world.clock.minutes(3.1);
    expect(world.get(id).state).toBe('paused');
  });

  it.each([0, -5, 1e9, Number.NaN])('refuses a reservation of %d minutes', async minutes => {
    const world = await new World().begin();
    await expect(world.launch({ reservation_minutes: minutes })).rejects.toMatchObject({
      code: 'INVALID_REQUEST'
    });
    expect(world.disk.records.size).toBe(0);
  });
});

describe('clocks that jump', () => {
  it('neither ends nor prolongs a runtime when the wall clock is set', async () => {
    const world = await new World().begin();
    const id = await world.launch({ reservation_minutes: 60, idle_timeout_seconds: 7200 });
    world.clock.jump(10 * 3600_000);
    await world.clock.minutes(1);
    expect(world.get(id)).toMatchObject({
      state: 'running',
      warning: null,
      expires_at: '2026-11-22T20:00:00.000Z'
    });
    world.clock.jump(-20 * 3600_000);
    await world.clock.minutes(58.5);
    expect(world.get(id)).toMatchObject({ state: 'running', warning: { kind: 'expiry' } });
    await world.clock.minutes(1);
    expect(world.get(id).state).toBe('paused');
  });

  it('goes on counting while the service is away, and leaves a minute to act', async () => {
    const first = await new World().begin();
    const id = await first.launch({ reservation_minutes: 60, idle_timeout_seconds: 7200 });
    await first.clock.minutes(20);
    const second = await first.killAndStart();
    expect(second.get(id).expires_at).toBe('2026-11-22T10:00:00.000Z');
    const third = await second.killAndStart(() => second.clock.minutes(300));
    await settle();
    await third.clock.minutes(0.5);
    expect(third.get(id)).toMatchObject({ state: 'running', warning: { kind: 'expiry' } });
    await third.clock.minutes(1);
    expect(third.get(id).state).toBe('paused');
  });
});
