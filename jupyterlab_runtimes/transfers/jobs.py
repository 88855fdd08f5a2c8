"""All jobs of this server: begun, looked at, called off."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..problems import Problem
from ..upstream.registry import ServiceRegistry
from .area import Area
from .job import Job, Place, Ports
from .kernel_link import KernelLink
from .kernel_port import KernelPort
from .sources import state_sources

#: At a time; others are refused.
_MAX_RUNNING = 8
#: What came of a job is kept for those who come back, seconds.
_KEPT_S = 24 * 3600.0
#: And once a page has told it, for other pages of the same user that look on, seconds.
_KEPT_TOLD_S = 600.0
_MAX_KEPT = 100


class TransferJobs:
    """Jobs by id. An id is random, and who knows it may ask; the list is of one user."""

    def __init__(self, kernels: Any, registry: ServiceRegistry, area: Area) -> None:
        self._kernels = kernels
        self._executor = ThreadPoolExecutor(2 * _MAX_RUNNING, thread_name_prefix="jupyterlab-runtimes-transfers")
        self._ports = Ports(area, self._executor, self._open_kernel, registry.target)
        self._jobs: dict[str, Job] = {}
        self._ended: dict[str, float] = {}
        self._told: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, source: Place, target: Place, names: list[str] | None, now: bool, user: str) -> Job:
        """Begin; it goes on by itself.

        @raises Problem QUOTA_EXCEEDED
        """
        self._prune()
        if len(self._tasks) >= _MAX_RUNNING:
            raise Problem(
                "QUOTA_EXCEEDED",
                f"{_MAX_RUNNING} transfers are under way already: wait until one has ended, or cancel one.",
            )
        job = Job(source, target, names, now, user)
        self._jobs[job.id] = job
        task = asyncio.ensure_future(job.run(self._ports))
        self._tasks.add(task)
        task.add_done_callback(lambda _: self._over(task, job))
        return job

    def find(self, job_id: str) -> Job:
        """@raises Problem NOT_FOUND"""
        job = self._jobs.get(job_id)
        if job is None:
            raise Problem(
                "NOT_FOUND", "This transfer is not known any more: the Jupyter Server was restarted, or it is over."
            )
        return job

    def list(self, user: str) -> list[Job]:
        """The user's that are under way, or whose end no page has told; oldest first."""
        self._prune()
        return [job for job in self._jobs.values() if job.user == user and job.id not in self._told]

    def end(self, job_id: str) -> None:
        """Call it off; one that is over has been told, and is not listed any more.

        @raises Problem NOT_FOUND
        """
        job = self.find(job_id)
        if job.state == "running":
            job.cancel()
        else:
            self._told.add(job_id)

    async def close(self) -> None:
        """Call all of them off, and wait a moment."""
        for job in self._jobs.values():
            job.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _open_kernel(self, kernel_id: str, name: str) -> KernelPort:
        return KernelPort(KernelLink(self._kernels, kernel_id, name), state_sources(), name)

    def _over(self, task: asyncio.Task[None], job: Job) -> None:
        self._tasks.discard(task)
        self._ended[job.id] = time.monotonic()

    def _forget(self, job_id: str) -> None:
        self._jobs.pop(job_id, None)
        self._ended.pop(job_id, None)
        self._told.discard(job_id)

    def _prune(self) -> None:
        oldest = sorted(self._ended, key=self._ended.__getitem__)
        for count, job_id in enumerate(oldest):
            kept = _KEPT_TOLD_S if job_id in self._told else _KEPT_S
            is_old = time.monotonic() - self._ended[job_id] > kept
            if is_old or len(oldest) - count > _MAX_KEPT:
                self._forget(job_id)
