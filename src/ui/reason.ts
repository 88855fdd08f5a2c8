/** A reason's sentence, and the end of a log, where a service has added that. */
export interface IReason {
  readonly said: string;
  /** Lines; '' for none. */
  readonly log: string;
}

/** @param reason As `IRuntimeModel.stateReason`, or the message of an error. */
export function splitReason(reason: string): IReason {
  const [said = '', ...log] = reason.split('\n');
  return { said, log: log.join('\n').trim() };
}
