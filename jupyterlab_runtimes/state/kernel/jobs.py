"""Work that takes long: how far it is, how to stop it, and what came of it.

A job has the id that its asker chose. Asked for again, after a lost connection, it is not done twice.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable
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
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = threading.Event()
        #: Of what goes on in the event loop, which itself keeps no hold of it.
        self.task: asyncio.Task[None] | None = None
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


class Later:
    """What a job returns that goes on in a thread of its own, while the kernel does something else."""

    def __init__(self, finish: Callable[[Job], Any]) -> None:
        self.finish = finish


class Awaited:
    """What a job returns that is awaited in the event loop, where there are no threads: in a browser."""

    def __init__(self, finish: Callable[[Job], Awaitable[Any]]) -> None:
        self.finish = finish


class Jobs:
    """All jobs of this kernel."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._cancelled_early: set[str] = set()
        self._lock = threading.Lock()

    def run(self, name: str, work: Callable[[Job], Any]) -> Job:
        """Begin the work, unless somebody has; it is done when this returns, or goes on by itself."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None:
                return job
            job = self._jobs[name] = Job()
            if name in self._cancelled_early:
                self._cancelled_early.discard(name)
                job.cancel()
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
        self._attempt(job, work)
        return job

    def outcome(self, name: str) -> Job:
        """Give a job that was begun.

        :raises StateError: NOT_FOUND
        """
        job = self._jobs.get(name)
        if job is None:
            raise StateError("NOT_FOUND", "The kernel knows nothing of this: begin again.")
        return job

    def _attempt(self, job: Job, work: Callable[[Job], Any]) -> None:
        try:
            job.check()
            result = work(job)
        except BaseException as error:  # noqa: BLE001 - told to everybody who asks for it
            job.error = error
        else:
            if isinstance(result, Later):
                name = "jupyterlab-runtimes-state"
                threading.Thread(target=self._attempt, args=(job, result.finish), name=name, daemon=True).start()
                return
            if isinstance(result, Awaited):
                job.task = asyncio.ensure_future(self._await(job, result.finish))
                return
            job.result = result
        job.done.set()

    async def _await(self, job: Job, finish: Callable[[Job], Awaitable[Any]]) -> None:
        try:
            job.result = await finish(job)
        except asyncio.CancelledError:
            job.error = Cancelled()
        except BaseException as error:  # noqa: BLE001 - told to everybody who asks for it
            job.error = error
        job.done.set()

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
            if job.task is None:
                job.done.wait(max(0.0, deadline - time.monotonic()))
