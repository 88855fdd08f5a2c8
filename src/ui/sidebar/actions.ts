/** What the user does to runtimes: asks first where something is lost, and says what failed. */
import type { ISkippedVariable } from '@jupyterlab-runtimes/core';
import { isEnd, RuntimeError } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  IFailedInterrupt,
  IRuntimeAssignment,
  IRuntimeManager,
  IRuntimeModel,
  RuntimeChange
} from '../../tokens';
import { sentence } from '../format';
import { EXTENSION_MINUTES, extensionMinutes } from '../life';
import { resumeNow } from '../pause/resumeNow';
import type { INotices } from '../status/notices';
import type { Ending, IQuestion } from './questions';
import {
  impossibleQuestion,
  restartAndClearQuestion,
  restartQuestion,
  terminateQuestion,
  unansweredQuestion
} from './questions';

/** How long an interrupt may stay unanswered, milliseconds. */
const ANSWER_TIMEOUT_MS = 5000;

export interface IRuntimeActionsOptions {
  readonly manager: IRuntimeManager;
  readonly notices: INotices;
  readonly trans: TranslationBundle;
  readonly ask: (
    question: IQuestion<Ending>,
    options?: { signal?: AbortSignal }
  ) => Promise<Ending>;
  /** What to change of it; null for nothing. */
  readonly askForChange: (runtime: IRuntimeModel) => Promise<RuntimeChange | null>;
  /** Whether to pause without these; the sentence is the service's. */
  readonly askToLeave: (
    runtime: IRuntimeModel,
    lost: readonly ISkippedVariable[],
    sentence: string
  ) => Promise<boolean>;
  /** Clear the outputs of those that are open notebooks. */
  readonly clearOutputs: (assignments: readonly IRuntimeAssignment[]) => void;
}

export class RuntimeActions {
  constructor(private readonly options: IRuntimeActionsOptions) {}

  /** Stop the running cell; where it does not stop, offer to end the kernel. */
  async interrupt(runtime: IRuntimeModel): Promise<void> {
    const { manager } = this.options;
    await this.attempt(this.interruptFailure(runtime), async () => {
      const outcome = await manager.interrupt(runtime, { answerTimeoutMs: ANSWER_TIMEOUT_MS });
      if (outcome !== 'interrupted') {
        await this.offerToEnd(runtime, outcome);
      }
    });
  }

  /** @see interrupt — for one that was not asked for here, and did not stop the cell. */
  async interruptFailed(failed: IFailedInterrupt): Promise<void> {
    const { runtime } = failed;
    if (failed.outcome === 'failed') {
      this.options.notices.error(this.interruptFailure(runtime), sentence(failed.error));
    } else {
      await this.offerToEnd(runtime, failed.outcome);
    }
  }

  async restart(runtime: IRuntimeModel): Promise<void> {
    const { ask, trans } = this.options;
    await this.end(runtime, await ask(restartQuestion(runtime, trans)));
  }

  /** @see restart — then clear the outputs of every notebook that is assigned. */
  async restartAndClear(runtime: IRuntimeModel): Promise<void> {
    const { ask, clearOutputs, trans } = this.options;
    const answer = await ask(restartAndClearQuestion(runtime, trans));
    if (answer === 'restart' && (await this.end(runtime, 'restart'))) {
      clearOutputs(runtime.assignments);
    }
  }

  /** What has failed or expired is taken off the list without a question: nothing is left to lose. */
  async terminate(runtime: IRuntimeModel): Promise<void> {
    const { ask, trans } = this.options;
    const answer = isEnd(runtime.state)
      ? 'terminate'
      : await ask(terminateQuestion(runtime, trans));
    await this.end(runtime, answer);
  }

  /** @param minutes Default: half an hour, or what is left of its maximum. */
  async extend(runtime: IRuntimeModel, minutes?: number): Promise<void> {
    const { manager, trans } = this.options;
    const more = minutes ?? (extensionMinutes(runtime) || EXTENSION_MINUTES);
    await this.attempt(trans.__('“%1” could not be extended.', runtime.name), () =>
      manager.extend(runtime, more)
    );
  }

