/** What runs the kernels of an environment. */

/** As in a `kernel.json`. */
export interface IKernelspec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly interrupt_mode?: string;
}

export interface IInterpreter {
  readonly kernelName: string;
  readonly displayName: string;
  /** Its command and variables, as a kernelspec has them. */
  readonly spec: IKernelspec;
}

/** What the service's own Python offers as its kernel, for a launch that has variables of its own. */
export function builtInInterpreter(python: string): IInterpreter {
  const displayName = 'Python 3 (ipykernel)';
  return {
    kernelName: 'python3',
    displayName,
    spec: {
      argv: [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
      display_name: displayName,
      language: 'python',
      metadata: { debugger: true }
    }
  };
}
