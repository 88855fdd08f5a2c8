/** What is wrong with a manifest, and where. */
export interface IManifestFault {
  /** A `warning` does not keep the environment from being loaded. */
  readonly severity: 'error' | 'warning';
  /** As the reader named it: a file's path, or what stands for it. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** e.g. `spec.env[0].name`; '' for the document. */
  readonly path: string;
  /** What is wrong; a sentence. */
  readonly message: string;
  /** What to do; a sentence. */
  readonly remedy: string;
}

/** One line for people, in the form that editors make a link of. */
export function describeFault(fault: IManifestFault): string {
  const field = fault.path === '' ? '' : `${fault.path}: `;
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.severity}: ${field}${fault.message} ${fault.remedy}`.trim();
}
