/** What the user is asked before something is lost: the words, and the answers with verbs. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRuntimeModel } from '../../tokens';
import { nameList } from '../format';

export interface IAnswer<T> {
  readonly value: T;
  readonly label: string;
  /** It loses something. */
  readonly isLoss: boolean;
}

export interface IQuestion<T> {
  readonly title: string;
  /** Sentences that say what is lost. */
  readonly body: string;
  /** The first one changes nothing, and is what Escape means. */
  readonly answers: readonly [IAnswer<T>, ...IAnswer<T>[]];
}

export type Ending = 'keep' | 'restart' | 'terminate';

/** The documents of a runtime, as a person reads them; '' for none. */
export function documentNames(runtime: IRuntimeModel, trans: TranslationBundle): string {
  return nameList(
    runtime.assignments.map(({ name, path }) => name || path),
    trans
  );
}

function losses(runtime: IRuntimeModel, trans: TranslationBundle): string[] {
  const documents = documentNames(runtime, trans);
  if (documents !== '') {
    return [trans.__('The variables of %1 will be lost.', documents)];
  }
  return [
    trans.__('Its variables will be lost. No notebook uses it.'),
    ...(runtime.lastUsedBy === null
      ? []
      : [trans.__('It was last used by %1.', runtime.lastUsedBy)])
  ];
}

export function restartQuestion(
  runtime: IRuntimeModel,
  trans: TranslationBundle
): IQuestion<Ending> {
  return {
    title: trans.__('Restart “%1”?', runtime.name),
    body: losses(runtime, trans).join(' '),
    answers: [keep(trans.__('Keep running')), restart(trans.__('Restart'))]
  };
}

export function restartAndClearQuestion(
  runtime: IRuntimeModel,
  trans: TranslationBundle
): IQuestion<Ending> {
  const notebooks = nameList(
    runtime.assignments
      .filter(({ type }) => type === 'notebook')
      .map(({ name, path }) => name || path),
    trans
  );
  const outputs =
    notebooks === '' ? [] : [trans.__('All outputs of %1 will be cleared.', notebooks)];
  return {
    title: trans.__('Restart “%1” and clear outputs?', runtime.name),
    body: [...losses(runtime, trans), ...outputs].join(' '),
    answers: [keep(trans.__('Keep running')), restart(trans.__('Restart and clear outputs'))]
  };
}

export function terminateQuestion(
  runtime: IRuntimeModel,
  trans: TranslationBundle
): IQuestion<Ending> {
  const documents = documentNames(runtime, trans);
  const kernel =
    documents === ''
      ? []
      : [
          trans._n(
            'Afterwards %2 has no kernel.',
            'Afterwards %2 have no kernel.',
            runtime.assignments.length,
            documents
          )
        ];
  return {
    title: trans.__('Terminate “%1”?', runtime.name),
    body: [...losses(runtime, trans), ...kernel, ...otherKernels(runtime, trans)].join(' '),
    answers: [keep(trans.__('Keep running')), terminate(trans.__('Terminate'))]
  };
}

export function unansweredQuestion(
  runtime: IRuntimeModel,
  waitedSeconds: number,
  trans: TranslationBundle
): IQuestion<Ending> {
  return {
    title: trans.__('“%1” does not stop', runtime.name),
    body: [
      trans.__('The running cell has not answered the interrupt for %1 seconds.', waitedSeconds),
      trans.__('Ending its kernel stops it.'),
      ...losses(runtime, trans)
    ].join(' '),
    answers: [keep(trans.__('Keep waiting')), ...endings(runtime, trans)]
  };
}

export function impossibleQuestion(
  runtime: IRuntimeModel,
  trans: TranslationBundle
): IQuestion<Ending> {
  return {
    title: trans.__('Stop “%1” and lose its variables?', runtime.name),
    body: [
      trans.__('This runtime can’t interrupt the running cell: only a new kernel stops it.'),
      ...losses(runtime, trans)
    ].join(' '),
    answers: [keep(trans.__('Let it run')), stop(runtime, trans)]
  };
}

/** A restart, so that notebooks keep their runtime; where there is none, the end. */
function stop(runtime: IRuntimeModel, trans: TranslationBundle): IAnswer<Ending> {
  const label = trans.__('Stop and lose variables');
  return runtime.can('restart') ? restart(label) : terminate(label);
}

function endings(runtime: IRuntimeModel, trans: TranslationBundle): IAnswer<Ending>[] {
  return [
    ...(runtime.can('restart') ? [restart(trans.__('Restart'))] : []),
    ...(runtime.can('terminate') ? [terminate(trans.__('Terminate'))] : [])
  ];
}

function otherKernels({ otherKernels }: IRuntimeModel, trans: TranslationBundle): string[] {
  return otherKernels === 0
    ? []
    : [
        trans._n('%1 other kernel of it ends too.', '%1 other kernels of it end too.', otherKernels)
      ];
}

function keep(label: string): IAnswer<Ending> {
  return { value: 'keep', label, isLoss: false };
}

function restart(label: string): IAnswer<Ending> {
  return { value: 'restart', label, isLoss: true };
}

function terminate(label: string): IAnswer<Ending> {
  return { value: 'terminate', label, isLoss: true };
}
