/** The command line of the service. */
import { tmpdir, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import { peerUrl } from './parcels/send.js';
import { LONGEST_MINUTES, MINUTE_MS } from './runtimes/reservation.js';

export interface IServiceOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly python: string;
  /** Working directory of kernels, and root of their files. */
  readonly rootDir: string;
  /** Folder of the operator's manifests. */
  readonly environmentsDir: string;
  /** Variables of the service that the operator's manifests may use. */
  readonly environmentVariables: readonly string[];
  /** The account's home folder, or one of its own for each runtime. */
  readonly home: 'user' | 'private';
  /** Whether limits of memory and processors may be enforced by control groups of Linux. */
  readonly mayGroup: boolean;
  /** So many runtimes of an environment are kept started for the next launch. */
  readonly warm: number;
  /** The first of them are not started before the service has run for so long, milliseconds. */
  readonly warmAfterMs: number;
  /** Started by a Jupyter Server for its user, not by a person. */
  readonly isEmbedded: boolean;
  readonly logLevel: string;
  /** Bound of what is kept of one runtime's output, bytes. */
  readonly journalBytes: number;
  readonly launchTimeoutMs: number;
  /** Time of a launch that doesn't say, minutes; null: no limit. */
  readonly defaultMinutes: number | null;
  readonly maxMinutes: number | null;
  /** Reservations may extend by themselves while nobody waits. */
  readonly maySelfExtend: boolean;
  /** Before the end of a runtime's time its owner is warned so many minutes ahead. */
  readonly warningMinutes: readonly number[];
  /** What a cell that runs at the end gets, milliseconds. */
  readonly graceMs: number;
  /** Between two safety copies of a runtime, milliseconds; 0: none. */
  readonly safetyMs: number;
  /** So many safety copies of a runtime are kept. */
  readonly keptSafetyCopies: number;
  /** One owner's snapshots take at most so many bytes; 0: no bound. */
  readonly snapshotQuotaBytes: number;
  /** Automatic snapshots of runtimes that are gone stay for so long, milliseconds. */
  readonly keepSnapshotsMs: number;
  /** Other services that variables may be sent to straight, as `peerUrl` gives them. */
  readonly peers: readonly string[];
  /** What a signal does to the runtimes. */
  readonly onStop: 'keep' | 'pause';
}

