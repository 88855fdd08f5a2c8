import { execFileSync } from 'node:child_process';

import type { TestService } from './testService.js';

export interface IProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes of the service's runtimes: Jupyter Servers and kernels. */
export function processesOf(service: TestService): IProcess[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,stat=,command='], { encoding: 'utf8' })
    .split('\n')
    .flatMap(line => {
      const [, pid, stat, command] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      return command?.includes(`${service.folder}/run/`) && !stat.startsWith('Z')
        ? [{ pid: Number(pid), command }]
        : [];
    });
}
