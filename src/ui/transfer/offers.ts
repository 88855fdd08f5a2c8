/** When a document changes runtime: what it left behind is offered to come along. */
import type { IRequirement } from '@jupyterlab-runtimes/core';
import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Session } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { HeldCells, IHold } from '../../notebook/heldCells';
import { TransferRates } from '../../runtime/transferEstimate';
import { ticksUnasked } from '../../runtime/transferPlan';
import type { OpenPort } from '../../runtime/transferSession';
import { TransferSession } from '../../runtime/transferSession';
import type { IRuntimeManager, IRuntimeModel } from '../../tokens';
import { sentence } from '../format';
import { changeKernel } from '../picker/take';
import { waitForRuntime } from './waitForRuntime';
import type { ICarryPorts } from './carry';
import { carry } from './carry';
import type { ITransferAnswer } from './dialog';
import { TransferModel } from './model';

/** The setting. */
export type OfferVariables = 'always' | 'ask' | 'never';

export interface IVariableOffersOptions extends Omit<ICarryPorts, 'rates'> {
  readonly manager: IRuntimeManager;
  readonly open: OpenPort;
  readonly trans: TranslationBundle;
  readonly setting: {
    get(): OfferVariables;
    /** From now on. */
    set(value: OfferVariables): Promise<void>;
  };
  /** Let the user choose. */
  readonly ask: (
    model: TransferModel,
    options: { canBeForGood: boolean; signal: AbortSignal }
  ) => Promise<ITransferAnswer>;
  /** Keeps cells back while variables are on their way. */
  readonly cells: HeldCells;
  /** Install a distribution in the kernel that the document has. */
  readonly install: (context: ISessionContext, requirement: IRequirement) => Promise<void>;
}

/** What a document is when its variables are nobody's concern. */
const QUIET: readonly string[] = ['NOT_RUNNING', 'CANCELLED', 'STATE_NOT_CARRIED'];
/** A source that takes longer to say what it has is busy; the user is told that it is waited for. */
const PATIENCE_MS = 2000;

export class VariableOffers {
  constructor(private readonly _options: IVariableOffersOptions) {}

  /** Offer from now on, whenever this document's kernel changes; until it is disposed. */
  watch(context: ISessionContext): void {
    context.kernelChanged.connect(this._onKernelChanged, this);
  }

