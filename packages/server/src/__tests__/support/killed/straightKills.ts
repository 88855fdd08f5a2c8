/** Two services of which one sends a state straight to the other, and whatever takes part in it that is killed. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ParcelsClient, ServerTransfers } from '@jupyterlab-runtimes/core';

import { JupyterServer } from '../../../../../core/src/state/__tests__/support/jupyterServer.js';
import { freePort } from '../../../launchers/process/freePort.js';
import { TestService, until } from '../testService.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { Moments, Striker, type IAttempt, type IPoint } from './point.js';
import { StruckRuntime } from './struckRuntime.js';
import { NAMES } from './values.js';

const BYTES = 24 << 20;

export type StraightWork = 'straight';
export type StraightVictim =
  'source service' | 'target service' | 'source kernel' | 'target kernel' | 'Jupyter Server';

interface IEnds {
  readonly source: StruckRuntime;
  readonly target: StruckRuntime;
}

export class StraightKills {
  static async start(): Promise<StraightKills> {
    // Started anew, they have the addresses by which they are known.
    const target = new TestService({ args: ['--port', String(await freePort())] });
    await target.start();
    const peers = ['--peers', target.file.url];
    const source = new TestService({ args: ['--port', String(await freePort()), ...peers] });
    await source.start();
    const ends = {
      source: await StruckRuntime.launch(source, 'source'),
      target: await StruckRuntime.launch(target, 'target')
    };
    return new StraightKills(ends, await jupyterServerOf(ends));
  }

  private constructor(
    private readonly _ends: IEnds,
    private _server: JupyterServer
  ) {}

  /**
   * Kill one of them at a moment that `random` chooses.
   *
   * @throws Error where a namespace is not what it was, nor what it should become; where nothing comes of the work; or
   *   where its failure is not told in a sentence.
   */
  kill(work: StraightWork, victim: StraightVictim, random: () => number): Promise<Outcome> {
    return this._moments.strike(work, random, true, point => this._attempt(point && victim, point));
  }

  async stop(): Promise<void> {
    const { source, target } = this._ends;
    await Promise.all([this._server.stop(), source.service.dispose(), target.service.dispose()]);
  }

  private async _attempt(victim?: StraightVictim, point?: IPoint): Promise<IAttempt> {
    const told = `straight: ${victim ?? 'nobody'} is killed ${point?.told ?? ''}`;
    const { source, target } = this._ends;
    await source.fill(++this._generation, BYTES);
    let struck: Promise<void> | undefined;
    let tellGone = (): void => undefined;
    const gone = new Promise<void>(resolve => (tellGone = resolve));
    const striker = new Striker(point, () => {
      if (victim) {
        struck = this._strike(victim, () => striker.isOver, tellGone);
      }
    });
    [source, target].forEach(({ service }) => striker.watchFiles(service.folder));
    const outcome = await outcomeOf(this._do(striker), gone, told);
    striker.dispose();
    const { measured } = striker;
    await struck;
    if (outcome === 'nobody was told') {
      await Promise.all([endParcels(source.service), endParcels(target.service)]);
    }
    await this._check(told, outcome, striker.hasStruck ? victim : undefined);
    return { outcome, measured, hasStruck: striker.hasStruck };
  }

  private _strike(
    victim: StraightVictim,
    isOver: () => boolean,
    tellGone: () => void
  ): Promise<void> {
    const { source, target } = this._ends;
    switch (victim) {
      case 'source service':
        return source.killService();
      case 'target service':
        return target.killService();
      case 'source kernel':
        return source.killKernel(isOver);
      case 'target kernel':
        return target.killKernel(isOver);
      case 'Jupyter Server':
        tellGone();
        return this._killServer();
    }
  }

  private async _killServer(): Promise<void> {
    await this._server.stop('SIGKILL');
    this._server = await jupyterServerOf(this._ends);
  }

  private async _do(striker: Striker): Promise<void> {
    const { place, token } = this._server.address;
    const transfers = new ServerTransfers({
      ...{ baseUrl: `http://127.0.0.1:${place.port}`, fetch },
      headers: { Authorization: `token ${token}` }
    });
    const { id } = await transfers.begin({
      source: { name: 'source', service: 'source', id: this._ends.source.id },
      target: { name: 'target', service: 'target', id: this._ends.target.id },
      names: NAMES
    });
    const { transport } = await transfers.follow(id, { onProgress: striker.progress });
    if (transport !== 'straight' && !striker.hasStruck) {
      throw new Error(`It went by ${transport}, though nobody was killed.`);
    }
  }

  private async _check(told: string, outcome: Outcome, died?: StraightVictim): Promise<void> {
    const expect = (what: string, is: string, ...allowed: string[]): void => {
      if (!allowed.includes(is)) {
        const { source, target } = this._ends;
        const logs = [source, target].map(({ service }) => service.output.slice(-3000)).join('\n');
        throw new Error(
          `${told} (${outcome}): ${what} is ${is}, not ${allowed.join(' or ')}.\n${logs}`
        );
      }
    };
    const moved = `whole ${this._generation}`;
    const isNew = (end: StraightVictim): string[] => (died === end ? ['nothing'] : []);
    const source = await this._ends.source.look(told);
    expect('the source', source, ...(died === 'source kernel' ? ['nothing'] : [moved]));
    const target = await this._ends.target.look(told);
    // A service that was killed may have done it, and told nobody.
    const isOpen = outcome === 'nobody was told' || died === 'target service';
    const was = [this._held, ...isNew('target kernel')];
    const after = [moved, ...isNew('target kernel')];
    expect('the target', target, ...(outcome === 'done' ? after : isOpen ? [...was, moved] : was));
    this._held = target;
  }

  private readonly _moments = new Moments<StraightWork>();
  private _generation = 0;
  /** What `LOOK` says of the target. */
  private _held = 'nothing';
}

const parcelsOf = (service: TestService): string => join(service.folder, 'parcels');

/** With both services; it has the transfer done. */
function jupyterServerOf(ends: IEnds): Promise<JupyterServer> {
  const services = (['source', 'target'] as const).map(name => {
    const { token, file } = ends[name].service;
    return [name, { url: file.url, token, label: name }] as const;
  });
  return JupyterServer.start({ hasOurs: true, services: Object.fromEntries(services) });
}

/** Nobody asks for them any more; what is being restored is waited for. */
async function endParcels(service: TestService): Promise<void> {
  const client = new ParcelsClient({ baseUrl: service.file.url, fetch, token: service.token });
  const ids = existsSync(parcelsOf(service)) ? readdirSync(parcelsOf(service)) : [];
  for (const id of ids) {
    const isOver = async (): Promise<boolean> => (await client.get(id)).state !== 'restoring';
    await until(isOver, `parcel ${id} of a killed Jupyter Server is over`, 60_000);
    await client.remove(id);
  }
}
