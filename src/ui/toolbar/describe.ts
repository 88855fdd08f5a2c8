/** What a document's toolbar says about where it runs. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeProvider, IRuntimeManager, IRuntimeWish, Place } from '../../tokens';
import { fulfils } from '../picker/options';
import { stateText } from '../states';

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
  readonly manager: Pick<IRuntimeManager, 'findByKernelId' | 'choices' | 'providers'>;
  readonly kernelId: string | null;
  /** Lab's own name of the kernel, for one that no provider knows (yet). */
  readonly fallback: string;
  readonly wish: IRuntimeWish | null;
}

export function describeKernel(
  input: IDescriptionInput,
  trans: TranslationBundle
): IKernelDescription {
  const { manager, kernelId, fallback, wish } = input;
  if (kernelId === null) {
    return wish === null ? withoutKernel(fallback, trans) : notStarted(wish, manager, trans);
  }
  const runtime = manager.findByKernelId(kernelId);
  if (runtime === undefined) {
    return withCaption(fallback, '', null, false, trans);
  }
  const { provider, environment, connection, place } = runtime;
  const isReconnecting = connection === 'reconnecting';
  const label = trans.__('%1 · %2', provider.label, environment);
  return withCaption(
    isReconnecting ? trans.__('%1 · reconnecting', label) : label,
    isReconnecting ? '' : stateText(runtime, trans),
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
