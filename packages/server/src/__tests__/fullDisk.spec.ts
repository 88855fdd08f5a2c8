/**
 * A disk that is full while variables are kept, brought or moved, with real kernels on a real small disk: the runtime
 * runs on, its owner is told, and nothing half counts as whole.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { SNAPSHOT_FILE_TYPE, transfer } from '@jupyterlab-runtimes/core';

import { stateSources } from '../../../../scripts/state/sources.mjs';
import {
  JupyterServer,
  type ITestKernel
} from '../../../core/src/state/__tests__/support/jupyterServer.js';
import { ask } from './support/ask.js';
import { cellFor, LOOK, NAMES } from './support/killed/values.js';
import { SmallDisk } from './support/smallDisk.js';
import { TestChannel } from './support/testChannel.js';
import { TestService, until } from './support/testService.js';

const MIB = 1 << 20;
const BYTES = 24 * MIB;
const describeWhere = SmallDisk.isPossible ? describe : describe.skip;
const TOLD = {
  code: 'DISK_FULL',
  message: expect.stringMatching(/^[A-Z"].{30,}\.$/) as unknown as string
};

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(each => each.isFile())
        .map(({ name }) => name)
    : [];

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describeWhere('a service whose disk is full', () => {
  const service = new TestService();
  let disk: SmallDisk;
  let id = '';

  beforeAll(async () => {
    disk = new SmallDisk(service.folder, 112);
    await service.start();
    ({ id } = await service.launch('tight'));
    await run(cellFor(1, BYTES));
  }, 90_000);
  afterAll(async () => {
    disk.empty();
    const { pid } = service.file;
    await service.client.stopService('terminate');
    await until(() => !isAlive(pid), 'the service has ended', 50_000);
    disk.unmount();
    await service.dispose();
  }, 60_000);

  async function run(code: string): Promise<string> {
    const channel = new TestChannel(service, await service.client.getRuntime(id));
    try {
      return (await channel.done(channel.execute(code), 60_000)).trim();
    } finally {
      channel.close();
    }
  }

  /** Bytes that rest in the store. */
  const chunks = (): string[] =>
    filesIn(join(service.folder, 'state')).filter(name => /^[0-9a-f]{64}/.test(name));

  async function expectAsBefore(): Promise<void> {
    const { state } = await service.client.getRuntime(id);
    expect(state).toBe('running');
    expect(await service.client.snapshots.list()).toEqual([]);
    expect(chunks()).toEqual([]);
    expect(filesIn(join(service.folder, 'imports'))).toEqual([]);
  }

  it.each([12 * MIB, 2 * MIB, 0])(
    'goes on with a runtime that can not be paused for it, and keeps nothing half (%d bytes free)',
    async free => {
      disk.fill(free);
      await expect(service.client.pause(id)).rejects.toMatchObject(TOLD);
      expect((await service.client.getRuntime(id)).state_reason).toMatch(
        /^It could not be paused, and runs on: .{30,}\.$/
      );
      await expect(service.client.snapshots.take(id, {})).rejects.toMatchObject(TOLD);
      disk.empty();
      await expectAsBefore();
      expect(filesIn(join(service.folder, 'staging'))).toEqual([]);
      expect(await run(`print(${LOOK})`)).toBe('whole 1');
    },
    90_000
  );

  it('takes no half of a file that is brought, and no half of a chunk', async () => {
    const taken = await service.client.snapshots.take(id, {});
    const file = await service.client.snapshots.export(taken.id);
    await service.client.snapshots.remove(taken.id);
    // Enough for the file, or for the file and some of its chunks.
    for (const free of [4 * MIB, BYTES + 10 * MIB]) {
      disk.fill(free);
      await expect(service.client.snapshots.import(file)).rejects.toMatchObject(TOLD);
      await expectAsBefore();
    }
    disk.fill(1 * MIB);
    // More than connections buffer: what is not read of it must not take the answer along.
    const bytes = new Uint8Array(randomBytes(15 * MIB));
    const digest = createHash('sha256').update(bytes).digest('hex');
    for (let i = 0; i < 20; i++) {
      await expect(service.client.snapshots.putChunk(digest, bytes)).rejects.toMatchObject(TOLD);
      // Its connection is not taken for the next requests: what was not read of it would be in their way.
      expect(await service.client.snapshots.missing([digest])).toEqual(new Set([digest]));
      expect((await service.client.getRuntime(id)).state).toBe('running');
    }
    disk.empty();
    await expectAsBefore();
    expect(file.type).toBe(SNAPSHOT_FILE_TYPE);
  }, 90_000);

  it('is not ready for work until there is room', async () => {
    const ready = async (): Promise<[number, string]> => {
      const { status, text } = await ask(service.file.url, { path: '/readyz' });
      return [status, (JSON.parse(text) as { detail?: string }).detail ?? ''];
    };
    expect(await ready()).toEqual([200, '']);
    disk.fill(0);
    expect(await ready()).toEqual([503, expect.stringMatching(/disk.*\.$/)]);
    expect((await ask(service.file.url, { path: '/healthz' })).status).toBe(200);
    disk.empty();
    expect(await ready()).toEqual([200, '']);
  }, 60_000);

  it('pauses and resumes as soon as there is room', async () => {
    await service.client.pause(id);
    await service.client.resume(id);
    await service.settled(id);
    expect(await run(`print(${LOOK})`)).toBe('whole 1');
  }, 60_000);
});

