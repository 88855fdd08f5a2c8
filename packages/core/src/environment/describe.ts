/** A manifest as the interface shows it. */
import type { IEnvironment, IResourceRange } from '../contract/environment.js';
import type { IManifest } from './schema.js';

/** What a manifest does not say itself. */
export interface IDescribeOptions {
  /** null: the operator's. */
  readonly owner: string | null;
  readonly kernelName: string;
  readonly kernelDisplayName: string;
  /** '' where it can run. */
  readonly unavailableReason: string;
}

/** In no list, but it can be launched. */
export const HIDDEN_LABEL = 'datalayer.io/hidden';

/** How many runtimes are kept started for the next launch. */
export const WARM_LABEL = 'datalayer.io/warm';

export function describeManifest(manifest: IManifest, options: IDescribeOptions): IEnvironment {
  const { metadata, spec } = manifest;
  const examples = spec.example === undefined ? [] : [spec.example].flat();
  return {
    name: metadata.name,
    title: spec.title || metadata.name,
    description: spec.description ?? '',
    language: spec.language ?? 'python',
    kernel_name: options.kernelName,
    kernel_display_name: options.kernelDisplayName,
    is_default: false,
    available: options.unavailableReason === '',
    unavailable_reason: options.unavailableReason,
    labels: {
      ...strings(metadata.labels ?? {}),
      ...(spec.hidden ? { [HIDDEN_LABEL]: 'true' } : {}),
      ...(spec.warm === undefined ? {} : { [WARM_LABEL]: String(spec.warm) })
    },
    owner: options.owner,
    visibility: visibilityOf(manifest, options.owner),
    icon: spec.icon ?? '',
    tags: spec.tags ?? [],
    deprecated: spec.deprecated ?? false,
    examples,
    snippets: (spec.snippets ?? []).map(({ title, description, code }) => ({
      title,
      description: description ?? '',
      code
    })),
    given_name_template: spec.kernel?.givenNameTemplate ?? '',
    resource_ranges: Object.fromEntries(
      Object.entries(spec.resourcesRanges ?? {}).map(([name, range]) => [name, rangeOf(range)])
    ),
    reservation: {
      default_minutes: spec.reservation?.defaultMinutes ?? null,
      max_minutes: spec.reservation?.maxMinutes ?? null
    },
    idle: {
      timeout_seconds: spec.idle?.timeoutSeconds ?? 0,
      action: spec.idle?.action === 'terminate' ? 'terminate' : 'pause'
    },
    burning_rate: spec.burningRate ?? 0
  };
}

/** The operator's environments are for everybody, a user's for the user alone, unless they say otherwise. */
function visibilityOf({ spec }: IManifest, owner: string | null): IEnvironment['visibility'] {
  switch (spec.visibility) {
    case 'public':
    case 'private':
    case 'organization':
      return spec.visibility;
    default:
      return owner === null ? 'public' : 'private';
  }
}

/** Whether `owner` sees an environment. */
export function isVisible(environment: IEnvironment, owner: string): boolean {
  return (
    environment.owner === null ||
    environment.owner === owner ||
    environment.visibility !== 'private'
  );
}

interface IWrittenRange {
  readonly requests?: Record<string, string | number>;
  readonly limits?: Record<string, string | number>;
}

/** What is not limited is limited to what is requested, as on Kubernetes what is not requested is what is limited. */
function rangeOf({ requests, limits }: IWrittenRange): IResourceRange {
  return {
    requests: strings({ ...limits, ...requests }),
    limits: strings({ ...requests, ...limits })
  };
}

function strings(record: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]));
}
