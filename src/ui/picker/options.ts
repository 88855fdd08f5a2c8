/**
 * What the kernel picker lists, as pure functions: runtimes, choices, recents,
 * a wish and a query in; groups of options out.
 */
import type { IRuntimeChoice, IRuntimeModel, IRuntimeProvider, IRuntimeWish } from '../../tokens';

/** A runtime that exists. */
export interface IRuntimeOption {
  readonly kind: 'runtime';
  readonly key: string;
  readonly runtime: IRuntimeModel;
  readonly isCurrent: boolean;
  /** It was listed when the picker opened, and has ended since. */
  readonly isGone: boolean;
}

/** A runtime that can be started. */
export interface IStartOption {
  readonly kind: 'start';
  readonly key: string;
  readonly choice: IRuntimeChoice;
  readonly isWish: boolean;
  /** It was listed when the picker opened, and can't be started any more. */
  readonly isGone: boolean;
}

/** The notebook's wish, where it can't be had. */
export interface IMissingWishOption {
  readonly kind: 'missing-wish';
  readonly key: string;
  readonly wish: IRuntimeWish;
  /** Null when the wish names a place that is not configured here. */
  readonly provider: IRuntimeProvider | null;
}

/** A place that does not answer (yet): `connecting` can't be chosen, `failed` means trying again. */
export interface IPlaceOption {
  readonly kind: 'place';
  readonly key: string;
  readonly provider: IRuntimeProvider;
}

/** To say more about a runtime before it is started. */
export interface ILaunchFormOption {
  readonly kind: 'launch-form';
  readonly key: string;
  readonly provider: IRuntimeProvider;
}

/** To have no kernel. */
export interface INoKernelOption {
  readonly kind: 'none';
  readonly key: string;
  readonly isCurrent: boolean;
}

export type PickerOption =
  | IRuntimeOption
  | IStartOption
  | ILaunchFormOption
  | IMissingWishOption
  | IPlaceOption
  | INoKernelOption;

export type PickerSection = 'wish' | 'status' | 'running' | 'recent' | 'start' | 'none';

export interface IPickerGroup {
  readonly key: string;
  /** Null for the groups that belong to no place: the wish, and no kernel. */
  readonly provider: IRuntimeProvider | null;
  readonly section: PickerSection;
  readonly options: readonly PickerOption[];
}

export interface IPickerInput {
  /** In ascending rank. */
  readonly providers: readonly IRuntimeProvider[];
  readonly runtimes: readonly IRuntimeModel[];
  readonly choices: readonly IRuntimeChoice[];
  /** Qualified kernelspec names, the latest first. */
  readonly recents: readonly string[];
  readonly wish: IRuntimeWish | null;
  readonly currentKernelId: string | null;
  /** Choices of this language come first; '' for none. */
  readonly language: string;
  /** False where the document can't have a kernel at all. */
  readonly canStart: boolean;
  /** There is a launch form. */
  readonly hasLaunchForm: boolean;
}

/** The name of a kernelspec without the provider that qualifies it. */
export function unqualifiedName(kernelName: string, providerId: string): string {
  const prefix = `${providerId}:`;
  return kernelName.startsWith(prefix) ? kernelName.slice(prefix.length) : kernelName;
}

/** Whether a choice or a runtime is what a notebook wishes for. */
export function fulfils(
  candidate: Pick<IRuntimeChoice, 'provider' | 'kernelName'>,
  wish: IRuntimeWish
): boolean {
  const { provider, kernelName } = candidate;
  return (
    provider.id === wish.provider && unqualifiedName(kernelName, provider.id) === wish.environment
  );
}

/** All groups that have something to show, in the order in which they are shown. */
export function buildGroups(input: IPickerInput): IPickerGroup[] {
  const none = group(null, 'none', [
    { kind: 'none', key: 'none', isCurrent: input.currentKernelId === null }
  ]);
  if (!input.canStart) {
    return [none];
  }
  return [
    group(null, 'wish', wishOptions(input)),
    ...input.providers.flatMap(provider => placeGroups(provider, input)),
    none
  ].filter(({ options }) => options.length > 0);
}

