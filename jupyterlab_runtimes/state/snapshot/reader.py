"""Gives streams and buffers back: the graph's ``Source`` (../ports.py). Nothing is given that was not verified."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Callable

from .codec import RAW
from .errors import SnapshotError, not_found
from .joined import join
from .layout import MAPPED_FROM
from .manifest import Manifest, Stored
from .ports import Chunk, ChunkSource
from .verify import read_verified, verify

#: Decoded packs that are kept for the next small thing in them.
_KEPT = 3


class Reader:
    """The streams and buffers of one snapshot.

    :param trusted_buffers: hand out mapped buffers before they were verified; whoever says so verifies them in the
        background (one's own snapshots only). Streams are always verified as they are read.
    """

    def __init__(self, manifest: Manifest, source: ChunkSource, *, trusted_buffers: bool = False) -> None:
        self.manifest = manifest
        self._source = source
        self._trusted_buffers = trusted_buffers
        self._verified: set[Chunk] = set()
        self._decoded: dict[Chunk, memoryview] = {}
        self._views: dict[int, memoryview] = {}
        #: What was wrong with a chunk that was read: a graph may take it for a fault of one variable.
        self.failure: SnapshotError | None = None

    def names(self) -> Iterable[str]:
        return self.manifest.streams.keys()

    def stream(self, name: str) -> BinaryIO:
        stored = self.manifest.streams.get(name)
        if stored is None:
            raise not_found(f"The snapshot has no stream {name!r}: list what it holds.")
        return io.BufferedReader(_Parts(self, stored), 1 << 16)

    def buffer(self, index: int) -> memoryview:
        if index not in self._views:
            if not 0 <= index < len(self.manifest.buffers):
                raise not_found(f"The snapshot has no buffer {index}.")
            self._views[index] = self._load(self.manifest.buffers[index])
        return self._views[index]

    def chunks_of(self, names: Iterable[str], buffers: Iterable[int]) -> tuple[list[Chunk], list[Chunk]]:
        """What has to be verified for these: chunks that are decoded, and chunks that are mapped only."""
        streams = [self.manifest.streams[name] for name in names if name in self.manifest.streams]
        wanted = [self.manifest.buffers[index] for index in buffers if index < len(self.manifest.buffers)]
        mapped = self._chunks(each for each in wanted if self._is_mapped(each))
        decoded = self._chunks([*streams, *(each for each in wanted if not self._is_mapped(each))])
        return list(decoded), [chunk for chunk in mapped if chunk not in decoded]

    def verify(self, chunks: Iterable[Chunk], on_progress: Callable[[int], None] | None = None) -> None:
        """Check chunks now, so that nothing is found wrong later. :raises SnapshotError: SNAPSHOT_CORRUPT"""
        missing = [chunk for chunk in chunks if chunk not in self._verified]
        with self._remembering():
            verify(self._source, missing, on_progress)
        self._verified.update(missing)

    def unverified(self, chunks: Iterable[Chunk]) -> list[Chunk]:
        """Those of them that nobody has checked yet."""
        return [chunk for chunk in chunks if chunk not in self._verified]

    def decoded(self, number: int) -> memoryview:
        """The bytes of a chunk: read, verified, decoded."""
        chunk = self.manifest.chunks[number]
        if chunk not in self._decoded:
            while len(self._decoded) >= _KEPT:
                del self._decoded[next(iter(self._decoded))]
            with self._remembering():
                self._decoded[chunk] = read_verified(self._source, chunk)
            self._verified.add(chunk)
        return self._decoded[chunk]

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        try:
            yield
        except SnapshotError as error:
            self.failure = error
            raise

    def _chunks(self, stored: Iterable[Stored]) -> dict[Chunk, None]:
        return {self.manifest.chunks[part[0]]: None for each in stored for part in each.parts}

    def _is_mapped(self, stored: Stored) -> bool:
        chunks = self.manifest.chunks
        return stored.length >= MAPPED_FROM and all(chunks[part[0]].codec == RAW for part in stored.parts)

    def _load(self, stored: Stored) -> memoryview:
        if self._is_mapped(stored):
            if not self._trusted_buffers:
                self.verify(self._chunks([stored]))
            mapped = self._map(stored)
            if mapped is not None:
                return mapped
        memory = memoryview(bytearray(stored.length))
        position = 0
        for number, offset, length in stored.parts:
            memory[position : position + length] = self.decoded(number)[offset : offset + length]
            position += length
        return memory

    def _map(self, stored: Stored) -> memoryview | None:
        places = []
        try:
            for number, offset, length in stored.parts:
                place = self._source.locate(self.manifest.chunks[number])
                if place is None:
                    return None
                places.append((place[0], place[1] + offset, length))
            return join(places)
        finally:
            for descriptor, _, _ in places:
                self._source.release(descriptor)


class _Parts(io.RawIOBase):
    """The bytes of a stream, chunk by chunk."""

    def __init__(self, reader: Reader, stored: Stored) -> None:
        self._reader = reader
        self._parts = stored.parts
        self._next = 0
        self._current = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        if not len(self._current) and self._next < len(self._parts):
            number, offset, length = self._parts[self._next]
            self._next += 1
            self._current = self._reader.decoded(number)[offset : offset + length]
        count = min(len(target), len(self._current))
        target[:count] = self._current[:count]
        self._current = self._current[count:]
        return count
