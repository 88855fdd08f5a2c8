"""Chunks in memory, where there is no file system worth the name: Pyodide, and tests."""

from __future__ import annotations

from .errors import missing
from .ports import Chunk


class MemoryChunks:
    """Both ``ChunkSink`` and ``ChunkSource`` over ``stored``: digest -> bytes."""

    def __init__(self, stored: dict[str, bytes] | None = None) -> None:
        self.stored: dict[str, bytes] = {} if stored is None else stored

    def place(self, chunk: Chunk, *, mapped: bool) -> str | None:
        return None if chunk.digest in self.stored else chunk.digest

    def write(self, place: str, stored: memoryview) -> None:
        self.stored[place] = bytes(stored)

    def known(self, key: str) -> Chunk | None:
        return None

    def holds(self, chunk: Chunk, data: memoryview) -> bool:
        return False

    def learn(self, key: str, chunk: Chunk) -> None:
        """Nothing is learned."""

    def settle(self) -> None:
        """Memory has nothing to make durable."""

    def read_into(self, chunk: Chunk, offset: int, target: memoryview) -> int:
        try:
            piece = memoryview(self.stored[chunk.digest])[offset : offset + len(target)]
        except KeyError:
            raise missing(chunk.digest) from None
        target[: len(piece)] = piece
        return len(piece)

    def locate(self, chunk: Chunk) -> None:
        return None

    def release(self, descriptor: int) -> None:
        """Nothing is mapped."""

    def verify_rest(self) -> None:
        """There is no rest."""

    def close(self) -> None:
        """Nothing is held open."""
