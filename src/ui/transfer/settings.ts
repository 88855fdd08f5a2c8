/** The settings of variables and snapshots, with their defaults until they have been read. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import type { OfferVariables } from './offers';

export class StateSettings {
  /** From now on the user's settings count. */
  follow(settings: ISettingRegistry.ISettings): void {
    this._settings = settings;
  }

  get offerVariables(): OfferVariables {
    const value = this._settings?.get('offerVariables').composite;
    return value === 'always' || value === 'never' ? value : 'ask';
  }

  async setOffer(value: OfferVariables): Promise<void> {
    await this._settings?.set('offerVariables', value);
  }

  private _settings: ISettingRegistry.ISettings | null = null;
}
