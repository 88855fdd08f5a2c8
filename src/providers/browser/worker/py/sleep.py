"""time.sleep that can be interrupted, and that leaves the processor to others.

Emscripten's own counts the time in a loop, and looks for no signal.
"""

from __future__ import annotations

import time
from typing import Any

#: The page wakes the worker for an interrupt; this is for one that came a moment
#: before the waiting began, milliseconds.
_SLICE_MS = 100.0


def install(port: Any) -> None:
    """Replace time.sleep, where page and worker share memory."""
    if not port.canWait:
        return

    def sleep(seconds: float, /) -> None:
        """Delay execution for a given number of seconds."""
        # As the original: TypeError for what is no number, ValueError below zero.
        if (left := float(seconds) * 1000.0) < 0:
            raise ValueError("sleep length must be non-negative")
        until = time.monotonic() * 1000.0 + left
        while left > 0:
            # Python looks for signals between these lines.
            port.wait(min(left, _SLICE_MS))
            left = until - time.monotonic() * 1000.0

    time.sleep = sleep
