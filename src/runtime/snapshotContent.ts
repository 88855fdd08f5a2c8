/** What a manifest says of its variables, as far as people want to see it. Nothing is decoded. */
import type { IDescribedVariable, IDescription, Manifest } from '@jupyterlab-runtimes/core';

/** A manifest from elsewhere may say anything: what has another type is not believed. */
type Unknown = Readonly<Record<string, unknown>>;

export function describedBy({ graph }: Pick<Manifest, 'graph'>): IDescription {
  return { entries: (graph.variables ?? []).map(each => variableOf(each)), complete: true };
}

/** The names that can't come as data alone. */
export function codeNamesOf({ graph }: Pick<Manifest, 'graph'>): Set<string> {
  const rows: readonly Unknown[] = (graph.variables ??
    []) as readonly object[] as readonly Unknown[];
  return new Set(rows.filter(row => row['code'] === true).map(row => text(row['name'])));
}

/** The source that a snapshot brings: text by key. */
export function sourcesOf({ graph }: Pick<Manifest, 'graph'>): Record<string, string> {
  const { sources } = graph as { sources?: unknown };
  return Object.fromEntries(
    Object.entries(isObject(sources) ? sources : {}).map(([key, value]) => {
      const source = isObject(value) ? value : {};
      return [
        key,
        text(source['text']) ||
          `# ${text(source['name']) || key}: bytecode, its source is not known`
      ];
    })
  );
}

/** Key ids of who signed it; not checked. */
export function signersOf(manifestBytes: Uint8Array<ArrayBuffer>): string[] {
  const rest = manifestBytes.subarray(manifestBytes.indexOf(0x0a) + 1);
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(rest));
    const list = isObject(value) ? value['signatures'] : null;
    return Array.isArray(list)
      ? list.flatMap((each: unknown) =>
          isObject(each) && typeof each['key_id'] === 'string' ? [each['key_id']] : []
        )
      : [];
  } catch {
    // Nobody.
    return [];
  }
}

function variableOf(given: object): IDescribedVariable {
  const row = given as Unknown;
  const outcome = text(row['outcome']);
  return {
    name: text(row['name']),
    type: text(row['type']),
    size_bytes: typeof row['size_bytes'] === 'number' ? row['size_bytes'] : null,
    outcome: outcome === 'skipped' || outcome === 'rebuilt' ? outcome : 'carried',
    reason: text(row['reason']),
    remedy: text(row['remedy']),
    shares: list(row['shares']).map(text),
    requires: list(row['requires'])
      .filter(isObject)
      .map(each => ({
        module: text(each['module']),
        name: text(each['name']),
        version: text(each['version']),
        exact: each['exact'] === true
      })),
    secret_like: row['secret_like'] === true,
    secret_reason: text(row['secret_reason'])
  };
}

function isObject(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
