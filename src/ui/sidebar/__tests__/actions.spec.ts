import { nullTranslator } from '@jupyterlab/translation';

import { RuntimeError } from '@jupyterlab-runtimes/core';

import { fakeLife, FakeProvider, fakeRuntime, FakeRuntimeManager } from '../../../testing';
import { RuntimeActions } from '../actions';
import type { Ending, IQuestion } from '../questions';

const trans = nullTranslator.load('');
const provider = new FakeProvider();
const runtime = fakeRuntime({
  provider,
  kernelStatus: 'busy',
  otherKernels: 1,
  assignments: [
    { sessionId: 's1', path: 'a.ipynb', name: 'a.ipynb', type: 'notebook' },
    { sessionId: 's2', path: 'b.ipynb', name: 'b.ipynb', type: 'notebook' }
  ]
});

function setup(answer: Ending | ((signal?: AbortSignal) => Promise<Ending>) = 'keep') {
  const manager = new FakeRuntimeManager(provider);
  manager.set({ runtimes: [runtime] });
  const questions: IQuestion<Ending>[] = [];
  const errors: string[] = [];
  const clearOutputs = jest.fn();
  const leaving: string[] = [];
  const actions = new RuntimeActions({
    manager,
    trans,
    clearOutputs,
    notices: {
      progress: () => '',
      update: () => undefined,
      dismiss: () => undefined,
      info: () => undefined,
      warn: () => '',
      error: (title, reason) => errors.push(`${title} ${reason}`)
    },
    askForChange: async () =>
      answer === 'keep' ? {} : { name: 'training', idleTimeoutSeconds: 0 },
    askToLeave: async (_, lost) => {
      leaving.push(lost.map(({ name }) => name).join(', '));
      return answer === 'terminate';
    },
    ask: async (question, options) => {
      questions.push(question);
      return typeof answer === 'string' ? answer : answer(options?.signal);
    }
  });
  return { manager, actions, questions, errors, leaving, clearOutputs };
}

