"""Whether a cell is running."""

from __future__ import annotations

import sys
import threading
from typing import Any


def is_cell_running(kernel: Any = None) -> bool:
    """Whether the main thread, which is not this one, is in a cell; a cell that awaits something counts, too."""
    if threading.current_thread() is threading.main_thread():
        return False
    lock = getattr(kernel, "_main_asyncio_lock", None)
    if lock is not None and lock.locked():
        return True
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        if frame.f_code.co_name == "run_cell_async":
            return True
        frame = frame.f_back
    return False
