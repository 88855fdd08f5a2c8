"""Chunks that are written first and named later, where hashing is awaited and nothing may change meanwhile."""

from __future__ import annotations

import os
from collections.abc import Awaitable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Callable

from .folder import FolderChunks
from .ports import Chunk
from .writer import sha256

#: Smaller ones are hashed at once, sooner than anybody is asked to, bytes.
_WORTH_WAITING = 1 << 20


class Unnamed:
    """A folder as a ``ChunkSink``, in which big new chunks have provisional names until ``name`` has hashed them.

    Until then they are, for everybody else, what a writer that was killed has left.
    """

    def __init__(self, chunks: FolderChunks) -> None:
        self._chunks = chunks
        self._files: dict[Chunk, Path] = {}
        self._keys: dict[Chunk, str] = {}
        #: Taken by several threads, where there are any.
        self._numbers = count(1)
        #: Chunks that were written, and turned out to be there already.
        self.found: list[Chunk] = []

    @property
    def is_all_named(self) -> bool:
        """Nothing waits for ``name``."""
        return not self._files

    def digest(self, stored: memoryview) -> str:
        """For ``Writer``: the chunk's digest, or a provisional name that is none."""
        if len(stored) < _WORTH_WAITING:
            return sha256(stored)
        return f"unnamed-{next(self._numbers)}"

    async def name(self, hash_file: Callable[[Path], Awaitable[str]], check: Callable[[], None]) -> dict[Chunk, Chunk]:
        """Hash what has a provisional name, and put it in its place.

        :param check: called now and then; what it raises ends the work.
        :return: What each of those chunks has become.
        """
        named = {}
        for chunk, path in self._files.items():
            check()
            # One after the other: some browsers hash in this very thread, and others have their turn between two files.
            named[chunk] = self._name(chunk, path, await hash_file(path))
        check()
        self._files.clear()
        self._chunks.settle()
        return named

    def _name(self, chunk: Chunk, path: Path, digest: str) -> Chunk:
        named = replace(chunk, digest=digest)
        place = self._chunks.place(named, mapped=True)
        if place is None:
            path.unlink()
            self.found.append(named)
        else:
            os.replace(path, place)
        self._chunks.learn(self._keys[chunk], named)
        return named

    # ----- ChunkSink

    def place(self, chunk: Chunk, *, mapped: bool) -> Path | None:
        if not _is_provisional(chunk):
            return self._chunks.place(chunk, mapped=mapped)
        path = self._files[chunk] = self._chunks.place_new(chunk.digest)
        return path

    def write(self, place: Path, stored: memoryview) -> None:
        self._chunks.write(place, stored)

    def known(self, key: str) -> Chunk | None:
        return self._chunks.known(key)

    def holds(self, chunk: Chunk, data: memoryview) -> bool:
        return self._chunks.holds(chunk, data)

    def learn(self, key: str, chunk: Chunk) -> None:
        if _is_provisional(chunk):
            self._keys[chunk] = key
        else:
            self._chunks.learn(key, chunk)

    def settle(self) -> None:
        if self.is_all_named:
            self._chunks.settle()


def _is_provisional(chunk: Chunk) -> bool:
    return chunk.digest.startswith("unnamed-")
