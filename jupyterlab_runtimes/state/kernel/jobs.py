"""Work that takes long: how far it is, how to stop it, and what came of it.

A job has the id that its asker chose. Asked for again, after a lost connection, it is not done twice.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Any, Callable

from .failures import Cancelled, StateError

#: So many outcomes are kept for those who ask again.
KEPT = 32


class Job:
    """One piece of work, seen from other threads."""

    def __init__(self) -> None:
        self.stage = ""
        self.bytes = 0
        self.total = 0
        self.outcome: Any = None
        self.error: BaseException | None = None
        self.done = threading.Event()
        self._cancelled = False

    def cancel(self) -> None:
        """Stop at the next step."""
        self._cancelled = True

    def check(self) -> None:
        """Be at a step.

        :raises Cancelled: Somebody wants it to end.
        """
        if self._cancelled:
            raise Cancelled()

    def progress(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Say how far it is, bytes; and end here if that is wanted."""
        self.stage, self.bytes, self.total = stage, done, total
        self.check()


class Jobs:
    """All jobs of this kernel."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._cancelled_early: set[str] = set()
        self._lock = threading.Lock()

    def run(self, name: str, work: Callable[[Job], Any]) -> Any:
        """Do the work once, and give what came of it as often as it is asked for."""
        with self._lock:
            job = self._jobs.get(name)
            is_new = job is None
            if job is None:
                job = self._jobs[name] = Job()
                if name in self._cancelled_early:
                    self._cancelled_early.discard(name)
                    job.cancel()
                while len(self._jobs) > KEPT:
                    self._jobs.popitem(last=False)
        if is_new:
            try:
                job.check()
                job.outcome = work(job)
            except BaseException as error:  # noqa: BLE001 - told to everybody who asks for it
                job.error = error
            finally:
                job.done.set()
        elif not job.done.is_set():
            raise StateError("CONFLICT", "This is being done already.")
        if job.error is not None:
            raise job.error
        return job.outcome

    def poll(self, name: str) -> dict[str, Any]:
        """How far a job is; `known` is false before it has begun."""
        job = self._jobs.get(name)
        if job is None:
            return {"known": False, "done": False, "stage": "", "bytes": 0, "total": 0}
        return {"known": True, "done": job.done.is_set(), "stage": job.stage, "bytes": job.bytes, "total": job.total}

    def cancel(self, name: str) -> None:
        """Stop a job, also one whose request is still waiting for a cell to end."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None:
                self._cancelled_early.add(name)
                if len(self._cancelled_early) > KEPT * 4:
                    self._cancelled_early.pop()
        if job is not None:
            job.cancel()

    def wait_all(self, seconds: float) -> None:
        """Cancel everything and give it a moment."""
        deadline = time.monotonic() + seconds
        for job in list(self._jobs.values()):
            job.cancel()
            job.done.wait(max(0.0, deadline - time.monotonic()))
