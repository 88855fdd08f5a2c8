/** What has been typed into the launch form, and what it means. No DOM. */
import type { EndAction } from '@jupyterlab-runtimes/core';
import {
  GIVEN_NAME_MAX_LENGTH,
  LONGEST_IDLE_SECONDS,
  quantityValue
} from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ILaunchTerms, IRuntimeEnvironment } from '../../tokens';
import { resourceName, short, unitOf } from '../quantity';
import { span } from '../time';

const MINUTE_MS = 60_000;
const VALUE_MAX_LENGTH = 32_768;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;
/** What goes into no terminal, header or log. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

export interface IVariableDraft {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

/** As typed: '' where nothing was, which leaves it to the environment. */
export interface ILaunchDraft {
  readonly name: string;
  readonly minutes: string;
  readonly onExpiry: EndAction;
  readonly extendsItself: boolean;
  readonly idleMinutes: string;
  readonly idleAction: EndAction;
  readonly persistentStorage: boolean;
  /** The name of a size; '' where the environment has none. */
  readonly size: string;
  /** In the units of `unitOf`, by resource. */
  readonly resources: Readonly<Record<string, string>>;
  readonly variables: readonly IVariableDraft[];
  /** URIs of notebooks to open. */
  readonly examples: readonly string[];
  /** '' for none. */
  readonly snapshotId: string;
}

/** Where a problem is: `minutes`, `resources.cpu`, `variables.3.name`. */
export type FieldId = string;

export interface IReadDraft {
  readonly terms: ILaunchTerms;
  /** One sentence for each field that can't be taken as it is. */
  readonly problems: ReadonlyMap<FieldId, string>;
}

export function emptyDraft(environment: IRuntimeEnvironment | null): ILaunchDraft {
  const [size = ''] = Object.keys(environment?.resourceRanges ?? {});
  return {
    name: '',
    minutes: '',
    onExpiry: 'pause',
    extendsItself: false,
    idleMinutes: '',
    idleAction: environment?.idleAction ?? 'pause',
    persistentStorage: false,
    size,
    resources: {},
    variables: [],
    examples: [],
    snapshotId: ''
  };
}

/** What the draft asks for; terms that nobody touched are left out. */
export function readDraft(
  draft: ILaunchDraft,
  environment: IRuntimeEnvironment,
  trans: TranslationBundle
): IReadDraft {
  const problems = new Map<FieldId, string>();
  const name = readName(draft, problems, trans);
  const minutes = readMinutes(draft, environment, problems, trans);
  const idleSeconds = readIdle(draft, problems, trans);
  const resources = readResources(draft, environment, problems, trans);
  const env = readVariables(draft, problems, trans);
  const { defaultMinutes, maxMinutes } = environment;
  const hasTime = minutes !== undefined || defaultMinutes !== null || maxMinutes !== null;
  const idles = (idleSeconds ?? environment.idleTimeoutSeconds) > 0;
  const terms: ILaunchTerms = {
    ...(name === '' ? {} : { name }),
    ...(minutes === undefined ? {} : { reservationMinutes: minutes }),
    ...(hasTime ? { onExpiry: draft.onExpiry, extendsItself: draft.extendsItself } : {}),
    ...(idleSeconds === undefined ? {} : { idleTimeoutSeconds: idleSeconds }),
    ...(idles ? { idleAction: draft.idleAction } : {}),
    ...(draft.persistentStorage ? { persistentStorage: true } : {}),
    ...(resources === undefined ? {} : { resources }),
    ...(env === undefined ? {} : { env }),
    ...(draft.snapshotId === '' ? {} : { snapshotId: draft.snapshotId })
  };
  return { terms, problems };
}

/** @returns The name as it would be taken; '' for none. */
export function readName(
  { name: text }: Pick<ILaunchDraft, 'name'>,
  problems: Map<FieldId, string>,
  trans: TranslationBundle
): string {
  const name = text.trim();
  if (name.length > GIVEN_NAME_MAX_LENGTH) {
    problems.set(
      'name',
      trans.__('A name has at most %1 characters: this has %2.', GIVEN_NAME_MAX_LENGTH, name.length)
    );
  } else if (CONTROL.test(name)) {
    problems.set('name', trans.__('A name has no line breaks and other control characters.'));
  }
  return name;
}

