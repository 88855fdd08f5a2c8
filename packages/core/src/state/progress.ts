/** How far moving a state is. */
export type StateStage = 'inspect' | 'capture' | 'move' | 'verify' | 'restore';

export interface IStateProgress {
  readonly stage: StateStage;
  /** Of `totalBytes`; within one stage it never falls. */
  readonly bytes: number;
  /** 0 while it is not known. */
  readonly totalBytes: number;
}

export type OnStateProgress = (progress: IStateProgress) => void;

/** What every call that can take long accepts. */
export interface IStateOptions {
  /** Ends the call at any moment; what it has begun is taken back. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnStateProgress;
}
