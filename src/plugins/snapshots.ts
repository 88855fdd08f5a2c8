/** Snapshots: taken, listed, loaded, sent around, and kept by themselves for what runs in the page. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ARGS_SCHEMAS, CommandIDs } from '../commands';
import type { PageShelf } from '../stores/pageShelf';
import { IRuntimeManager } from '../tokens';
import { sessionOf } from '../ui/currentSession';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it at once
import { SnapshotActions } from '../ui/snapshots/actions';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- it listens from the beginning
import { SnapshotFollower } from '../ui/snapshots/follow';

import { SnapshotsModel } from '../ui/snapshots/model';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it at once
import { SnapshotsPanel } from '../ui/snapshots/panel';
import { snapshotIcon } from '../ui/snapshots/icon';
import { LabNotices } from '../ui/status/notices';
import { LabTransferNotices } from '../ui/transfer/notices';
import { openPorts } from '../ui/transfer/openPort';

const PLUGIN_ID = 'jupyterlab-runtimes:snapshots';

export const snapshotsPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Takes, lists and loads snapshots of runtimes.',
  autoStart: true,
  requires: [IRuntimeManager],
  optional: [ILabShell, ILayoutRestorer, INotebookTracker, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): void => {
    const { commands, serviceManager, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const notices = new LabTransferNotices(trans);
    const panels = () => {
      const all: NotebookPanel[] = [];
      notebooks?.forEach(panel => all.push(panel));
      return all;
    };
    const open = openPorts(app, () => panels().map(({ sessionContext }) => sessionContext));
    let page: PageShelf | null = null;
    // Whose they are is known a moment after the start.
    const whose = async () => {
      await serviceManager.user.ready;
      const user = serviceManager.user.identity?.username ?? '';
      return [serviceManager.serverSettings.baseUrl, user] as const;
    };
    const senders = async () => {
      const { Senders } = await import('../stores/senders');
      return new Senders(serviceManager.serverSettings);
    };
    const signer = async () => {
      const { makeSigner } = await import('../stores/makePageShelf');
      return makeSigner(...(await whose()), await senders(), trans.__('You, in a browser'));
    };
    const ready = app.restored.then(async () => {
      const { makePageShelf } = await import('../stores/makePageShelf');
      page = makePageShelf(...(await whose()), await signer());
    });
    const model = new SnapshotsModel({
      manager,
      page: () => page,
      pageLabel: trans.__('This browser')
    });
    const actions = new SnapshotActions({
      model,
      manager,
      open,
      notices,
      trans,
      ask: async (transfer, signal) => {
        const { askForVariables } = await import('../ui/transfer/dialog');
        const { wordsForSnapshot } = await import('../ui/transfer/words');
        const words = wordsForSnapshot(transfer, trans);
        return askForVariables(transfer, words, trans, { canBeForGood: false, signal });
      },
      askText: async (title, text, okLabel) => {
        const { button, value } = await InputDialog.getText({ title, text, okLabel });
        return button.accept ? value : null;
      },
      askSecrets: async question => {
        const { askAboutSecrets } = await import('../ui/snapshots/secretsDialog');
        return askAboutSecrets(question, trans);
      },
      trust: {
        verify: async manifest => (await signer()).verify(manifest),
        fingerprintOf: async manifest => {
          const { senderOf } = await import('../stores/senderKey');
          return senderOf(manifest);
        },
        trust: async sender => (await senders()).trust(sender)
      },
      files: {
        isOwn: async file => {
          const { openJrs } = await import('../stores/jrsBlob');
          const { manifest } = await openJrs(file);
          return (await (await signer()).verify(manifest)) === 'own';
        },
        without: async (file, names) => {
          const { jrsWithout } = await import('../stores/jrsWithout');
          return jrsWithout(file, names, await signer());
        },
        forOthers: async file => {
          const { jrsSigned } = await import('../stores/jrsSigned');
          const made = await signer();
          return jrsSigned(file, manifest => made.signForOthers(manifest));
        }
      },
      confirm: async (title, body, label) => {
        const buttons = [
          Dialog.cancelButton({ label: trans.__('Keep it') }),
          Dialog.warnButton({ label })
        ];
        return (await showDialog({ title, body, buttons, defaultButton: 0 })).button.accept;
      },
      download,
      showReport: (report, facts) =>
        void import('../ui/transfer/report').then(({ showReport }) =>
          showReport(report, facts, trans)
        ),
      install: async ({ kernelId, kernelName }, requirement) => {
        const { installIn } = await import('../ui/transfer/install');
        const model = { id: kernelId ?? '', name: kernelName };
        const kernel = serviceManager.kernels.connectTo({ model });
        try {
          await installIn(kernel, requirement);
        } finally {
          kernel.dispose();
        }
      },
      pickChoice: async (entry, choices, preferred) => {
        const items = choices.map(
          ({ provider, title }, index) => `${index + 1}. ${provider.label} · ${title}`
        );
        const { button, value } = await InputDialog.getItem({
          title: trans.__('Start a runtime from “%1”', entry.name),
          label: trans.__('Where'),
          items,
          current: choices.indexOf(preferred),
          okLabel: trans.__('Start')
        });
        return button.accept && value !== null ? (choices[items.indexOf(value)] ?? null) : null;
      },
      start: async (choice, snapshotId) => {
        const { withLaunchNotice } = await import('../ui/picker/launchNotice');
        const ports = { manager, choice, notices: new LabNotices(trans), trans };
        const terms = snapshotId === null ? {} : { terms: { snapshotId } };
        const started: string[] = [];
        await withLaunchNotice(ports, async signal => {
          const { kernelId } = await manager.launch(choice, { ...terms, signal });
          started.push(kernelId);
        });
        return started[0] ?? null;
      }
    });
    const current = () => {
      const context = sessionOf(shell.currentWidget) ?? notebooks?.currentWidget?.sessionContext;
      const kernelId = context?.session?.kernel?.id;
      const runtime = kernelId === undefined ? undefined : manager.findByKernelId(kernelId);
      return context != null && runtime !== undefined ? { context, runtime } : null;
    };
    const noRuntime = () =>
      notices.tell('warning', trans.__('Open a notebook that has a runtime first.'));

    const contextMenuKey = () =>
      app.contextMenuHitTest(node => node.dataset.runtimeKey !== undefined)?.dataset.runtimeKey;
    commands.addCommand(CommandIDs.takeSnapshot, {
      label: trans.__('Take a Snapshot'),
      caption: trans.__('Keep the variables of this runtime; it goes on'),
      icon: args => (args['toolbar'] === true ? snapshotIcon : undefined),
      describedBy: { args: ARGS_SCHEMAS[CommandIDs.takeSnapshot] },
      execute: async args => {
        const runtime =
          args['of'] === 'context-menu' || args['key'] !== undefined
            ? manager.runtimes.find(({ key }) => key === (args['key'] ?? contextMenuKey()))
            : current()?.runtime;
        if (runtime === undefined) {
          noRuntime();
        } else {
          await actions.take(runtime);
        }
      }
    });

    commands.addCommand(CommandIDs.showSenders, {
      label: trans.__('Trusted Senders of Snapshots…'),
      caption: trans.__('See and change whose snapshots may bring code'),
      describedBy: { args: ARGS_SCHEMAS[CommandIDs.showSenders] },
      execute: async () => {
        const { showSenders } = await import('../ui/snapshots/sendersDialog');
        const kept = await senders();
        await showSenders({
          trans,
          list: () => kept.list(),
          forget: sender => kept.forget(sender)
        });
      }
    });

    const panel = new SnapshotsPanel({
      model,
      actions,
      trans,
      take: () => void commands.execute(CommandIDs.takeSnapshot),
      load: (shelf, entry) => {
        const document = current();
        if (document === null) {
          noRuntime();
        } else {
          void actions.load(shelf, entry, document.runtime);
        }
      }
    });
    if (labShell !== null) {
      shell.add(panel, 'left', { rank: 251, type: 'Snapshots' });
      restorer?.add(panel, panel.id);
      commands.addCommand(CommandIDs.showSnapshots, {
        label: trans.__('Show Snapshots'),
        describedBy: { args: ARGS_SCHEMAS[CommandIDs.showSnapshots] },
        execute: () => shell.activateById(panel.id)
      });
    }

    if (notebooks !== null) {
      let settings: ISettingRegistry.ISettings | null = null;
      void app.restored.then(async () => {
        settings = (await registry?.load(PLUGIN_ID)) ?? null;
      });
      const follower = new SnapshotFollower({
        manager,
        open,
        notices,
        trans,
        shelf: {
          follow: async (port, about, path) => {
            await ready;
            await page?.follow(port, about, path);
          }
        },
        isOn: () => settings?.get('followBrowser').composite !== false
      });
      NotebookActions.executed.connect((_, { notebook }) => {
        const followed = panels().find(({ content }) => content === notebook);
        if (followed !== undefined) {
          follower.onExecuted(followed);
        }
      });
      const offer = async ({ context, sessionContext }: NotebookPanel) => {
        await Promise.all([ready, context.ready, sessionContext.ready]);
        const shelf = page;
        if (shelf === null) {
          return;
        }
        const [id] = shelf.followed(context.path);
        const entry = (await shelf.list()).find(each => each.id === id);
        if (entry === undefined || sessionContext.isDisposed) {
          return;
        }
        const { offerResume } = await import('../ui/snapshots/offerResume');
        const named = { id: 'page', label: trans.__('This browser'), shelf, provider: null };
        offerResume(sessionContext, entry, {
          manager,
          notices,
          trans,
          discard: ({ id: discarded }) => shelf.remove(discarded),
          load: (one, target) => actions.load(named, one, target, { isWhole: true })
        });
      };
      notebooks.widgetAdded.connect((_, added) => {
        offer(added).catch((error: unknown) =>
          notices.tell(
            'warning',
            trans.__(
              'Whether this browser keeps variables of %1 could not be seen: %2',
              added.context.path,
              error instanceof Error ? error.message : String(error)
            )
          )
        );
      });
    }
  }
};

function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
