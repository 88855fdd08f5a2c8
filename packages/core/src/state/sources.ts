/** The Python package that goes into kernels, as `scripts/state/sources.mjs` gathers it. */
export interface IStateSources {
  /** SHA-256 of the files: another version replaces what a kernel has. */
  readonly digest: string;
  /** Text by path below `jupyterlab_runtimes/state`, e.g. `kernel/server.py`. */
  readonly files: Readonly<Record<string, string>>;
}
