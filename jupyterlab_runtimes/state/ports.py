"""What the object graph needs from whatever keeps bytes.

The graph (``state/graph``) turns variables into one stream each and raw buffers; the snapshot
(``state/snapshot``) keeps both as content-addressed chunks. Neither knows the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Protocol


class StreamSink(Protocol):
    """Takes the encoded bytes of one variable: kept with ``commit``, forgotten with ``discard``."""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take ``data`` over before returning; answers how many bytes that were."""
        ...

    def commit(self) -> None: ...

    def discard(self) -> None: ...


class Sink(Protocol):
    """Where a graph is encoded into."""

    def stream(self, name: str) -> StreamSink:
        """Open the stream of variable ``name``; one is open at a time."""
        ...

    def buffer(self, view: memoryview) -> int:
        """Take raw bytes (C-contiguous, format ``B``) and answer their index.

        The bytes are read before this returns, so that the owner may change them afterwards.
        """
        ...


class Source(Protocol):
    """Where a graph is decoded from. All of it was verified before it can be read."""

    def stream(self, name: str) -> BinaryIO: ...

    def buffer(self, index: int) -> memoryview:
        """A private, writeable view; asked twice, it is the same memory."""
        ...

    def names(self) -> Iterable[str]: ...
