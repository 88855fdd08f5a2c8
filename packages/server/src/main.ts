/** The runtime service: reads its options, makes the parts, runs until it is told to stop. */
import { randomUUID } from 'node:crypto';
import { freemem, userInfo } from 'node:os';

import { destination, pino, stdTimeFunctions, type Logger } from 'pino';

import {
  API_VERSION,
  RuntimeError,
  type IServiceInfo,
  type IStopService
} from '@jupyterlab-runtimes/core';
import { WARM_LABEL } from '@jupyterlab-runtimes/core/environment';

import { systemClock } from './clock.js';
import { DataFolder } from './dataFolder.js';
import { toRuntimeError } from './failures.js';
import { EventHub } from './http/eventHub.js';
import { Metrics } from './http/metrics.js';
import { createHttpServer } from './http/server.js';
import { Authorizer } from './identity/authorizer.js';
import { Tokens } from './identity/tokens.js';
import { JupyterServer } from './jupyter/jupyterServer.js';
import { makeProcessLauncher } from './launchers/process/make.js';
import { runtimeLogs } from './launchers/process/runtimeLogs.js';
import { parseOptions, type IServiceOptions } from './options.js';
import { Parcels } from './parcels/parcels.js';
import { Ingress } from './proxy/ingress.js';
import { Relays } from './relay/relays.js';
import { adopt } from './runtimes/adoption.js';
import { allToRest } from './runtimes/allToRest.js';
import { EndOfTime } from './runtimes/endOfTime.js';
import { foresee } from './runtimes/foresight.js';
import { DEFAULT_OWNER, newRuntimeId } from './runtimes/newRuntime.js';
import { MINUTE_MS } from './runtimes/reservation.js';
import { RuntimeLife } from './runtimes/runtimeLife.js';
import { RuntimeList } from './runtimes/runtimeList.js';
import { Runtimes } from './runtimes/runtimes.js';
import { StateActions } from './runtimes/stateActions.js';
import { Timekeeper } from './runtimes/timekeeper.js';
import { WarmPool } from './runtimes/warmPool.js';
import { stateKey } from './snapshots/key.js';
import { Collector } from './snapshots/collect.js';
import { Snapshots } from './snapshots/snapshots.js';
import { Shelf } from './snapshots/shelf.js';
import { Signers } from './snapshots/signature.js';
import { StateKeeper } from './snapshots/stateKeeper.js';
import { captureRuntime, restoreRuntime } from './state/capture.js';
import { FolderBlobs } from './stores/filesystem/blobs.js';
import { answerStore } from './stores/sqlite/answerStore.js';
import { openDatabase, whyNotWritable } from './stores/sqlite/database.js';
import { manifestStore } from './stores/sqlite/manifests.js';
import { own } from './stores/sqlite/ownership.js';
import { snapshotStore } from './stores/sqlite/snapshotStore.js';
import { executionStore, keptValue, runtimeStore } from './stores/sqlite/stores.js';
import { tokenStore } from './stores/sqlite/tokenStore.js';
import { VERSION } from './version.js';

const now = (): Date => new Date();

/** A snapshot that is taken after the grace, milliseconds. */
const LAST_CAPTURE_MS = 10 * 60_000;
/** A signal that pauses everything has so long, milliseconds: what stops machines does not wait for ever. */
const PAUSE_ALL_MS = 80_000;
/** A state in transit that nobody has asked for in so long ends, milliseconds. */
const PARCEL_IDLE_MS = 15 * 60_000;
/** A file that is brought in, where there is no quota. */
const MAX_IMPORT_BYTES = 64 * 1024 ** 3;
/** Reservations that extend by themselves grow by so many minutes at a time. */
const SELF_EXTENSION_MINUTES = 60;

/** What must never be in a log. */
const SECRETS = [
  'token',
  '*.token',
  'headers.authorization',
  'headers.cookie',
  '*.headers.authorization',
  '*.headers.cookie'
];

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const log = pino(
    { level: options.logLevel, timestamp: stdTimeFunctions.isoTime, redact: { paths: SECRETS } },
    // Standard output is for the person who started it.
    destination({ fd: process.stderr.fd, sync: true })
  );
  try {
    const folder = new DataFolder(options.dataDir);
    const ownership = own(folder.within('owner.db'), options.dataDir);
    try {
      await serve(options, folder, log);
    } finally {
      ownership.release();
    }
  } catch (error) {
    throw toRuntimeError(error, `of ${options.dataDir}`);
  }
}

