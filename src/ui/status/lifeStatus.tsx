/** In the status bar: that the current document's runtime is short of time, paused or out of reach. A narrow
 *  toolbar hides its end, and with it what it says of that. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import type { CommandId } from '../../commands';
import { CommandIDs } from '../../commands';
import { runtimeOfDocument } from '../../runtime/ofDocument';
import type { IRuntimeManager, IRuntimeModel } from '../../tokens';
import { STATE_ICONS, extendIcon } from '../icons';
import { extensionMinutes, leftMs, lookAgainMs } from '../life';
import { stateText } from '../states';
import { span } from '../time';
import { useNow } from '../useSignal';

export interface ILifeStatusOptions {
  readonly manager: IRuntimeManager;
  readonly trans: TranslationBundle;
  /** The session of the document in front. */
  readonly current: () => ISessionContext | null;
  readonly currentChanged: ISignal<unknown, unknown>;
  readonly execute: (id: CommandId, key: string) => void;
}

export class LifeStatus extends ReactWidget {
  constructor(private readonly options: ILifeStatusOptions) {
    super();
    const { manager, currentChanged } = options;
    manager.changed.connect(this.look, this);
    currentChanged.connect(this.look, this);
  }

  /** Whether there is something to say. */
  get isActive(): boolean {
    return this._runtime !== undefined;
  }

  get activeChanged(): ISignal<this, void> {
    return this._activeChanged;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      Signal.disconnectReceiver(this);
      super.dispose();
    }
  }

  protected override render(): React.JSX.Element | null {
    const { trans, execute } = this.options;
    return this._runtime === undefined ? null : (
      <LifeItem runtime={this._runtime} trans={trans} execute={execute} />
    );
  }

  private look(): void {
    const { manager, current } = this.options;
    const session = current();
    const runtime = session === null ? undefined : runtimeOfDocument(manager, session);
    const wasActive = this.isActive;
    this._runtime = runtime !== undefined && isWorthTelling(runtime) ? runtime : undefined;
    this.update();
    if (wasActive !== this.isActive) {
      this._activeChanged.emit();
    }
  }

  private _runtime: IRuntimeModel | undefined;
  private readonly _activeChanged = new Signal<this, void>(this);
}

function isWorthTelling({ state, life, connection }: IRuntimeModel): boolean {
  return (
    state === 'paused' ||
    (state === 'running' && ((life?.warning ?? null) !== null || connection === 'reconnecting'))
  );
}

interface ILifeItemProps {
  readonly runtime: IRuntimeModel;
  readonly trans: TranslationBundle;
  readonly execute: ILifeStatusOptions['execute'];
}

/** What a click does: what the user wants most in that state. */
interface IOffer {
  readonly text: string;
  readonly title: string;
  readonly command: CommandId;
}

export function LifeItem({ runtime, trans, execute }: ILifeItemProps): React.JSX.Element {
  const now = useNow(lookAgainMs(leftMs(runtime, Date.now())));
  const { text, title, command } = offer(runtime, now, trans);
  const Icon =
    command === CommandIDs.extend
      ? extendIcon
      : runtime.state === 'paused'
        ? STATE_ICONS.paused
        : runtime.connection === 'reconnecting'
          ? STATE_ICONS.reconnecting
          : STATE_ICONS.failed;
  return (
    <button
      type="button"
      className="jp-RuntimesStatus"
      title={title}
      aria-label={title}
      onClick={() => execute(command, runtime.key)}
    >
      <Icon.react tag="span" className="jp-RuntimesStatus-icon" />
      <span>{text}</span>
    </button>
  );
}

function offer(runtime: IRuntimeModel, now: number, trans: TranslationBundle): IOffer {
  const { name, life, state, connection } = runtime;
  const warning = life?.warning ?? null;
  const minutes = extensionMinutes(runtime);
  if (state === 'paused') {
    const title = trans.__('“%1” is paused. Resume it', name);
    return { text: trans.__('Resume'), title, command: CommandIDs.resume };
  }
  if (connection === 'reconnecting' || warning === null) {
    const title = trans.__('“%1” is out of reach. Show the runtimes', name);
    return { text: stateText(runtime, trans), title, command: CommandIDs.openPanel };
  }
  const at = Date.parse(warning.at) - now;
  const text = trans.__('%1 left', span(at, trans));
  return warning.kind !== 'idle' && minutes > 0 && runtime.can('extend')
    ? {
        text,
        title: trans.__('“%1”: %2 Extend by %3 min', name, warning.message, minutes),
        command: CommandIDs.extend
      }
    : {
        text,
        title: trans.__('“%1”: %2 Show the runtimes', name, warning.message),
        command: CommandIDs.openPanel
      };
}
