import { URLExt } from '@jupyterlab/coreutils';
import type { KernelMessage, ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { RuntimesClient } from '@jupyterlab-runtimes/core';
import { channelsPath, KERNEL_SUBPROTOCOL } from '@jupyterlab-runtimes/core';
import type { IExecutionJournal, IJournaledExecution } from '../../tokens';
import { Channel } from './channel';
import type { ISocketContext } from './socket';
import { resumableSocketClass } from './socket';

/** How long a replay waits for the page's own connection to come in, ms. */
const ATTACH_LIMIT_MS = 60_000;

/**
 * The channels of one service's kernels: the socket class for stock kernel
 * connections, and what the service keeps of executions, over the same links.
 */
export class RemoteChannels implements IExecutionJournal {
  constructor(private readonly _options: RemoteChannels.IOptions) {
    const context: ISocketContext = {
      urlOf: async kernelId =>
        URLExt.join(_options.wsUrl, channelsPath(await _options.runtimeIdOf(kernelId), kernelId)),
      channelOf: (kernelId, clientId) => this._channelOf(kernelId, clientId),
      reconnectTimeoutMs: _options.reconnectTimeoutMs,
      WebSocket: _options.settings.WebSocket,
      onCut: ({ kernelId }, count, bytes) => this._cut.emit({ kernelId, count, bytes }),
      onGaveUp: ({ kernelId }, afterMs) => {
        this._givenUp.add(kernelId);
        this._gaveUp.emit({ kernelId, afterMs });
      },
      now: () => Date.now()
    };
    this.WebSocket = resumableSocketClass(context);
  }

  readonly WebSocket: typeof WebSocket;

  get cut(): ISignal<unknown, { kernelId: string; count: number; bytes: number }> {
    return this._cut;
  }

  get gaveUp(): ISignal<unknown, { kernelId: string; afterMs: number }> {
    return this._gaveUp;
  }

  /** Whether the waiting for this kernel has ended. */
  hasGivenUp(kernelId: string): boolean {
    return this._givenUp.has(kernelId);
  }

  /** A socket beside the notebook's: what goes over it is in no journal, and holds up nobody. */
  async openStateSocket(kernelId: string, session: string): Promise<WebSocket> {
    const { wsUrl, runtimeIdOf, settings } = this._options;
    const path = channelsPath(await runtimeIdOf(kernelId), kernelId);
    const query = new URLSearchParams({ session_id: session });
    return new settings.WebSocket(`${URLExt.join(wsUrl, path)}?${query}`, [KERNEL_SUBPROTOCOL]);
  }

  async list(kernelId: string): Promise<readonly IJournaledExecution[]> {
    const { client, runtimeIdOf } = this._options;
    const executions = await client.executions(await runtimeIdOf(kernelId));
    return executions.map(execution => ({
      msgId: execution.msg_id,
      cellId: execution.cell_id,
      clientId: execution.session,
      isFinished: execution.finished_at !== null,
      cutBytes: execution.cut_bytes
    }));
  }

  nextMessage(kernelId: string, clientId: string): number | undefined {
    return this._channelOf(kernelId, clientId).nextSeq;
  }

  async messages(
    kernelId: string,
    msgId: string,
    clientId: string,
    before?: number
  ): Promise<readonly KernelMessage.IMessage[]> {
    const { client, runtimeIdOf, settings } = this._options;
    const channel = this._channelOf(kernelId, clientId);
    await Promise.race([
      channel.attached,
      new Promise(resolve => setTimeout(resolve, ATTACH_LIMIT_MS))
    ]);
    const frames = await client.executionMessages(await runtimeIdOf(kernelId), msgId, {
      before: before ?? channel.firstSeq
    });
    return frames.map(frame => settings.serializer.deserialize(frame, KERNEL_SUBPROTOCOL));
  }

  async acknowledge(kernelId: string, msgIds: readonly string[]): Promise<void> {
    const { client, runtimeIdOf } = this._options;
    await client.acknowledge(await runtimeIdOf(kernelId), msgIds);
  }

  dispose(): void {
    Signal.clearData(this);
    this._channels.clear();
  }

  private _channelOf(kernelId: string, clientId: string): Channel {
    const key = `${kernelId}/${clientId}`;
    let channel = this._channels.get(key);
    if (!channel) {
      channel = new Channel(kernelId, clientId);
      this._channels.set(key, channel);
    }
    this._givenUp.delete(kernelId);
    return channel;
  }

  /** One per kernel connection of this page: a few hundred bytes each. */
  private readonly _channels = new Map<string, Channel>();
  private readonly _givenUp = new Set<string>();
  private readonly _cut = new Signal<this, { kernelId: string; count: number; bytes: number }>(
    this
  );
  private readonly _gaveUp = new Signal<this, { kernelId: string; afterMs: number }>(this);
}

export namespace RemoteChannels {
  export interface IOptions {
    readonly client: RuntimesClient;
    /** The page's settings: its WebSocket class and serializer are used. */
    readonly settings: ServerConnection.ISettings;
    /** WebSocket URL of the proxy to the service. */
    readonly wsUrl: string;
    readonly reconnectTimeoutMs: number;
    /** @throws RuntimeError NOT_FOUND when no runtime has this kernel. */
    runtimeIdOf(kernelId: string): Promise<string>;
  }
}
