"""The pace on links that are played: their queue, their length, and what others do to them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from ...transfers import pace as module
from ...transfers.pace import Pace

LINK = 2.5e6
LOOK_S = 0.1
#: What queues before the link at most, bytes.
DEEPEST = 1.5e6


class Link:
    """Carries ``LINK`` bytes a second; what is sent beyond that queues."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: Callable[[float], float]) -> None:
        """:param seconds: a question's way there and back without a queue of ours, by the time."""
        self.now = 0.0
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)
        self._seconds = seconds
        self._queued = 0.0
        self.queue_s: list[float] = []
        #: What others leave of the link.
        self.carried_share = 1.0
        self.pace = Pace()
        self.pace.first_look(seconds(0))

    def run(self, seconds: float) -> float:
        """Send as much as the pace lets through; the share of the link that was used."""
        carried = 0.0
        end = self.now + seconds
        while self.now < end:
            carried += self._carry(LOOK_S)
            asked = self.now
            took = self._seconds(self.now) + self._queued / self._speed
            carried += self._carry(took)
            self.pace.look(self.now - asked)
        return carried / (LINK * seconds)

    @property
    def _speed(self) -> float:
        return LINK * self.carried_share

    def _carry(self, seconds: float) -> float:
        """Go on for so long; the bytes that arrived meanwhile."""
        self.now += seconds
        self._queued += min(self.pace.rate, 10 * LINK) * seconds
        count = min(self._queued, self._speed * seconds)
        self._queued = min(self._queued - count, DEEPEST)
        self.pace.arrived(int(count))
        self.queue_s.append(self._queued / self._speed)
        return count


def test_a_link_is_filled_and_its_queue_stays_short(monkeypatch):
    link = Link(monkeypatch, lambda _: 0.05)
    link.run(10)
    link.queue_s.clear()
    assert link.run(30) > 0.9
    assert sorted(link.queue_s)[len(link.queue_s) // 2] < 0.05


def test_a_way_that_becomes_longer_starves_nobody(monkeypatch):
    link = Link(monkeypatch, lambda now: 0.05 if now < 5 else 0.25)
    link.run(10)
    assert link.run(30) > 0.7


def test_a_queue_of_ours_is_not_taken_for_something_else(monkeypatch):
    link = Link(monkeypatch, lambda _: 0.05)
    link.run(10)
    # From here on others leave a fifth of the link: a deep queue builds up, and is drained.
    link.carried_share = 0.2
    link.run(10)
    link.queue_s.clear()
    assert link.run(30) > 0.15
    assert sorted(link.queue_s)[len(link.queue_s) // 2] < 0.1


def test_a_busy_machine_that_answers_quickly_now_and_then_starves_nobody(monkeypatch):
    link = Link(monkeypatch, lambda now: 0.006 if int(now * 10) % 37 == 0 else 0.08)
    link.run(5)
    assert link.run(60) > 0.5


@pytest.mark.parametrize("mean_s", [0.02, 0.1, 0.4])
def test_a_busy_machine_whose_answers_take_now_so_long_now_so_long_starves_nobody(monkeypatch, mean_s):
    chance = Random(7)  # noqa: S311 - how long something takes
    link = Link(monkeypatch, lambda _: 0.005 + chance.expovariate(1 / mean_s))
    link.run(5)
    assert link.run(60) > 0.3


def test_cut_connections_do_not_slow_down_what_comes_after_them(monkeypatch):
    chance = Random(7)  # noqa: S311 - how long something takes
    link = Link(monkeypatch, lambda _: 0.005 + chance.expovariate(20))
    for _ in range(6):
        link.run(2)
        link.now += 1
        link.pace.begin()
    assert link.run(10) > 0.3


def test_a_machine_near_by_that_was_busy_at_first_is_not_held_back(monkeypatch):
    link = Link(monkeypatch, lambda now: 0.03 if now < 1 else 0.001)
    link.carried_share = 40
    assert link.pace.rate < LINK
    link.run(2)
    assert link.pace.rate == float("inf")
