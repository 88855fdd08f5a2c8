/** Whose snapshots may bring code: a list that the user's Jupyter Server keeps. */
import { RuntimeError } from '@jupyterlab-runtimes/core';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { ISnapshotSender as ISender } from '../tokens';

export class Senders {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /** @throws RuntimeError UNREACHABLE | FORBIDDEN | SNAPSHOT_CORRUPT (the list can't be read) */
  async list(): Promise<readonly ISender[]> {
    const { senders } = (await this._ask('', {})) as { senders: readonly ISender[] };
    return senders;
  }

  /** From now on; one of that fingerprint is renamed. */
  async trust(sender: ISender): Promise<void> {
    await this._ask('', { method: 'POST', body: JSON.stringify(sender) });
  }

  async forget({ fingerprint }: ISender): Promise<void> {
    await this._ask(fingerprint, { method: 'DELETE' });
  }

  private async _ask(path: string, init: RequestInit): Promise<unknown> {
    const url = URLExt.join(this._settings.baseUrl, 'jupyterlab-runtimes/senders', path);
    const response = await ServerConnection.makeRequest(url, init, this._settings).catch(
      (error: unknown) => {
        throw failure('the Jupyter Server does not answer', error);
      }
    );
    if (!response.ok) {
      const { detail } = (await response.json().catch(() => ({}))) as { detail?: string };
      throw failure(detail ?? `the Jupyter Server answered ${response.status}`);
    }
    return response.status === 204 ? null : response.json();
  }
}

function failure(why: string, cause?: unknown): RuntimeError {
  return new RuntimeError(
    'UNREACHABLE',
    `The list of senders whom you trust is not available (${why}): try again.`,
    { cause }
  );
}
