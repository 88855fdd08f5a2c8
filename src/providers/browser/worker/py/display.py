"""Rich output, results, tracebacks and pagers of the shell."""

from __future__ import annotations

import asyncio
import types
from typing import Any

from IPython.core import page, payloadpage

from . import channel

#: Set while a cell is being stopped: its CancelledError is the user's interrupt.
interrupted = False


def install(shell: Any) -> None:
    """Publish what the shell shows."""
    publisher = shell.display_pub
    publisher.display_data_callback = _display_data
    publisher.update_display_data_callback = _update_display_data
    publisher.clear_output_callback = _clear_output
    shell.displayhook.publish_execution_result = _execute_result
    # The shell's own method only remembers the traceback.
    shell._showtraceback = types.MethodType(_show_traceback, shell)
    shell.set_next_input = types.MethodType(_set_next_input, shell)
    shell.ask_exit = types.MethodType(_ask_exit, shell)
    shell.display_page = False
    shell.set_hook("show_in_pager", page.as_hook(payloadpage.page), 99)


def _bundle(data: Any, metadata: Any, transient: Any) -> dict[str, Any]:
    return {"data": data, "metadata": metadata or {}, "transient": transient or {}}


def _display_data(data: Any, metadata: Any, transient: Any) -> None:
    channel.publish("display_data", _bundle(data, metadata, transient))


def _update_display_data(data: Any, metadata: Any, transient: Any) -> None:
    channel.publish("update_display_data", _bundle(data, metadata, transient))


def _clear_output(wait: bool) -> None:
    channel.publish("clear_output", {"wait": bool(wait)})


def _execute_result(prompt_count: int, data: Any, metadata: Any) -> None:
    if data:
        content = {"execution_count": prompt_count, "data": data, "metadata": metadata or {}}
        channel.publish("execute_result", content)


def _show_traceback(shell: Any, etype: type, evalue: BaseException, stb: list[str]) -> None:
    if interrupted and issubclass(etype, asyncio.CancelledError):
        etype, evalue = KeyboardInterrupt, KeyboardInterrupt()
        stb = shell.InteractiveTB.structured_traceback(etype, evalue, None)
    shell._last_traceback = describe(etype, evalue, stb)
    channel.publish("error", shell._last_traceback)


def describe(etype: type, evalue: BaseException, stb: list[str]) -> dict[str, Any]:
    """An exception as Jupyter's protocol has it."""
    try:
        text = str(evalue)
    except Exception as error:  # noqa: BLE001 - the code of whoever wrote the exception
        text = f"<str() of this {etype.__name__} failed: {type(error).__name__}>"
    return {"ename": etype.__name__, "evalue": text, "traceback": list(stb)}


def _set_next_input(shell: Any, text: str, replace: bool = False) -> None:
    payload = {"source": "set_next_input", "text": text, "replace": replace}
    shell.payload_manager.write_payload(payload)


def _ask_exit(shell: Any) -> None:
    shell.payload_manager.write_payload({"source": "ask_exit", "keepkernel": False})