describe('RuntimeActions', () => {
  it('asks before a restart, and names whose variables are lost', async () => {
    const { manager, actions, questions } = setup('keep');
    await actions.restart(runtime);
    expect(questions[0]?.title).toBe('Restart “analysis”?');
    expect(questions[0]?.body).toBe('The variables of a.ipynb and b.ipynb will be lost.');
    expect(manager.asked).toEqual([]);
  });

  it('clears the outputs of every notebook, once the restart has been done', async () => {
    const { manager, actions, clearOutputs } = setup('restart');
    await actions.restartAndClear(runtime);
    expect(manager.asked).toEqual([`restart ${runtime.key}`]);
    expect(clearOutputs).toHaveBeenCalledWith(runtime.assignments);
  });

  it('keeps the outputs when the restart fails, and says why', async () => {
    const { manager, actions, clearOutputs, errors } = setup('restart');
    manager.failure = new Error('The service is away: try again later.');
    await actions.restartAndClear(runtime);
    expect(clearOutputs).not.toHaveBeenCalled();
    expect(errors).toEqual([
      '“analysis” could not be restarted. The service is away: try again later.'
    ]);
  });

  it('says before it terminates which notebooks lose their kernel, and what else ends', async () => {
    const { manager, actions, questions } = setup('terminate');
    await actions.terminate(runtime);
    expect(questions[0]?.body).toContain('Afterwards a.ipynb and b.ipynb have no kernel.');
    expect(questions[0]?.body).toContain('1 other kernel of it ends too.');
    expect(manager.asked).toEqual([`terminate ${runtime.key}`]);
  });

  it('takes a failed runtime off the list without a question', async () => {
    const { manager, actions, questions } = setup();
    await actions.terminate(fakeRuntime({ provider, state: 'failed' }));
    expect(questions).toEqual([]);
    expect(manager.asked).toHaveLength(1);
  });

  it('offers to end a kernel that does not answer an interrupt', async () => {
    const { manager, actions, questions } = setup('restart');
    manager.interruptOutcome = 'unanswered';
    await actions.interrupt(runtime);
    expect(questions[0]?.body).toContain('5 seconds');
    expect(questions[0]?.answers.map(({ label }) => label)).toEqual([
      'Keep waiting',
      'Restart',
      'Terminate'
    ]);
    expect(manager.asked).toEqual([`interrupt ${runtime.key}`, `restart ${runtime.key}`]);
  });

  it('takes the offer back when the cell stops after all', async () => {
    const { manager, actions } = setup(
      signal => new Promise(resolve => signal?.addEventListener('abort', () => resolve('restart')))
    );
    manager.interruptOutcome = 'unanswered';
    const interrupted = actions.interrupt(runtime);
    await Promise.resolve();
    await Promise.resolve();
    manager.set({ runtimes: [fakeRuntime({ provider, kernelStatus: 'idle' })] });
    await interrupted;
    expect(manager.asked).toEqual([`interrupt ${runtime.key}`]);
  });

  it('asks before it stops what can only be stopped by losing its state', async () => {
    const { manager, actions, questions } = setup('keep');
    manager.interruptOutcome = 'impossible';
    await actions.interrupt(runtime);
    expect(questions[0]?.title).toBe('Stop “analysis” and lose its variables?');
    expect(questions[0]?.answers.map(({ label }) => label)).toEqual([
      'Let it run',
      'Stop and lose variables'
    ]);
    expect(manager.asked).toEqual([`interrupt ${runtime.key}`]);
  });

  it('asks the same when Lab’s own button or key could not stop the cell', async () => {
    const { manager, actions, questions } = setup('restart');
    await actions.interruptFailed({ runtime, outcome: 'impossible' });
    await actions.interruptFailed({ runtime, outcome: 'unanswered' });
    expect(questions.map(({ title }) => title)).toEqual([
      'Stop “analysis” and lose its variables?',
      '“analysis” does not stop'
    ]);
    expect(manager.asked).toEqual([`restart ${runtime.key}`, `restart ${runtime.key}`]);
  });

  it('asks once, however often the key is pressed', async () => {
    const { actions, questions } = setup(() => new Promise(() => undefined));
    void actions.interruptFailed({ runtime, outcome: 'unanswered' });
    void actions.interruptFailed({ runtime, outcome: 'unanswered' });
    expect(questions).toHaveLength(1);
  });

  it('says why an interrupt did not reach the kernel', async () => {
    const { actions, errors, questions } = setup();
    const error = new Error('The service is away: try again later.');
    await actions.interruptFailed({ runtime, outcome: 'failed', error });
    expect(questions).toEqual([]);
    expect(errors).toEqual([
      '“analysis” could not be interrupted. The service is away: try again later.'
    ]);
  });

  describe('a pause that would leave something behind', () => {
    const refusal = new RuntimeError('STATE_NOT_CARRIED', '"analysis" goes on running.', {
      details: { skipped: [{ name: 'socket', reason: 'It is open.', remedy: 'Close it.' }] }
    });

    function refuseOnce(manager: FakeRuntimeManager) {
      const pause = manager.pause.bind(manager);
      let isFirst = true;
      manager.pause = async (runtime, options) => {
        if (isFirst) {
          isFirst = false;
          throw refusal;
        }
        await pause(runtime, options);
      };
    }

    it('names it, and pauses without it when the user says so', async () => {
      const { manager, actions, leaving, errors } = setup('terminate');
      refuseOnce(manager);
      await actions.pause(runtime);
      expect(leaving).toEqual(['socket']);
      expect(manager.asked).toEqual([`pause ${runtime.key} without socket`]);
      expect(errors).toEqual([]);
    });

    it('does nothing when the user would rather keep it', async () => {
      const { manager, actions, leaving, errors } = setup('keep');
      refuseOnce(manager);
      await actions.pause(runtime);
      expect(leaving).toEqual(['socket']);
      expect(manager.asked).toEqual([]);
      expect(errors).toEqual([]);
    });
  });

  it('changes name and idle time in one go, and nothing where nothing was changed', async () => {
    const { manager, actions } = setup('restart');
    await actions.edit(runtime);
    expect(manager.asked).toEqual([
      `change ${runtime.key} {"name":"training","idleTimeoutSeconds":0}`
    ]);
    const untouched = setup('keep');
    await untouched.actions.edit(runtime);
    expect(untouched.manager.asked).toEqual([]);
  });

  it('extends what has no time left before it resumes it', async () => {
    const { manager, actions } = setup();
    const reservation = {
      minutes: 60,
      maxMinutes: 80,
      expiresAt: null,
      remainingSeconds: 0,
      onExpiry: 'pause',
      extendsItself: false
    } as const;
    await actions.resume({ ...runtime, life: fakeLife({ reservation }) });
    expect(manager.asked).toEqual([`extend ${runtime.key} by 20`, `resume ${runtime.key}`]);
  });

  it('takes what has failed or expired off the list without a question', async () => {
    const { manager, actions, questions } = setup();
    await actions.terminate({ ...runtime, state: 'expired' });
    expect(questions).toEqual([]);
    expect(manager.asked).toEqual([`terminate ${runtime.key}`]);
  });
});
