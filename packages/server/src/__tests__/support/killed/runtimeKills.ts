/** A runtime's kernel, its service or its page that is killed while the runtime is paused, resumed, captured or given a state. */
import { randomUUID } from 'node:crypto';

import { WebSocket } from 'ws';

import {
  captureTo,
  channelsPath,
  HmacSigner,
  KERNEL_SUBPROTOCOL,
  KernelPort,
  makeHmacKey,
  restoreFrom,
  SocketLink,
  webSha256,
  type ISocket
} from '@jupyterlab-runtimes/core';

import { stateSources } from '../../../../../../scripts/state/sources.mjs';
import { TestService } from '../testService.js';
import { isSentence, outcomeOf, type Outcome } from './outcome.js';
import { Page } from './page.js';
import { PageStore } from './pageStore.js';
import { Moments, Striker, type IAttempt, type IPoint } from './point.js';
import { StruckRuntime } from './struckRuntime.js';
import { NAMES } from './values.js';

const BYTES = 6 << 20;
/** So much of the service's log is told with a failure. */
const LOG_LINES = 40;

export type RuntimeWork =
  'pause' | 'resume' | 'snapshot' | 'load' | 'into the page' | 'out of the page';
export type RuntimeVictim = 'service' | 'kernel' | 'page';

export class RuntimeKills {
  static async start(): Promise<RuntimeKills> {
    const service = await new TestService().start();
    return new RuntimeKills(await StruckRuntime.launch(service, 'struck'));
  }

  private constructor(private readonly _runtime: StruckRuntime) {}

  /**
   * Kill one of them at a moment that `random` chooses.
   *
   * @throws Error where the runtime does not come to rest with what it held, or with what it should hold.
   */
  kill(work: RuntimeWork, victim: RuntimeVictim, random: () => number): Promise<Outcome> {
    return this._moments.strike(work, random, work.endsWith('the page'), point =>
      this._attempt(work, point && victim, point)
    );
  }

  stop(): Promise<void> {
    return this._runtime.service.dispose();
  }

  private async _attempt(
    work: RuntimeWork,
    victim?: RuntimeVictim,
    point?: IPoint
  ): Promise<IAttempt> {
    const told = `${work}: ${victim ?? 'nobody'} is killed ${point?.told ?? ''}`;
    await this._prepare(work);
    const page = new Page(() => striker.step());
    const striker = new Striker(point, () => this._strike(victim, page, () => striker.isOver));
    if (!work.endsWith('the page')) {
      striker.watchFiles(this._runtime.service.folder);
    }
    const outcome = await outcomeOf(this._do(work, page, striker), page.gone, told);
    striker.dispose();
    const { measured } = striker;
    await this._struck;
    if (outcome === 'nobody was told') {
      await this._untilQuiet();
    }
    await this._check({ told, work, outcome, died: striker.hasStruck ? victim : undefined });
    return { outcome, measured, hasStruck: striker.hasStruck };
  }

  private _strike(victim: RuntimeVictim | undefined, page: Page, isOver: () => boolean): void {
    if (victim === 'page') {
      page.close();
    } else if (victim === 'service') {
      this._struck = this._runtime.killService();
    } else if (victim === 'kernel') {
      this._struck = this._runtime.killKernel(isOver);
    }
  }

  /** The state from which the work begins, with new values. */
  private async _prepare(work: RuntimeWork): Promise<void> {
    await this._running();
    if (work === 'load') {
      await this._fill();
      const { id } = await this._runtime.service.client.snapshots.take(this._runtime.id, {});
      this._kept = { id, holds: this._holds };
    }
    if (work === 'out of the page') {
      await this._fill();
      const port = this._port(new Page(() => undefined));
      await this._capture(port, new Page(() => undefined));
      port.dispose();
      this._kept = { id: this._store.latest ?? '', holds: this._holds };
    }
    await this._fill();
    if (work === 'resume') {
      await this._runtime.service.client.pause(this._runtime.id);
    }
  }

  private async _do(work: RuntimeWork, page: Page, striker: Striker): Promise<void> {
    const { client } = this._runtime.service;
    const options = { signal: page.signal };
    if (work === 'pause') {
      await client.pause(this._runtime.id, {}, options);
    } else if (work === 'resume') {
      await client.resume(this._runtime.id, options);
      await this._runtime.atRest();
    } else if (work === 'snapshot') {
      await client.snapshots.take(this._runtime.id, {}, options);
    } else if (work === 'load') {
      await client.snapshots.restore(this._runtime.id, { snapshot_id: this._kept.id }, options);
    } else {
      const port = this._port(page);
      try {
        await (work === 'into the page'
          ? this._capture(port, page, striker)
          : restoreFrom(this._store.for(page), this._kept.id, port, await this._options(striker)));
      } finally {
        port.dispose();
      }
    }
  }

