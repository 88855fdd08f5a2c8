"""The rate of a transfer: as much as the network carries without letting others wait.

A link is full when what is sent begins to queue: then a small question takes longer than before. The rate follows that,
as LEDBAT has it (RFC 6817), so that a cell's echo over the same link keeps its time. But questions also take long when
a machine is busy, or the way there has become longer, and who went on to make room for that would starve. So a transfer
that has been slowed down rests for a moment, as BBR does (draft-cardwell-iccrg-bbr, ProbeRTT), and learns what is slow
without it.
"""

from __future__ import annotations

import math
import statistics
from collections import deque

#: A network without a queue to speak of, seconds: there nothing is held back.
_NEAR_S = 0.004
#: So long may what is sent queue, seconds, and as a share of the way there and back.
_QUEUE_S, _QUEUE_SHARE = 0.015, 0.5
_FIRST_RATE = 1024 * 1024.0
_MIN_RATE = 32 * 1024.0
#: While nothing has queued yet, the rate grows so much with a look, as long as so much of it arrives.
_START_GAIN, _START_SHARE, _START_MOST = 1.5, 0.4, 2.5
#: What a rate may change within one look later, and how far it may be from what really arrives: while something queues,
#: what arrives is what the link carries.
_GAIN, _MOST_DOWN = 0.1, 0.3
_LEAST_SHARE, _MOST_SHARE = 0.9, 1.15
#: It rests when it has been slowed down to so small a share of its best speed.
_SLOWED_SHARE = 0.7
#: A rest has so small a share of the speed. It ends when so many looks took hardly less than those before them, or
#: after so long, seconds: what queued has gone, and they tell what is usual.
_REST_SHARE, _REST_LOOKS, _FALLING_SHARE, _LONGEST_REST_S = 0.25, 4, 0.9, 8.0
#: It also rests so long after a start that did not get far, and when what a rest has learnt is so old, seconds.
_FIRST_REST_S, _REST_AGAIN_S = 1.0, 10.0
#: What arrives is counted over so long, seconds: it comes in pieces.
_SPEED_S, _START_S = 1.5, 0.4


