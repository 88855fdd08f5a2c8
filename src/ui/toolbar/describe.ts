/** What a document's toolbar says about where it runs. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  IRuntimeManager,
  IRuntimeModel,
  IRuntimeProvider,
  IRuntimeWish,
  Place
} from '../../tokens';
import { leftMs, lifeLine } from '../life';
import { fulfils } from '../picker/options';
import { stateText } from '../states';
import { span } from '../time';

export interface IKernelDescription {
  /** `Browser · Python (Pyodide)`. */
  readonly label: string;
  /** For the tooltip and for screen readers: the label, the state, and what a click does. */
  readonly caption: string;
  /** Null for no kernel and no wish. */
  readonly place: Place | null;
  readonly isReconnecting: boolean;
}

export interface IDescriptionInput {
  readonly manager: Pick<IRuntimeManager, 'choices' | 'providers'>;
  readonly kernelId: string | null;
  /** The one that it has, or waits for. */
  readonly runtime: IRuntimeModel | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Lab's own name of the kernel, for one that no provider knows (yet). */
  readonly fallback: string;
  readonly wish: IRuntimeWish | null;
}

export function describeKernel(
  input: IDescriptionInput,
  trans: TranslationBundle
): IKernelDescription {
  const { manager, kernelId, runtime, fallback, wish } = input;
  if (runtime !== undefined) {
    return ofRuntime(runtime, input.now, trans);
  }
  if (kernelId === null) {
    return wish === null ? withoutKernel(fallback, trans) : notStarted(wish, manager, trans);
  }
  return withCaption(fallback, '', null, false, trans);
}

function ofRuntime(runtime: IRuntimeModel, now: number, trans: TranslationBundle) {
  const { provider, environment, connection, place, state, life } = runtime;
  const isReconnecting = connection === 'reconnecting' && state === 'running';
  const where = trans.__('%1 · %2', provider.label, environment);
  const left = life?.warning ? leftMs(runtime, now) : null;
  // Toolbars are narrow: what matters now must not be cut off at the end.
  const label =
    state !== 'running'
      ? trans.__('%1 · %2', provider.label, stateText(runtime, trans))
      : isReconnecting
        ? trans.__('%1 · reconnecting', where)
        : left === null
          ? where
          : trans.__('%1 · %2 left', provider.label, span(left, trans));
  const details = [
    label === where ? '' : where,
    state === 'running' ? stateText(runtime, trans) : '',
    lifeLine(runtime, now, trans),
    life?.warning?.message ?? ''
  ];
  return withCaption(
    label,
    isReconnecting ? '' : details.filter(Boolean).join(', '),
    place,
    isReconnecting,
    trans
  );
}

function withoutKernel(noKernel: string, trans: TranslationBundle): IKernelDescription {
  return withCaption(noKernel, '', null, false, trans);
}

function notStarted(
  wish: IRuntimeWish,
  manager: IDescriptionInput['manager'],
  trans: TranslationBundle
): IKernelDescription {
  const provider: IRuntimeProvider | undefined = manager.providers.get(wish.provider);
  const title = manager.choices.find(choice => fulfils(choice, wish))?.title ?? wish.environment;
  const label = provider?.label ?? wish.provider;
  return withCaption(trans.__('%1 · not started', label), title, wish.place, false, trans);
}

function withCaption(
  label: string,
  state: string,
  place: Place | null,
  isReconnecting: boolean,
  trans: TranslationBundle
): IKernelDescription {
  const what = state === '' ? label : trans.__('%1, %2', label, state);
  return { label, caption: trans.__('%1. Choose where this runs', what), place, isReconnecting };
}
