import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

import type { RuntimeErrorCode } from '@jupyterlab-runtimes/core';
import { ERROR_RULES, RuntimeError } from '@jupyterlab-runtimes/core';
import type { IRuntimeProviders } from '../../tokens';
import { RemoteProvider } from './provider';

/** Pauses between two looks at what is configured, ms. */
const POLL_MS = 10_000;
const POLL_STARTING_MS = 500;
/** Services come after browser and local, in the order in which they are configured. */
const FIRST_RANK = 100;

/** A configured service, as the Jupyter Server extension reports it. */
interface IServiceReport {
  readonly name: string;
  readonly label: string;
  readonly status: 'ok' | 'starting' | 'failed';
  readonly error: { readonly code: string; readonly message: string } | null;
}

/**
 * One provider for each runtime service that the Jupyter Server extension
 * knows. Asking it is also what starts the embedded service.
 */
export class RemoteServices implements IDisposable {
  constructor(private readonly _options: RemoteServices.IOptions) {
    this._poll = new Poll({
      auto: false,
      name: 'jupyterlab-runtimes:RemoteServices',
      factory: () => this._request(),
      frequency: { interval: POLL_MS, backoff: true, max: 6 * POLL_MS },
      standby: 'when-hidden'
    });
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  start(): void {
    void this._poll.start();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._poll.dispose();
    this._providers.forEach(provider => provider.dispose());
  }

  private async _request(): Promise<void> {
    const { settings } = this._options;
    const url = URLExt.join(settings.baseUrl, 'jupyterlab-runtimes/services');
    const response = await ServerConnection.makeRequest(url, {}, settings);
    if (response.status === 404) {
      // Our server extension is not enabled here: there are no remote runtimes.
      this._update([]);
      return;
    }
    if (!response.ok) {
      throw await ServerConnection.ResponseError.create(response);
    }
    const { services } = (await response.json()) as { services: IServiceReport[] };
    if (!this._isDisposed) {
      this._update(services);
    }
  }

  private _update(reports: readonly IServiceReport[]): void {
    reports.forEach((report, index) => this._report(report, FIRST_RANK + index));
    for (const [name, provider] of this._providers) {
      if (!reports.some(report => report.name === name)) {
        this._providers.delete(name);
        provider.dispose();
      }
    }
    const interval = reports.some(({ status }) => status === 'starting')
      ? POLL_STARTING_MS
      : POLL_MS;
    if (interval !== this._poll.frequency.interval) {
      this._poll.frequency = { ...this._poll.frequency, interval };
    }
  }

  private _report(report: IServiceReport, rank: number): void {
    const { settings, providers, reconnectTimeoutMs } = this._options;
    let provider = this._providers.get(report.name);
    if (!provider) {
      // Kept in the map, and disposed from there.
      // eslint-disable-next-line jupyter/require-disposable-ownership -- see above
      provider = new RemoteProvider({
        serviceName: report.name,
        label: this._options.labelOf(report.label),
        rank,
        settings,
        reconnectTimeoutMs
      });
      this._providers.set(report.name, provider);
      providers.add(provider);
    }
    if (report.status === 'ok') {
      provider.setAvailable();
    } else {
      const { error } = report;
      provider.setUnavailable(
        report.status === 'starting' ? 'connecting' : 'failed',
        error && new RuntimeError(codeOf(error.code), error.message)
      );
    }
  }

  private readonly _poll: Poll;
  private readonly _providers = new Map<string, RemoteProvider>();
  private _isDisposed = false;
}

export namespace RemoteServices {
  export interface IOptions {
    readonly settings: ServerConnection.ISettings;
    readonly providers: IRuntimeProviders;
    readonly reconnectTimeoutMs: number;
    /** What the user reads for a service of that name. */
    labelOf(name: string): string;
  }
}

function codeOf(code: string): RuntimeErrorCode {
  return code in ERROR_RULES ? (code as RuntimeErrorCode) : 'UNREACHABLE';
}
