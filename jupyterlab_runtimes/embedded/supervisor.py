"""The embedded service on demand: started when somebody needs it, started again when it has died, given up in time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from ..problems import Problem
from ..upstream.health import Health
from ..upstream.identify import identify
from ..upstream.target import Target
from .record import ServiceRecord
from .starter import ServiceStarter

#: How long a look relies on the last one. Seconds.
_FRESH_S = 5.0
_ANSWER_S = 3.0
#: So many failures within `_FAILURE_WINDOW_S` seconds, and it is left alone for as long.
_MAX_FAILURES = 5
_FAILURE_WINDOW_S = 60.0
#: A service that lived shorter has failed; one that lived longer was killed by somebody. Seconds.
_SHORT_LIFE_S = 3.0
#: Seconds before the second attempt; doubled for each further one.
_FIRST_PAUSE_S = 0.5
#: Seconds before asking again for what only a person can mend.
_LASTING_PAUSE_S = 5.0
#: Failures that another attempt may not meet again.
_PASSING = {"START_FAILED", "UNREACHABLE", "CONFLICT"}


class EmbeddedSupervisor:
    """Knows where the embedded service is; every question is a demand for it, and none waits."""

    def __init__(self, starter: ServiceStarter, clock: Callable[[], float], log: Callable[[str], None]) -> None:
        """Make a supervisor that has started nothing.

        @param clock Seconds, monotonic.
        """
        self._starter = starter
        self._clock = clock
        self._log = log
        self._record: ServiceRecord | None = None
        self._problem: Problem | None = None
        self._task: asyncio.Task[None] | None = None
        self._failures: deque[float] = deque(maxlen=_MAX_FAILURES)
        self._ready_at = 0.0
        self._checked_at = 0.0
        self._rest_until = 0.0
        self._closed = False
        self._version: str | None = None

    def look(self) -> Health:
        """How the service is now. Starts it where it does not run, and asks it again when the last look is old."""
        if self._record is None:
            self._demand(self._bring_up)
        elif self._clock() - self._checked_at >= _FRESH_S:
            self._demand(self._check)
        if self._record is not None:
            return Health("ok", version=self._version)
        return Health("starting") if self._problem is None else Health("failed", problem=self._problem)

    def target(self) -> Target:
        """Where the service listens.

        @raises Problem why it does not (yet).
        """
        if self._record is not None:
            return self._record.target
        self._demand(self._bring_up)
        raise self._problem or _starting()

    def lost(self, target: Target, problem: Problem) -> Problem:
        """A request did not get through: look after the service at once.

        @returns What to tell the page.
        """
        if problem.code != "UNREACHABLE":
            self._demand(self._check)
            return problem
        if self._record is not None and self._record.target == target:
            self._record = None
            if self._clock() - self._ready_at < _SHORT_LIFE_S:
                short = Problem("START_FAILED", "The runtime service of this computer ends soon after it has started.")
                self._count(short)
        self._demand(self._bring_up)
        return self._problem or _starting()

    def not_accepted(self) -> Problem:
        """The service did not take the token that we have: read it again.

        @returns What to tell the page.
        """
        self._demand(self._check)
        return _starting()

    async def close(self) -> None:
        """Look after nothing any more; a service that is ready lives on."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def stop_service(self) -> None:
        """End the service and its runtimes.

        @raises Problem TIMED_OUT
        """
        await self.close()
        await self._starter.stop("terminate")

    def _demand(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self._closed or (self._task is not None and not self._task.done()):
            return
        if work == self._bring_up and self._clock() < self._rest_until:
            return
        self._task = asyncio.ensure_future(work())
        self._task.add_done_callback(self._unexpected)

    def _unexpected(self, task: asyncio.Task[None]) -> None:
        """Tell of a failure that nobody foresaw; the next look tries again."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._log(f"Looking after the runtime service failed: {error!r}")

    async def _check(self) -> None:
        record = self._record
        if record is None:
            return
        try:
            identity = await identify(record.target, timeout=_ANSWER_S)
            self._version = identity.version
        except Problem as problem:
            if self._record is not record:
                return
            self._log(f"The runtime service does not answer any more: {problem.message}")
            self._record = None
            await self._bring_up()
        self._checked_at = self._clock()

    async def _bring_up(self) -> None:
        pause = _FIRST_PAUSE_S
        while not self._closed:
            try:
                record = await self._starter.ensure()
            except Problem as problem:
                if problem.code not in _PASSING:
                    self._problem = problem
                    self._rest_until = self._clock() + _LASTING_PAUSE_S
                    self._log(problem.message)
                    return
                self._problem = problem
                self._count(problem)
                if self._clock() < self._rest_until:
                    return
                await asyncio.sleep(pause)
                pause *= 2
            else:
                self._record = record
                self._version = record.version
                self._problem = None
                self._ready_at = self._checked_at = self._clock()
                return

    def _count(self, problem: Problem) -> None:
        """Count a failure; the last one that is allowed says that there will be no more attempts for a while."""
        now = self._clock()
        self._failures.append(now)
        self._log(problem.message)
        if len(self._failures) == _MAX_FAILURES and now - self._failures[0] < _FAILURE_WINDOW_S:
            self._rest_until = now + _FAILURE_WINDOW_S
            self._failures.clear()
            self._problem = Problem(
                problem.code,
                f"{problem.message} (It was tried {_MAX_FAILURES} times; the next attempt is in a minute.)",
            )


def _starting() -> Problem:
    return Problem(
        "UNREACHABLE", "The runtime service of this computer is starting: try again in a moment.", retry_after=1
    )
