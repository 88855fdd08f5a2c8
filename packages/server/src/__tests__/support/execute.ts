/** Run a cell in a runtime's kernel, and read what it prints. */
import type { IRuntimeResource } from '@jupyterlab-runtimes/core';

import { TestChannel } from './testChannel.js';
import type { TestService } from './testService.js';

/** @returns What it printed, to standard error too. */
export async function execute(
  service: TestService,
  runtime: IRuntimeResource,
  code: string
): Promise<string> {
  const channel = new TestChannel(service, runtime);
  try {
    return await channel.run(code);
  } finally {
    channel.close();
  }
}
