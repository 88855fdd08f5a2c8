"""Where chunks go to and come from: a folder, one file, or memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Chunk:
    """Bytes under their digest. ``size``: as they are stored; ``length``: after decoding."""

    digest: str
    size: int
    length: int
    codec: str


class ChunkSink(Protocol):
    """Takes chunks. ``place`` is called from one thread, ``write`` from several."""

    def place(self, chunk: Chunk, *, mapped: bool) -> Any | None:
        """Say where the chunk will be, for ``write``; None where it is already."""
        ...

    def write(self, place: Any, stored: memoryview) -> None: ...

    def known(self, key: str) -> Chunk | None:
        """The chunk that had this fingerprint, if it is there still."""
        ...

    def holds(self, chunk: Chunk, data: memoryview) -> bool:
        """Whether the chunk is there with these very bytes, not compressed. Called from several threads."""
        ...

    def learn(self, key: str, chunk: Chunk) -> None: ...

    def settle(self) -> None:
        """Return when all that was written would survive a power cut."""
        ...


class ChunkSource(Protocol):
    """Gives chunks back, unchecked."""

    def read_into(self, chunk: Chunk, offset: int, target: memoryview) -> int:
        """Read stored bytes from ``offset`` on; answers how many there were."""
        ...

    def locate(self, chunk: Chunk) -> tuple[int, int] | None:
        """File descriptor and offset where the stored bytes can be mapped from; None where they can't.

        The descriptor is given back with ``release``.
        """
        ...

    def release(self, descriptor: int) -> None: ...

    def verify_rest(self) -> None:
        """Check what belongs to no chunk. :raises SnapshotError: SNAPSHOT_CORRUPT"""
        ...

    def close(self) -> None: ...
