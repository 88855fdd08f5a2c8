/**
 * A runtime's kernel, asked about its state over a connection of its own: beside the relay, so that nothing of it is in
 * the journal, and nothing counts as activity.
 */
import { randomUUID } from 'node:crypto';

import { WebSocket } from 'ws';

import {
  KERNEL_SUBPROTOCOL,
  KernelPort,
  SocketLink,
  type ISocket,
  type IStateSources
} from '@jupyterlab-runtimes/core';

import { authorization, webSocketUrl, type IJupyterAddress } from '../jupyter/address.js';
import { stateSources } from './sources.js';

/** No answer to the opening request within this time: tried again, milliseconds. */
const HANDSHAKE_MS = 30_000;

export interface IKernelPlace {
  readonly address: IJupyterAddress;
  readonly kernelId: string;
  /** How the runtime is called in sentences. Default: the runtime. */
  readonly name?: string;
  /** False once another kernel has come in the place of the one that is meant. Default: nobody knows of any. */
  readonly isIt?: () => boolean;
  /** What goes into the kernel. Default: what the service was built with. */
  readonly sources?: IStateSources;
}

/** @returns To be disposed. */
export function openKernelPort(place: IKernelPlace): KernelPort {
  const { address, kernelId, name = 'the runtime', sources = stateSources(), isIt } = place;
  const path = `api/kernels/${encodeURIComponent(kernelId)}/channels`;
  const link = new SocketLink({
    name,
    randomId: randomUUID,
    open: session =>
      new WebSocket(webSocketUrl(address, `${path}?session_id=${session}`), [KERNEL_SUBPROTOCOL], {
        headers: { Authorization: authorization(address) },
        perMessageDeflate: false,
        maxPayload: 0,
        handshakeTimeout: HANDSHAKE_MS
      }) as unknown as ISocket
  });
  return new KernelPort({ link, sources, name, isIt });
}