export const USAGE = `Usage: service.mjs --data-dir DIR --python PYTHON [options]

  --data-dir DIR         records, logs and output of runtimes (one service per folder)
  --python PYTHON        the Python of the built-in environment; it needs jupyter_server and ipykernel
  --root-dir DIR         working directory of kernels and root of their files   (default: the home folder)
  --environments DIR     manifests of environments                              (default: environments in the data folder)
  --environment-variables LIST
                         variables of the service that these may use as \${VAR},
                         with commas between them
  --home WORD            home folder of a runtime: user (the account's) or
                         private (its own, which is its working directory too)  (default: user)
  --warm N               runtimes of an environment kept started for the next   (default: 0)
  --warm-after S         seconds from the start of the service to its first one  (default: 2; embedded: 20)
  --control-groups WORD  whether limits of memory and processors are enforced by
                         Linux' control groups where it lets us, for all
                         processes of a runtime together; no: by each process
                         itself (yes or no)                                     (default: yes)
  --host HOST            address to listen on                                   (default: 127.0.0.1)
  --port PORT            port to listen on, 0 for any free one                  (default: 0)
  --journal-mib N        bound of what is kept of one runtime's output, MiB     (default: 256)
  --launch-timeout S     a launch takes at most, seconds                        (default: 60)
  --default-minutes N    time of a launch that does not say, 0 for no limit     (default: 0)
  --max-minutes N        nobody gets more, 0 for no limit                       (default: 0)
  --self-extension WORD  whether reservations may extend by themselves while
                         nobody waits: yes or no                                (default: yes)
  --warning-minutes LIST so many minutes before its end an owner is warned      (default: 10,5,1)
  --grace-minutes N      what a cell that runs at the end of the time gets      (default: 5)
  --safety-minutes N     between two safety copies of a runtime, 0 for none     (default: 10)
  --safety-copies N      so many of them are kept                               (default: 3)
  --snapshot-quota-mib N one owner's snapshots take at most, 0 for no bound     (default: 0)
  --snapshot-days N      automatic snapshots of runtimes that are gone stay     (default: 30)
  --peers LIST           URLs of other services that variables may be sent to
                         straight, with commas between them                     (default: none)
  --on-stop WORD         what a signal does to runtimes: keep or pause          (default: pause; embedded: keep)
  --log-level LEVEL      trace, debug, info, warn, error                        (default: info)
  --embedded             started by a Jupyter Server
`;

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** @throws RuntimeError INVALID_REQUEST naming the option. */
export function parseOptions(args: readonly string[]): IServiceOptions {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        'data-dir': { type: 'string' },
        python: { type: 'string' },
        environments: { type: 'string' },
        'environment-variables': { type: 'string', default: '' },
        home: { type: 'string' },
        'control-groups': { type: 'string' },
        warm: { type: 'string', default: '0' },
        'warm-after': { type: 'string' },
        'root-dir': { type: 'string', default: homedir() || tmpdir() },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '0' },
        'journal-mib': { type: 'string', default: '256' },
        'launch-timeout': { type: 'string', default: '60' },
        'default-minutes': { type: 'string', default: '0' },
        'max-minutes': { type: 'string', default: '0' },
        'self-extension': { type: 'string', default: 'yes' },
        'warning-minutes': { type: 'string', default: '10,5,1' },
        'grace-minutes': { type: 'string', default: '5' },
        'safety-minutes': { type: 'string', default: '10' },
        'safety-copies': { type: 'string', default: '3' },
        'snapshot-quota-mib': { type: 'string', default: '0' },
        'snapshot-days': { type: 'string', default: '30' },
        peers: { type: 'string', default: '' },
        'on-stop': { type: 'string' },
        'log-level': { type: 'string', default: 'info' },
        embedded: { type: 'boolean', default: false }
      }
    }));
  } catch (error) {
    throw new RuntimeError('INVALID_REQUEST', `${(error as Error).message}\n\n${USAGE}`, {
      cause: error
    });
  }
  // Who started it embedded, a Jupyter Server with its page, has the machine for itself at first.
  values['warm-after'] ??= values['embedded'] === true ? '20' : '2';
  return {
    dataDir: resolve(required(values, 'data-dir')),
    python: required(values, 'python'),
    rootDir: resolve(String(values['root-dir'])),
    host: String(values['host']),
    port: number(values, 'port', 0, 65535),
    journalBytes: number(values, 'journal-mib', 1, 1024 * 1024) * MIB,
    launchTimeoutMs: number(values, 'launch-timeout', 1, 86_400) * 1000,
    defaultMinutes: number(values, 'default-minutes', 0, LONGEST_MINUTES) || null,
    maxMinutes: number(values, 'max-minutes', 0, LONGEST_MINUTES) || null,
    maySelfExtend: word(values, 'self-extension', ['yes', 'no'], 'yes') === 'yes',
    warningMinutes: minutes(values, 'warning-minutes'),
    graceMs: number(values, 'grace-minutes', 0, 1440) * MINUTE_MS,
    safetyMs: number(values, 'safety-minutes', 0, LONGEST_MINUTES) * MINUTE_MS,
    keptSafetyCopies: number(values, 'safety-copies', 1, 1000),
    snapshotQuotaBytes: number(values, 'snapshot-quota-mib', 0, 2 ** 30) * MIB,
    keepSnapshotsMs: number(values, 'snapshot-days', 0, 36_500) * DAY_MS,
    peers: peers(values),
    onStop: word(
      values,
      'on-stop',
      ['keep', 'pause'],
      values['embedded'] === true ? 'keep' : 'pause'
    ),
    logLevel: String(values['log-level']),
    environmentsDir: resolve(
      typeof values['environments'] === 'string'
        ? values['environments']
        : join(required(values, 'data-dir'), 'environments')
    ),
    environmentVariables: String(values['environment-variables'])
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== ''),
    home: word(values, 'home', ['user', 'private'], 'user'),
    mayGroup: word(values, 'control-groups', ['yes', 'no'], 'yes') === 'yes',
    warm: number(values, 'warm', 0, 20),
    warmAfterMs: number(values, 'warm-after', 0, 86_400) * 1000,
    isEmbedded: values['embedded'] === true
  };
}

function required(values: Record<string, unknown>, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value === '') {
    throw new RuntimeError('INVALID_REQUEST', `The option --${name} is missing.\n\n${USAGE}`);
  }
  return value;
}

function number(values: Record<string, unknown>, name: string, min: number, max: number): number {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `The option --${name} takes a number from ${min} to ${max}.`
    );
  }
  return value;
}

function word<T extends string>(
  values: Record<string, unknown>,
  name: string,
  words: readonly T[],
  usual: T
): T {
  const given = values[name] ?? usual;
  const found = words.find(each => each === given);
  if (found === undefined) {
    throw new RuntimeError('INVALID_REQUEST', `The option --${name} takes ${words.join(' or ')}.`);
  }
  return found;
}

/** Of other services; '' for none. */
function peers(values: Record<string, unknown>): string[] {
  const texts = String(values['peers'])
    .split(',')
    .map(text => text.trim())
    .filter(text => text !== '');
  return texts.map(text => {
    const url = peerUrl(text);
    if (url === undefined) {
      throw new RuntimeError(
        'INVALID_REQUEST',
        `The option --peers takes URLs of runtime services, as JupyterLab's users log in to them, and not ${text}.`
      );
    }
    return url;
  });
}

/** `10,5,1`; '' for none. */
function minutes(values: Record<string, unknown>, name: string): number[] {
  const parts = String(values[name]).split(',').filter(Boolean).map(Number);
  if (parts.some(part => !Number.isFinite(part) || part <= 0 || part > LONGEST_MINUTES)) {
    throw new RuntimeError(
      'INVALID_REQUEST',
      `The option --${name} takes numbers of minutes with commas between them, as in 10,5,1.`
    );
  }
  return parts;
}