  /** Whether a kernel that is about to be left has variables, as far as it says so in a moment. */
  async isWorthKeeping(kernelId: string): Promise<boolean> {
    const { manager, open, setting } = this._options;
    const source = manager.findByKernelId(kernelId);
    if (source === undefined || setting.get() === 'never') {
      return false;
    }
    // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
    const session = new TransferSession({ source, target: source, open });
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      return await session.glance({ signal });
    } catch {
      // Too busy to say: then it is in the middle of something. What can't be asked is not kept.
      return signal.aborted;
    } finally {
      session.dispose();
    }
  }

  /**
   * Ask what to bring along, and bring it. Never rejects: failures are told in notices.
   *
   * @param isAsked The user wants just this: settings don't count, and an empty source is told.
   */
  async offer(
    context: ISessionContext,
    source: IRuntimeModel,
    target: IRuntimeModel,
    { isAsked = false }: { isAsked?: boolean } = {}
  ): Promise<void> {
    const { notices, trans } = this._options;
    // One offer for a document at a time: the latest.
    this._offers.get(context)?.abort();
    const stop = new AbortController();
    this._offers.set(context, stop);
    const isMoot = () => stop.signal.aborted || context.isDisposed;
    // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
    const session = new TransferSession({ source, target, open: this._options.open });
    const hold = this._hold(context, session.sourceLabel);
    try {
      if (!(await this._glance(session, stop))) {
        if (isAsked && !isMoot()) {
          notices.tell('success', trans.__('“%1” has no variables.', source.name));
        }
        return;
      }
      await session.meetTarget({ signal: stop.signal });
      if (!isMoot()) {
        await this._choose(context, session, stop, isAsked, hold);
      }
    } catch (error) {
      const isQuiet = error instanceof RuntimeError && QUIET.includes(error.code);
      if (!isMoot() && (isAsked || !isQuiet)) {
        const title = trans.__('The variables of “%1” could not be brought along.', source.name);
        notices.tell('error', `${title} ${sentence(error)}`);
      }
    } finally {
      hold.release();
      session.dispose();
      if (this._offers.get(context) === stop) {
        this._offers.delete(context);
      }
    }
  }

  private async _choose(
    context: ISessionContext,
    session: TransferSession,
    stop: AbortController,
    isAsked: boolean,
    hold: IHold
  ): Promise<void> {
    const { ask, install, setting, trans, notices, showReport } = this._options;
    const { source, target } = session;
    const again = () => void this.offer(context, source, target, { isAsked: true });
    const canGoBack = context.session?.kernel?.id === target.kernelId;
    const goBack = canGoBack ? () => void this._goBack(context, source) : null;
    const ports = { trans, notices, showReport, rates: this._rates };
    const onFailure = async () =>
      canGoBack && !isAsked && hold.waiting > 0 ? this._takeBack(context, session, hold) : null;
    const ways = { goBack, again, onFailure };
    if (!isAsked && setting.get() === 'always') {
      const names = ticksUnasked(session.rows);
      await carry(session, { names, now: false, ...ways }, ports);
      return;
    }
    // eslint-disable-next-line jupyter/require-disposable-ownership -- disposed below, whatever happens
    const model = new TransferModel({
      offer: session,
      rates: this._rates,
      install: requirement => install(context, requirement)
    });
    const looking = session.lookCloser();
    try {
      const answer = await ask(model, { canBeForGood: !isAsked, signal: stop.signal });
      session.stopLooking();
      await looking;
      if (answer.isForGood) {
        await setting.set(answer.names === null ? 'never' : 'always');
      }
      if (answer.names !== null && !context.isDisposed) {
        await carry(session, { names: answer.names, now: answer.now, ...ways }, ports);
      }
    } finally {
      model.dispose();
    }
  }

  /** A busy kernel that can't be asked meanwhile says what it has when its cell has ended. */
  private async _glance(session: TransferSession, stop: AbortController): Promise<boolean> {
    const { notices, trans } = this._options;
    let dismiss: () => void = () => undefined;
    const timer = setTimeout(() => {
      const notice = notices.open(
        trans.__(
          '“%1” is busy. When its cell has ended, its variables are offered to come along.',
          session.source.name
        ),
        () => stop.abort()
      );
      dismiss = () => notice.dismiss();
    }, PATIENCE_MS);
    try {
      return await session.glance({ signal: stop.signal });
    } finally {
      clearTimeout(timer);
      dismiss();
    }
  }

  /** Never rejects: a failure is told.
   *  @returns Whether the document has its old runtime again. */
  private async _goBack(context: ISessionContext, source: IRuntimeModel): Promise<boolean> {
    const { notices, trans } = this._options;
    if (context.isDisposed || source.kernelId === null) {
      return false;
    }
    // They are there already: nothing to offer.
    this._returning.add(context);
    try {
      await changeKernel(context, { id: source.kernelId });
      return true;
    } catch (error) {
      this._returning.delete(context);
      const title = trans.__('“%1” could not be taken up again.', source.name);
      notices.tell('error', `${title} ${sentence(error)}`);
      return false;
    }
  }

  /** Cells that wait for what did not come run where it is. */
  private async _takeBack(
    context: ISessionContext,
    { source, sourceLabel }: TransferSession,
    hold: IHold
  ): Promise<string> {
    const { trans } = this._options;
    const count = hold.waiting;
    if (await this._goBack(context, source)) {
      return trans._n(
        'The notebook is back there, and the cell that waited runs.',
        'The notebook is back there, and the %1 cells that waited run.',
        count
      );
    }
    hold.drop();
    return trans._n(
      'The cell that waited for “%2” was not run.',
      'The %1 cells that waited for “%2” were not run.',
      count,
      sourceLabel
    );
  }

  private _hold(context: ISessionContext, sourceLabel: string): IHold {
    const { cells, trans } = this._options;
    return cells.hold(context, trans.__('Waits for the variables of “%1”.', sourceLabel));
  }

  private _onKernelChanged(
    context: ISessionContext,
    { oldValue, newValue }: Session.ISessionConnection.IKernelChangedArgs
  ): void {
    if (newValue === null || oldValue === null || oldValue.id === newValue.id) {
      return;
    }
    if (this._returning.delete(context) || this._options.setting.get() === 'never') {
      this._offers.get(context)?.abort();
      return;
    }
    void this._offerAfterSwitch(context, oldValue.id, newValue.id);
  }

  private async _offerAfterSwitch(
    context: ISessionContext,
    sourceId: string,
    targetId: string
  ): Promise<void> {
    const { manager } = this._options;
    const source = manager.findByKernelId(sourceId);
    if (source?.state !== 'running') {
      return;
    }
    // What is run from the first moment on waits.
    const hold = this._hold(context, source.name);
    try {
      const target = await waitForRuntime(manager, targetId);
      if (target !== null && context.session?.kernel?.id === targetId) {
        await this.offer(context, source, target);
      }
    } finally {
      hold.release();
    }
  }

  private readonly _rates = new TransferRates();
  private readonly _offers = new Map<ISessionContext, AbortController>();
  private readonly _returning = new Set<ISessionContext>();
}
