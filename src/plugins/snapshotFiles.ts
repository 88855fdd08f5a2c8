/** `.jrs` files in the file browser: opened, they show what they hold. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { snapshotIcon } from '../ui/snapshots/icon';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- a factory is made when it is registered
import { JRS_FACTORY, JRS_FILE_TYPE, SnapshotFileFactory } from '../ui/snapshots/filePreview';

export const snapshotFilesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-runtimes:snapshot-files',
  description: 'Shows what a snapshot file holds, without loading anything.',
  autoStart: true,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_runtimes');
    const { docRegistry, serviceManager } = app;
    docRegistry.addFileType({
      name: JRS_FILE_TYPE,
      displayName: trans.__('Snapshot'),
      extensions: ['.jrs'],
      mimeTypes: ['application/vnd.jupyterlab-runtimes.snapshot'],
      fileFormat: 'base64',
      contentType: 'file',
      icon: snapshotIcon
    });
    docRegistry.addWidgetFactory(
      new SnapshotFileFactory({
        name: JRS_FACTORY,
        label: trans.__('Snapshot'),
        fileTypes: [JRS_FILE_TYPE],
        defaultFor: [JRS_FILE_TYPE],
        modelName: 'base64',
        readOnly: true,
        trans,
        read: async file => {
          const { openJrs } = await import('../stores/jrsBlob');
          return (await openJrs(file)).manifest;
        },
        isOwn: async manifest => {
          const { makeSigner } = await import('../stores/makePageShelf');
          const { Senders } = await import('../stores/senders');
          const { serverSettings, user } = serviceManager;
          await user.ready;
          const signer = makeSigner(
            serverSettings.baseUrl,
            user.identity?.username ?? '',
            new Senders(serverSettings),
            trans.__('You, in a browser')
          );
          return (await signer.verify(manifest)) === 'own';
        }
      })
    );
  }
};
