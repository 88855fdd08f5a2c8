"""How fast, and over how many connections: as much as the network carries without letting others wait.

A link is full when what is sent begins to queue: then a small question takes longer than before. The rate follows that,
as LEDBAT has it (RFC 6817), so that a cell's echo over the same link keeps its time. One connection does not fill a
link that loses packets: more are opened while the rate is not reached.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque

#: A network without a queue to speak of, seconds: there nothing is held back.
_NEAR_S = 0.004
#: So long may what is sent queue, seconds, and as a share of the way there and back.
_QUEUE_S, _QUEUE_SHARE = 0.015, 0.5
_FIRST_RATE = 512 * 1024.0
_MIN_RATE = 32 * 1024.0
#: What a rate may change within one look, and how far it may be from what really arrives: while something queues, what
#: arrives is what the link carries.
_GAIN, _MOST_DOWN = 0.1, 0.3
_LEAST_SHARE, _MOST_SHARE = 0.9, 1.15
#: What stays slow over so many looks while so small a share of the best speed is used is not our queue.
_LOW_SHARE, _LOW_LOOKS = 0.1, 10
#: What arrives is counted over so long, seconds: it comes in pieces.
_SPEED_S, _START_S = 1.5, 0.4
FIRST_LANES, MAX_LANES = 3, 16
#: The bucket holds what may go at once, seconds.
_BURST_S = 0.05
#: Pieces are so long, seconds at the rate of one connection, and bytes.
_PIECE_S = 0.25
_MIN_PIECE, _MAX_PIECE = 64 * 1024, 8 * 1024 * 1024


class Pace:
    """Shared by all connections of one transfer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._base: float = math.inf
        self._recent: list[float] = []
        self._rate = math.inf
        self._starting = True
        self._tokens = 0.0
        self._refilled = time.monotonic()
        self._arrived = 0
        self._counts: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])
        self._speed = 0.0
        self._best_speed = 0.0
        self._low_looks = 0
        #: Connections that may be in use.
        self.lanes = FIRST_LANES

    @property
    def piece_bytes(self) -> int:
        """How much one request asks for."""
        if math.isinf(self._rate):
            return _MAX_PIECE
        return int(min(_MAX_PIECE, max(_MIN_PIECE, self._rate / self.lanes * _PIECE_S)))

    @property
    def rate(self) -> float:
        """Bytes per second; infinite where nothing is held back."""
        return self._rate

    def first_look(self, seconds: float) -> None:
        """A question took so long while nothing else was under way."""
        self._base = min(self._base, seconds)
        if self._base > _NEAR_S and math.isinf(self._rate):
            self._rate = _FIRST_RATE

    def arrived(self, count: int) -> None:
        """The other side has so many bytes more."""
        with self._lock:
            self._arrived += count

    def take(self, count: int, stop: threading.Event) -> None:
        """Wait until so many bytes may go.

        @param stop Ends the waiting.
        """
        while not stop.is_set():
            with self._lock:
                if math.isinf(self._rate):
                    return
                now = time.monotonic()
                burst = max(float(count), self._rate * _BURST_S)
                self._tokens = min(burst, self._tokens + (now - self._refilled) * self._rate)
                self._refilled = now
                if self._tokens >= count:
                    self._tokens -= count
                    return
                wait = (count - self._tokens) / self._rate
            stop.wait(min(wait, 0.5))

    def look(self, seconds: float) -> None:
        """A question has just taken so long, beside all that is under way."""
        with self._lock:
            now = time.monotonic()
            self._counts.append((now, self._arrived))
            while len(self._counts) > 2 and now - self._counts[0][0] > (_START_S if self._starting else _SPEED_S):
                self._counts.popleft()
            since, before = self._counts[0]
            self._speed = (self._arrived - before) / max(1e-3, now - since)
            self._best_speed = max(self._best_speed, self._speed)
            self._base = min(self._base, seconds)
            # One that was lost on the way and sent again says nothing of the queue.
            self._recent = [*self._recent[-1:], seconds]
            if not math.isinf(self._rate):
                self._follow(min(self._recent) - self._base)

    def _follow(self, queue: float) -> None:
        most = max(_QUEUE_S, self._base * _QUEUE_SHARE)
        if queue > most:
            self._starting = False
        if self._starting:
            # Until something queues: half as much again, as long as that is made use of.
            if self._speed > 0.4 * self._rate or self._rate <= _FIRST_RATE:
                self._rate *= 1.5
            self._rate = min(self._rate, max(_FIRST_RATE, 2.5 * self._speed))
        else:
            change = max(-_MOST_DOWN, min(_GAIN, _GAIN * (1 - queue / most)))
            wanted = self._rate * (1 + change)
            least = _LEAST_SHARE * self._speed
            self._rate = max(_MIN_RATE, min(max(wanted, least), _MOST_SHARE * max(self._speed, _MIN_RATE)))
            self._doubt(queue, queue > most)
        if self._speed < 0.9 * self._rate and queue < most and self.lanes < MAX_LANES:
            self.lanes += 1

    def _doubt(self, queue: float, is_slow: bool) -> None:
        """The way has become longer, or machine or link are busy with others: who went on to make room would starve."""
        is_low = self._rate <= max(2 * _MIN_RATE, _LOW_SHARE * self._best_speed)
        self._low_looks = self._low_looks + 1 if is_slow and is_low else 0
        if self._low_looks >= _LOW_LOOKS:
            self._low_looks = 0
            self._base += queue
            self._starting = True
