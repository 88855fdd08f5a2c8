/** Requests with an Idempotency-Key, and a service that is killed at every statement that it gives its database. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { openDatabase } from '../stores/sqlite/database.js';
import { runtimeStore } from '../stores/sqlite/stores.js';
import { FakeClock, settle } from '../runtimes/__tests__/support/fakeClock.js';
import { FakeDisk, OWNER, World } from '../runtimes/__tests__/support/fakes.js';

const KEY = 'key-1';
/** No request has more statements. */
const MOST_STATEMENTS = 60;

/** Records in a real database, whose service dies before one of its statements. */
class Records {
  private readonly _folder = mkdtempSync(join(tmpdir(), 'jlr-once-'));
  private readonly _clock = new FakeClock();
  private readonly _disk = new FakeDisk();
  private _open: DatabaseSync | undefined;
  private _left = Infinity;
  /** Nothing can be written. */
  isFull = false;

  /** A service; the earlier one is dead. */
  async start(): Promise<World> {
    this._open?.close();
    this._left = Infinity;
    const database = openDatabase(join(this._folder, 'records.db'));
    this._open = database;
    const store = () => runtimeStore(this._watched(database), () => this._clock.now());
    return new World({ store }, this._clock, this._disk).begin();
  }

  /** From now on so many statements are carried out, and no more. */
  dieAfter(statements: number): void {
    this._left = statements;
  }

  get isDead(): boolean {
    return this._left < 0;
  }

  dispose(): void {
    this._open?.close();
    this._open = undefined;
    rmSync(this._folder, { recursive: true, force: true });
  }

  private _watched(database: DatabaseSync): DatabaseSync {
    const count = (isWriting: boolean): void => {
      if (--this._left < 0) {
        throw new Error('This service is dead.');
      }
      if (isWriting && this.isFull) {
        throw new Error('database or disk is full');
      }
    };
    const statement = (real: StatementSync): StatementSync =>
      new Proxy(real, {
        get:
          (_target, name: keyof StatementSync) =>
          (...args: never[]) => {
            count(name === 'run');
            return (real[name] as (...all: never[]) => unknown)(...args);
          }
      });
    return new Proxy(database, {
      get: (_target, name) => {
        switch (name) {
          case 'prepare':
            return (sql: string) => statement(database.prepare(sql));
          case 'exec':
            return (sql: string) => {
              count(true);
              database.exec(sql);
            };
          default:
            return database[name as 'isTransaction'];
        }
      }
    });
  }
}

interface IAction {
  readonly prepare?: (world: World, id: string) => Promise<unknown>;
  readonly act: (world: World, id: string) => unknown;
  /** How often it was done. */
  readonly times: (world: World, id: string) => number;
}

const all = (world: World): IRuntimeResource[] => world.runtimes.list(OWNER);
const pause = (world: World, id: string): unknown => world.runtimes.pause(OWNER, id, {}, KEY);

const ACTIONS: Record<string, IAction> = {
  launch: {
    act: world => world.runtimes.launch(OWNER, { environment_name: 'python' }, KEY),
    times: world => all(world).length - 1
  },
  extend: {
    act: (world, id) => world.runtimes.extend(OWNER, id, 30, KEY),
    times: (world, id) => ((world.get(id).reservation?.minutes ?? 0) - 60) / 30
  },
  pause: {
    act: pause,
    times: (world, id) => (world.get(id).state === 'paused' ? 1 : 0)
  },
  resume: {
    prepare: (world, id) => world.runtimes.pause(OWNER, id),
    act: (world, id) => world.runtimes.resume(OWNER, id, KEY),
    times: (world, id) => (world.get(id).state === 'running' ? 1 : 0)
  },
  terminate: {
    // It takes no key: what has ended is not ended again.
    act: (world, id) => world.runtimes.terminate(OWNER, id),
    times: (world, id) => (all(world).find(each => each.id === id)?.state === 'running' ? 0 : 1)
  }
};

describe('a request that is sent again after the service was killed', () => {
  let records: Records;
  afterEach(() => records?.dispose());

  it.each(Object.keys(ACTIONS))('does %s once, whenever that was', async name => {
    const { prepare, act, times } = ACTIONS[name];
    let isDead = true;
    let undone = 0;
    let done = 0;
    for (let statements = 0; isDead && statements < MOST_STATEMENTS; statements++) {
      records?.dispose();
      records = new Records();
      const first = await records.start();
      const id = await first.launch({ reservation_minutes: 60 });
      await prepare?.(first, id);
      records.dieAfter(statements);
      await (async () => act(first, id))().catch(() => undefined);
      await settle();
      isDead = records.isDead;
      const second = await records.start();
      const before = times(second, id);
      expect([0, 1]).toContain(before);
      undone += 1 - before;
      done += before;
      if (all(second).some(each => each.id === id)) {
        await act(second, id);
        await settle();
        expect({ statements, times: times(second, id) }).toEqual({ statements, times: 1 });
      }
    }
    // It died before it had done it, and after.
    expect(isDead).toBe(false);
    expect(done).toBeGreaterThan(0);
    // A process that was ended does not come back.
    expect(undone > 0).toBe(name !== 'terminate');
  });

  it('does not pause again what somebody resumed since, nor resume what was paused', async () => {
    records = new Records();
    const first = await records.start();
    const id = await first.launch();
    await pause(first, id);
    const second = await records.start();
    await second.runtimes.resume(OWNER, id, 'key-2');
    await settle();
    await pause(second, id);
    expect(second.get(id).state).toBe('running');
    await second.runtimes.pause(OWNER, id);
    const third = await records.start();
    await third.runtimes.resume(OWNER, id, 'key-2');
    await settle();
    expect(third.get(id).state).toBe('paused');
  });

  it('launches nothing again when its runtime is gone, and says so', async () => {
    records = new Records();
    const world = await records.start();
    const launched = await world.runtimes.launch(OWNER, { environment_name: 'python' }, KEY);
    await settle();
    world.runtimes.terminate(OWNER, launched.id);
    await world.clock.minutes(1);
    expect(all(world)).toEqual([]);
    const second = await records.start();
    await expect(
      second.runtimes.launch(OWNER, { environment_name: 'python' }, KEY)
    ).rejects.toMatchObject({ code: 'NOT_FOUND', message: /has been done/ });
  });

  it('is refused when it asks for something else, and counts for its owner alone', async () => {
    records = new Records();
    const world = await records.start();
    const id = await world.launch({ reservation_minutes: 60 });
    world.runtimes.extend(OWNER, id, 30, KEY);
    expect(() => world.runtimes.extend(OWNER, id, 31, KEY)).toThrow(/used for another request/);
    await expect(world.runtimes.resume(OWNER, id, KEY)).rejects.toMatchObject({ code: 'CONFLICT' });
    const other = await world.runtimes.launch('bob', { environment_name: 'python' }, KEY);
    expect(other.owner).toBe('bob');
  });

  it('is not done again while the disk takes nothing, nor later', async () => {
    records = new Records();
    const world = await records.start();
    const id = await world.launch({ reservation_minutes: 60 });
    records.isFull = true;
    world.runtimes.extend(OWNER, id, 30, KEY);
    records.isFull = false;
    expect(world.runtimes.extend(OWNER, id, 30, KEY).reservation?.minutes).toBe(90);
    world.runtimes.change(OWNER, id, { given_name: 'written' });
    const second = await records.start();
    expect(second.runtimes.extend(OWNER, id, 30, KEY)).toMatchObject({
      given_name: 'written',
      reservation: { minutes: 90 }
    });
  });
});