function wishOptions(input: IPickerInput): PickerOption[] {
  const { wish, choices, runtimes, currentKernelId, providers } = input;
  const current = runtimes.find(
    ({ kernelId }) => kernelId !== null && kernelId === currentKernelId
  );
  if (wish === null || (current !== undefined && fulfils(current, wish))) {
    return [];
  }
  const choice = choices.find(candidate => fulfils(candidate, wish));
  if (choice !== undefined) {
    return [{ kind: 'start', key: 'wish', choice, isWish: true, isGone: false }];
  }
  const provider = providers.find(({ id }) => id === wish.provider) ?? null;
  return [{ kind: 'missing-wish', key: 'wish', wish, provider }];
}

function placeGroups(provider: IRuntimeProvider, input: IPickerInput): IPickerGroup[] {
  const running = input.runtimes
    .filter(runtime => runtime.provider === provider && isListed(runtime))
    .map((runtime): PickerOption => ({
      kind: 'runtime',
      key: `runtime/${runtime.key}`,
      runtime,
      isCurrent: runtime.kernelId !== null && runtime.kernelId === input.currentKernelId,
      isGone: false
    }));
  const start = input.choices
    .filter(choice => choice.provider === provider)
    .map((choice): IStartOption => ({
      kind: 'start',
      key: `start/${choice.kernelName}`,
      choice,
      isWish: false,
      isGone: false
    }));
  const { recents, language } = input;
  const rank = ({ choice }: IStartOption) => recents.indexOf(choice.kernelName);
  const foreign = ({ choice }: IStartOption) =>
    language !== '' && choice.language !== language ? 1 : 0;
  return [
    group(provider, 'status', provider.status === 'connected' ? [] : [placeOption(provider)]),
    group(provider, 'running', running),
    group(
      provider,
      'recent',
      start.filter(option => rank(option) >= 0).sort((a, b) => rank(a) - rank(b))
    ),
    group(provider, 'start', [
      ...start.filter(option => rank(option) < 0).sort((a, b) => foreign(a) - foreign(b)),
      ...launchForm(provider, input)
    ])
  ];
}

/** Where something can be said about a launch. */
function launchForm(
  provider: IRuntimeProvider,
  { choices, hasLaunchForm }: IPickerInput
): ILaunchFormOption[] {
  const isOffered = choices.some(
    choice => choice.provider === provider && choice.environment !== null
  );
  return hasLaunchForm && isOffered
    ? [{ kind: 'launch-form', key: `launch/${provider.id}`, provider }]
    : [];
}

function placeOption(provider: IRuntimeProvider): IPlaceOption {
  return { kind: 'place', key: `place/${provider.id}`, provider };
}

function group(
  provider: IRuntimeProvider | null,
  section: PickerSection,
  options: readonly PickerOption[]
): IPickerGroup {
  return { key: `${provider?.id ?? ''}/${section}`, provider, section, options };
}

/** What has ended is the sidebar's to tell; the picker offers what a notebook can use, now or soon. */
function isListed({ state }: IRuntimeModel): boolean {
  return (
    state !== 'failed' && state !== 'terminated' && state !== 'expired' && state !== 'terminating'
  );
}

/**
 * `next`, in the order of `previous`: while the picker is open nothing moves
 * under the user's hand. What is new goes to the end of its group, what has
 * gone stays, and says so.
 */
export function keepOrder(
  previous: readonly IPickerGroup[],
  next: readonly IPickerGroup[]
): IPickerGroup[] {
  const alive = new Set(next.flatMap(({ options }) => options.map(({ key }) => key)));
  const merged = next.map(now => {
    const before = previous.find(({ key }) => key === now.key);
    return before === undefined ? now : { ...now, options: mergeOptions(before, now, alive) };
  });
  // A group whose last option has gone keeps its place, after the group that stood before it.
  previous.forEach((before, index) => {
    if (merged.some(({ key }) => key === before.key)) {
      return;
    }
    const options = before.options.flatMap(option => asGone(option, alive));
    if (options.length > 0) {
      const neighbour = previous[index - 1]?.key;
      merged.splice(merged.findIndex(({ key }) => key === neighbour) + 1, 0, {
        ...before,
        options
      });
    }
  });
  return merged;
}