function readMinutes(
  { minutes: text }: ILaunchDraft,
  { maxMinutes }: IRuntimeEnvironment,
  problems: Map<FieldId, string>,
  trans: TranslationBundle
): number | undefined {
  if (text.trim() === '') {
    return undefined;
  }
  const minutes = Number(text);
  if (!Number.isFinite(minutes) || minutes <= 0) {
    problems.set('minutes', trans.__('Reserve more than 0 minutes, in digits.'));
  } else if (maxMinutes !== null && minutes > maxMinutes) {
    problems.set(
      'minutes',
      trans.__(
        'At most %1 minutes (%2) can be reserved here.',
        maxMinutes,
        span(maxMinutes * MINUTE_MS, trans)
      )
    );
  }
  return minutes;
}

/** @returns Seconds, 0 for never; undefined where nothing was typed. */
export function readIdle(
  { idleMinutes: text }: Pick<ILaunchDraft, 'idleMinutes'>,
  problems: Map<FieldId, string>,
  trans: TranslationBundle
): number | undefined {
  if (text.trim() === '') {
    return undefined;
  }
  const minutes = Number(text);
  if (!Number.isFinite(minutes) || minutes < 0) {
    problems.set('idleMinutes', trans.__('Give minutes in digits; 0 lets it idle for ever.'));
  } else if (minutes * 60 > LONGEST_IDLE_SECONDS) {
    problems.set('idleMinutes', trans.__('That is more than ten years: 0 lets it idle for ever.'));
  }
  // The service counts in whole seconds, and 0 of them means never.
  return minutes > 0 ? Math.max(1, Math.round(minutes * 60)) : 0;
}

/** All of a size's resources as soon as one differs from what one gets unasked. */
function readResources(
  draft: ILaunchDraft,
  { resourceRanges }: IRuntimeEnvironment,
  problems: Map<FieldId, string>,
  trans: TranslationBundle
): Record<string, string> | undefined {
  const range = resourceRanges[draft.size];
  if (range === undefined) {
    return undefined;
  }
  const resources: Record<string, string> = { ...range.requests };
  let isChosen = draft.size !== Object.keys(resourceRanges)[0];
  for (const [resource, text] of Object.entries(draft.resources)) {
    const { size, suffix } = unitOf(resource);
    const limit = range.limits[resource];
    if (text.trim() === '' || limit === undefined) {
      continue;
    }
    const least = quantityValue(range.requests[resource] ?? '0');
    const most = quantityValue(limit);
    const wanted = Number(text) * size;
    // What is written down is rounded: a little more is not more.
    if (!Number.isFinite(wanted) || wanted <= 0 || wanted < least * 0.99 || wanted > most * 1.01) {
      problems.set(
        `resources.${resource}`,
        trans.__(
          'Between %1 and %2 %3 can be had.',
          short(least / size),
          short(most / size),
          suffix === '' ? resourceName(resource, trans) : `${suffix}B`
        )
      );
    }
    resources[resource] = `${Number(text)}${suffix}`;
    isChosen = true;
  }
  return isChosen ? resources : undefined;
}

function readVariables(
  { variables }: ILaunchDraft,
  problems: Map<FieldId, string>,
  trans: TranslationBundle
): Record<string, string> | undefined {
  const env = new Map<string, string>();
  for (const { id, name, value } of variables) {
    if (name === '' && value === '') {
      continue;
    }
    if (name === '') {
      problems.set(
        `variables.${id}.name`,
        trans.__('Give this variable a name, or take its value away.')
      );
    } else if (!VARIABLE_NAME.test(name)) {
      problems.set(
        `variables.${id}.name`,
        trans.__('A name has letters, digits and underscores, and begins with no digit.')
      );
    } else if (env.has(name)) {
      problems.set(`variables.${id}.name`, trans.__('%1 is there twice.', name));
    }
    if (value.length > VALUE_MAX_LENGTH) {
      problems.set(
        `variables.${id}.value`,
        trans.__('A value has at most %1 characters.', VALUE_MAX_LENGTH)
      );
    }
    env.set(name, value);
  }
  return env.size === 0 ? undefined : Object.fromEntries(env);
}
