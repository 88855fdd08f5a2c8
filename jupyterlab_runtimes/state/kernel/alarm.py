"""Says something in the notebook, so that it can't be missed: in the running cell, or else in the next one."""

from __future__ import annotations

import sys
from typing import Any

from ..namespace import ipython_shell
from .cells import is_cell_running


def alarm(message: str) -> None:
    """Write to the cell's standard error. May be called from any thread, but the one that runs cells."""
    text = f"Warning: {message}\n"
    shell = ipython_shell()
    if shell is None or is_cell_running(getattr(shell, "kernel", None)):
        sys.stderr.write(text)
        sys.stderr.flush()
        return

    def in_next_cell(_info: Any) -> None:
        shell.events.unregister("pre_run_cell", in_next_cell)
        sys.stderr.write(text)

    shell.events.register("pre_run_cell", in_next_cell)
