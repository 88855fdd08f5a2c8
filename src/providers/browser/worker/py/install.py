"""Join pyodide_kernel's shell to the worker."""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import TYPE_CHECKING, Any

import IPython

from . import channel, comms, display, execution, history, packages, prompts, sleep, streams

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


#: Answers each kind of request; what moves variables adds its own.
handlers: dict[str, Callable[[channel.Request], Awaitable[Any]]] = {}


def with_buffers(answer: Callable[..., tuple[dict[str, Any], list[Any]]]) -> Callable[..., Awaitable[Any]]:
    """Make a handler of a function of content and buffers that gives both."""

    async def handle(request: channel.Request) -> channel.Reply:
        return channel.Reply(*answer(request.content, request.buffers))

    return handle


def install(port: Any, folder: str, wheels_url: str, index_url: str | None) -> Callable[..., Any]:
    """Prepare the shell.

    :param port: JavaScript object with `publish`, `stream`, `input`, `wait`, `canWait`
        and `cleanUp`.
    :param folder: Working directory, absolute; '' leaves it as it is.
    :param wheels_url: Folder of the wheels that stand in for packages a browser can't use.
    :param index_url: Base of the package source that the user named, or None.
    :return: `handle(msg_type, header, content, metadata, buffers)`, a coroutine
        function that answers with the reply's content as JSON, with an array of
        that and byte arrays, or with None.
    """
    import pyodide_kernel

    kernel = pyodide_kernel.kernel_instance
    shell = kernel.interpreter
    # IPython's application has put its crash reporter there, for its own terminal.
    sys.excepthook = sys.__excepthook__
    channel.open_channel(port, kernel)
    streams.install()
    display.install(shell)
    prompts.install(port)
    sleep.install(port)
    comms.install(shell)
    packages.configure(wheels_url, index_url)
    if folder:
        os.chdir(folder)
    handlers.update(
        **execution.make_handlers(kernel, shell),
        **comms.make_handlers(kernel),
        **history.make_handlers(shell),
    )

    async def handle(msg_type: str, header: str, content: str, metadata: str, buffers: Any) -> Any:
        channel.set_parent(header)
        handler = handlers[msg_type]
        request = channel.Request(json.loads(content), json.loads(metadata), buffers)
        reply = await handler(request)
        if isinstance(reply, channel.Reply):
            return reply.to_js()
        return None if reply is None else channel.encode(reply)

    return handle


def facts() -> str:
    """What is true of this kernel, as JSON (see protocol.ts, IKernelFacts)."""
    return json.dumps(
        {
            "pythonVersion": platform.python_version(),
            "ipythonVersion": IPython.__version__,
        }
    )
