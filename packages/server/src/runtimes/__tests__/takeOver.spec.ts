import { describe, expect, it, jest } from '@jest/globals';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import type { IRuntimeRecord } from '../ports.js';
import { settle } from './support/fakeClock.js';
import { OWNER, World } from './support/fakes.js';

/** A capture that goes on until it is let. */
function gate(world: World): () => void {
  let open = (): void => undefined;
  world.trouble.gate = new Promise(resolve => (open = resolve));
  return open;
}

describe('what a killed service leaves', () => {
  it('goes on running when a pause had not stored its snapshot', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    gate(world);
    void world.runtimes.pause(OWNER, id).catch(() => undefined);
    await settle();
    expect(world.get(id).state).toBe('pausing');
    const next = await world.killAndStart();
    expect(next.get(id).state).toBe('running');
    expect(next.process(id)?.variables.get('x')).toBe('1');
  });

  it('finishes a pause whose snapshot was stored', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    await world.runtimes.pause(OWNER, id);
    const record = world.disk.records.get(id)!;
    // As it was a moment before its process was ended.
    const next = await world.killAndStart(() => {
      const resource = { ...record.resource, state: 'pausing' as const };
      const life = { ...record.life!, paused_with: record.resource.snapshot_id };
      world.disk.records.set(id, { ...record, resource, life });
    });
    expect(next.get(id)).toMatchObject({ state: 'paused', progress: null });
    expect(next.process(id)).toBeUndefined();
  });

  it('resumes anew what was resuming', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    await world.runtimes.pause(OWNER, id);
    expect(await world.runtimes.resume(OWNER, id)).toMatchObject({ state: 'resuming' });
    const next = await world.killAndStart();
    await settle();
    expect(next.get(id).state).toBe('running');
    expect(next.process(id)?.variables.get('x')).toBe('1');
  });

  it('begins a launch anew that had no process yet', async () => {
    const world = await new World().begin();
    const { id } = await world.runtimes.launch(OWNER, {
      environment_name: 'python',
      env: { KEY: 'value' }
    });
    const next = await world.killAndStart(() => world.disk.processes.clear());
    await settle();
    expect(next.get(id).state).toBe('running');
  });

  it('ends as expired what was to expire', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    const record = world.disk.records.get(id)!;
    const next = await world.killAndStart(() => {
      world.disk.records.set(id, {
        ...record,
        resource: { ...record.resource, state: 'terminating', state_reason: 'Its time was up.' },
        life: { ...record.life!, ends_as: 'expired' }
      });
    });
    await settle();
    expect(next.get(id)).toMatchObject({ state: 'expired', state_reason: 'Its time was up.' });
    expect(next.process(id)).toBeUndefined();
  });

  it('shows a runtime as paused, state of its last copy, when the machine was started again', async () => {
    const world = await new World().begin();
    const ids = [await world.launch({ reservation_minutes: 120 }), await world.launch()];
    for (const id of ids) {
      await world.run(id, 'x', '1');
    }
    await world.clock.minutes(11);
    const next = await world.killAndStart(() => {
      world.disk.processes.forEach(process => process.die('the machine was switched off'));
      world.clock.reboot(3600_000);
    });
    await settle();
    for (const id of ids) {
      expect(next.get(id)).toMatchObject({
        state: 'paused',
        state_as_of: '2026-11-22T09:10:00.000Z',
        state_reason: expect.stringMatching(/^State of 2026-11-22 09:10 UTC\. What ran after/)
      });
      await next.runtimes.resume(OWNER, id);
      await settle();
      expect(next.process(id)?.variables.get('x')).toBe('1');
    }
  });

  it('has the state of a resumed runtime, whatever was written last before the kill', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    await world.runtimes.pause(OWNER, id);
    const { records } = world.disk;
    const written: IRuntimeRecord[] = [];
    const set = jest.spyOn(records, 'set').mockImplementation((key, record) => {
      written.push(structuredClone(record));
      return Map.prototype.set.call(records, key, record) as typeof records;
    });
    await world.runtimes.resume(OWNER, id);
    await settle();
    set.mockRestore();
    const underWay = written.filter(({ resource }) => resource.state === 'resuming');
    expect(underWay.length).toBeGreaterThan(4);
    let next = world;
    for (const record of underWay) {
      next = await next.killAndStart(() => void records.set(id, structuredClone(record)));
      await settle();
      expect(next.get(id).state).toBe('running');
      expect(next.process(id)?.variables.get('x')).toBe('1');
    }
  });
});

