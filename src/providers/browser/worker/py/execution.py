"""execute_request."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from . import channel, display, packages, prompts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

#: The cell that is awaiting something.
_task: asyncio.Task[Any] | None = None


def make_handlers(kernel: Any, shell: Any) -> dict[str, Callable[[channel.Request], Awaitable[dict[str, Any]]]]:
    """Answer execute_request."""

    async def handle(request: channel.Request) -> dict[str, Any]:
        content = request.content
        silent = bool(content.get("silent", False))
        prompts.allowed = bool(content.get("allow_stdin", True))
        display.interrupted = False
        count = shell.execution_count
        try:
            if not silent:
                started = {"code": content["code"], "execution_count": count}
                channel.publish("execute_input", started)
            error = await _run(
                kernel,
                shell,
                content["code"],
                silent,
                bool(content.get("store_history", not silent)),
            )
        except (KeyboardInterrupt, asyncio.CancelledError) as stopped:
            # Stopped between our own lines, not in the cell's.
            shell.showtraceback()
            error = stopped
        payload = shell.payload_manager.read_payload()
        shell.payload_manager.clear_payload()
        reply: dict[str, Any] = {"execution_count": count, "payload": payload}
        if error is None:
            expressions = shell.user_expressions(content.get("user_expressions") or {})
            return {"status": "ok", **reply, "user_expressions": expressions}
        described = shell._last_traceback or display.describe(type(error), error, [])
        return {"status": "error", **reply, **described, "user_expressions": {}}

    return {"execute_request": handle}


def cancel() -> None:
    """Stop a cell that is awaiting something."""
    if _task is not None:
        display.interrupted = True
        _task.cancel()


async def _run(kernel: Any, shell: Any, code: str, silent: bool, store_history: bool) -> BaseException | None:
    """Run a cell; what went wrong has been published when this returns."""
    global _task
    shell._last_traceback = None
    problem = None
    cell = code
    try:
        packages.prepare_tools(code)
        cell = await kernel.lite_transform_manager.transform_cell(code)
    except Exception:  # noqa: BLE001 - whatever it is, the cell shows it
        problem = sys.exc_info()
    await packages.load_imports(cell)
    try:
        transformed = shell.transform_cell(cell)
    except Exception:  # noqa: BLE001 - users register transformers
        transformed = cell
        problem = sys.exc_info()
    options = {"store_history": store_history, "silent": silent}
    if problem or shell.should_run_async(cell, transformed_cell=transformed):
        run = shell.run_cell_async(cell, transformed_cell=transformed, preprocessing_exc_tuple=problem, **options)
        _task = asyncio.ensure_future(run)
        try:
            result = await _task
        finally:
            _task = None
    else:
        result = shell.run_cell(cell, **options)
    return result.error_before_exec or result.error_in_exec
