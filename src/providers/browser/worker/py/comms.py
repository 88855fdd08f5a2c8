"""Comms: widgets and whoever else talks to its frontend, with binary buffers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import channel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def install(shell: Any) -> None:
    """Let pyodide_kernel's Comm publish through the channel."""

    def send_comm(msg_type: str, content: Any, metadata: Any, _topic: Any, buffers: Any) -> None:
        channel.publish(msg_type, content, metadata, buffers)

    shell.send_comm = send_comm


def make_handlers(kernel: Any) -> dict[str, Callable[[channel.Request], Awaitable[Any]]]:
    """Answer comm_open, comm_msg, comm_close and comm_info_request."""

    async def describe(request: channel.Request) -> dict[str, Any]:
        comms = kernel.comm_info(request.content.get("target_name") or "")
        return {"status": "ok", "comms": comms}

    def make(name: str) -> Callable[[channel.Request], Awaitable[None]]:
        async def handle(request: channel.Request) -> None:
            message = {
                **kernel._parent_header,
                "content": request.content,
                "metadata": request.metadata,
                "buffers": request.buffers,
            }
            getattr(kernel.comm_manager, name)(None, None, message)

        return handle

    return {
        "comm_info_request": describe,
        **{name: make(name) for name in ("comm_open", "comm_msg", "comm_close")},
    }
