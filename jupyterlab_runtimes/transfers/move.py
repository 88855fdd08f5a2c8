"""Move what is missing over several connections; after a failure ask again what that is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..problems import Problem
from .pace import Pace
from .ranges import Range, gaps

#: So many rounds in a row without one more byte are the end.
FRUITLESS_ROUNDS = 8
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 8.0
_LOOK_S = 0.1
#: Failures of the network; what arrives with other bytes may do better the next time, too.
_AGAIN = {"UNREACHABLE", "TIMED_OUT", "SNAPSHOT_CORRUPT"}
_MAX_CORRUPT = 3


@dataclass(frozen=True)
class Piece:
    """Bytes `start` to `end` (not included) of a chunk of `size` bytes."""

    digest: str
    start: int
    end: int
    size: int


class Lane(Protocol):
    """One connection, used by one thread."""

    def move(self, piece: Piece) -> None:
        """Bring a piece over. Raises Problem."""

    def close(self) -> None:
        """Let go; called from any thread, and wakes the one that waits."""


@dataclass(frozen=True)
class Road:
    """From where to where."""

    sizes: dict[str, int]
    #: The ranges that are there, of each chunk that is not there wholly. Raises Problem.
    missing: Callable[[], dict[str, list[Range]]]
    open_lane: Callable[[], Lane]
    #: A small question to the other side. Raises Problem.
    probe: Callable[[], None]


def move_all(road: Road, pace: Pace, stop: threading.Event, on_bytes: Callable[[int, int], None]) -> None:
    """Move until nothing is missing.

    @param stop Set when it is to end.
    @param on_bytes Bytes that are there, and all.
    @raises Problem CANCELLED | what stopped it for good
    """
    total = sum(road.sizes.values())
    best, fruitless, corrupt = -1, 0, 0
    while True:
        if stop.is_set():
            raise _cancelled()
        try:
            missing = road.missing()
            there = total - _left(missing, road.sizes)
            on_bytes(there, total)
            if there > best:
                best, fruitless = there, 0
            if not missing:
                return
            _Round(road, pace, stop, missing, lambda count, base=there: on_bytes(base + count, total)).run()
        except Problem as problem:
            corrupt += problem.code == "SNAPSHOT_CORRUPT"
            fruitless += 1
            if problem.code not in _AGAIN or fruitless > FRUITLESS_ROUNDS or corrupt > _MAX_CORRUPT:
                raise
            stop.wait(min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**fruitless))


def _left(missing: dict[str, list[Range]], sizes: dict[str, int]) -> int:
    return sum(sum(end - start for start, end in gaps(there, sizes[digest])) for digest, there in missing.items())


class _Round:
    """Until all is moved, or one connection fails."""

    def __init__(
        self,
        road: Road,
        pace: Pace,
        stop: threading.Event,
        missing: dict[str, list[Range]],
        on_bytes: Callable[[int], None],
    ) -> None:
        self._road = road
        self._pace = pace
        self._stop = stop
        self._on_bytes = on_bytes
        self._lock = threading.Lock()
        self._failure: Problem | None = None
        self._over = threading.Event()
        self._moved = 0
        self._lanes: list[Lane] = []
        self._threads: list[threading.Thread] = []
        self._todo = [
            (digest, start, end)
            for digest, there in missing.items()
            for start, end in (gaps(there, road.sizes[digest]) or [(0, 0)])
        ]
        self._todo.reverse()

    def run(self) -> None:
        self._pace.begin()
        try:
            while True:
                while len(self._threads) < self._pace.lanes and self._todo and not self._over.is_set():
                    self._start()
                if not any(thread.is_alive() for thread in self._threads):
                    break
                self._over.wait(_LOOK_S)
                if self._stop.is_set() or self._over.is_set():
                    break
                self._look()
                self._on_bytes(self._moved)
        finally:
            self._over.set()
            # What is under way comes to its end, unless it is not wanted any more.
            if self._stop.is_set():
                self._close()
            for thread in self._threads:
                while thread.is_alive():
                    thread.join(_LOOK_S)
                    if self._stop.is_set():
                        self._close()
            self._close()
        if self._stop.is_set():
            raise _cancelled()
        if self._failure is not None:
            raise self._failure

    def _look(self) -> None:
        asked = time.monotonic()
        try:
            self._road.probe()
        except Problem:
            return  # the connections that carry something tell it, too
        self._pace.look(time.monotonic() - asked)

    def _start(self) -> None:
        lane = self._road.open_lane()
        with self._lock:
            self._lanes.append(lane)
        thread = threading.Thread(target=self._work, args=(lane,), name="jupyterlab-runtimes-transfer", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, lane: Lane) -> None:
        try:
            while not self._over.is_set() and not self._stop.is_set():
                piece = self._take()
                if piece is None:
                    return
                lane.move(piece)
                self._pace.arrived(piece.end - piece.start)
                with self._lock:
                    self._moved += piece.end - piece.start
        except Problem as problem:
            self._fail(problem)
        except Exception as error:  # noqa: BLE001 - a thread's failure is told by whoever waits for it
            self._fail(Problem("INTERNAL", f"Variables could not be moved ({type(error).__name__}: {error})."))

    def _fail(self, problem: Problem) -> None:
        with self._lock:
            self._failure = self._failure or problem
        self._over.set()

    def _take(self) -> Piece | None:
        with self._lock:
            if not self._todo:
                return None
            digest, start, end = self._todo.pop()
            middle = min(end, start + self._pace.piece_bytes)
            if middle < end:
                self._todo.append((digest, middle, end))
            return Piece(digest, start, middle, self._road.sizes[digest])

    def _close(self) -> None:
        with self._lock:
            lanes, self._lanes = self._lanes, []
        for lane in lanes:
            lane.close()


def _cancelled() -> Problem:
    return Problem("CANCELLED", "It was cancelled; nothing has changed.")