class Rate:
    """Learns from how long questions take and what arrives; times are those of one monotonic clock, seconds."""

    def __init__(self, now: float) -> None:
        #: Bytes per second that may go; infinite where nothing is held back.
        self.value = math.inf
        #: The least that a question took, what it usually takes while nothing of ours queues, and how much longer then.
        self._base = math.inf
        self._usual = math.inf
        self._spread = 0.0
        self._recent: list[float] = []
        self._is_starting = True
        self._arrived = 0
        self._counts: deque[tuple[float, int]] = deque([(now, 0)])
        #: Bytes per second that arrive, and the most since the last rest.
        self._speed = 0.0
        self._best_speed = 0.0
        #: From when on it is known again, after a rest or new connections; until then this rate is held for it.
        self._speed_known_at = now
        self._held = 0.0
        #: What questions took when something seemed to queue, since the last rest.
        self._slow: deque[float] = deque(maxlen=2 * _REST_LOOKS)
        #: What questions take in a rest; none while there is none.
        self._rest: list[float] | None = None
        self._rest_since = 0.0
        self._rest_due = math.inf

    @property
    def has_room(self) -> bool:
        """Whether less arrives than may go, though nothing queues: more connections could carry more."""
        is_clear = self._rest is None and bool(self._recent) and self._queue() < self._most()
        return math.isfinite(self.value) and is_clear and self._speed < 0.9 * self.value

    def first_look(self, seconds: float) -> None:
        """A question took so long while nothing else was under way."""
        self._base = self._usual = min(self._base, seconds)
        if self._base > _NEAR_S and math.isinf(self.value):
            self.value = _FIRST_RATE

    def begin(self, now: float) -> None:
        """Connections are new: while there were none, nothing was learnt."""
        if math.isfinite(self.value):
            self._go_on(now, self.value if self._rest is None else self._held)

    def arrived(self, count: int) -> None:
        """The other side has so many bytes more."""
        self._arrived += count

    def look(self, now: float, seconds: float) -> None:
        """A question has just taken so long, beside all that is under way."""
        self._measure(now)
        self._base = min(self._base, seconds)
        # One that was lost on the way and sent again says nothing of the queue.
        self._recent = [*self._recent[-1:], seconds]
        if math.isinf(self.value):
            return
        if self._base < _NEAR_S:
            # It is near after all: at first the machine was busy.
            self.value = math.inf
        elif self._rest is not None:
            self._rest_on(now, self._rest)
        else:
            self._follow(now)

    def _measure(self, now: float) -> None:
        self._counts.append((now, self._arrived))
        while len(self._counts) > 2 and now - self._counts[0][0] > (_START_S if self._is_starting else _SPEED_S):
            self._counts.popleft()
        since, before = self._counts[0]
        self._speed = (self._arrived - before) / max(1e-3, now - since)

    def _queue(self) -> float:
        return min(self._recent) - self._usual

    def _most(self) -> float:
        return max(_QUEUE_S, self._base * _QUEUE_SHARE, self._spread)

    def _follow(self, now: float) -> None:
        queue, most = self._queue(), self._most()
        self._best_speed = max(self._best_speed, self._speed)
        if queue > most:
            self._slow.append(min(self._recent))
            if self._is_starting and self._best_speed < 2 * _FIRST_RATE:
                self._rest_due = now + _FIRST_REST_S
            self._is_starting = False
        if self._is_starting:
            self._grow()
        else:
            self._adapt(now, queue / most)
        is_slowed = queue > most and self.value < max(2 * _MIN_RATE, _SLOWED_SHARE * self._best_speed)
        if is_slowed or now > self._rest_due:
            self._begin_rest(now)

    def _grow(self) -> None:
        if self._speed > _START_SHARE * self.value or self.value <= _FIRST_RATE:
            self.value *= _START_GAIN
        self.value = min(self.value, max(_FIRST_RATE, self._held, _START_MOST * self._speed))

    def _adapt(self, now: float, queue_share: float) -> None:
        change = max(-_MOST_DOWN, min(_GAIN, _GAIN * (1 - queue_share)))
        speed = self._speed if now > self._speed_known_at else max(self._speed, self._held)
        least, most = _LEAST_SHARE * speed, _MOST_SHARE * max(speed, _MIN_RATE)
        self.value = max(_MIN_RATE, min(max(self.value * (1 + change), least), most))

    def _begin_rest(self, now: float) -> None:
        self._held = self.value
        self.value = max(_MIN_RATE, _REST_SHARE * self._speed)
        self._rest = []
        self._rest_since = now
        self._rest_due = math.inf

    def _rest_on(self, now: float, rest: list[float]) -> None:
        rest.append(min(self._recent))
        rested, before = rest[-_REST_LOOKS:], rest[:-_REST_LOOKS]
        is_long = now - self._rest_since > _LONGEST_REST_S
        if not before or (min(rested) < _FALLING_SHARE * min(before) and not is_long):
            return
        self._usual = statistics.median(rested)
        self._spread = max(rested) - self._usual
        if self._usual - self._base > self._most():
            self._rest_due = now + _REST_AGAIN_S
        if self._slow and statistics.median(self._slow) - self._usual > self._most():
            self._go_on(now, self._held)
        else:
            # What was slow was not our queue: on from where that was noticed.
            self._is_starting = True
            self._go_on(now, max(self._best_speed, self._held))

    def _go_on(self, now: float, rate: float) -> None:
        self.value = self._held = rate
        self._counts = deque([(now, self._arrived)])
        self._speed_known_at = now + _START_S
        self._rest = None
        self._slow.clear()
        self._best_speed = 0.0
