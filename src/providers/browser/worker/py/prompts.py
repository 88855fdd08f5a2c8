"""input() and getpass.getpass(), answered by the page."""

from __future__ import annotations

import builtins
import getpass
from typing import Any

from IPython.core.error import StdinNotImplementedError

#: What the running request said about its frontend.
allowed = True


def install(port: Any) -> None:
    """Replace the functions of this process."""

    def ask(prompt: object, password: bool) -> str:
        if not allowed:
            raise StdinNotImplementedError("input() was called, but this frontend does not support input requests.")
        answer = port.input(str(prompt), password)
        if answer is None:
            # The signal that woke the worker is this very interrupt.
            port.cleanUp()
            raise KeyboardInterrupt
        return answer

    def ask_openly(prompt: object = "", /) -> str:
        """Read a line from the frontend."""
        return ask(prompt, False)

    def ask_secretly(prompt: str = "Password: ", stream: object = None, **_: object) -> str:
        """Read a line from the frontend without showing it."""
        return ask(prompt, True)

    ask_openly.__name__ = ask_openly.__qualname__ = "input"
    ask_secretly.__name__ = ask_secretly.__qualname__ = "getpass"
    builtins.input = ask_openly
    getpass.getpass = ask_secretly
