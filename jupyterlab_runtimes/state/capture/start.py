"""Start a capture; wait for it, or end it."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import threading
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

from ..record import record
from ..snapshot.errors import SnapshotError
from ..snapshot.places import saving_chunks
from .captured import Captured, account, captured_from
from .child import run_child
from .ways import Way, choose

#: Seconds without a sign of life after which a child counts as hung.
PATIENCE_S = 60.0


class Capture:
    """A capture under way. The three methods may be called from any thread."""

    def __init__(self, way: Way, pid: int = 0, descriptor: int = -1, patience_s: float = PATIENCE_S) -> None:
        self.way = way
        #: Seconds for which the process stood still.
        self.stall_s = 0.0
        self.captured: Captured | None = None
        self._pid = pid
        self._descriptor = descriptor
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._cancelled = False

    def wait(self, on_progress: Callable[[int], None] | None = None) -> Captured:
        """Wait until it is done.

        :param on_progress: gets the bytes taken so far, ten times a second; what it raises ends the capture.
        :raises SnapshotError: CAPTURE_FAILED (the child was hung, or died) | DISK_FULL | FORBIDDEN | CANCELLED
        """
        if self.captured is not None:
            return self.captured
        try:
            word = self._listen(on_progress)
        finally:
            status = self._end()
        if self._cancelled:
            raise SnapshotError("CANCELLED", "The capture was cancelled.")
        if "failed" in word:
            raise SnapshotError(*word["failed"])
        if "done" not in word:
            raise SnapshotError("CAPTURE_FAILED", f"The copy of the kernel that wrote the snapshot {_died(status)}.")
        self.captured = captured_from(word["done"], self.way)
        return self.captured

    def cancel(self) -> None:
        """End it. What it wrote is used by nobody, and swept some day."""
        self._cancelled = True
        self._kill()

    def _listen(self, on_progress: Callable[[int], None] | None) -> dict[str, Any]:
        """Read until the last word, or the end."""
        rest = b""
        heard = time.monotonic()
        while True:
            ready, _, _ = select.select([self._descriptor], [], [], 0.1)
            if ready:
                data = os.read(self._descriptor, 1 << 16)
                if not data:
                    return {}
                heard = time.monotonic()
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    word = json.loads(line)
                    if "bytes" not in word:
                        return word
                    if on_progress:
                        on_progress(word["bytes"])
            elif time.monotonic() - heard > self._patience_s:
                raise SnapshotError(
                    "CAPTURE_FAILED",
                    f"The copy of the kernel that wrote the snapshot was silent for {self._patience_s:.0f} s, and was "
                    "ended: capture at the end of a cell instead.",
                )

    def _end(self) -> int | None:
        """Leave neither a process nor a zombie nor a pipe."""
        with self._lock:
            if not self._pid:
                return None
            pid, self._pid = self._pid, 0
            os.close(self._descriptor)
        deadline = time.monotonic() + 1.0
        try:
            while time.monotonic() < deadline:
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    return status
                time.sleep(0.002)
            os.kill(pid, signal.SIGKILL)
            return os.waitpid(pid, 0)[1]
        except (ChildProcessError, ProcessLookupError):
            return None  # somebody else in this process waits for all children

    def _kill(self) -> None:
        with self._lock:
            if self._pid:
                os.kill(self._pid, signal.SIGKILL)


def start(
    folder: str | os.PathLike[str],
    namespace: dict[str, Any],
    names: Sequence[str] | None = None,
    *,
    way: Way | None = None,
    mid_cell: bool = False,
    on_progress: Callable[[int], None] | None = None,
    on_stall: Callable[[str], None] | None = None,
    patience_s: float = PATIENCE_S,
    **options: Any,
) -> Capture:
    """Begin to write the chunks of a snapshot into the store ``folder``.

    Where ``way`` forks, this returns at once, and a child writes while the process goes on. Else all of it is done when
    this returns.

    :param way: None lets ``choose`` decide.
    :param mid_cell: a cell is running; the manifest says so.
    :param on_progress: as of ``Capture.wait``; here for captures that do not fork.
    :param on_stall: gets the reason, before the process stands still.
    :param options: of ``saving_chunks`` and ``Writer``.
    """
    way = choose(namespace) if way is None else way

    def work(on_bytes: Callable[[int], None] | None) -> dict[str, Any]:
        return _write(Path(folder), namespace, names, mid_cell, on_progress=on_bytes, frozen=way.forks, **options)

    started = time.perf_counter()
    if not way.forks:
        if on_stall:
            on_stall(way.reason)
        capture = Capture(way)
        capture.captured = captured_from(work(on_progress), way)
        capture.stall_s = time.perf_counter() - started
        return capture
    reader, writer = os.pipe()
    random_state = random.getstate()
    with warnings.catch_warnings():
        # Python warns of forks beside threads; the child takes no lock of theirs, and a hung one is ended.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        run_child(writer, random_state, work)
    os.close(writer)
    capture = Capture(way, pid, reader, patience_s)
    capture.stall_s = time.perf_counter() - started
    return capture


def _write(
    folder: Path, namespace: dict[str, Any], names: Sequence[str] | None, mid_cell: bool, **options: Any
) -> dict[str, Any]:
    started = time.perf_counter()
    with saving_chunks(folder, **options) as writer:
        manifest = record(namespace, names, writer, mid_cell=mid_cell)
    return account(manifest, writer, time.perf_counter() - started)


def _died(status: int | None) -> str:
    if status is not None and os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGKILL:
            return "was killed, for want of memory perhaps: capture fewer variables, or at the end of a cell"
        return f"died ({signal.Signals(number).name}): capture at the end of a cell instead"
    return "ended too early: capture again"
