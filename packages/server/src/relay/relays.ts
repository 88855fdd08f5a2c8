/** The relays of all runtimes: where their journals are, and which one an ingress request means. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { IJupyterAddress } from '../jupyter/address.js';
import type { IRelayEvents, IRelays } from '../runtimes/ports.js';
import { Relay, type IRelayOptions } from './relay.js';

export class Relays implements IRelays {
  /** @param _folder Holds one folder per runtime. */
  constructor(
    private readonly _folder: string,
    private readonly _shared: Pick<IRelayOptions, 'journal' | 'executions' | 'log' | 'now'>
  ) {}

  open(
    runtimeId: string,
    address: IJupyterAddress,
    kernelId: string,
    isNew: boolean,
    events: IRelayEvents
  ): Relay {
    return new Relay({
      ...this._shared,
      runtimeId,
      address,
      kernelId,
      isNew,
      events,
      folder: join(this._folder, runtimeId)
    });
  }

  removeOthers(ids: ReadonlySet<string>): void {
    mkdirSync(this._folder, { recursive: true, mode: 0o700 });
    readdirSync(this._folder)
      .filter(id => !ids.has(id))
      .forEach(id => this.removeFiles(id));
  }

  removeFiles(runtimeId: string): void {
    rmSync(join(this._folder, runtimeId), { recursive: true, force: true });
  }
}
