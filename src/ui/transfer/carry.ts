/** Carrying out what was chosen, with its notice. */
import type { ITransferReport } from '@jupyterlab-runtimes/core';
import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { TransferRates } from '../../runtime/transferEstimate';
import type { TransferSession } from '../../runtime/transferSession';
import { sentence } from '../format';
import { tellDamage } from './damage';
import type { ITransferAction, ITransferNotices } from './notices';
import type { IReportFacts } from './report';
import { bytesText, durationText, progressText } from './texts';

export interface ICarryPorts {
  readonly notices: ITransferNotices;
  readonly rates: TransferRates;
  readonly trans: TranslationBundle;
  readonly showReport: (report: ITransferReport, facts: IReportFacts) => void;
}

export interface ICarryOptions {
  readonly names: readonly string[];
  readonly now: boolean;
  /** Give the document the source again; null where that can't be. */
  readonly goBack: (() => void) | null;
  /** Called when it did not come to anything, before that is told.
   *  @returns What has been done about it, a sentence; null where nothing was to be done. */
  readonly onFailure: () => Promise<string | null>;
  /** Ask once more. */
  readonly again: () => void;
}

/** Progress is told so often at most, milliseconds. */
const TELL_MS = 250;

/** Never rejects: how it went is what the notice is for.
 *  @returns Whether the variables are there. */
export async function carry(
  session: TransferSession,
  { names, now, goBack, again, onFailure }: ICarryOptions,
  { notices, rates, trans, showReport }: ICarryPorts
): Promise<boolean> {
  const { source, target, sourceLabel, targetLabel } = session;
  const stop = new AbortController();
  const title = trans._n(
    'Bringing %1 variable to “%2”:',
    'Bringing %1 variables to “%2”:',
    names.length,
    targetLabel
  );
  const notice = notices.open(`${title} ${trans.__('beginning…')}`, () => {
    stop.abort();
    notice.progress(`${title} ${trans.__('cancelling…')}`, undefined);
  });
  const back: ITransferAction[] =
    goBack === null ? [] : [{ label: trans.__('Go back to “%1”', sourceLabel), run: goBack }];
  const begunAt = performance.now();
  let toldAt = 0;
  try {
    const report = await session.move(names, {
      now,
      signal: stop.signal,
      onProgress: progress => {
        const at = performance.now();
        if (at - toldAt >= TELL_MS && !stop.signal.aborted) {
          toldAt = at;
          const { bytes, totalBytes } = progress;
          const fraction = totalBytes > 0 ? bytes / totalBytes : undefined;
          notice.progress(`${title} ${progressText(progress, trans)}`, fraction);
        }
      }
    });
    const seconds = (performance.now() - begunAt) / 1000;
    rates.observe(source.provider.id, target.provider.id, report.bytes, seconds);
    const facts = factsOf(session, report, seconds, trans);
    const details = { label: trans.__('Details'), run: () => showReport(report, facts) };
    notice.end(
      report.skipped.length > 0 ? 'warning' : 'success',
      outcome(report, targetLabel, trans),
      [details, ...back]
    );
    void tellDamage(report.verified, targetLabel, { notices, trans }, back);
    return true;
  } catch (error) {
    const isCancelled = error instanceof RuntimeError && error.code === 'CANCELLED';
    const kept = trans.__('Nothing was brought along; “%1” still has its variables.', sourceLabel);
    const done = await onFailure();
    const retry = { label: trans.__('Choose again'), run: again };
    notice.end(
      isCancelled ? 'warning' : 'error',
      [isCancelled ? trans.__('Cancelled.') : sentence(error), kept, done ?? ''].join(' ').trim(),
      done === null ? [retry, ...back] : []
    );
    return false;
  }
}

export function outcome(
  { restored, rebuilt, skipped }: ITransferReport,
  name: string,
  trans: TranslationBundle
): string {
  const came = trans._n(
    '%1 variable is in “%2”.',
    '%1 variables are in “%2”.',
    restored.length + rebuilt.length,
    name
  );
  return skipped.length === 0
    ? came
    : `${came} ${trans._n('%1 stayed behind.', '%1 stayed behind.', skipped.length)}`;
}

function wayText(
  { transport }: ITransferReport,
  size: string,
  time: string,
  trans: TranslationBundle
): string {
  switch (transport) {
    case 'nearby':
      return trans.__('%1 in %2, through a folder that both can read.', size, time);
    case 'straight':
      return trans.__('%1 in %2, from service to service.', size, time);
    case 'http':
      return trans.__('%1 in %2, over HTTP.', size, time);
    case 'messages':
      return trans.__('%1 in %2, through this page.', size, time);
  }
}

function factsOf(
  { sourceLabel, targetLabel }: TransferSession,
  report: ITransferReport,
  seconds: number,
  trans: TranslationBundle
): IReportFacts {
  const size = bytesText(report.bytes, trans);
  const time = durationText(seconds, trans);
  return {
    title: trans.__('Variables from “%1” to “%2”', sourceLabel, targetLabel),
    facts: [
      wayText(report, size, time, trans),
      ...(report.midCell
        ? [
            trans.__(
              'They are as they were in the middle of a running cell: what it had not finished is half done.'
            )
          ]
        : [])
    ]
  };
}