describeWhere('a kernel whose disk is full', () => {
  const sources = stateSources();
  let server: JupyterServer;
  let source: ITestKernel;
  let target: ITestKernel;
  let disk: SmallDisk;

  beforeAll(async () => {
    server = await JupyterServer.start();
    disk = new SmallDisk(join(server.folder, 'small'), 48);
    [source, target] = await Promise.all([server.kernel(sources), server.kernel(sources)]);
    await source.run(cellFor(2, BYTES));
    await target.run(cellFor(1, 1000));
  }, 120_000);
  afterAll(async () => {
    disk.unmount();
    await server.stop();
  }, 30_000);

  const useFor = (kernel: ITestKernel): Promise<string> =>
    kernel.run(`import tempfile; tempfile.tempdir = ${JSON.stringify(disk.folder)}`);
  const useNotFor = (kernel: ITestKernel): Promise<string> =>
    kernel.run('import tempfile; tempfile.tempdir = None');

  async function move(onBytes: (bytes: number) => void): Promise<void> {
    await transfer(
      source.port,
      target.port,
      { names: NAMES, transport: 'messages' },
      {
        randomId: randomUUID,
        onProgress: ({ stage, bytes }) => {
          if (stage === 'move') {
            onBytes(bytes);
          }
        }
      }
    );
  }

  async function expectAsBefore(): Promise<void> {
    expect(await target.run(`shown = ${LOOK}`)).toBe('whole 1');
    expect(await source.run(`shown = ${LOOK}`)).toBe('whole 2');
    expect(filesIn(disk.folder)).toEqual([]);
  }

  it('is refused before anything moves, where there is too little room at the target', async () => {
    await useFor(target);
    disk.fill(10 * MIB);
    await expect(move(() => undefined)).rejects.toMatchObject(TOLD);
    disk.empty();
    await expectAsBefore();
  }, 60_000);

  it('keeps what it had, where the disk of the target fills up on the way', async () => {
    let isFull = false;
    const moving = move(bytes => {
      if (bytes > 4 * MIB && !isFull) {
        isFull = true;
        disk.fill(0);
      }
    });
    await expect(moving).rejects.toMatchObject(TOLD);
    disk.empty();
    await expectAsBefore();
    await useNotFor(target);
  }, 60_000);

  it('tells of the disk of the source, whose variables stay', async () => {
    await useFor(source);
    disk.fill(10 * MIB);
    await expect(move(() => undefined)).rejects.toMatchObject(TOLD);
    disk.empty();
    await expectAsBefore();
    await useNotFor(source);
    await move(() => undefined);
    expect(await target.run(`shown = ${LOOK}`)).toBe('whole 2');
  }, 60_000);
});
