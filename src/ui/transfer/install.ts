/** Installing what a variable needs, in the kernel that it goes to. */
import type { IRequirement } from '@jupyterlab-runtimes/core';
import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { Kernel, KernelMessage } from '@jupyterlab/services';

/** Of what `%pip` printed, the end says why it failed. */
const LAST_LINES = 3;

/**
 * @throws RuntimeError START_FAILED with the installer's own last words | NOT_RUNNING.
 */
export async function installIn(
  kernel: Kernel.IKernelConnection | null | undefined,
  { name, version, exact }: IRequirement
): Promise<void> {
  if (kernel == null || kernel.isDisposed) {
    throw new RuntimeError('NOT_RUNNING', `${name} can't be installed: the kernel has gone.`);
  }
  const wanted = exact && version !== '' ? `${name}==${version}` : name;
  let text = '';
  const future = kernel.requestExecute({
    code: `%pip install ${wanted}`,
    store_history: false,
    allow_stdin: false
  });
  future.onIOPub = message => {
    text += printed(message);
  };
  const { content } = await future.done;
  // IPython's own %pip tells a failure by what pip prints alone.
  if (content.status !== 'ok' || /^\s*ERROR:/m.test(text)) {
    const reason = content.status === 'error' ? `${content.evalue}\n${text}` : text;
    const lines = reason.split('\n').map(line => line.trim());
    const last = lines.filter(Boolean).slice(-LAST_LINES).join(' ');
    throw new RuntimeError('START_FAILED', `${wanted} could not be installed: ${last}`);
  }
}

function printed(message: KernelMessage.IIOPubMessage): string {
  return message.header.msg_type === 'stream'
    ? (message.content as KernelMessage.IStreamMsg['content']).text
    : '';
}
