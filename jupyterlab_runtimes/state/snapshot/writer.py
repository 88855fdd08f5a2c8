"""Writes streams and buffers as chunks: the graph's ``Sink`` (../ports.py)."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Callable

from .codec import RAW, ZLIB, compress
from .fingerprint import fingerprint
from .layout import MAPPED_FROM, cut
from .pack import Pack, Piece
from .ports import Chunk, ChunkSink
from .workers import workers

#: Chunks that are hashed or written at the same time; each pack among them is a copy of 8 MiB.
_UNDER_WAY = 4
_NONE: Mapping[Chunk, Chunk] = MappingProxyType({})


def sha256(stored: memoryview) -> str:
    """Name a chunk, as readers check it."""
    return hashlib.sha256(stored).hexdigest()


class Writer:
    """One snapshot's chunks on their way into a ``ChunkSink``.

    Memory: the chunks under way (of packs; mapped buffers are not copied). Not for several threads.

    :param codecs: what packs may be compressed with, in the order of preference.
    :param on_progress: gets the number of bytes taken so far; what it raises ends the capture.
    :param digest: names a chunk, if only for now (see naming.py).
    :param frozen: nobody changes any buffer until ``finish`` (a forked child): encoding goes on while one is written.
    """

    def __init__(
        self,
        sink: ChunkSink,
        *,
        codecs: tuple[str, ...] = (ZLIB,),
        on_progress: Callable[[int], None] | None = None,
        digest: Callable[[memoryview], str] = sha256,
        frozen: bool = False,
    ) -> None:
        self._sink = sink
        self._digest = digest
        self._frozen = frozen
        self._codecs = codecs
        self._on_progress = on_progress
        self._workers = workers()
        self._hashing: deque[tuple[Piece, Any, bool]] = deque()
        self._writing: deque[Any] = deque()
        self._chunks: dict[tuple[str, str], Chunk] = {}
        self._streams: dict[str, list[tuple[Piece, int, int]]] = {}
        self._buffers: list[list[tuple[Piece, int, int]]] = []
        self._stream_pack = Pack(self._take_pack)
        self._buffer_pack = Pack(self._take_pack)
        self._failure: BaseException | None = None
        self.bytes_seen = 0
        self.bytes_written = 0
        self.chunks_written = 0
        self.chunks_reused = 0

    def stream(self, name: str) -> Stream:
        """Open the stream of ``name``; committed twice, the later one is kept."""
        self._guarded(self._tell)  # a sign of life, also where nothing can be carried
        return Stream(self._stream_pack, lambda parts: self._streams.__setitem__(name, parts))

    def buffer(self, view: memoryview) -> int:
        """Take the bytes of ``view``, and answer the buffer's index."""
        view = view.cast("B") if view.format != "B" or view.ndim != 1 else view
        parts: list[tuple[Piece, int, int]] = []
        if len(view) >= MAPPED_FROM:
            for start, length in cut(len(view)):
                piece = Piece()
                parts.append((piece, 0, length))
                self._take(piece, view[start : start + length], mapped=True)
            if not self._frozen and type(view.obj) is not bytes:
                self._guarded(self._drain)  # the owner may change the bytes from now on
        else:
            self._buffer_pack.align()
            parts = self._buffer_pack.add(view)
        self._buffers.append(parts)
        return len(self._buffers) - 1

    def finish(self) -> dict[str, Any]:
        """Return the manifest's ``chunks``, ``streams`` and ``buffers``, once every byte is safe."""
        self._stream_pack.flush()
        self._buffer_pack.flush()
        self._guarded(self._drain)
        self._sink.settle()
        self._workers.shutdown()
        return self.tables()

    def tables(self, named: Mapping[Chunk, Chunk] = _NONE) -> dict[str, Any]:
        """What ``finish`` returns, with other chunks in the place of some; those that are equal become one."""
        return _tables(self._streams, self._buffers, named)

    def close(self) -> None:
        """End the threads, whatever came of it. Safe to call twice."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _take_pack(self, piece: Piece, data: memoryview) -> None:
        self._take(piece, data, mapped=False)

    def _take(self, piece: Piece, data: memoryview, *, mapped: bool) -> None:
        self._guarded(lambda: self._hand_out(piece, data, mapped))

    def _guarded(self, step: Callable[[], None]) -> None:
        """Fail again after a failure: a graph that takes a full disk for a variable's fault must not get through."""
        if self._failure is not None:
            raise self._failure
        try:
            step()
        except BaseException as error:
            self._failure = error
            raise

    def _hand_out(self, piece: Piece, data: memoryview, mapped: bool) -> None:
        while len(self._hashing) >= _UNDER_WAY:
            self._settle_hash()
        codecs = () if mapped else self._codecs
        self._hashing.append((piece, self._workers.submit(self._prepare, data, codecs), mapped))
        self.bytes_seen += len(data)
        self._tell()

    def _tell(self) -> None:
        if self._on_progress:
            self._on_progress(self.bytes_seen)

    def _prepare(self, data: memoryview, codecs: tuple[str, ...]) -> tuple[Chunk, memoryview | None, str]:
        """In a thread: the chunk that ``data`` makes; its stored bytes, None where it is known to be there."""
        fast = fingerprint(data)
        known = self._sink.known(fast.key)
        if known and known.length == len(data) and (fast.is_whole or self._sink.holds(known, data)):
            return known, None, fast.key
        codec, stored = compress(data, codecs) if codecs else (RAW, data)
        return Chunk(self._digest(stored), len(stored), len(data), codec), stored, fast.key

    def _settle_hash(self) -> None:
        """Place the oldest chunk under way: in order, so that a buffer's chunks follow each other in a file."""
        piece, future, mapped = self._hashing.popleft()
        chunk, stored, fast = future.result()
        piece.chunk = self._chunks.setdefault((chunk.digest, chunk.codec), chunk)
        if piece.chunk is not chunk:
            return  # the same bytes twice in one snapshot
        place = self._sink.place(chunk, mapped=mapped) if stored is not None else None
        if place is None:
            self.chunks_reused += 1
        else:
            self.chunks_written += 1
            self.bytes_written += chunk.size
            while len(self._writing) >= _UNDER_WAY:
                self._writing.popleft().result()
            self._writing.append(self._workers.submit(self._sink.write, place, stored))
        self._sink.learn(fast, chunk)

    def _drain(self) -> None:
        while self._hashing:
            self._settle_hash()
        while self._writing:
            self._writing.popleft().result()


