"""The forked child: it touches no socket of its parent's, prints nothing, and leaves without a goodbye."""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from typing import Any, Callable

from ..snapshot.errors import SnapshotError, from_os

#: Seconds between two signs of life.
_EVERY = 0.1


class Parent:
    """The pipe to the parent: one JSON object a line."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._last = 0.0
        os.set_blocking(descriptor, False)

    def progress(self, done: int) -> None:
        """Say how many bytes were taken; now and then, and not at all to a parent that does not listen."""
        now = time.monotonic()
        if now - self._last >= _EVERY:
            self._last = now
            with suppress(BlockingIOError):
                os.write(self._descriptor, json.dumps({"bytes": done}).encode() + b"\n")

    def last_word(self, message: dict[str, Any]) -> None:
        """Say what came of it, however long that takes."""
        os.set_blocking(self._descriptor, True)
        data = memoryview(json.dumps(message).encode() + b"\n")
        while len(data):
            data = data[os.write(self._descriptor, data) :]


def run_child(descriptor: int, random_state: Any, work: Callable[[Callable[[int], None]], dict[str, Any]]) -> None:
    """Be the child. Never returns.

    :param random_state: of ``random``, from before the fork: Python gives every child another one.
    """
    status = 1
    try:
        _settle(descriptor)
        random.setstate(random_state)
        parent = Parent(descriptor)
        try:
            message = {"done": work(parent.progress)}
            status = 0
        except SnapshotError as error:
            message = {"failed": [error.code, error.message]}
        except OSError as error:
            failure = from_os(error, "The snapshot can't be written")
            message = {"failed": [failure.code, failure.message]}
        except MemoryError:
            message = {"failed": ["CAPTURE_FAILED", "There is not enough memory to capture the kernel: free some."]}
        except BaseException as error:  # noqa: BLE001 - told to the parent; a child must not run its parent's code
            message = {"failed": ["CAPTURE_FAILED", f"The kernel could not be captured ({error!r:.300})."]}
        parent.last_word(message)
    finally:
        os._exit(status)


def _settle(descriptor: int) -> None:
    # Collecting garbage would touch every object, and so copy all memory.
    gc.disable()
    # Should it crash, its parent says so; a traceback in the log would look like the kernel's.
    faulthandler.disable()
    # An interrupt is for the cell: Jupyter sends it to the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # when memory ends, rather this one than the kernel
    _close_sockets(descriptor)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    # The kernel's streams would send through its sockets.
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.displayhook = sys.__displayhook__


def _close_sockets(but: int) -> None:
    """Let go of the parent's sockets: a kernel that restarts wants its ports back. Files stay, for their positions."""
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        with suppress(OSError):
            if descriptor > 2 and descriptor != but and os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                os.close(descriptor)
