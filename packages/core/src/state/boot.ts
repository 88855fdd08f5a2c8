/** Let a kernel listen to us: the one piece of code that it is given to run, silently and without a name. */
import { RuntimeError } from '../errors.js';
import type { IKernelLink, IKernelReply } from './link.js';

/**
 * Waits for a running cell, unless the kernel has subshells.
 *
 * @throws RuntimeError UNREACHABLE (retryable) | STATE_NOT_CARRIED: the kernel is of a kind that can't
 */
export async function boot(link: IKernelLink, name: string, code: string): Promise<void> {
  const channel = 'control';
  const info = await link.ask({ channel, msgType: 'kernel_info_request', content: {} });
  const language = (info.content['language_info'] as { name?: string } | undefined)?.name;
  if (language !== 'python') {
    throw new RuntimeError(
      'STATE_NOT_CARRIED',
      `Variables can be moved between Python kernels, and ${name} runs ${language ?? 'something else'}: start a Python runtime instead.`
    );
  }
  const features = (info.content['supported_features'] ?? []) as readonly string[];
  if (!features.includes('kernel subshells')) {
    check(await execute(link, code), name);
    return;
  }
  const made = await link.ask({ channel, msgType: 'create_subshell_request', content: {} });
  const subshellId = made.content['subshell_id'];
  if (typeof subshellId !== 'string') {
    check(await execute(link, code), name);
    return;
  }
  try {
    check(await execute(link, code, subshellId), name);
  } finally {
    const content = { subshell_id: subshellId };
    await link.ask({ channel, msgType: 'delete_subshell_request', content });
  }
}

function execute(link: IKernelLink, code: string, subshellId?: string): Promise<IKernelReply> {
  const scope = '{"__name__": "_jupyterlab_runtimes_state_boot"}';
  return link.ask({
    channel: 'shell',
    msgType: 'execute_request',
    subshellId,
    content: {
      // An expression without a value: no name, no output. JSON's escapes are Python's, too.
      code: `__import__("builtins").exec(${JSON.stringify(code)}, ${scope})`,
      ...{ silent: true, store_history: false, stop_on_error: false },
      ...{ user_expressions: {}, allow_stdin: false }
    }
  });
}

function check({ content }: IKernelReply, name: string): void {
  if (content['status'] === 'aborted') {
    throw new RuntimeError('UNREACHABLE', `${name} is getting over an error: try again.`);
  }
  if (content['status'] !== 'ok') {
    const { evalue } = content;
    const reason = typeof evalue === 'string' ? evalue : 'its kernel is of another kind.';
    throw new RuntimeError(
      'STATE_NOT_CARRIED',
      `The variables of ${name} can't be moved: ${reason}`
    );
  }
}
