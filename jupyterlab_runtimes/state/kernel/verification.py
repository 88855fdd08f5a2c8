"""What a restore has left to verify while cells run: one's own big arrays."""

from __future__ import annotations

import threading
from typing import Any, Callable

from ..snapshot.errors import SnapshotError
from .alarm import alarm
from .failures import StateError
from .jobs import Job


class Verification:
    """One of them; a ``Watcher`` (../early.py). What is wrong is told in the notebook at once."""

    def __init__(self) -> None:
        self.lost: list[str] = []
        self.damage: SnapshotError | None = None
        self._unverified: SnapshotError | None = None
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._after: list[Callable[[], None]] = []

    def wrong(self, error: SnapshotError) -> None:
        """Names were taken out of the namespace."""
        self.damage = self.damage or error
        self.lost.extend(error.names)
        alarm(error.message)

    def unverified(self, error: SnapshotError) -> None:
        """Something stays that could not be verified."""
        self._unverified = error
        alarm(error.message)

    def done(self) -> None:
        """All was looked at."""
        with self._lock:
            self._over.set()
        for each in self._after:
            each()

    def when_over(self, action: Callable[[], None]) -> None:
        """Do something when the bytes are not needed any more: now, or in the verifying thread."""
        with self._lock:
            if not self._over.is_set():
                self._after.append(action)
                return
        action()

    @property
    def is_over(self) -> bool:
        """All was looked at."""
        return self._over.is_set()

    def wait_quietly(self, seconds: float) -> None:
        """Wait for the end, so long."""
        self._over.wait(seconds)

    def told(self) -> dict[str, Any]:
        """How it stands, for whoever asks."""
        failure = self.damage or self._unverified
        return {
            "done": self._over.is_set(),
            "lost": list(self.lost),
            "code": failure.code if failure else "",
            "message": failure.message if failure else "",
        }

    def wait(self, job: Job) -> None:
        """Wait until all was looked at, for what is about to be kept for good.

        :raises StateError: SNAPSHOT_CORRUPT: something was wrong, and may be in what the job has captured | CANCELLED
        """
        while not self._over.wait(0.1):
            job.check()
        if self.damage is not None:
            raise StateError(
                self.damage.code, f"What was captured holds what is damaged: capture again. {self.damage.message}"
            )
