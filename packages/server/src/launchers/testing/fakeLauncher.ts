/** Launchers that fail as real ones do: slow, never ready, bad, slow then bad. For specs alone. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ingressPath, RuntimeError, type IEnvironment } from '@jupyterlab-runtimes/core';
import { checkLaunchVariables } from '@jupyterlab-runtimes/core/environment';

import type { IJupyterAddress } from '../../jupyter/address.js';
import type { ILaunched, ILauncher, ILaunchPlan } from '../../runtimes/ports.js';

export interface IFakeLauncherOptions {
  readonly environment: IEnvironment;
  /** From the start to the first answer, milliseconds. */
  readonly readyAfterMs?: number;
  /** Its server never answers. */
  readonly neverReady?: boolean;
  /** `start` is refused, after so many milliseconds. */
  readonly refusesAfterMs?: number;
}

interface IProcess {
  readonly address: IJupyterAddress;
  readonly server: Server;
  readonly ended: Promise<string>;
  end(reason: string): void;
}

export class FakeLauncher implements ILauncher {
  constructor(private readonly _options: IFakeLauncherOptions) {}

  async listEnvironments(): Promise<IEnvironment[]> {
    return [this._options.environment];
  }

  async start(
    id: string,
    plan: ILaunchPlan,
    onHandle: (handle: unknown) => void
  ): Promise<ILaunched> {
    checkLaunchVariables(plan.env);
    const { refusesAfterMs, neverReady, readyAfterMs = 0 } = this._options;
    if (refusesAfterMs !== undefined) {
      await after(refusesAfterMs);
      throw new RuntimeError(
        'ENVIRONMENT_BROKEN',
        'This launcher starts nothing: take another one.'
      );
    }
    const process = this._process(id);
    this._processes.set(id, process);
    onHandle({ fake: id });
    const { place } = process.address;
    if (!neverReady && 'socketPath' in place) {
      void after(readyAfterMs).then(() => {
        if (this._processes.get(id) === process) {
          process.server.listen(place.socketPath);
        }
      });
    }
    return launched(process);
  }

  async adopt(id: string): Promise<ILaunched | undefined> {
    const process = this._processes.get(id);
    return process && launched(process);
  }

  async end(id: string): Promise<void> {
    this._processes.get(id)?.end('it was ended by SIGTERM');
    this._processes.delete(id);
  }

  async endOrphans(ids: ReadonlySet<string>): Promise<void> {
    await Promise.all(
      [...this._processes.keys()].filter(id => !ids.has(id)).map(id => this.end(id))
    );
  }

  async diagnose(environmentName: string): Promise<string> {
    return environmentName === this._options.environment.name
      ? ''
      : `There is no environment "${environmentName}": choose another.`;
  }

  /** As when somebody ends the process from outside. */
  kill(id: string): void {
    this._processes.get(id)?.end('it was ended by SIGKILL');
    this._processes.delete(id);
  }

  dispose(): void {
    [...this._processes.keys()].forEach(id => this.kill(id));
    rmSync(this._folder, { recursive: true, force: true });
  }

  private _process(id: string): IProcess {
    const token = randomBytes(8).toString('hex');
    const basePath = ingressPath(id);
    const server = createServer((request, response) => {
      const isKnown = request.headers.authorization === `token ${token}`;
      const isStatus = request.url === `${basePath}api/status`;
      response.writeHead(isKnown ? (isStatus ? 200 : 404) : 403).end('{}');
    });
    let tell: (reason: string) => void = () => undefined;
    const ended = new Promise<string>(resolve => (tell = resolve));
    const end = (reason: string): void => {
      server.close();
      server.closeAllConnections();
      tell(reason);
    };
    const place = { socketPath: join(this._folder, id) };
    return { address: { place, basePath, token }, server, ended, end };
  }

  private readonly _folder = mkdtempSync(join(tmpdir(), 'jlr-fake-'));
  private readonly _processes = new Map<string, IProcess>();
}

const after = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

const launched = ({ address, ended }: IProcess): ILaunched => ({
  address,
  ended,
  notes: [],
  logTail: () => '',
  kernelEnd: () => ({ how: 'died', why: '', log: '' })
});
