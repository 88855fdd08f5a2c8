"""A state in transit on a runtime service: `/parcels` of its interface, asked from threads."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..problems import Problem
from ..upstream.target import Target
from .area import chunk_path
from .chunks import Chunks
from .move import FRUITLESS_ROUNDS, Lane, Piece, Road
from .pace import Pace
from .ranges import Range
from .wire import Wire

_MANIFEST = "application/vnd.jupyterlab-runtimes.manifest"
#: A connection that is silent for so long is lost, seconds.
_SILENCE_S = 30.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 8.0
T = TypeVar("T")


class ServiceParcel:
    """One parcel; `close` takes it away."""

    def __init__(self, target: Target, stop: threading.Event) -> None:
        """@param stop Set when what is under way is to end."""
        self.target = target
        self._stop = stop
        self._wire = Wire(target, _SILENCE_S)
        self._lock = threading.Lock()
        self.id = ""

    def create(self, capture: dict[str, Any] | None) -> dict[str, Any]:
        """Make it: empty, or captured from a runtime.

        @raises Problem NOT_RUNNING | NOT_FOUND | UNREACHABLE …
        """
        key = uuid.uuid4().hex
        body = {} if capture is None else {"capture": capture}
        try:
            model = self._persist(lambda: self._wire.json("POST", "/parcels", body, key))
        except Problem as problem:
            if problem.code in {"NOT_FOUND", "INVALID_REQUEST"} and "/parcels" in problem.message:
                raise _too_old(self.target) from problem
            raise
        self.id = model["id"]
        return model

    def look(self) -> dict[str, Any]:
        """How far it is."""
        return self._persist(lambda: self._wire.json("GET", self._path))

    def manifest(self) -> bytes:
        """What is in it."""
        return self._persist(lambda: self._wire.read(f"{self._path}/manifest"))

    def describe(self, manifest: bytes) -> dict[str, list[Range]]:
        """Say what belongs into it; the ranges that are there, of each chunk that is not there wholly.

        @raises Problem UNREACHABLE: once, because who asks asks again
        """
        with self._lock:
            answer = self._wire.ask("PUT", f"{self._path}/manifest", manifest, _MANIFEST)
        return {each["digest"]: [(start, end) for start, end in each["have"]] for each in answer["missing"]}

    def restore(self, runtime_id: str, names: list[str] | None) -> dict[str, Any]:
        """Begin to give it to a runtime; asked again it is not done twice."""
        body = {"runtime_id": runtime_id, "early": True, **({} if names is None else {"names": names})}
        return self._persist(lambda: self._wire.json("POST", f"{self._path}/restore", body))

    def ticket(self) -> str:
        """A token with which another service can put its bytes there, and nothing else.

        @raises Problem NOT_FOUND: the service is older, and gives none
        """
        return self._persist(lambda: self._wire.json("POST", f"{self._path}/ticket"))["ticket"]

    def send(self, other: ServiceParcel, ticket: str) -> dict[str, Any]:
        """Let its service begin to send it to a parcel of another one.

        @raises Problem FORBIDDEN: its operator has not named the other one | NOT_FOUND: it is older, and sends nothing
        """
        body = {"url": other.target.url, "parcel_id": other.id, "ticket": ticket}
        return self._persist(lambda: self._wire.json("POST", f"{self._path}/send", body))

    def close(self) -> None:
        """Take it away, if the service can be reached; else it ends there by itself."""
        if self.id:
            with contextlib.suppress(Problem), self._lock:
                Wire(self.target, 5.0).json("DELETE", self._path)
        self._wire.close()

    def push_road(self, chunks: Chunks, pace: Pace) -> Road:
        """From a folder of ours into it."""
        return Road(
            sizes=chunks.sizes,
            missing=lambda: self.describe(chunks.manifest),
            open_lane=lambda: _PushLane(self, chunks, pace, self._stop),
            probe=self.probe,
        )

    def pull_road(self, chunks: Chunks, pace: Pace) -> Road:
        """From it into a folder of ours."""
        return Road(
            sizes=chunks.sizes,
            missing=chunks.missing,
            open_lane=lambda: _PullLane(self, chunks, pace, self._stop),
            probe=self.probe,
        )

    def relay_road(self, other: ServiceParcel, manifest: bytes, sizes: dict[str, int], pace: Pace) -> Road:
        """From it into a parcel of another service; nothing is written here."""
        return Road(
            sizes=sizes,
            missing=lambda: other.describe(manifest),
            open_lane=lambda: _RelayLane(self, other, pace, self._stop),
            probe=other.probe,
        )

    def probe(self) -> None:
        """Ask something small."""
        with self._lock:
            self._wire.json("GET", self._path)

    def first_looks(self, pace: Pace) -> None:
        """Learn how far away the service is, while nothing is under way."""
        self.probe()
        for _ in range(3):
            asked = time.monotonic()
            self.probe()
            pace.first_look(time.monotonic() - asked)

    def chunk_path(self, digest: str) -> str:
        """Of the interface."""
        return f"{self._path}/chunks/{digest}"

    def new_wire(self) -> Wire:
        """Another connection to the service."""
        return Wire(self.target, _SILENCE_S)

    @property
    def _path(self) -> str:
        return f"/parcels/{self.id}"

    def _persist(self, ask: Callable[[], T]) -> T:
        """Ask again when the network fails.

        @raises Problem UNREACHABLE when it fails for long | CANCELLED
        """
        for attempt in range(FRUITLESS_ROUNDS):
            try:
                with self._lock:
                    return ask()
            except Problem as problem:
                if problem.code not in {"UNREACHABLE", "TIMED_OUT"} or attempt == FRUITLESS_ROUNDS - 1:
                    raise
            if self._stop.wait(min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**attempt)):
                break
        raise Problem("CANCELLED", "It was cancelled; nothing has changed.")


class _PushLane(Lane):
    def __init__(self, parcel: ServiceParcel, chunks: Chunks, pace: Pace, stop: threading.Event) -> None:
        self._parcel, self._chunks, self._pace, self._stop = parcel, chunks, pace, stop
        self._wire = parcel.new_wire()

    def move(self, piece: Piece) -> None:
        path = chunk_path(self._chunks.folder, piece.digest)
        count = piece.end - piece.start
        paced = self._pace.rate != float("inf")
        before = (lambda block: self._pace.take(block, self._stop)) if paced else None
        with open(path, "rb") as file:
            to = self._parcel.chunk_path(piece.digest)
            self._wire.send_range(to, file, piece.start, count, piece.size, before)

    def close(self) -> None:
        self._wire.close()


class _PullLane(Lane):
    def __init__(self, parcel: ServiceParcel, chunks: Chunks, pace: Pace, stop: threading.Event) -> None:
        self._parcel, self._chunks, self._pace, self._stop = parcel, chunks, pace, stop
        self._wire = parcel.new_wire()

    def move(self, piece: Piece) -> None:
        count = piece.end - piece.start
        self._pace.take(count, self._stop)
        path = self._parcel.chunk_path(piece.digest)
        pieces = self._wire.receive_range(path, piece.start, count) if count else iter(())
        self._chunks.write(piece.digest, piece.start, pieces)

    def close(self) -> None:
        self._wire.close()


class _RelayLane(Lane):
    def __init__(self, source: ServiceParcel, target: ServiceParcel, pace: Pace, stop: threading.Event) -> None:
        self._source, self._target, self._pace, self._stop = source, target, pace, stop
        self._from, self._to = source.new_wire(), target.new_wire()

    def move(self, piece: Piece) -> None:
        count = piece.end - piece.start
        self._pace.take(count, self._stop)
        path = self._source.chunk_path(piece.digest)
        data = b"".join(self._from.receive_range(path, piece.start, count)) if count else b""
        self._to.put_bytes(self._target.chunk_path(piece.digest), data, piece.start, piece.size)

    def close(self) -> None:
        self._from.close()
        self._to.close()


def is_nearby(target: Target, model: dict[str, Any]) -> bool:
    """Whether a parcel's folder can be read here: then nothing has to travel.

    A service that is reached over the network is not believed where its folders are.
    """
    if not (target.host == "localhost" or target.host.startswith("127.") or target.host == "::1"):
        return False
    try:
        return (Path(model["folder"]) / "mark").read_text(encoding="ascii") == model["mark"]
    except (OSError, ValueError, KeyError):
        return False


def hand_over(chunks: Chunks, folder: Path) -> None:
    """Put chunks into a parcel's folder on the same machine: one file under two names where that can be, else a copy.

    @raises OSError
    """
    for digest in chunks.sizes:
        source, target = chunk_path(chunks.folder, digest), chunk_path(folder, digest)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.link(source, target)
        except FileExistsError:
            continue
        except OSError:
            aside = target.with_name(target.name + ".handed")
            shutil.copyfile(source, aside)
            os.replace(aside, target)


def _too_old(target: Target) -> Problem:
    return Problem(
        "VERSION_MISMATCH",
        f"The runtime service {target.label} is older than this JupyterLab, and takes part in no transfers: update it.",
    )
