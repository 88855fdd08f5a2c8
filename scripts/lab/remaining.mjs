/** Find what a stopped JupyterLab left running: processes that were told of its folder. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

import { run } from '../machine/run.mjs';

/** Only programs that we start: an editor or a shell in that folder is none of our business. */
const OURS = /^(node|python|jupyter)/i;

/**
 * @param {string} folder
 * @returns {Promise<{ pid: number, command: string }[]>}
 */
export async function remainingProcesses(folder) {
  const all = process.platform === 'linux' ? fromProc() : await fromSystem();
  return all.filter(
    ({ pid, name, text }) => pid !== process.pid && OURS.test(name) && text.includes(folder)
  );
}

/** End what remains, by id. */
export async function endRemaining(folder) {
  const remaining = await remainingProcesses(folder);
  for (const { pid } of remaining) {
    signal(pid, 'SIGKILL');
  }
  return remaining;
}

/**
 * Send a signal to a process, or (negative id) to a process group.
 *
 * @param {number} pid
 * @param {NodeJS.Signals} name
 * @returns {boolean} Whether there was one.
 */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') {
      return false;
    }
    throw error;
  }
}

/** Linux: command line and environment of every process that is ours to read. */
function fromProc() {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(id => {
      try {
        const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const environment = readFileSync(`/proc/${id}/environ`, 'utf8');
        const name = basename(readlinkSync(`/proc/${id}/exe`));
        return [{ pid: Number(id), name, command, text: `${command}\n${environment}` }];
      } catch (error) {
        // It ended meanwhile, is a zombie, or is another user's.
        if (['ENOENT', 'EACCES', 'ESRCH', 'EPERM'].includes(error.code)) {
          return [];
        }
        throw error;
      }
    });
}

/** macOS: `ps` with environments; Windows: command lines, by PowerShell. */
async function fromSystem() {
  if (process.platform === 'win32') {
    const script =
      'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.Name) $($_.CommandLine)" }';
    const { output } = await run('powershell', ['-NoProfile', '-Command', script]);
    return parse(output);
  }
  const { output } = await run('ps', ['-AEww', '-o', 'pid=,command=']);
  return parse(output);
}

function parse(listing) {
  return listing.split(/\r?\n/).flatMap(line => {
    const found = /^\s*(\d+)\s+(\S+)(.*)$/.exec(line);
    if (!found) {
      return [];
    }
    const [, pid, program, rest] = found;
    const command = `${program}${rest}`;
    return [{ pid: Number(pid), name: basename(program), command, text: command }];
  });
}
