import { expect, it } from '@jest/globals';

import { settle } from './support/fakeClock.js';
import { OWNER, World } from './support/fakes.js';

/** What is shown of the end, in the order in which it was told. */
const warnings = (world: World): string[] =>
  world.events
    .flatMap(({ warning }) => (warning ? [`${warning.kind}: ${warning.message}`] : []))
    .filter((text, i, all) => text !== all[i - 1]);

it('a real day: launch with storage, work, warning, extension, idle pause, resume, expiry, terminate', async () => {
  const world = await new World({
    reservations: { defaultMinutes: 60, maxMinutes: 240 }
  }).begin();
  const { clock, runtimes } = world;

  // 9:00: a runtime for two hours, with storage, paused when nothing runs for half an hour.
  const id = await world.launch({
    given_name: 'thesis',
    reservation_minutes: 120,
    persistent_storage: true,
    idle_timeout_seconds: 1800
  });
  expect(world.states(id)).toEqual(['requested', 'starting', 'running']);
  expect(world.get(id)).toMatchObject({
    given_name: 'thesis',
    persistent_storage: '~/persistent',
    expires_at: '2026-11-22T11:00:00.000Z',
    reservation: { minutes: 120, max_minutes: 240, on_expiry: 'pause', remaining_seconds: null },
    idle: { ends_at: '2026-11-22T09:30:00.000Z' },
    warning: null
  });

  // Work: the idle time stands while a cell runs, and begins anew with its end.
  await clock.minutes(20);
  await world.run(id, 'model', 'trained', 50 * 60_000);
  expect(world.get(id).idle?.ends_at).toBe('2026-11-22T10:40:00.000Z');
  // Ten minutes after the start there was nothing to copy, now there is: at the cell's end.
  expect(world.disk.snapshots.map(({ kind, created_at: at }) => [kind, at])).toEqual([
    ['safety', '2026-11-22T10:10:00.000Z']
  ]);
  for (let i = 0; i < 4; i++) {
    await clock.minutes(10);
    await world.run(id, 'step', String(i));
  }

  // 10:50, 10:55, 10:59: warnings; an extension ends them.
  expect(warnings(world)).toEqual([
    expect.stringMatching(/^idle: .*10 minutes/),
    expect.stringMatching(/^expiry: .*10 minutes.*Extend/)
  ]);
  await clock.minutes(5);
  expect(world.get(id).warning?.message).toContain('5 minutes');
  await clock.minutes(4.5);
  expect(world.get(id).warning).toMatchObject({ kind: 'expiry', at: '2026-11-22T11:00:00.000Z' });
  expect(world.get(id).warning?.message).toContain('a minute');
  runtimes.extend(OWNER, id, 60);
  expect(world.get(id)).toMatchObject({
    warning: null,
    expires_at: '2026-11-22T12:00:00.000Z',
    reservation: { minutes: 180 }
  });
  expect(() => runtimes.extend(OWNER, id, 61)).toThrow('at most 1 h:');

  // Lunch: nothing runs, and at 11:20 it is paused with everything; its clock stands still.
  await clock.minutes(45);
  expect(world.get(id)).toMatchObject({
    state: 'paused',
    state_reason: 'Nothing ran in it for 30 min. Its variables are kept.',
    expires_at: null,
    kernel: null,
    warning: null,
    reservation: { remaining_seconds: 40 * 60 },
    idle: { ends_at: null }
  });
  expect(warnings(world).at(-1)).toMatch(/^idle: .*a minute.*running a cell/);
  expect(world.process(id)).toBeUndefined();

  // 14:00: resumed, with the same id and name, the variables, and the time that was left.
  await clock.minutes(120);
  await runtimes.resume(OWNER, id);
  await settle();
  const resumed = world.get(id);
  expect(resumed).toMatchObject({ id, given_name: 'thesis', state: 'running' });
  expect(Date.parse(resumed.expires_at ?? '') - clock.now().getTime()).toBe(40 * 60_000);
  expect(Object.fromEntries(world.process(id)?.variables ?? [])).toEqual({
    model: 'trained',
    step: '3'
  });

  // Work up to the end: what runs then may finish, and the runtime is paused.
  await clock.minutes(20);
  await world.run(id, 'chapter', 'written', 22 * 60_000);
  await settle();
  expect(warnings(world).at(-1)).toMatch(/^grace: .*A cell still runs.*Extend/);
  expect(world.get(id)).toMatchObject({
    state: 'paused',
    state_reason: 'Its time of 3 h was up. Its variables are kept.',
    reservation: { remaining_seconds: 0 }
  });

  // No time is left: more of it, then the state is there again.
  await expect(runtimes.resume(OWNER, id)).rejects.toThrow('no time left: extend it');
  runtimes.extend(OWNER, id, 30);
  expect(world.get(id).reservation?.remaining_seconds).toBe(30 * 60);
  await runtimes.resume(OWNER, id);
  await settle();
  expect(world.process(id)?.variables.get('chapter')).toBe('written');

  // The evening: terminated.
  runtimes.terminate(OWNER, id);
  await settle();
  expect(world.get(id).state).toBe('terminated');
  expect(world.disk.processes.size).toBe(0);
  await clock.minutes(1);
  expect(world.removed).toEqual([id]);
});