  async change(runtime: IRuntimeModel, change: RuntimeChange): Promise<void> {
    const { manager, trans } = this.options;
    await this.attempt(trans.__('“%1” could not be changed.', runtime.name), () =>
      manager.change(runtime, change)
    );
  }

  /** Its name, its end, its idle time: what the user changes of it. */
  async edit(runtime: IRuntimeModel): Promise<void> {
    const change = await this.options.askForChange(runtime);
    if (change !== null && Object.keys(change).length > 0) {
      await this.change(runtime, change);
    }
  }

  /** Where something would be left behind, the user is asked before anything happens. */
  async pause(runtime: IRuntimeModel): Promise<void> {
    const { manager, askToLeave, trans } = this.options;
    await this.attempt(trans.__('“%1” could not be paused.', runtime.name), async () => {
      try {
        await manager.pause(runtime);
      } catch (error) {
        if (!(error instanceof RuntimeError && error.code === 'STATE_NOT_CARRIED')) {
          throw error;
        }
        const lost = error.details.skipped ?? [];
        if (await askToLeave(runtime, lost, error.message)) {
          const leave = lost.map(({ name }) => name);
          await manager.pause(runtime, leave.length > 0 ? { leave } : { leaveAll: true });
        }
      }
    });
  }

  async resume(runtime: IRuntimeModel): Promise<void> {
    const { manager, trans } = this.options;
    await this.attempt(trans.__('“%1” could not be resumed.', runtime.name), async () => {
      await resumeNow(runtime, manager);
    });
  }

  async refresh(): Promise<void> {
    const { manager, trans } = this.options;
    await this.attempt(trans.__('Not every place has answered.'), () => manager.refresh());
  }

  /** One question for each runtime at a time, taken back when the cell has stopped
   *  by itself. */
  private async offerToEnd(
    runtime: IRuntimeModel,
    why: 'unanswered' | 'impossible'
  ): Promise<void> {
    const { ask, manager, trans } = this.options;
    const { key } = runtime;
    if (this.asking.has(key)) {
      return;
    }
    const question =
      why === 'impossible'
        ? impossibleQuestion(runtime, trans)
        : unansweredQuestion(runtime, ANSWER_TIMEOUT_MS / 1000, trans);
    const isBusy = () => manager.runtimes.find(one => one.key === key)?.kernelStatus === 'busy';
    const stopped = new AbortController();
    // Of a kernel that the page is not connected to, nobody may know that it is busy.
    let wasBusy = isBusy();
    const watch = () => {
      if (wasBusy && !isBusy()) {
        stopped.abort();
      }
      wasBusy ||= isBusy();
    };
    manager.changed.connect(watch);
    this.asking.add(key);
    try {
      const answer = await ask(question, { signal: stopped.signal });
      await this.end(runtime, stopped.signal.aborted ? 'keep' : answer);
    } finally {
      this.asking.delete(key);
      manager.changed.disconnect(watch);
    }
  }

  private interruptFailure({ name }: IRuntimeModel): string {
    return this.options.trans.__('“%1” could not be interrupted.', name);
  }

  /** @returns Whether it was done. */
  private async end(runtime: IRuntimeModel, ending: Ending): Promise<boolean> {
    const { manager, trans } = this.options;
    switch (ending) {
      case 'keep':
        return false;
      case 'restart':
        return this.attempt(trans.__('“%1” could not be restarted.', runtime.name), () =>
          manager.restart(runtime)
        );
      case 'terminate':
        return this.attempt(trans.__('“%1” could not be terminated.', runtime.name), () =>
          manager.terminate(runtime)
        );
    }
  }

  /** @returns Whether it went well; a failure is told in a notice. */
  private async attempt(failure: string, action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.options.notices.error(failure, sentence(error));
      return false;
    }
  }

  /** Keys of the runtimes whose end the user is being asked about. */
  private readonly asking = new Set<string>();
}
