/** What a kernel says of its variables before anything moves. */

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

/** The names of distributions that the target has to be asked about. */
export function requiredDistributions(description: IDescription): readonly string[] {
  return [
    ...new Set(description.entries.flatMap(({ requires }) => requires.map(({ name }) => name)))
  ];
}
