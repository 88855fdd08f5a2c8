"""All runtime services of this Jupyter Server: the embedded one, and those that people configured."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..embedded.supervisor import EmbeddedSupervisor
from ..problems import Problem
from ..proxy.splice import Splice
from .configured import EMBEDDED_LABEL, EMBEDDED_NAME, Entry, ServicesFile, shown_name
from .health import Health, HealthWatch
from .identify import not_accepted
from .target import Target

_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")


class ServiceRegistry:
    """Names to targets, and how each one is."""

    def __init__(
        self,
        *,
        embedded: EmbeddedSupervisor | None,
        of_admin: Callable[[], dict[str, Entry]],
        of_user: ServicesFile,
        health: HealthWatch,
        warn: Callable[[str], None],
    ) -> None:
        self._embedded = embedded
        self._of_admin = of_admin
        self._of_user = of_user
        self._health = health
        self._warn = warn
        self._warned: str | None = None
        #: WebSockets under way.
        self.splices: set[Splice] = set()

    def target(self, name: str) -> Target:
        """Where the service of that name is. Asking for the embedded one starts it.

        @raises Problem NOT_FOUND, or the reason why the service can't be used.
        """
        if name == EMBEDDED_NAME and self._embedded is not None:
            return self._embedded.target()
        entry = self._configured().get(name) if _NAME.fullmatch(name) else None
        if isinstance(entry, Target):
            hanging = self._health.hanging(entry)
            if hanging is not None:
                raise hanging
            return entry
        if entry is not None:
            raise entry
        raise self._of_user.fault or Problem(
            "NOT_FOUND", "No runtime service has this name: see `jupyter runtimes login --help`."
        )

    def list(self) -> list[dict[str, Any]]:
        """Every service as the page reads it. Starts the embedded one, and waits for nothing."""
        models = []
        if self._embedded is not None:
            models.append(_model(EMBEDDED_NAME, EMBEDDED_LABEL, self._embedded.look(), embedded=True))
        entries = self._configured()
        self._health.keep_only({entry for entry in entries.values() if isinstance(entry, Target)})
        for name, entry in sorted(entries.items()):
            if isinstance(entry, Target):
                models.append(_model(name, entry.label, self._health.look(entry)))
            else:
                models.append(_model(shown_name(name), name, Health("failed", problem=entry)))
        if self._of_user.fault is not None:
            models.append(
                _model("services-file", self._of_user.path.name, Health("failed", problem=self._of_user.fault))
            )
        return models

    def is_good(self, target: Target) -> bool:
        """Whether the service answered well when it was asked last."""
        return target.name == EMBEDDED_NAME or self._health.is_good(target)

    def unreachable(self, target: Target, problem: Problem) -> Problem:
        """A request did not get through: the next look says so, and the embedded service is started again.

        @returns What to tell the page.
        """
        if target.name == EMBEDDED_NAME and self._embedded is not None:
            return self._embedded.lost(target, problem)
        self._health.note(target, problem)
        return problem

    def not_accepted(self, target: Target) -> Problem:
        """A service did not take our token.

        @returns What to tell the page.
        """
        if target.name == EMBEDDED_NAME and self._embedded is not None:
            return self._embedded.not_accepted()
        self._health.note(target, problem := not_accepted(target))
        return problem

    async def close(self) -> None:
        """End what is under way; the embedded service itself lives on."""
        for splice in list(self.splices):
            splice.close()
        await self._health.close()
        if self._embedded is not None:
            await self._embedded.close()

    def _configured(self) -> dict[str, Entry]:
        of_user = self._of_user.read()
        fault = self._of_user.fault
        message = fault.message if fault is not None else None
        if message is not None and message != self._warned:
            self._warn(message)
        self._warned = message
        return {**of_user, **self._of_admin()}


def _model(name: str, label: str, health: Health, *, embedded: bool = False) -> dict[str, Any]:
    problem = health.problem
    return {
        "name": name,
        "label": label,
        "embedded": embedded,
        "status": health.status,
        "error": None if problem is None else {"code": problem.code, "message": problem.message},
        "version": health.version,
    }