async function serve(options: IServiceOptions, folder: DataFolder, log: Logger): Promise<void> {
  const database = openDatabase(folder.within('records.db'));
  const token = folder.token();
  const startedAt = now().toISOString();
  const info: IServiceInfo = {
    service_id: keptValue(database, 'service_id', randomUUID),
    version: VERSION,
    api_version: API_VERSION,
    started_at: startedAt,
    pid: process.pid,
    user: userName()
  };
  const { launcher, catalog } = makeProcessLauncher({
    ...options,
    env: process.env,
    manifests: manifestStore(database),
    log
  });
  const relays = new Relays(folder.within('journals'), {
    journal: { maxBytes: options.journalBytes },
    executions: executionStore(database),
    log,
    now
  });
  const clock = systemClock();
  const list = new RuntimeList(runtimeStore(database, now), log);
  const blobs = new FolderBlobs(folder.within('state'));
  const signers = new Signers(stateKey(folder.within('state.key')), DEFAULT_OWNER);
  const shelved = snapshotStore(database);
  const stagingRoot = folder.within('staging');
  const importFolder = folder.within('imports');
  const shelf = new Shelf({
    store: shelved,
    blobs,
    signers,
    now,
    log,
    quotaBytes: options.snapshotQuotaBytes,
    keptSafetyCopies: options.keptSafetyCopies
  });
  const capture = { capture: captureRuntime, restore: restoreRuntime };
  const keeper = new StateKeeper({
    capture,
    shelf,
    blobs,
    signers,
    stagingRoot,
    now,
    log
  });
  const life = new RuntimeLife(list, {
    launcher,
    relays,
    keeper,
    jupyterFor: launched => new JupyterServer(launched.address),
    clock,
    log,
    launchTimeoutMs: options.launchTimeoutMs,
    launchLimit: 4,
    keepEndedMs: 10_000,
    pollMs: 5000
  });
  const actions = new StateActions({ life, launcher, keeper, clock, log });
  const timekeeper = new Timekeeper({
    all: () => list.all(),
    rules: { ...options, selfExtensionMinutes: SELF_EXTENSION_MINUTES },
    clock,
    acts: new EndOfTime({
      life,
      actions,
      keeper,
      clock,
      log,
      graceMs: options.graceMs,
      lastCaptureMs: LAST_CAPTURE_MS
    }),
    somebodyWaits: () => life.somebodyWaits,
    log
  });
  life.onTouched = runtime => timekeeper.touch(runtime);
  const pool = new WarmPool({
    launcher,
    fingerprint: plan => launcher.fingerprint(plan),
    jupyterFor: launched => new JupyterServer(launched.address),
    newId: () => newRuntimeId(now()),
    sizeOf: ({ labels }) => Number(labels[WARM_LABEL] ?? options.warm),
    clock,
    log,
    startTimeoutMs: options.launchTimeoutMs,
    settleMs: 2000,
    isBusy: () => life.isLaunching,
    // Somebody's own machine has other uses for the memory.
    keepMs: options.isEmbedded ? 30 * MINUTE_MS : 0
  });
  const runtimes = new Runtimes({
    pool,
    list,
    life,
    launcher,
    clock,
    actions,
    keeper,
    relays,
    reservations: options,
    restartTimeoutMs: options.launchTimeoutMs
  });
  const snapshots = new Snapshots({
    list,
    actions,
    shelf,
    blobs,
    signers,
    importFolder,
    maxImportBytes: options.snapshotQuotaBytes || MAX_IMPORT_BYTES,
    now
  });
  const parcels = new Parcels({
    list,
    capture,
    blobs,
    root: folder.within('parcels'),
    clock,
    log,
    idleMs: PARCEL_IDLE_MS,
    peers: options.peers
  });
  const collector = new Collector({
    shelf,
    store: shelved,
    blobs,
    clock,
    log,
    runtimeIds: () => new Set(list.all().map(({ id }) => id)),
    stagingRoot,
    importFolder,
    keepMs: options.keepSnapshotsMs
  });
  const events = new EventHub(randomUUID().slice(0, 8), owner => runtimes.list(owner));
  list.listen(events.listener);
  list.listen({
    changed: () => undefined,
    removed: id => {
      launcher
        .forget(id)
        .catch((error: unknown) =>
          log.error({ err: error, runtime: id }, 'A home could not be removed.')
        );
    }
  });
  const madeTokens = tokenStore(database);
  const tokens = new Tokens(madeTokens, now);
  const authorizer = new Authorizer({
    token,
    owner: DEFAULT_OWNER,
    tokens: madeTokens,
    tickets: parcels,
    now
  });
  const ingress = new Ingress(runtimes, life, authorizer, log);
  tokens.onRemoved(id => {
    ingress.drop(id);
    events.drop(id);
  });
  const metrics = new Metrics({
    states: () => list.all().map(({ resource }) => resource.state),
    watchers: () => events.watchers,
    spares: () => pool.size
  });
  list.listen(metrics.listener);
  const stopping = whenToStop(options.onStop);
  /** Its runtimes are put to rest: who asks is to ask another one. */
  let isDraining = false;
  const http = await createHttpServer({
    runtimes,
    snapshots,
    parcels,
    authorizer,
    tokens,
    catalog,
    events,
    ingress,
    answers: answerStore(database),
    logs: runtimeLogs(folder.within('logs')),
    metrics,
    service: {
      info,
      stop: stopping.stop,
      notReady: () =>
        isDraining || list.isClosed
          ? 'The runtime service stops: another one may start soon.'
          : whyNotWritable(database)
    },
    log,
    now
  });

  await adopt({ list, life, launcher, relays, keeper, clock, log });
  timekeeper.begin();
  collector.begin();
  const url = await listen(http, options);
  folder.announce({
    url,
    token_file: folder.tokenFile,
    pid: process.pid,
    version: VERSION,
    service_id: info.service_id,
    started_at: startedAt
  });
  log.info(
    { url, dataDir: options.dataDir, python: options.python },
    'The runtime service listens.'
  );
  const foresight = foresee({
    pool,
    environments: owner => runtimes.environments(owner),
    owner: DEFAULT_OWNER,
    clock,
    log,
    afterMs: options.warmAfterMs,
    availableBytes: freemem
  });
  void catalog.list(DEFAULT_OWNER);
  if (!options.isEmbedded) {
    process.stdout.write(greeting(url, folder, options));
  }

  const what = await stopping.asked;
  isDraining = true;
  log.info({ runtimes: what }, 'The runtime service stops.');
  timekeeper.dispose();
  if (what === 'pause') {
    await allToRest(list.all(), { actions, log, withinMs: PAUSE_ALL_MS });
  }
  folder.retract();
  collector.dispose();
  parcels.dispose();
  foresight.dispose();
  await pool.dispose();
  await life.close(what === 'terminate' ? what : 'keep');
  events.close();
  ingress.close();
  await http.close();
  database.close();
}

