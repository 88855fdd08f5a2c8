"""The pace on links that are played: their queue, their length, and what others do to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ...transfers import pace as module
from ...transfers.pace import Pace

LINK = 2.5e6
LOOK_S = 0.1


class Link:
    """Carries ``LINK`` bytes a second; what is sent beyond that queues."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: Callable[[float], float]) -> None:
        """:param seconds: a question's way there and back without a queue of ours, by the time."""
        self.now = 0.0
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)
        self._seconds = seconds
        self._queued = 0.0
        self.queue_s: list[float] = []
        self.pace = Pace()
        self.pace.first_look(seconds(0))

    def run(self, seconds: float) -> float:
        """Send as much as the pace lets through; the share of the link that was used."""
        carried = 0.0
        end = self.now + seconds
        while self.now < end:
            self.now += LOOK_S
            self._queued += self.pace.rate * LOOK_S
            count = min(self._queued, LINK * LOOK_S)
            self._queued -= count
            carried += count
            self.pace.arrived(int(count))
            self.queue_s.append(self._queued / LINK)
            self.pace.look(self._seconds(self.now) + self._queued / LINK)
        return carried / (LINK * seconds)


def test_a_link_is_filled_and_its_queue_stays_short(monkeypatch):
    link = Link(monkeypatch, lambda _: 0.05)
    link.run(10)
    link.queue_s.clear()
    assert link.run(30) > 0.9
    assert sorted(link.queue_s)[len(link.queue_s) // 2] < 0.05


def test_a_way_that_becomes_longer_starves_nobody(monkeypatch):
    link = Link(monkeypatch, lambda now: 0.05 if now < 5 else 0.25)
    link.run(10)
    assert link.run(30) > 0.5


def test_a_busy_machine_that_answers_quickly_now_and_then_starves_nobody(monkeypatch):
    link = Link(monkeypatch, lambda now: 0.006 if int(now * 10) % 37 == 0 else 0.08)
    link.run(5)
    assert link.run(60) > 0.15
