/** A reason's sentence, and the end of a log, where a service has added that. */
import { LOG_FOLLOWS } from '@jupyterlab-runtimes/core';

export interface IReason {
  readonly said: string;
  /** Lines; '' for none. */
  readonly log: string;
}

/** @param reason As `IRuntimeModel.stateReason`, or the message of an error. */
export function splitReason(reason: string): IReason {
  const [said = '', ...log] = reason.split('\n');
  const isAnnounced = said.endsWith(LOG_FOLLOWS);
  return {
    said: isAnnounced ? said.slice(0, -LOG_FOLLOWS.length).trimEnd() : said,
    log: log.join('\n').trim()
  };
}