  private async _check(about: {
    readonly told: string;
    readonly work: RuntimeWork;
    readonly outcome: Outcome;
    readonly died?: RuntimeVictim;
  }): Promise<void> {
    const { told, work, outcome, died } = about;
    const runtime = await this._runtime.atRest();
    const fail = (what: string): never => {
      // How it came about is only in the log, and the moment does not come again.
      const log = this._runtime.service.output.split('\n').slice(-LOG_LINES).join('\n');
      throw new Error(`${told} (${outcome}): ${what}\n${JSON.stringify(runtime)}\n${log}`);
    };
    const { state, state_reason: reason, snapshot_id: snapshotId } = runtime;
    if (state === 'paused') {
      const isTold = work === 'pause' || (work === 'resume' && isSentence(reason));
      if (!isTold || !(await this._listed()).has(snapshotId ?? '')) {
        fail(`it is paused, "${reason}", with the snapshot ${snapshotId}.`);
      }
      // The next work resumes it, and looks.
      return;
    }
    if (state !== 'running' || (work === 'pause' && outcome === 'done')) {
      fail(`it is ${state}: ${reason}`);
    }
    const holds = await this._runtime.look(told);
    const isLoad = work === 'load' || work === 'out of the page';
    const done = isLoad ? this._kept.holds : this._holds;
    if (holds === 'nothing' && died === 'kernel') {
      const { state_reason: why } = await this._runtime.service.client.getRuntime(this._runtime.id);
      if (!isSentence(why)) {
        fail(`its kernel died, and all that is said is "${why}".`);
      }
      if (work === 'resume') {
        await this._bringBack(snapshotId ?? '', told);
      }
    } else if (isLoad && outcome !== 'done' && died !== undefined && holds === this._holds) {
      // As it was.
    } else if (holds !== done) {
      fail(`it holds ${holds}, not ${done}.`);
    }
    if (work === 'snapshot' && outcome === 'done') {
      const latest = (await this._runtime.service.client.snapshots.list()).at(-1);
      await this._bringBack(latest?.id ?? '', told);
    }
    if (work === 'into the page' && outcome === 'done') {
      const port = this._port(new Page(() => undefined));
      const options = await this._options();
      await restoreFrom(
        this._store.for(new Page(() => undefined)),
        this._store.latest ?? '',
        port,
        options
      );
      port.dispose();
      await this._expect(told);
    }
  }

  private async _bringBack(snapshot: string, told: string): Promise<void> {
    await this._runtime.service.client.snapshots.restore(this._runtime.id, {
      snapshot_id: snapshot
    });
    await this._expect(told);
  }

  private async _expect(told: string): Promise<void> {
    const holds = await this._runtime.look(told);
    if (holds !== this._holds) {
      throw new Error(`${told}: what came back is ${holds}, not ${this._holds}.`);
    }
  }

  private async _running(): Promise<void> {
    const { state } = await this._runtime.atRest();
    if (state === 'paused') {
      await this._runtime.service.client.resume(this._runtime.id);
      await this._runtime.service.settled(this._runtime.id);
      await this._expect('resumed after all');
    }
  }

  /** What nobody waits for any more may go on: the next capture of the same runtime comes after it. */
  private async _untilQuiet(): Promise<void> {
    const { state } = await this._runtime.atRest();
    if (state === 'running') {
      await this._runtime.service.client.snapshots.take(this._runtime.id, { names: ['gen'] });
    }
  }

  private async _listed(): Promise<ReadonlySet<string>> {
    return new Set((await this._runtime.service.client.snapshots.list()).map(({ id }) => id));
  }

  private async _fill(): Promise<void> {
    this._holds = `whole ${++this._generation}`;
    await this._runtime.fill(this._generation, BYTES);
  }

  private async _capture(port: KernelPort, page: Page, striker?: Striker): Promise<void> {
    await captureTo(this._store.for(page), port, await this._options(striker));
  }

  private async _options(striker?: Striker) {
    return {
      ...{ names: NAMES, randomId: randomUUID, sha256: webSha256, signer: await this._signer },
      ...(striker ? { onProgress: striker.progress } : {})
    };
  }

  /** Through the service, as a page's. */
  private _port(page: Page): KernelPort {
    const open = async (session: string): Promise<WebSocket> => {
      const { kernel } = await this._runtime.service.client.getRuntime(this._runtime.id);
      const path = `${channelsPath(this._runtime.id, kernel?.id ?? '')}?session_id=${session}`;
      return page.opener(
        () =>
          new WebSocket(
            `${this._runtime.service.file.url.replace('http', 'ws')}${path}`,
            [KERNEL_SUBPROTOCOL],
            {
              headers: { Authorization: `Bearer ${this._runtime.service.token}` },
              perMessageDeflate: false
            }
          )
      )(session);
    };
    const link = new SocketLink({
      open: open as unknown as (session: string) => Promise<ISocket>,
      ...{ name: 'struck', randomId: randomUUID, silenceMs: 5000 }
    });
    return new KernelPort({ link, sources: stateSources(), name: 'struck' });
  }

  private readonly _signer = makeHmacKey().then(key => new HmacSigner(key));
  private readonly _store = new PageStore();
  private readonly _moments = new Moments<RuntimeWork>();
  private _generation = 0;
  /** What `LOOK` says of it when nothing goes wrong. */
  private _holds = '';
  /** A snapshot, and what a runtime holds that has loaded it. */
  private _kept = { id: '', holds: '' };
  private _struck: Promise<void> = Promise.resolve();
}
