/** Snapshots that follow a notebook by themselves, where its runtime ends with the page. */
import type { KernelPort } from '@jupyterlab-runtimes/core';
import { describeVariables } from '@jupyterlab-runtimes/core';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';

import type { OpenPort } from '../../runtime/transferSession';
import type { IRuntimeManager, IRuntimeModel, ISnapshotEntry } from '../../tokens';
import { sentence } from '../format';
import type { ITransferNotices } from '../transfer/notices';
import { bytesText } from '../transfer/texts';

/** The page's shelf, as far as this needs it. */
export interface IFollowingShelf {
  follow(
    source: KernelPort,
    about: Pick<ISnapshotEntry, 'name' | 'runtimeName' | 'environmentName'>,
    path: string
  ): Promise<unknown>;
}

export interface IFollowOptions {
  readonly manager: IRuntimeManager;
  readonly shelf: IFollowingShelf;
  readonly open: OpenPort;
  readonly notices: ITransferNotices;
  readonly trans: TranslationBundle;
  readonly isOn: () => boolean;
}

/** No more often than this for one notebook, milliseconds. */
const EVERY_MS = 60_000;
/** A pause between two cells is no end of work, milliseconds. */
const QUIET_MS = 1500;
/** More is not kept unasked, bytes. */
const MOST_BYTES = 256 * 1024 * 1024;

interface IState {
  timer: ReturnType<typeof setTimeout> | undefined;
  lastAt: number;
  wasTold: boolean;
}

export class SnapshotFollower {
  constructor(private readonly _options: IFollowOptions) {}

  /** A cell of this notebook has run. */
  onExecuted(panel: NotebookPanel): void {
    const runtime = this._runtimeOf(panel);
    if (runtime === undefined || !this._options.isOn()) {
      return;
    }
    const state = this._stateOf(panel);
    clearTimeout(state.timer);
    const wait = Math.max(QUIET_MS, state.lastAt + EVERY_MS - Date.now());
    state.timer = setTimeout(() => void this._follow(panel, state), wait);
  }

  /** Only runtimes that end with the page are followed. */
  private _runtimeOf({ sessionContext }: NotebookPanel): IRuntimeModel | undefined {
    const kernelId = sessionContext.session?.kernel?.id;
    const runtime =
      kernelId === undefined ? undefined : this._options.manager.findByKernelId(kernelId);
    return runtime?.provider.capabilities.survivesReload === false ? runtime : undefined;
  }

  private async _follow(panel: NotebookPanel, state: IState): Promise<void> {
    const { shelf, open, notices, trans } = this._options;
    const runtime = this._runtimeOf(panel);
    if (panel.isDisposed || runtime === undefined) {
      return;
    }
    if (panel.sessionContext.session?.kernel?.status !== 'idle') {
      // A cell runs again: its end is waited for.
      state.timer = setTimeout(() => void this._follow(panel, state), QUIET_MS);
      return;
    }
    state.lastAt = Date.now();
    const { path } = panel.context;
    const tellOnce = (message: string) => {
      if (!state.wasTold) {
        state.wasTold = true;
        notices.tell('warning', message);
      }
    };
    try {
      const port = await open(runtime);
      try {
        const { entries } = await describeVariables(port, { randomId: () => UUID.uuid4() });
        const bytes = entries.reduce((sum, { size_bytes: size }) => sum + (size ?? 0), 0);
        if (entries.length === 0) {
          return;
        }
        if (bytes > MOST_BYTES) {
          tellOnce(
            trans.__(
              'The variables of %1 (%2) are not kept by themselves any more, because they are more than %3: take a snapshot before you close or reload the page.',
              path,
              bytesText(bytes, trans),
              bytesText(MOST_BYTES, trans)
            )
          );
          return;
        }
        const about = {
          name: panel.title.label || path,
          runtimeName: runtime.name,
          environmentName: runtime.environment
        };
        await shelf.follow(port, about, path);
      } finally {
        port.dispose();
      }
    } catch (error) {
      tellOnce(
        trans.__(
          'The variables of %1 could not be kept in this browser: %2 They are lost when the page is closed or reloaded.',
          path,
          sentence(error)
        )
      );
    }
  }

  private _stateOf(panel: NotebookPanel): IState {
    let state = this._states.get(panel);
    if (state === undefined) {
      state = { timer: undefined, lastAt: 0, wasTold: false };
      this._states.set(panel, state);
      panel.disposed.connect(() => {
        clearTimeout(this._states.get(panel)?.timer);
        this._states.delete(panel);
      });
    }
    return state;
  }

  private readonly _states = new Map<NotebookPanel, IState>();
}
