/**
 * Which process a number means: the operating system gives numbers again, so the time of its start and the boot of the
 * machine belong to it.
 *
 * | system  | start                                            | boot                                |
 * |---------|--------------------------------------------------|-------------------------------------|
 * | Linux   | `/proc/<pid>/stat`, field 22 (clock ticks)         | `/proc/sys/kernel/random/boot_id`     |
 * | macOS   | `ps -o lstart= -p <pid>` (seconds)                 | `sysctl -n kern.boottime`             |
 * | Windows | `Get-Process -Id <pid>`, `StartTime` (100 ns ticks)  | in the start time: it is an absolute one |
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface IProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
}

/** @returns undefined when there is no such process. */
export async function identify(pid: number): Promise<IProcessIdentity | undefined> {
  const startTime = await startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime, bootId: await bootId() };
}

/** Whether the very process is still there. */
export async function isAlive(identity: IProcessIdentity): Promise<boolean> {
  const now = await identify(identity.pid);
  return now?.startTime === identity.startTime && now.bootId === identity.bootId;
}

async function startTimeOf(pid: number): Promise<string | undefined> {
  switch (process.platform) {
    case 'linux': {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
      // The command, in parentheses, may hold anything: count from its end. Field 3 is the state, 22 the start.
      const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields && fields[0] !== 'Z' && fields[0] !== 'X' ? fields[19] : undefined;
    }
    case 'win32': {
      const script = `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToUniversalTime().Ticks`;
      return output('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]);
    }
    default:
      return output('ps', ['-o', 'lstart=', '-p', String(pid)]);
  }
}

let knownBootId: Promise<string> | undefined;

function bootId(): Promise<string> {
  return (knownBootId ??= readBootId());
}

async function readBootId(): Promise<string> {
  switch (process.platform) {
    case 'linux':
      return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    case 'win32':
      return 'windows';
    default:
      return (await output('sysctl', ['-n', 'kern.boottime'])) ?? 'unknown';
  }
}

/** What a command prints; undefined when it fails, which here means that there is no such process. */
async function output(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, args, { env: { ...process.env, LC_ALL: 'C' } });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
