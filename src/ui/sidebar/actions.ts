/** What the user does to runtimes: asks first where something is lost, and says what failed. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeAssignment, IRuntimeManager, IRuntimeModel } from '../../tokens';
import { sentence } from '../format';
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
  /** Clear the outputs of those that are open notebooks. */
  readonly clearOutputs: (assignments: readonly IRuntimeAssignment[]) => void;
}

export class RuntimeActions {
  constructor(private readonly options: IRuntimeActionsOptions) {}

  /** Stop the running cell; where it does not stop, offer to end the kernel. */
  async interrupt(runtime: IRuntimeModel): Promise<void> {
    const { manager, trans } = this.options;
    await this.attempt(trans.__('“%1” could not be interrupted.', runtime.name), async () => {
      const outcome = await manager.interrupt(runtime, { answerTimeoutMs: ANSWER_TIMEOUT_MS });
      if (outcome === 'unanswered') {
        await this.offerToEnd(runtime);
      } else if (outcome === 'impossible') {
        await this.end(runtime, await this.options.ask(impossibleQuestion(runtime, trans)));
      }
    });
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

  /** What has failed is taken off the list without a question: nothing is left to lose. */
  async terminate(runtime: IRuntimeModel): Promise<void> {
    const { ask, trans } = this.options;
    const answer =
      runtime.state === 'failed' ? 'terminate' : await ask(terminateQuestion(runtime, trans));
    await this.end(runtime, answer);
  }

  async refresh(): Promise<void> {
    const { manager, trans } = this.options;
    await this.attempt(trans.__('Not every place has answered.'), () => manager.refresh());
  }

  private async offerToEnd(runtime: IRuntimeModel): Promise<void> {
    const { ask, manager, trans } = this.options;
    const answered = new AbortController();
    const watch = () => {
      if (manager.runtimes.find(({ key }) => key === runtime.key)?.kernelStatus !== 'busy') {
        answered.abort();
      }
    };
    manager.changed.connect(watch);
    try {
      const question = unansweredQuestion(runtime, ANSWER_TIMEOUT_MS / 1000, trans);
      const answer = await ask(question, { signal: answered.signal });
      await this.end(runtime, answered.signal.aborted ? 'keep' : answer);
    } finally {
      manager.changed.disconnect(watch);
    }
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
}
