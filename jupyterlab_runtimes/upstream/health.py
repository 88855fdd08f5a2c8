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

    def __init__(self, clock: Callable[[], float], *, fresh_s: float, timeout_s: float) -> None:
        """Make a watch that holds nothing yet.

        @param clock Seconds, monotonic.
        @param fresh_s How long an answer holds before a look asks again.
        @param timeout_s How long a service may take to answer.
        """
        self._clock = clock
        self._fresh_s = fresh_s
        self._timeout_s = timeout_s
        self._known: dict[Target, Health] = {}
        self._asked_at: dict[Target, float] = {}
        self._asking: dict[Target, asyncio.Task[None]] = {}

    def look(self, target: Target) -> Health:
        """What is known now; asks again in the background when that is old."""
        if target not in self._asking and self._clock() - self._asked_at.get(target, -1e9) >= self._fresh_s:
            self._asked_at[target] = self._clock()
            self._asking[target] = asyncio.ensure_future(self._ask(target))
        return self._known.get(target, Health("starting"))

    def note(self, target: Target, problem: Problem) -> None:
        """Somebody found the service failing: so it is until the next look asks again."""
        self._known[target] = Health("failed", problem=problem)
        self._asked_at.pop(target, None)

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
            self._known[target] = Health("ok", version=identity.version)
        except Problem as problem:
            self._known[target] = Health("failed", problem=problem)
        finally:
            del self._asking[target]