class Stream:
    """The stream of one variable."""

    def __init__(self, pack: Pack, keep: Callable[[list[tuple[Piece, int, int]]], None]) -> None:
        self._pack = pack
        self._keep = keep
        self._mark = pack.mark()
        self._parts: list[tuple[Piece, int, int]] = []

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take ``data`` over."""
        view = memoryview(data)
        view = view.cast("B") if view.format != "B" or view.ndim != 1 else view
        for part in self._pack.add(view):
            self._extend(part)
        return len(view)

    def commit(self) -> None:
        """Keep it."""
        self._keep(self._parts)

    def discard(self) -> None:
        """Forget it."""
        self._pack.reset(self._mark)

    def _extend(self, part: tuple[Piece, int, int]) -> None:
        if self._parts:
            piece, offset, length = self._parts[-1]
            if piece is part[0] and offset + length == part[1]:
                self._parts[-1] = (piece, offset, length + part[2])
                return
        self._parts.append(part)


def _tables(streams: dict[str, list], buffers: list[list], named: Mapping[Chunk, Chunk]) -> dict[str, Any]:
    """Number the chunks in the order in which they are first used."""
    numbers: dict[Chunk, int] = {}
    chunks: list[dict[str, Any]] = []

    def part(piece: Piece, offset: int, length: int) -> list[int]:
        chunk = named.get(piece.chunk, piece.chunk)
        if chunk not in numbers:
            numbers[chunk] = len(chunks)
            chunks.append({"digest": chunk.digest, "size": chunk.size, "length": chunk.length, "codec": chunk.codec})
        return [numbers[chunk], offset, length]

    def entry(parts: list) -> dict[str, Any]:
        return {"length": sum(length for _, _, length in parts), "parts": [part(*each) for each in parts]}

    return {
        "streams": [{"name": name, **entry(parts)} for name, parts in streams.items()],
        "buffers": [entry(parts) for parts in buffers],
        "chunks": chunks,
    }
