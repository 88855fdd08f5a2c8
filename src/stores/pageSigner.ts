import { HmacSigner, makeHmacKey } from '@jupyterlab-runtimes/core';
import type { IHmacKey, IManifestFile, ISigner } from '@jupyterlab-runtimes/core';

import type { IKeyChest } from './keyChest';

/** Signs what rests in the page, with a key made on first use that never leaves the browser.
 *  @see docs/snapshot-format.md, "Signatures" */
export class PageSigner implements ISigner {
  constructor(private readonly _chest: IKeyChest<IHmacKey>) {}

  async sign(manifest: IManifestFile): Promise<IManifestFile> {
    const key = (await this._chest.get()) ?? (await this._chest.put(await makeHmacKey()));
    return new HmacSigner(key).sign(manifest);
  }

  async verify(manifest: IManifestFile): Promise<'own' | 'foreign'> {
    const key = await this._chest.get();
    return key === undefined ? 'foreign' : new HmacSigner(key).verify(manifest);
  }
}
