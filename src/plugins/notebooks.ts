import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import { Notification } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { DisposableSet } from '@lumino/disposable';

import { CutTally } from '../notebook/cutTally';
import { CellReplay } from '../notebook/replay';
import { PortableNotebook } from '../notebook/portable';
import { SessionRejoin } from '../notebook/rejoin';
import { showLostLink } from '../notebook/lostlink';
import type { IExecutionJournal } from '../tokens';
import { IRuntimeManager, IRuntimeProviders } from '../tokens';
import { AwaitingDocument } from '../ui/pause/awaitingDocument';
import { IComposites } from './managers';

/** What each notebook needs to be at home in every place: a portable file, its
 *  session of before, and the output that it missed. */
export const notebooksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-runtimes:notebooks',
  description: 'Portable notebooks, rejoined sessions, and cells that outlive their page.',
  autoStart: true,
  requires: [IRuntimeProviders, IComposites, INotebookTracker],
  optional: [IRuntimeManager, IConsoleTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    providers: IRuntimeProviders,
    composites: IComposites,
    tracker: INotebookTracker,
    manager: IRuntimeManager | null,
    consoles: IConsoleTracker | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const { kernels, sessions } = composites;
    const journalOf = (kernelId: string) => kernels.ownerOf({ id: kernelId }).journal;

    const onReplayFailure = (panel: NotebookPanel, error: unknown) => {
      Notification.warning(
        trans.__(
          'What %1 printed while this page was away could not be brought back: %2',
          panel.context.path,
          error instanceof Error ? error.message : String(error)
        )
      );
    };

    const onNotGivenBack = (path: string, error: unknown) => {
      Notification.error(
        trans.__(
          'The runtime of %1 runs again, but the document could not take it back: %2',
          path,
          error instanceof Error ? error.message : String(error)
        )
      );
    };
    const awaitRuntime = (sessionContext: ISessionContext) => {
      if (manager !== null) {
        // It goes with the session context.
        // eslint-disable-next-line jupyter/require-disposable-ownership -- see above
        new AwaitingDocument(sessionContext, manager, error =>
          onNotGivenBack(sessionContext.path, error)
        );
      }
    };
    consoles?.widgetAdded.connect((_, { sessionContext }) => awaitRuntime(sessionContext));

    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: (panel: NotebookPanel, _context: DocumentRegistry.IContext<INotebookModel>) => {
        const parts = new DisposableSet();
        parts.add(new PortableNotebook(panel, providers));
        parts.add(new SessionRejoin(panel, sessions));
        awaitRuntime(panel.sessionContext);
        parts.add(new CellReplay(panel, journalOf, error => onReplayFailure(panel, error)));
        return parts;
      }
    });

    const panelsOf = (kernelId: string): NotebookPanel[] => {
      const panels: NotebookPanel[] = [];
      tracker.forEach(panel => {
        if (panel.sessionContext.session?.kernel?.id === kernelId) {
          panels.push(panel);
        }
      });
      return panels;
    };
    const onGaveUp = (_: unknown, args: { kernelId: string; afterMs: number }) => {
      const message = trans.__(
        'The connection to the runtime was lost for %1 minutes, longer than the setting “Wait for a lost connection” allows. The cell may still be running: reconnect with “Kernel > Reconnect to Kernel”.',
        Math.round(args.afterMs / 6000) / 10
      );
      panelsOf(args.kernelId).forEach(panel => showLostLink(panel, message));
      Notification.error(message);
    };
    const cuts = new CutTally((kernelId, count, bytes) => {
      const names = panelsOf(kernelId).map(({ context }) => context.path);
      Notification.warning(
        count > 0
          ? trans.__(
              '%1 messages (%2 bytes) of output for %3 were more than the runtime service keeps while no page listens, and are gone.',
              count,
              bytes,
              names.join(', ')
            )
          : trans.__(
              'The runtime service lost its record of what ran in %1: some output may be missing.',
              names.join(', ')
            )
      );
    });
    const onCut = (_: unknown, args: { kernelId: string; count: number; bytes: number }) =>
      cuts.add(args.kernelId, args.count, args.bytes);
    const watched = new WeakSet<IExecutionJournal>();
    const watch = () => {
      for (const { journal } of providers.list()) {
        if (journal && !watched.has(journal)) {
          watched.add(journal);
          journal.gaveUp.connect(onGaveUp);
          journal.cut.connect(onCut);
        }
      }
    };
    providers.changed.connect(watch);
    watch();
  }
};
