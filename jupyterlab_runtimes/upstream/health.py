"""What is known about a configured service: asked in the background, remembered for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..problems import Problem
from .identify import identify
from .target import Target

Status = Literal["ok", "starting", "failed"]


@dataclass(frozen=True)
class Health:
    """`starting` until the first answer."""

    status: Status
    version: str | None = None
    problem: Problem | None = None


class HealthWatch:
    """Asks services who they are, one question at a time for each, and never lets anybody wait."""

    def __init__(
        self,
        clock: Callable[[], float],
        log: Callable[[str], None],
        *,
        fresh_s: float,
        fresh_failure_s: float,
        timeout_s: float,
    ) -> None:
        """Make a watch that holds nothing yet.

        @param clock Seconds, monotonic.
        @param log Takes a sentence when a service begins or ceases to fail.
        @param fresh_s How long a good answer holds before a look asks again.
        @param fresh_failure_s How long a failure does.
        @param timeout_s How long a service may take to answer.
        """
        self._clock = clock
        self._log = log
        self._fresh_s = fresh_s
        self._fresh_failure_s = fresh_failure_s
        self._timeout_s = timeout_s
        self._known: dict[Target, Health] = {}
        self._asked_at: dict[Target, float] = {}
        self._asking: dict[Target, asyncio.Task[None]] = {}

    def look(self, target: Target) -> Health:
        """What is known now; asks again in the background when that is old."""
        fresh_s = self._fresh_s if self.is_good(target) else self._fresh_failure_s
        if target not in self._asking and self._clock() - self._asked_at.get(target, -1e9) >= fresh_s:
            self._asked_at[target] = self._clock()
            self._asking[target] = asyncio.ensure_future(self._ask(target))
        return self._known.get(target, Health("starting"))

    def note(self, target: Target, problem: Problem) -> None:
        """Somebody found the service failing: so it is until the next look asks again."""
        self._learn(target, Health("failed", problem=problem))
        self._asked_at.pop(target, None)

    def is_good(self, target: Target) -> bool:
        """Whether its last answer was a good one."""
        health = self._known.get(target)
        return health is not None and health.status == "ok"

    def hanging(self, target: Target) -> Problem | None:
        """The problem of a service that takes requests and does not answer, while it does so.

        A browser has six connections to a server, and opens one WebSocket at a time: requests that wait for such a
        service would keep those of other places from starting.
        """
        health = self._known.get(target)
        if health is None or health.problem is None or health.problem.code != "TIMED_OUT":
            return None
        self.look(target)
        return health.problem

    def keep_only(self, targets: set[Target]) -> None:
        """Forget services that are not configured any more."""
        for target in set(self._known) - targets:
            del self._known[target]
            self._asked_at.pop(target, None)

    async def close(self) -> None:
        """Stop asking."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, target: Target) -> None:
        try:
            identity = await identify(target, timeout=self._timeout_s)
            self._learn(target, Health("ok", version=identity.version))
        except Problem as problem:
            self._learn(target, Health("failed", problem=problem))
        finally:
            del self._asking[target]

    def _learn(self, target: Target, health: Health) -> None:
        before = self._known.get(target)
        self._known[target] = health
        if health.problem is not None and (
            before is None or before.problem is None or before.problem.code != health.problem.code
        ):
            self._log(health.problem.message)
        elif health.problem is None and before is not None and before.problem is not None:
            self._log(f"The runtime service {target.label} answers again.")
