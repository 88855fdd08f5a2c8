"""A kernel of this Jupyter Server, asked over sockets of our own: nothing of it is heard by the notebook."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Sequence
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

from ..problems import Problem

#: Sessions that begin so move states (packages/core/src/state/ops.ts).
SESSION_PREFIX = "runtimes-state-"
#: A kernel that ends says nothing any more: it is looked at so often, seconds.
_LOOK_S = 1.0


class KernelLink:
    """One life of one kernel: once that has ended, another link is needed."""

    def __init__(self, kernels: Any, kernel_id: str, name: str) -> None:
        """Connect.

        @param kernels The server's kernel manager.
        @param name How the runtime is called in sentences.
        @raises Problem NOT_RUNNING | CONFLICT: the kernel runs where this server can't reach it by itself
        """
        if kernel_id not in kernels:
            raise _ended(name)
        self._kernels = kernels
        self._kernel_id = kernel_id
        self._name = name
        manager = kernels.get_kernel(kernel_id)
        if not hasattr(manager, "get_connection_info") or not getattr(manager, "shell_port", 0):
            raise Problem("CONFLICT", f"{name} runs on another machine, out of this Jupyter Server's sight.")
        self._life = self._incarnation()
        self._client = AsyncKernelClient(**manager.get_connection_info(session=True))
        self._client.session.session = SESSION_PREFIX + uuid.uuid4().hex
        self._client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=True)  # noqa: S604 - a channel
        self._waiting: dict[str, asyncio.Future[tuple[dict[str, Any], list[memoryview]]]] = {}
        self._readers = {name: asyncio.ensure_future(self._read(self._channel(name))) for name in ("shell", "control")}

    async def ask(
        self,
        channel: str,
        kind: str,
        content: dict[str, Any],
        buffers: Sequence[bytes] = (),
        subshell_id: str | None = None,
    ) -> tuple[dict[str, Any], list[memoryview]]:
        """Send a message and wait for its reply, as long as it takes.

        @raises Problem NOT_RUNNING: the kernel ended or was restarted
        """
        message = self._client.session.msg(kind, content)
        if subshell_id is not None:
            message["header"]["subshell_id"] = subshell_id
        message_id = message["header"]["msg_id"]
        answer = self._waiting[message_id] = asyncio.get_running_loop().create_future()
        try:
            # By asyncio's socket: `Session.send` goes past it, and then it may never hear of what came meanwhile.
            await self._channel(channel).socket.send_multipart([*self._client.session.serialize(message), *buffers])
            reader = self._readers[channel]
            while True:
                await asyncio.wait([answer, reader], timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
                if answer.done():
                    return answer.result()
                if reader.done():
                    # It never returns: something went wrong, and no answer will be heard any more.
                    reader.result()
                if not await self._lives():
                    raise _ended(self._name)
        finally:
            self._waiting.pop(message_id, None)

    def close(self) -> None:
        """Let go of the kernel."""
        for reader in self._readers.values():
            reader.cancel()
        self._client.shell_channel.stop()
        self._client.control_channel.stop()
        self._client.context.destroy(linger=0)

    def _channel(self, name: str) -> Any:
        return self._client.shell_channel if name == "shell" else self._client.control_channel

    async def _read(self, channel: Any) -> None:
        while True:
            # Other answers than those that are waited for don't matter: they came too late.
            with contextlib.suppress(ValueError, KeyError):
                message = await channel.get_msg()
                if message["header"]["msg_type"] == "runtimes_state_progress":
                    continue
                answer = self._waiting.get(message["parent_header"].get("msg_id", ""))
                if answer is not None and not answer.done():
                    answer.set_result((message["content"], message.get("buffers", [])))

    def _incarnation(self) -> Any:
        manager = self._kernels.get_kernel(self._kernel_id)
        return getattr(getattr(manager, "provisioner", None), "pid", None)

    async def _lives(self) -> bool:
        if self._kernel_id not in self._kernels:
            return False
        if self._incarnation() != self._life:
            return False
        return bool(await self._kernels.get_kernel(self._kernel_id).is_alive())


def _ended(name: str) -> Problem:
    return Problem(
        "NOT_RUNNING",
        f"The kernel of {name} ended or was restarted while its variables were being moved: "
        "nothing has changed elsewhere; start again when it runs.",
    )
