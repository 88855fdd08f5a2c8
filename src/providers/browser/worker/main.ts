/** Entry of the worker: one kernel, offered through comlink. */
import { expose } from 'comlink';

import { BrowserKernelWorker } from './kernel';

expose(new BrowserKernelWorker());