describe('pause and resume', () => {
  it('refuses to leave behind what nobody agreed to, and the runtime goes on', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    world.trouble.skipped = [{ name: 'gen', reason: 'a generator', remedy: '' }];
    await expect(world.runtimes.pause(OWNER, id)).rejects.toMatchObject({
      code: 'STATE_NOT_CARRIED',
      message: expect.stringContaining('gen (a generator)')
    });
    expect(world.get(id).state).toBe('running');
    expect(world.disk.snapshots).toEqual([]);
    await world.runtimes.pause(OWNER, id, { leave: ['gen'] });
    expect(world.get(id).state).toBe('paused');
  });

  it('goes on running when the disk is full, and says so', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    world.trouble.captureFails = new RuntimeError('DISK_FULL', 'The disk is full.');
    await expect(world.runtimes.pause(OWNER, id)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(world.get(id)).toMatchObject({
      state: 'running',
      state_reason: 'It could not be paused, and runs on: The disk is full.'
    });
    expect(world.process(id)?.variables.get('x')).toBe('1');
  });

  it('stays paused with its snapshot when the restore fails', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    await world.runtimes.pause(OWNER, id);
    world.trouble.restoreFails = new RuntimeError('SNAPSHOT_CORRUPT', 'A part is damaged.');
    await world.runtimes.resume(OWNER, id);
    await settle();
    expect(world.get(id)).toMatchObject({
      state: 'paused',
      state_reason: 'It could not be resumed: A part is damaged.',
      snapshot_id: world.disk.snapshots[0].id
    });
    expect(world.process(id)).toBeUndefined();
    world.trouble.restoreFails = null;
    await world.runtimes.resume(OWNER, id);
    await settle();
    expect(world.process(id)?.variables.get('x')).toBe('1');
  });

  it('does everything once, however often it is asked to', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await Promise.all([1, 2, 3].map(() => world.runtimes.pause(OWNER, id)));
    await world.runtimes.pause(OWNER, id);
    expect(world.disk.snapshots).toHaveLength(1);
    await Promise.all([1, 2, 3].map(() => world.runtimes.resume(OWNER, id)));
    await settle();
    await world.runtimes.resume(OWNER, id);
    expect(world.states(id)).toEqual([
      'requested',
      'starting',
      'running',
      'pausing',
      'paused',
      'resuming',
      'running'
    ]);
  });

  it('ends while it is being paused when its owner says so', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    const open = gate(world);
    const pausing = world.runtimes.pause(OWNER, id);
    await settle();
    world.runtimes.terminate(OWNER, id);
    open();
    await expect(pausing).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await settle();
    expect(world.get(id).state).toBe('terminated');
  });

  it('is paused with the last copy when its process dies, and says why', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    await world.clock.minutes(11);
    world.process(id)?.die('it was ended by SIGKILL');
    await settle();
    expect(world.get(id).state).toBe('paused');
    expect(world.get(id).state_reason).toMatch(/^State of .*ended by SIGKILL/);
  });

  it('tells of a safety copy that fails, and makes one when it can again', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    world.trouble.captureFails = new RuntimeError('DISK_FULL', 'The disk is full.');
    await world.clock.minutes(11);
    expect(world.get(id).state_reason).toBe('No safety copy could be made: The disk is full.');
    world.trouble.captureFails = null;
    await world.clock.minutes(10);
    expect(world.get(id)).toMatchObject({ state: 'running', state_reason: '' });
    expect(world.disk.snapshots).toHaveLength(1);
  });

  it('keeps the last copy for good when the kernel died and was started again without its variables', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    await world.clock.minutes(11);
    world.relay(id).die();
    expect(world.get(id)).toMatchObject({
      state: 'running',
      state_reason: expect.stringMatching(/kernel died.*load the snapshot of 2026-11-22 09:10/)
    });
    expect(world.disk.snapshots).toMatchObject([{ kind: 'manual' }]);
  });

  it('is not paused with what a kernel holds that was started in the place of one that died', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    await world.clock.minutes(11);
    let open: () => void = () => undefined;
    world.trouble.gate = new Promise(resolve => (open = resolve));
    const pausing = world.runtimes.pause(OWNER, id);
    await settle();
    world.relay(id).die();
    open();
    await expect(pausing).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    expect(world.get(id)).toMatchObject({
      state: 'running',
      state_reason: expect.stringMatching(
        /^It could not be paused, and runs on: .*kernel died.*load the snapshot of 2026-11-22 09:10/
      )
    });
    expect(world.disk.snapshots).toMatchObject([{ kind: 'manual' }]);
  });

  it('tells that its kernel died, not that there is no copy of it', async () => {
    const world = await new World().begin();
    const id = await world.launch();
    await world.run(id, 'x', '1');
    let open: () => void = () => undefined;
    world.trouble.gate = new Promise(resolve => (open = resolve));
    await world.clock.minutes(11);
    world.relay(id).die();
    open();
    await settle();
    expect(world.get(id).state_reason).toMatch(/^Its kernel died/);
    expect(world.disk.snapshots).toEqual([]);
  });

  it('does not wait for a cell beyond the time of the runtime', async () => {
    const world = await new World().begin();
    const id = await world.launch({ reservation_minutes: 30 });
    world.relay(id).begin();
    world.trouble.gate = new Promise(() => undefined);
    const pausing = world.runtimes.pause(OWNER, id);
    void pausing.catch(() => undefined);
    await settle();
    expect(world.get(id)).toMatchObject({
      state: 'pausing',
      progress: { message: 'Waiting for the running cell…' }
    });
    await world.clock.minutes(31);
    expect(world.get(id)).toMatchObject({ state: 'running', warning: { kind: 'grace' } });
    await world.clock.minutes(7);
    expect(world.get(id).state).toBe('expired');
  });
});
