/** The bounds of a runtime's resources: by control groups where the system lets us, else by the process itself. */
import { availableParallelism } from 'node:os';

import { formatBytes, parseQuantity } from '@jupyterlab-runtimes/core/environment';

import type { ControlGroups, IBounds, IControlGroup } from './controlGroup.js';

/** What the process is to bound by itself; in its environment, see runtime_server.py. */
export interface ISelfBounds {
  readonly JUPYTERLAB_RUNTIMES_MEMORY?: string;
  readonly JUPYTERLAB_RUNTIMES_CPUS?: string;
}

export interface ILimits {
  readonly group: IControlGroup;
  readonly self: ISelfBounds;
  readonly notes: readonly string[];
  readonly memoryBytes: number | undefined;
}

/** Names of resources that are a matter of the machine, not of a bound. */
const SHARED = new Set(['nvidia.com/gpu', 'amd.com/gpu']);

export function limit(
  id: string,
  resources: Readonly<Record<string, string>>,
  groups: ControlGroups,
  platform: NodeJS.Platform = process.platform
): ILimits {
  const bounds: IBounds = {
    ...quantity('memoryBytes', resources['memory']),
    ...quantity('cpus', resources['cpu'])
  };
  const group = platform === 'linux' ? groups.make(id, bounds) : {};
  const notes: string[] = [];
  const self: Record<string, string> = {};
  if (bounds.memoryBytes !== undefined && group.memory === undefined) {
    const text = formatBytes(bounds.memoryBytes);
    if (platform === 'linux') {
      self['JUPYTERLAB_RUNTIMES_MEMORY'] = String(Math.floor(bounds.memoryBytes));
      notes.push(
        `Its memory is bounded to ${text} for each of its processes, not for all together: the service may not make control groups here.`
      );
    } else {
      notes.push(`Its memory is not bounded to ${text}: this system has no means for it.`);
    }
  }
  if (
    bounds.cpus !== undefined &&
    group.cpu === undefined &&
    bounds.cpus < availableParallelism()
  ) {
    const whole = Math.max(1, Math.ceil(bounds.cpus));
    if (platform === 'linux') {
      self['JUPYTERLAB_RUNTIMES_CPUS'] = String(whole);
      if (whole !== bounds.cpus) {
        notes.push(
          `It may use ${whole} processor${whole > 1 ? 's' : ''}, not ${bounds.cpus}: the service may not make control groups here.`
        );
      }
    } else {
      notes.push(
        `Its processors are not bounded to ${bounds.cpus}: this system has no means for it.`
      );
    }
  }
  for (const name of Object.keys(resources)) {
    if (SHARED.has(name)) {
      notes.push(
        `The GPUs of the machine are shared by all of its processes: ${name} reserves none.`
      );
    } else if (name !== 'memory' && name !== 'cpu') {
      notes.push(`The resource ${name} is not bounded: processes of one machine share it.`);
    }
  }
  return { group, self, notes, memoryBytes: bounds.memoryBytes };
}

function quantity<K extends string>(name: K, text: string | undefined): Partial<Record<K, number>> {
  return text === undefined ? {} : ({ [name]: parseQuantity(text, name) } as Record<K, number>);
}
