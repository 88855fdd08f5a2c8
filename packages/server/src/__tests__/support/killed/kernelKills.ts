/** Kernels and pages that are killed while variables go from kernel to kernel, or between a kernel and the page's store. */
import { randomUUID } from 'node:crypto';

import {
  captureTo,
  HmacSigner,
  makeHmacKey,
  restoreFrom,
  transfer,
  webSha256,
  type KernelPort,
  type Transport
} from '@jupyterlab-runtimes/core';

import { stateSources } from '../../../../../../scripts/state/sources.mjs';
import {
  JupyterServer,
  type ITestKernel
} from '../../../../../core/src/state/__tests__/support/jupyterServer.js';
import { sleep } from '../testService.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { Page } from './page.js';
import { PageStore } from './pageStore.js';
import { Moments, Striker, type IAttempt, type IPoint } from './point.js';
import { cellFor, LOOK, NAMES } from './values.js';

const sources = stateSources();
const BYTES = 6 << 20;
/** A kernel that was killed is asked so often, milliseconds. */
const ASK_MS = 2000;

export type KernelWork = Transport | 'into the page' | 'out of the page';
export type KernelVictim = 'source' | 'target' | 'page';

interface IEnd {
  readonly kernel: ITestKernel;
  readonly pid: number;
  /** What `LOOK` says of it. */
  readonly holds: string;
}

export class KernelKills {
  static async start(): Promise<KernelKills> {
    const server = await JupyterServer.start();
    const ends = await Promise.all([server.kernel(sources), server.kernel(sources)]);
    const [source, target] = await Promise.all(ends.map(known));
    return new KernelKills(server, { source, target });
  }

  private constructor(
    private readonly _server: JupyterServer,
    private readonly _ends: Record<'source' | 'target', IEnd>
  ) {}

  /**
   * Kill one of them at a moment that `random` chooses.
   *
   * @throws Error where a namespace is not what it was, nor what it should become; where nothing comes of the work; or
   *   where its failure is not told in a sentence.
   */
  kill(work: KernelWork, victim: KernelVictim, random: () => number): Promise<Outcome> {
    return this._moments.strike(work, random, true, point =>
      this._attempt(work, point && victim, point)
    );
  }

  stop(): Promise<void> {
    return this._server.stop();
  }

  private async _attempt(
    work: KernelWork,
    victim?: KernelVictim,
    point?: IPoint
  ): Promise<IAttempt> {
    const told = `${work}: ${victim ?? 'nobody'} is killed ${point?.told ?? ''}`;
    if (work === 'out of the page' && this._kept === undefined) {
      await this._attempt('into the page');
    }
    await this._fill(++this._generation);
    const before = this._ends.target.holds;
    const striker = new Striker(point, () => {
      if (victim === 'page') {
        page.close();
      } else if (victim) {
        process.kill(this._ends[victim].pid, 'SIGKILL');
      }
    });
    const page = new Page(striker.step);
    const [from, to] = [this._port('source', page), this._port('target', page)];
    const outcome = await outcomeOf(this._do(work, from, to, page, striker), page.gone, told);
    striker.dispose();
    const { measured } = striker;
    const died = striker.hasStruck ? victim : undefined;
    if (died === 'source' || died === 'target') {
      this._ends[died] = await this._revived(this._ends[died]);
    }
    await this._check({ told, work, outcome, before, died });
    [from, to].forEach(port => port.dispose());
    return { outcome, measured, hasStruck: striker.hasStruck };
  }

  private async _do(
    work: KernelWork,
    from: KernelPort,
    to: KernelPort,
    page: Page,
    striker: Striker
  ): Promise<void> {
    const options = { randomId: randomUUID, onProgress: striker.progress };
    if (work !== 'into the page' && work !== 'out of the page') {
      await transfer(from, to, { names: NAMES, transport: work }, options);
      return;
    }
    const store = this._store.for(page);
    const all = { ...options, names: NAMES, sha256: webSha256, signer: await this._signer };
    await (work === 'into the page'
      ? captureTo(store, from, all)
      : restoreFrom(store, this._store.latest ?? '', to, all));
  }

  private async _check(about: {
    readonly told: string;
    readonly work: KernelWork;
    readonly outcome: Outcome;
    readonly before: string;
    readonly died?: KernelVictim;
  }): Promise<void> {
    const { told, work, outcome, before, died } = about;
    const expect = (what: string, is: string, ...allowed: string[]): void => {
      if (!allowed.includes(is)) {
        throw new Error(`${told} (${outcome}): ${what} is ${is}, not ${allowed.join(' or ')}.`);
      }
    };
    const moved = `whole ${this._generation}`;
    if (died !== 'source') {
      expect('the source', await look(this._ends.source), moved);
    }
    if (work === 'into the page') {
      const isKept = this._store.latest !== this._latest;
      this._latest = this._store.latest;
      this._kept = isKept ? moved : this._kept;
      expect(
        'the snapshot',
        String(isKept),
        ...(outcome === 'done' ? ['true'] : ['true', 'false'])
      );
      if (isKept) {
        await this._attempt('out of the page');
      }
      return;
    }
    const after = work === 'out of the page' ? (this._kept ?? '') : moved;
    // A kernel that was started again before it was needed gets all of it, too.
    const was = died === 'target' ? 'nothing' : before;
    const isSure = outcome === 'done' && died !== 'target';
    const isOpen = outcome === 'done' || outcome === 'nobody was told';
    const holds = await look(this._ends.target);
    expect('the target', holds, ...(isSure ? [after] : isOpen ? [was, after] : [was]));
    this._ends.target = { ...this._ends.target, holds };
  }

  private async _fill(generation: number): Promise<void> {
    const said = await this._ends.source.kernel.run(cellFor(generation, BYTES));
    if (said !== '') {
      throw new Error(`The source could not be filled: ${said}`);
    }
  }

  private _port(end: 'source' | 'target', page: Page): KernelPort {
    const { id } = this._ends[end].kernel;
    return this._server.port(
      id,
      sources,
      page.opener(session => this._server.socket(id, session))
    );
  }

  /** Jupyter starts another kernel in the place of one that was killed. */
  private async _revived(end: IEnd): Promise<IEnd> {
    for (;;) {
      const kernel = this._server.connect(end.kernel.id, sources);
      const found = await Promise.race([known(kernel), sleep(ASK_MS)]).catch(() => undefined);
      if (found && found.pid !== end.pid) {
        return found;
      }
    }
  }

  private readonly _signer = makeHmacKey().then(key => new HmacSigner(key));
  private readonly _store = new PageStore();
  private readonly _moments = new Moments<KernelWork>();
  private _generation = 0;
  /** The latest snapshot, and what a kernel holds that has loaded it. */
  private _latest: string | undefined;
  private _kept: string | undefined;
}

async function known(kernel: ITestKernel): Promise<IEnd> {
  const pid = Number(await kernel.run('import os; shown = os.getpid()'));
  return { kernel, pid, holds: 'nothing' };
}

/** Waits for what the kernel may be doing yet. */
const look = ({ kernel }: IEnd): Promise<string> => kernel.run(`shown = ${LOOK}`);
