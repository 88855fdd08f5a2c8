/** `snapshots ls|create|restore|rename|delete|export|import`. */
import type { Command } from 'commander';
import { createWriteStream, openAsBlob } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

import {
  RuntimeError,
  type ISnapshotResource,
  type RuntimesClient,
  type SnapshotsClient
} from '@jupyterlab-runtimes/core';

import { connect, type IConnectOptions } from '../connect.js';
import { findRuntime } from '../findRuntime.js';
import { age, print, printJson, size, table } from '../output.js';

interface IOptions extends IConnectOptions {
  readonly json?: boolean;
}

const WANTED = 'id, beginning of an id, or name';

export function addSnapshotCommands(program: Command, common: (command: Command) => Command): void {
  const snapshots = program.command('snapshots').description('saved variables of runtimes');

  common(snapshots.command('ls').alias('list').description('list snapshots'))
    .option('--runtime <runtime>', 'only those of this runtime')
    .action(async (options: IOptions & { runtime?: string }) => {
      const client = connect(options);
      const runtimeId =
        options.runtime === undefined ? undefined : (await findRuntime(client, options.runtime)).id;
      const all = await client.snapshots.list(runtimeId === undefined ? {} : { runtimeId });
      if (options.json) {
        printJson(all);
      } else {
        print(all.length === 0 ? 'No snapshots.' : snapshotTable(all));
      }
    });

  common(snapshots.command('create').argument('<runtime>', WANTED))
    .option('--name <name>', 'what to call it')
    .option('--description <text>', 'what it is')
    .option('--only <names...>', 'these variables (default: all)')
    .description('save the variables of a runtime, which goes on')
    .action(
      async (
        wanted: string,
        options: IOptions & { name?: string; description?: string; only?: string[] }
      ) => {
        const client = connect(options);
        const { id } = await findRuntime(client, wanted);
        const { name, description, only: names } = options;
        tell(
          await client.snapshots.take(id, {
            ...(name === undefined ? {} : { name }),
            ...(description === undefined ? {} : { description }),
            ...(names === undefined ? {} : { names })
          }),
          options
        );
      }
    );

  common(
    snapshots
      .command('restore')
      .argument('<snapshot>', WANTED)
      .argument('<runtime>', WANTED)
      .description('load saved variables into a running runtime')
  )
    .option('--only <names...>', 'these variables (default: all)')
    .option('--accept-code', 'run the code that a snapshot of somebody else brings')
    .action(
      async (
        wanted: string,
        into: string,
        options: IOptions & { only?: string[]; acceptCode?: boolean }
      ) => {
        const client = connect(options);
        const snapshot = await findSnapshot(client, wanted);
        const runtime = await findRuntime(client, into);
        const report = await client.snapshots.restore(runtime.id, {
          snapshot_id: snapshot.id,
          ...(options.only === undefined ? {} : { names: options.only }),
          ...(options.acceptCode === undefined ? {} : { accept_code: options.acceptCode })
        });
        if (options.json) {
          printJson(report);
          return;
        }
        print(
          `${report.restored.length} variables of "${snapshot.name}" are in ${runtime.given_name}.`
        );
        for (const { name, reason } of [...report.rebuilt, ...report.skipped]) {
          print(`  ${name}: ${reason}`);
        }
      }
    );

  common(snapshots.command('rename').argument('<snapshot>', WANTED).argument('<name>'))
    .description('call it otherwise')
    .action(async (wanted: string, name: string, options: IOptions) => {
      const client = connect(options);
      const { id } = await findSnapshot(client, wanted);
      tell(await client.snapshots.change(id, { name }), options);
    });

  common(snapshots.command('delete').argument('<snapshot>', WANTED))
    .description('delete it; there is no way back')
    .action(async (wanted: string, options: IOptions) => {
      const client = connect(options);
      const { id, name } = await findSnapshot(client, wanted);
      await client.snapshots.remove(id);
      if (options.json) {
        printJson({ id });
      } else {
        print(`"${name}" (${id}) is deleted.`);
      }
    });

  common(snapshots.command('export').argument('<snapshot>', WANTED).argument('<file>'))
    .description('write it to a file (.jrs), for another machine or somebody else')
    .action(async (wanted: string, file: string, options: IOptions) => {
      const client = connect(options);
      const { id, name } = await findSnapshot(client, wanted);
      await write(await client.snapshots.exportStream(id), file);
      if (options.json) {
        printJson({ id, file });
      } else {
        print(`"${name}" is in ${file}.`);
      }
    });

  common(snapshots.command('import').argument('<file>'))
    .option('--name <name>', 'what to call it (default: the name of the file)')
    .description('keep the snapshot that a file brings')
    .action(async (file: string, options: IOptions & { name?: string }) => {
      const name = options.name ?? basename(file).replace(/\.jrs$/, '');
      tell(await connect(options).snapshots.import(await read(file), { name }), options);
    });
}

/** @throws RuntimeError NOT_FOUND | CONFLICT when several fit. */
async function findSnapshot(client: RuntimesClient, wanted: string): Promise<ISnapshotResource> {
  const all = await client.snapshots.list();
  const fits =
    [
      all.filter(({ id }) => id === wanted),
      all.filter(({ name }) => name === wanted),
      all.filter(({ id }) => id.startsWith(wanted))
    ].find(candidates => candidates.length > 0) ?? [];
  if (fits.length > 1) {
    throw new RuntimeError(
      'CONFLICT',
      `Several snapshots fit "${wanted}": name one of ${fits.map(({ id }) => id).join(', ')}.`
    );
  }
  if (!fits[0]) {
    throw new RuntimeError(
      'SNAPSHOT_NOT_FOUND',
      `No snapshot fits "${wanted}": see \`jupyter runtimes snapshots ls\`.`
    );
  }
  return fits[0];
}

/** The file appears whole, or not at all. */
async function write(
  bytes: Awaited<ReturnType<SnapshotsClient['exportStream']>>,
  file: string
): Promise<void> {
  const temporary = `${file}.${process.pid}.part`;
  try {
    await pipeline(
      Readable.fromWeb(bytes as ReadableStream<Uint8Array>),
      createWriteStream(temporary, { mode: 0o600 })
    );
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, file);
  }
}

async function read(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file);
  } catch (error) {
    throw fileError(error, file);
  }
}

function fileError(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || error instanceof RuntimeError
    ? error
    : new RuntimeError(
        'INVALID_REQUEST',
        `The file ${file} can't be used (${code}): check its path.`,
        {
          cause: error
        }
      );
}

function tell(snapshot: ISnapshotResource, options: IOptions): void {
  if (options.json) {
    printJson(snapshot);
    return;
  }
  print(
    `"${snapshot.name}" (${snapshot.id}): ${snapshot.variables} variables, ${size(snapshot.size_bytes)}.`
  );
  for (const { name, reason } of snapshot.skipped) {
    print(`  left out: ${name}: ${reason}`);
  }
}

function snapshotTable(snapshots: readonly ISnapshotResource[]): string {
  const now = new Date();
  return table(
    ['ID', 'NAME', 'KIND', 'RUNTIME', 'VARIABLES', 'LEFT OUT', 'SIZE', 'AGE'],
    snapshots.map(each => [
      each.id,
      each.name,
      each.kind,
      each.runtime_name,
      String(each.variables),
      String(each.skipped.length),
      size(each.size_bytes),
      age(each.created_at, now)
    ])
  );
}
