/** What would go along from one runtime to another, name by name: decided here, shown elsewhere. */
import type {
  IDescribedVariable,
  IDescription,
  IKernelFacts,
  IRequirement
} from '@jupyterlab-runtimes/core';

/** As the kernel says it: `unknown` may become one of the others once it has been tried. */
export type RowOutcome = 'carried' | 'rebuilt' | 'skipped' | 'unknown';

/** Why a row can't go although its source could give it. */
export type Obstacle =
  | { readonly kind: 'missing'; readonly requirement: IRequirement }
  | { readonly kind: 'version'; readonly requirement: IRequirement; readonly found: string }
  | { readonly kind: 'too-large'; readonly freeBytes: number };

export interface IPlanRow {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number | null;
  readonly outcome: RowOutcome;
  /** The kernel's sentence; '' where there is nothing to say. */
  readonly reason: string;
  readonly remedy: string;
  /** What the target lacks; its variable stays behind unless that is mended. */
  readonly obstacle: Obstacle | null;
  readonly isSecretLike: boolean;
  /** Why it looks like one, without a part of it; '' where it does not. */
  readonly secretReason: string;
  /** The target has a variable of that name. */
  readonly replaces: boolean;
  /** It can't come as data alone. */
  readonly bringsCode: boolean;
  /** Names of the same plan that share objects with it. */
  readonly shares: readonly string[];
}

/** What is known of the other side. */
export interface IPlanTarget {
  readonly facts: IKernelFacts;
  /** The names that it has. */
  readonly names: ReadonlySet<string>;
}

/** @param codeNames What can't come as data alone, where that matters. */
export function planRows(
  plan: IDescription,
  target: IPlanTarget | null,
  codeNames: ReadonlySet<string> = new Set()
): IPlanRow[] {
  return plan.entries.map(entry => ({
    name: entry.name,
    type: entry.type,
    sizeBytes: entry.size_bytes,
    outcome: outcomeOf(entry.outcome),
    reason: entry.reason,
    remedy: entry.remedy,
    obstacle: target === null ? null : obstacleOf(entry, target.facts),
    isSecretLike: entry.secret_like,
    secretReason: entry.secret_reason,
    replaces: target?.names.has(entry.name) ?? false,
    bringsCode: codeNames.has(entry.name),
    shares: entry.shares
  }));
}

/** Whether it can go, as far as is known. */
export function canGo({ outcome, obstacle }: IPlanRow): boolean {
  return outcome !== 'skipped' && obstacle === null;
}

/** What is ticked unasked: all that can go, but for what looks like a secret. */
export function ticksUnasked(rows: readonly IPlanRow[]): string[] {
  return rows.filter(row => canGo(row) && !row.isSecretLike).map(({ name }) => name);
}

/** Of the rows chosen; sizes that nobody knows count as nothing. */
export function bytesOf(rows: readonly IPlanRow[], chosen: ReadonlySet<string>): number {
  return rows
    .filter(({ name }) => chosen.has(name))
    .reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
}

function outcomeOf(outcome: IDescribedVariable['outcome']): RowOutcome {
  return outcome === 'unknown until tried' ? 'unknown' : outcome;
}

function obstacleOf(
  { requires, size_bytes: bytes }: IDescribedVariable,
  { distributions, memory_bytes: freeBytes }: IKernelFacts
): Obstacle | null {
  for (const requirement of requires) {
    const found = distributions[requirement.name];
    if (found === null) {
      return { kind: 'missing', requirement };
    }
    if (found !== undefined && requirement.exact && found !== requirement.version) {
      return { kind: 'version', requirement, found };
    }
  }
  return bytes !== null && freeBytes !== null && bytes > freeBytes
    ? { kind: 'too-large', freeBytes }
    : null;
}
