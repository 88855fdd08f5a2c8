/** Transfers that servers went on with while no page looked: after a reload they are found again. */
import type { IServerTransfer, ITransferReport, ServerTransfers } from '@jupyterlab-runtimes/core';
import { RuntimeError } from '@jupyterlab-runtimes/core';
import type { TranslationBundle } from '@jupyterlab/translation';

import { sentence } from '../format';
import { outcome } from './carry';
import { tellDamage } from './damage';
import type { ITransferNotices } from './notices';
import type { IReportFacts } from './report';
import { bytesText, progressText } from './texts';

export interface IUnderWayPorts {
  readonly transfers: Pick<ServerTransfers, 'list' | 'follow'>;
  readonly notices: ITransferNotices;
  readonly trans: TranslationBundle;
  readonly showReport: (report: ITransferReport, facts: IReportFacts) => void;
}

/** Never rejects: a server without transfers has none under way. */
export async function showUnderWay(ports: IUnderWayPorts): Promise<void> {
  const found = await ports.transfers.list().catch(() => []);
  await Promise.all(found.map(each => show(each, ports)));
}

async function show(
  { id, source, target }: IServerTransfer,
  { transfers, notices, trans, showReport }: IUnderWayPorts
): Promise<void> {
  const stop = new AbortController();
  const title = trans.__('Bringing variables of “%1” to “%2”:', source.name, target.name);
  const notice = notices.open(title, () => {
    stop.abort();
    notice.progress(`${title} ${trans.__('cancelling…')}`, undefined);
  });
  try {
    const report = await transfers.follow(id, {
      signal: stop.signal,
      onProgress: progress => {
        const { bytes, totalBytes } = progress;
        const fraction = totalBytes > 0 ? bytes / totalBytes : undefined;
        notice.progress(`${title} ${progressText(progress, trans)}`, fraction);
      }
    });
    const facts = {
      title: trans.__('Variables from “%1” to “%2”', source.name, target.name),
      facts: [trans.__('%1, moved by the servers.', bytesText(report.bytes, trans))]
    };
    const details = { label: trans.__('Details'), run: () => showReport(report, facts) };
    const type = report.skipped.length > 0 ? 'warning' : 'success';
    notice.end(type, outcome(report, target.name, trans), [details]);
    void tellDamage(report.verified, target.name, { notices, trans });
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'NOT_FOUND') {
      // It has been over for long: another page has told it.
      notice.dismiss();
      return;
    }
    const isCancelled = error instanceof RuntimeError && error.code === 'CANCELLED';
    const kept = trans.__('Nothing was brought along; “%1” still has its variables.', source.name);
    const why = isCancelled ? trans.__('Cancelled.') : sentence(error);
    notice.end(isCancelled ? 'warning' : 'error', `${why} ${kept}`, []);
  }
}
