"""How fast, and over how many connections.

The rate is that of `rate.py`. One connection does not fill a link that loses packets: more are opened while the rate is
not reached.
"""

from __future__ import annotations

import math
import threading
import time

from .rate import Rate

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
        now = time.monotonic()
        self._rate = Rate(now)
        self._tokens = 0.0
        self._refilled = now
        #: Connections that may be in use.
        self.lanes = FIRST_LANES

    @property
    def piece_bytes(self) -> int:
        """How much one request asks for."""
        if math.isinf(self.rate):
            return _MAX_PIECE
        return int(min(_MAX_PIECE, max(_MIN_PIECE, self.rate / self.lanes * _PIECE_S)))

    @property
    def rate(self) -> float:
        """Bytes per second; infinite where nothing is held back."""
        return self._rate.value

    def first_look(self, seconds: float) -> None:
        """A question took so long while nothing else was under way."""
        with self._lock:
            self._rate.first_look(seconds)

    def begin(self) -> None:
        """Connections are new: while there were none, nothing was learnt."""
        with self._lock:
            self._rate.begin(time.monotonic())

    def arrived(self, count: int) -> None:
        """The other side has so many bytes more."""
        with self._lock:
            self._rate.arrived(count)

    def take(self, count: int, stop: threading.Event) -> None:
        """Wait until so many bytes may go.

        @param stop Ends the waiting.
        """
        while not stop.is_set():
            with self._lock:
                if math.isinf(self.rate):
                    return
                now = time.monotonic()
                burst = max(float(count), self.rate * _BURST_S)
                self._tokens = min(burst, self._tokens + (now - self._refilled) * self.rate)
                self._refilled = now
                if self._tokens >= count:
                    self._tokens -= count
                    return
                wait = (count - self._tokens) / self.rate
            stop.wait(min(wait, 0.5))

    def look(self, seconds: float) -> None:
        """A question has just taken so long, beside all that is under way."""
        with self._lock:
            self._rate.look(time.monotonic(), seconds)
            if self._rate.has_room and self.lanes < MAX_LANES:
                self.lanes += 1
