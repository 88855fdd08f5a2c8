/** The kernel picker in place of Lab's kernel dialog. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISessionContextDialogs } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IRuntimeManager } from '../tokens';
import { RecentChoices } from '../ui/picker/recents';
import { RuntimeSessionDialogs } from '../ui/picker/sessionDialogs';
import { LabNotices } from '../ui/status/notices';

/** Provides what `@jupyterlab/apputils-extension:sessionDialogs` provides, and
 *  counts because of the two the one that registers last does: extensions come
 *  after what Lab brings along. Should this bundle not load, Lab's dialog is there. */
export const pickerPlugin: JupyterFrontEndPlugin<ISessionContextDialogs> = {
  id: 'jupyterlab-runtimes:picker',
  description: 'One list of all places in which a notebook can run, in place of the kernel dialog.',
  autoStart: true,
  requires: [IRuntimeManager],
  optional: [ITranslator, ISettingRegistry, IStateDB],
  provides: ISessionContextDialogs,
  activate: (
    app: JupyterFrontEnd,
    manager: IRuntimeManager,
    translator: ITranslator | null,
    settingRegistry: ISettingRegistry | null,
    state: IStateDB | null
  ): ISessionContextDialogs => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const recents = new RecentChoices(state);
    const dialogs = new RuntimeSessionDialogs({
      manager,
      recents,
      notices: new LabNotices(trans),
      trans,
      translator: translator ?? nullTranslator,
      settingRegistry
    });
    void app.restored.then(() => Promise.all([recents.load(), dialogs.load()]));
    return dialogs;
  }
};
