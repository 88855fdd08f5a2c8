"""A kernel connection that keeps every message until the runtime service has it on disk.

Jupyter Server buffers for a client that is away, but what it wrote to a socket whose other end is killed before reading
is lost, and so is the first iopub message after each reconnection. Here, the kernel's channels stay open for as long as
the kernel lives; messages are numbered, kept until acknowledged, and sent again from there to the next connection.

Text frames beside the binary kernel messages (JSON):

    server → service   {"type": "attached", "next": N}          first; the next binary frame has number N, then N + 1, …
                       {"type": "cut", "count", "bytes", "parents", "next"}  messages before `next` were dropped: too
                                                                many; `parents`: bytes by the msg_id that they answer
                       {"type": "ack", "msg_id": M}             the service's message M was given to the kernel
    service → server   {"type": "ack", "seq": N}                messages up to N are on disk
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, ClassVar

import zmq
from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from retained_messages import RetainedMessages
from tornado import web

#: A connection with a session id that starts so is the service's.
RELAY_SESSION_PREFIX = "runtimes-relay-"
#: How often a kernel that starts is looked at, seconds.
ALIVE_POLL_S = 0.05


class RetainedConnection(ZMQChannelsWebsocketConnection):
    """Jupyter Server's connection, with retained messages for the runtime service."""

    #: By kernel id: the connection that holds the kernel's channels, and its messages.
    _retained: ClassVar[dict[str, tuple[RetainedConnection, RetainedMessages]]] = {}

    @property
    def _is_relay(self) -> bool:
        return self.session.session.startswith(RELAY_SESSION_PREFIX)

    @property
    def subprotocol(self) -> Any:
        """Messages are kept as v1 frames, whichever connection reads them."""
        return "v1.kernel.websocket.jupyter.org" if self._is_relay else super().subprotocol

    @property
    def write_message(self) -> Any:
        """Where messages of the kernel go."""
        if not self._is_relay or self.kernel_id not in self._retained:
            return self.websocket_handler.write_message
        messages = self._retained[self.kernel_id][1]
        return lambda message, binary=True: messages.append(message)

    async def prepare(self) -> None:
        """Wait for a starting kernel, and notice at once when it ended instead."""
        if not self._is_relay:
            await super().prepare()
            return
        if self.kernel_id in self._retained:
            return
        preparing = asyncio.ensure_future(super().prepare())
        while not preparing.done():
            await asyncio.wait({preparing}, timeout=ALIVE_POLL_S)
            if not preparing.done() and not await ensure_async(self.kernel_manager.is_alive()):
                preparing.cancel()
                code = getattr(getattr(self.kernel_manager.provisioner, "process", None), "returncode", None)
                raise web.HTTPError(502, "kernel ended at start", reason=f"Kernel ended at start with exit code {code}")
        await preparing

    def create_stream(self) -> None:
        """Open the kernel's channels without a bound on what waits to be read: beyond it, output would be dropped."""
        if self._is_relay:
            self.kernel_manager.context.setsockopt(zmq.RCVHWM, 0)
        super().create_stream()

    def connect(self) -> Any:
        """Attach the service to the kernel's messages; open the channels if this is the first time."""
        if not self._is_relay:
            return super().connect()
        after = int(self.websocket_handler.get_argument("after", "-1"))
        if self.kernel_id in self._retained:
            self._retained[self.kernel_id][1].attach(self.websocket_handler, after)
            ready = asyncio.get_running_loop().create_future()
            ready.set_result(None)
            return ready
        messages = RetainedMessages()
        self.limit_rate = False
        self._retained[self.kernel_id] = (self, messages)
        messages.attach(self.websocket_handler, after)
        connected = super().connect()
        if connected is None:
            self._retained.pop(self.kernel_id, None)
        return connected

    def disconnect(self) -> None:
        """The websocket is gone; the kernel's channels stay open while the kernel is there."""
        retained = self._retained.get(self.kernel_id) if self._is_relay else None
        if retained is None:
            super().disconnect()
            return
        primary, messages = retained
        messages.detach(self.websocket_handler)
        if self._open_sessions.get(self.session_key) is self.websocket_handler:
            self._open_sessions.pop(self.session_key)
        if self.kernel_id not in self.multi_kernel_manager:
            self._retained.pop(self.kernel_id, None)
            super(RetainedConnection, primary).disconnect()
        if not self._close_future.done():
            self._close_future.set_result(None)

    def on_kernel_restarted(self) -> None:
        """What the dead kernel has not read is not for the one in its place, which may have other ports."""
        if self._is_relay:
            moved = self.multi_kernel_manager.ports_changed(self.kernel_id)
            for name in [*self.channels] if moved else ("shell", "control"):
                self._reopen(name)
        super().on_kernel_restarted()

    def _reopen(self, name: str) -> None:
        """Open a channel anew, without what waits to be sent: a kernel that starts would run it before it is heard."""
        if not self.channels[name].closed():
            self.channels[name].close(linger=0)
        stream = getattr(self.kernel_manager, f"connect_{name}")(identity=self.session.bsession)
        stream.channel = name
        self.channels[name] = stream
        stream.on_recv_stream(self.handle_outgoing_message)

    def _send_status_message(self, status: str) -> None:
        """Say along with `restarting` and `dead` how the kernel's process ended, as `exit_code`."""
        if not self._is_relay:
            super()._send_status_message(status)
            return
        iopub = self.channels.get("iopub")
        if iopub is not None and not iopub.closed():
            # What the kernel said before it ended comes first.
            iopub.flush()
        content: dict[str, Any] = {"execution_state": status}
        code = getattr(getattr(self.kernel_manager.provisioner, "process", None), "returncode", None)
        if code is not None:
            content["exit_code"] = code
        message = self.session.msg("status", content)
        self.write_message(serialize_msg_to_ws_v1(message, "iopub", self.session.pack), binary=True)

    def handle_incoming_message(self, incoming_msg: Any) -> None:
        """Pass a message on to the kernel once, and say so."""
        if not self._is_relay or self.kernel_id not in self._retained:
            super().handle_incoming_message(incoming_msg)
            return
        primary, messages = self._retained[self.kernel_id]
        if isinstance(incoming_msg, str):
            frame = json.loads(incoming_msg)
            if frame.get("type") == "ack":
                messages.acknowledge(frame["seq"])
            return
        _, parts = deserialize_msg_from_ws_v1(incoming_msg)
        msg_id = json.loads(parts[0])["msg_id"]
        if messages.is_new(msg_id):
            super(RetainedConnection, primary).handle_incoming_message(incoming_msg)
        messages.acknowledge_incoming(msg_id)
