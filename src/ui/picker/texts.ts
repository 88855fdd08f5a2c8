/** The picker's words: what each option says, and the verb on the button that takes it. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Place } from '../../tokens';
import { lifeText, useText } from '../format';
import type { VisibleState } from '../states';
import { stateText, visibleState } from '../states';
import type {
  IPickerGroup,
  IRuntimeOption,
  IStartOption,
  PickerOption,
  PickerSection
} from './options';

export interface IOptionTexts {
  readonly title: string;
  /** Beside or under the title; '' for nothing. */
  readonly detail: string;
  /** What the row's end says: `current`, `Try again`; '' for nothing. */
  readonly mark: string;
  readonly state: VisibleState | null;
  readonly place: Place | null;
}

/** The heading of a group; a place's name is shown above its first group. */
export function sectionTitle(section: PickerSection, trans: TranslationBundle): string {
  const titles: Record<PickerSection, string> = {
    wish: trans.__('This notebook’s choice'),
    status: '',
    running: trans.__('Running now'),
    recent: trans.__('Recent'),
    start: trans.__('Start new'),
    none: trans.__('Without a kernel')
  };
  return titles[section];
}

/** What a group is called for those who don't see its place above it. */
export function groupLabel(group: IPickerGroup, trans: TranslationBundle): string {
  const section = sectionTitle(group.section, trans);
  if (group.provider === null) {
    return section;
  }
  return section === '' ? group.provider.label : trans.__('%1: %2', group.provider.label, section);
}

export function optionTexts(
  option: PickerOption,
  nowMs: number,
  isRetrying: boolean,
  trans: TranslationBundle
): IOptionTexts {
  switch (option.kind) {
    case 'runtime':
      return runtimeTexts(option, nowMs, trans);
    case 'start':
      return startTexts(option, trans);
    case 'missing-wish': {
      const { wish, provider } = option;
      return {
        title: missingWish(wish.environment, wish.provider, provider, trans),
        detail: '',
        mark: '',
        state: null,
        place: null
      };
    }
    case 'place': {
      const { status, lastError } = option.provider;
      const isConnecting = status === 'connecting' || isRetrying;
      return {
        title: isConnecting
          ? trans.__('Connecting…')
          : (lastError?.message ?? trans.__('%1 does not answer.', option.provider.label)),
        detail: '',
        mark: isConnecting ? '' : trans.__('Try again'),
        state: isConnecting ? 'starting' : 'failed',
        place: null
      };
    }
    case 'launch-form':
      return {
        title: trans.__('New runtime with options…'),
        detail: trans.__('environment, time, size, variables'),
        mark: '',
        state: null,
        place: null
      };
    case 'none':
      return {
        title: trans.__('No kernel'),
        detail: option.isCurrent ? '' : trans.__('ends the kernel that runs now'),
        mark: option.isCurrent ? trans.__('current') : '',
        state: null,
        place: null
      };
  }
}

function missingWish(
  environment: string,
  providerId: string,
  provider: { readonly label: string; readonly status: string } | null,
  trans: TranslationBundle
): string {
  if (provider === null) {
    return trans.__(
      'This notebook asks for “%1” of “%2”, a place that is not set up here. Choose another one.',
      environment,
      providerId
    );
  }
  if (provider.status !== 'connected') {
    return trans.__(
      'This notebook asks for “%1”, and %2 does not answer yet. Wait for it, or choose another place.',
      environment,
      provider.label
    );
  }
  return trans.__(
    'This notebook asks for “%1”, which %2 does not offer any more. Choose another one.',
    environment,
    provider.label
  );
}

function runtimeTexts(
  { runtime, isCurrent, isGone }: IRuntimeOption,
  nowMs: number,
  trans: TranslationBundle
): IOptionTexts {
  const state = isGone ? trans.__('ended') : stateText(runtime, trans);
  const progress =
    runtime.progressPercent === null || isGone
      ? ''
      : trans.__('%1 %', Math.round(runtime.progressPercent));
  return {
    title: runtime.name,
    detail: [
      progress === '' ? state : `${state} ${progress}`,
      runtime.environment === runtime.name ? '' : runtime.environment,
      lifeText(runtime, nowMs, trans),
      useText(runtime, trans)
    ]
      .filter(Boolean)
      .join(' · '),
    mark: isCurrent ? trans.__('current') : '',
    state: isGone ? 'ended' : visibleState(runtime),
    place: null
  };
}

function startTexts(
  { choice, isWish, isGone }: IStartOption,
  trans: TranslationBundle
): IOptionTexts {
  const { title, language, description, provider } = choice;
  // `Python 3` says it already.
  const otherLanguage = title.toLowerCase().includes(language.toLowerCase()) ? '' : language;
  if (isWish) {
    return {
      title: trans.__('Start %1', title),
      detail: provider.label,
      mark: '',
      state: null,
      place: provider.place
    };
  }
  return {
    title,
    detail: isGone
      ? trans.__('not offered any more')
      : choice.unavailableReason || description || otherLanguage,
    mark: '',
    state: null,
    place: null
  };
}

/** The label of the button that takes the active option: `Run on Browser`, `Stay on Local server`. */
export function acceptLabel(option: PickerOption | null, trans: TranslationBundle): string {
  switch (option?.kind) {
    case 'runtime':
      return option.isCurrent
        ? trans.__('Stay on %1', option.runtime.provider.label)
        : option.runtime.can('resume')
          ? trans.__('Resume on %1', option.runtime.provider.label)
          : trans.__('Run on %1', option.runtime.provider.label);
    case 'start':
      return trans.__('Run on %1', option.choice.provider.label);
    case 'launch-form':
      return trans.__('Choose options…');
    case 'none':
      return option.isCurrent ? trans.__('Stay without a kernel') : trans.__('End the kernel');
    case 'place':
      return trans.__('Try again');
    case 'missing-wish':
    case undefined:
      return trans.__('Run');
  }
}

/** The label of the button that changes nothing. */
export function stayLabel(
  current: { readonly provider: { readonly label: string } } | null,
  hasKernel: boolean,
  active: PickerOption | null,
  trans: TranslationBundle
): string {
  const isActiveCurrent =
    (active?.kind === 'runtime' || active?.kind === 'none') && active.isCurrent;
  if (isActiveCurrent || (hasKernel && current === null)) {
    return trans.__('Close');
  }
  return current === null
    ? trans.__('Stay without a kernel')
    : trans.__('Stay on %1', current.provider.label);
}

/** For screen readers, after each keystroke in the search box. */
export function countText(count: number, trans: TranslationBundle): string {
  return count === 0 ? trans.__('Nothing matches.') : trans._n('%1 choice', '%1 choices', count);
}
