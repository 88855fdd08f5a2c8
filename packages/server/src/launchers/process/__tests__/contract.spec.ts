import { launcherContract } from '../../__tests__/contract.js';
import type { IProcessIdentity } from '../processIdentity.js';
import { madeLauncher } from './support.js';

launcherContract(
  'the process launcher',
  () => {
    const made = madeLauncher();
    return {
      launcher: made.launcher,
      again: () => made.again().launcher,
      kill: (_, handle) => void process.kill((handle as IProcessIdentity).pid, 'SIGKILL'),
      dispose: () => made.dispose()
    };
  },
  { outcome: 'ready', readyWithinMs: 30_000 }
);
