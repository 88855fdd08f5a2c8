import { HmacSigner, makeHmacKey } from '@jupyterlab-runtimes/core';
import type { IHmacKey, IManifestFile, ISigner } from '@jupyterlab-runtimes/core';

import type { IKeyChest } from './keyChest';

/** Signs what rests in the page, with a key made on first use that never leaves the browser.
 *  @see docs/snapshot-format.md, "Signatures" */
export class PageSigner implements ISigner {
  constructor(private readonly _chest: IKeyChest<IHmacKey>) {}

  async sign(manifest: IManifestFile): Promise<IManifestFile> {
    return (await this._signer()).sign(manifest);
  }

  async verify(manifest: IManifestFile): Promise<'own' | 'foreign'> {
    return (await this._signer()).verify(manifest);
  }

  private async _signer(): Promise<ISigner> {
    const kept = await this._chest.get();
    return new HmacSigner(kept ?? (await this._chest.put(await makeHmacKey())));
  }
}