/** The account's name; its number where it has none, as in some containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

async function listen(
  http: Awaited<ReturnType<typeof createHttpServer>>,
  options: IServiceOptions
): Promise<string> {
  try {
    return (await http.listen({ host: options.host, port: options.port })).replace(/\/$/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new RuntimeError(
        'PORT_IN_USE',
        `The port ${options.port} of ${options.host} is in use by another program: choose another --port, or 0 for any free one.`,
        { cause: error }
      );
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new RuntimeError(
        'INVALID_REQUEST',
        `The service can't listen on ${options.host}:${options.port} (${code}): choose another --host or --port.`,
        { cause: error }
      );
    }
    throw error;
  }
}

/** What the person who started it on a terminal needs to know. */
function greeting(url: string, folder: DataFolder, options: IServiceOptions): string {
  const warning = LOOPBACK.has(options.host)
    ? ''
    : 'It is reachable from other machines without encryption: put a proxy with HTTPS in front, or use an SSH tunnel.\n';
  return `The runtime service listens at ${url}\nIts token is in ${folder.tokenFile}\n${warning}To use it from JupyterLab on another machine: jupyter runtimes login NAME ${url}\n`;
}

/** A signal does what the options say, a second one ends the service at once; a request says what it wants. */
function whenToStop(onSignal: IServiceOptions['onStop']): {
  asked: Promise<IStopService['runtimes']>;
  stop(runtimes: IStopService['runtimes']): void;
} {
  let stop: (runtimes: IStopService['runtimes']) => void = () => undefined;
  const asked = new Promise<IStopService['runtimes']>(resolve => (stop = resolve));
  let isAsked = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isAsked && onSignal === 'pause') {
        // As safe as a kill: the next service finishes what is half done.
        process.exit(0);
      }
      isAsked = true;
      stop(onSignal);
    });
  }
  return { asked, stop };
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const { code, message, cause } = toRuntimeError(error);
    process.stderr.write(`${code}: ${message}\n`);
    if (code === 'INTERNAL') {
      process.stderr.write(
        `${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`
      );
    }
    process.exit(1);
  }
);
