"""Small things share a chunk."""

from __future__ import annotations

from typing import Callable

from .layout import CHUNK, PACK_ALIGNMENT, aligned
from .ports import Chunk


class Piece:
    """A chunk whose digest is not known yet."""

    __slots__ = ("chunk",)

    def __init__(self) -> None:
        self.chunk: Chunk = None  # type: ignore[assignment]  # set before it is read


class Pack:
    """Collects bytes until they make a chunk, which ``emit`` then owns."""

    def __init__(self, emit: Callable[[Piece, memoryview], None]) -> None:
        self._emit = emit
        self._bytes = bytearray()
        self._piece = Piece()

    def add(self, data: memoryview) -> list[tuple[Piece, int, int]]:
        """Copy ``data``; answers where it will be: ``(piece, offset, length)``."""
        parts = []
        while len(data):
            if len(self._bytes) >= CHUNK:
                self.flush()
            taken = data[: CHUNK - len(self._bytes)]
            parts.append((self._piece, len(self._bytes), len(taken)))
            self._bytes += taken
            data = data[len(taken) :]
        return parts

    def align(self) -> None:
        """Let what comes next start where vector instructions can read it."""
        end = aligned(len(self._bytes), PACK_ALIGNMENT)
        self._bytes.extend(bytes(end - len(self._bytes)))

    def mark(self) -> tuple[Piece, int]:
        """Where it stands, for ``reset``."""
        return self._piece, len(self._bytes)

    def reset(self, mark: tuple[Piece, int]) -> None:
        """Take back what was added since; what was emitted meanwhile is simply not used by anybody."""
        piece, length = mark
        del self._bytes[length if piece is self._piece else 0 :]

    def flush(self) -> None:
        """Emit what there is."""
        if self._bytes:
            full, piece = self._bytes, self._piece
            self._bytes, self._piece = bytearray(), Piece()
            self._emit(piece, memoryview(full))
