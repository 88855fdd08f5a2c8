/** What can go where, told before anything moves: pure, from what both kernels say of themselves. */
import type { IKernelFacts } from './ops.js';

/** A distribution that a variable needs where it arrives. */
export interface IRequirement {
  readonly module: string;
  /** The distribution's name. */
  readonly name: string;
  /** Where it comes from; '' where that is not known. */
  readonly version: string;
  /** No other version will do. */
  readonly exact: boolean;
}

/** One name, as `describe` tells of it. */
export interface IDescribedVariable {
  readonly name: string;
  readonly type: string;
  /** null: not known. */
  readonly size_bytes: number | null;
  readonly outcome: 'carried' | 'rebuilt' | 'skipped' | 'unknown until tried';
  readonly reason: string;
  readonly remedy: string;
  /** Other names that share objects with it. */
  readonly shares: readonly string[];
  readonly requires: readonly IRequirement[];
  /** It looks like a secret, by its name or by what is in it: it should not leave unasked. */
  readonly secret_like: boolean;
  /** Why, a sentence without any of its value; '' where it does not. */
  readonly secret_reason: string;
}

export interface IDescription {
  readonly entries: readonly IDescribedVariable[];
  /** false: time ran out, and the rest says `unknown until tried`. */
  readonly complete: boolean;
}

/** What would help. The page offers it; nothing is done unasked. */
export type Remedy =
  | { readonly kind: 'install'; readonly distribution: string; readonly version: string | null }
  /** Its own words say what to do, e.g. open a file again by its path. */
  | { readonly kind: 'advice'; readonly text: string }
  | { readonly kind: 'leave' };

export interface IPlannedVariable extends IDescribedVariable {
  /** Whether it can go as things are. */
  readonly fits: boolean;
  /** Why not, a sentence; '' where it can. */
  readonly obstacle: string;
  readonly remedies: readonly Remedy[];
}

export interface ITransferForecast {
  readonly variables: readonly IPlannedVariable[];
  /** Of those that fit; those of unknown size are not counted. */
  readonly bytes: number;
  /** What is to be said of all, e.g. that memory will be short; sentences. */
  readonly warnings: readonly string[];
}

/** Memory is needed for what arrives, and once more while it is put together. */
const HEADROOM = 1.25;

/** The names of distributions that the target has to be asked about. */
export function requiredDistributions(description: IDescription): readonly string[] {
  return [
    ...new Set(description.entries.flatMap(({ requires }) => requires.map(({ name }) => name)))
  ];
}

/** @param targetName How the target is called in sentences. */
export function planTransfer(
  description: IDescription,
  source: IKernelFacts,
  target: IKernelFacts,
  targetName: string
): ITransferForecast {
  const memory = target.memory_bytes ?? Infinity;
  const variables = description.entries.map(entry => plan(entry, target, targetName, memory));
  const bytes = variables
    .filter(({ fits }) => fits)
    .reduce((sum, { size_bytes: size }) => sum + (size ?? 0), 0);
  const warnings: string[] = [];
  if (bytes * HEADROOM > memory) {
    warnings.push(
      `${targetName} has ${megabytes(memory)} of memory for ${megabytes(bytes)} of variables: leave some, or choose a larger runtime.`
    );
  }
  if (target.disk_bytes !== null && bytes > target.disk_bytes) {
    warnings.push(
      `The disk of ${targetName} has ${megabytes(target.disk_bytes)} left, and the variables pass through it: make room there, or leave some.`
    );
  }
  if (minorOf(source) !== minorOf(target)) {
    warnings.push(
      `${targetName} runs Python ${minorOf(target)}, and the variables come from ${minorOf(source)}: functions and classes go by their source.`
    );
  }
  return { variables, bytes, warnings };
}

function plan(
  entry: IDescribedVariable,
  target: IKernelFacts,
  targetName: string,
  memory: number
): IPlannedVariable {
  if (entry.outcome === 'skipped') {
    const advice: Remedy = { kind: 'advice', text: entry.remedy };
    return planned(entry, entry.reason, entry.remedy === '' ? [] : [advice]);
  }
  const missing = entry.requires.filter(each => !isThere(each, target));
  if (missing.length > 0) {
    const [first] = missing;
    const here = target.distributions[first.name];
    const obstacle = here
      ? `it needs ${first.name} ${first.version}, and ${targetName} has ${here}`
      : `it needs ${first.name}, which ${targetName} does not have`;
    return planned(entry, obstacle, missing.map(installOf));
  }
  if ((entry.size_bytes ?? 0) > memory) {
    const obstacle = `it has ${megabytes(entry.size_bytes ?? 0)}, and ${targetName} has room for ${megabytes(memory)}`;
    return planned(entry, obstacle, []);
  }
  return { ...entry, fits: true, obstacle: '', remedies: [] };
}

function planned(
  entry: IDescribedVariable,
  obstacle: string,
  remedies: readonly Remedy[]
): IPlannedVariable {
  return { ...entry, fits: false, obstacle, remedies: [...remedies, { kind: 'leave' }] };
}

function isThere({ name, version, exact }: IRequirement, { distributions }: IKernelFacts): boolean {
  const here = distributions[name];
  // What was not asked about is not known to be missing.
  return here === undefined || (here !== null && (!exact || version === '' || here === version));
}

function installOf({ name, version, exact }: IRequirement): Remedy {
  return { kind: 'install', distribution: name, version: exact && version ? version : null };
}

const minorOf = ({ python }: IKernelFacts): string =>
  python.version.split('.').slice(0, 2).join('.');

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