function mergeOptions(
  before: IPickerGroup,
  now: IPickerGroup,
  alive: ReadonlySet<string>
): PickerOption[] {
  const byKey = new Map(now.options.map(option => [option.key, option]));
  const kept = before.options.flatMap(option => {
    const current = byKey.get(option.key);
    return current === undefined ? asGone(option, alive) : [current];
  });
  const known = new Set(kept.map(({ key }) => key));
  return [...kept, ...now.options.filter(({ key }) => !known.has(key))];
}

function asGone(option: PickerOption, alive: ReadonlySet<string>): PickerOption[] {
  const isKept = (option.kind === 'runtime' || option.kind === 'start') && !alive.has(option.key);
  return isKept
    ? [{ ...option, isGone: true, ...(option.kind === 'runtime' ? { isCurrent: false } : {}) }]
    : [];
}

/** Whether the option does something. */
export function isChoosable(option: PickerOption): boolean {
  switch (option.kind) {
    case 'runtime':
      return (
        !option.isGone &&
        (option.runtime.can('resume') ||
          (option.runtime.state === 'running' && option.runtime.kernelId !== null))
      );
    case 'start':
      return !option.isGone && option.choice.unavailableReason === '';
    case 'missing-wish':
      return false;
    case 'place':
      return option.provider.status === 'failed';
    case 'launch-form':
    case 'none':
      return true;
  }
}

/** The groups with those options that hold every word of the query. */
export function filterGroups(
  groups: readonly IPickerGroup[],
  query: string
): readonly IPickerGroup[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return groups;
  }
  return groups
    .map(one => ({
      ...one,
      options: one.options.filter(option => {
        const text = fold(searchText(option));
        return words.every(word => text.includes(word));
      })
    }))
    .filter(({ options }) => options.length > 0);
}

/** Without case and accents, so that `cafe` finds `Café`. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

function searchText(option: PickerOption): string {
  switch (option.kind) {
    case 'runtime': {
      const { name, environment, provider, place, state, assignments, lastUsedBy } = option.runtime;
      const documents = [...assignments.map(({ path }) => path), lastUsedBy ?? ''];
      return [name, environment, provider.label, place, state, ...documents].join(' ');
    }
    case 'start': {
      const { title, language, description, provider } = option.choice;
      return [title, language, description, provider.label, provider.place].join(' ');
    }
    case 'missing-wish':
      return [option.wish.environment, option.wish.provider].join(' ');
    case 'place':
      return [option.provider.label, option.provider.place].join(' ');
    case 'launch-form':
      return ['new options', option.provider.label, option.provider.place].join(' ');
    case 'none':
      return 'no kernel none';
  }
}

/** The options of all groups, as the arrow keys walk them. */
export function flatten(groups: readonly IPickerGroup[]): readonly PickerOption[] {
  return groups.flatMap(({ options }) => options);
}

/**
 * The option that is active when the picker opens: the notebook's wish, else
 * the current runtime, else the latest choice, else the first that can be chosen.
 */
export function initialKey(groups: readonly IPickerGroup[]): string | null {
  const options = flatten(groups).filter(isChoosable);
  const recent = groups.find(({ section }) => section === 'recent')?.options.find(isChoosable);
  const first =
    options.find(option => option.kind === 'start' && option.isWish) ??
    options.find(option => option.kind === 'runtime' && option.isCurrent) ??
    recent ??
    options.find(option => option.kind !== 'place') ??
    options[0];
  return first?.key ?? null;
}

/**
 * The active option after the list changed: the same one while it is listed,
 * else the one that stands where it stood.
 */
export function keepActive(
  key: string | null,
  before: readonly PickerOption[],
  after: readonly PickerOption[]
): string | null {
  if (after.some(option => option.key === key)) {
    return key;
  }
  const index = before.findIndex(option => option.key === key);
  return after[Math.min(Math.max(index, 0), after.length - 1)]?.key ?? null;
}
