"""Chunks that arrive in ranges, in any order and in any thread: each is checked before it counts as being there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..problems import Problem
from .area import chunk_path
from .ranges import Range, add_range, gaps

_DIGEST = re.compile(r"[0-9a-f]{64}")
_READ_BYTES = 1024 * 1024


class _Part:
    """A chunk that has begun to arrive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ranges: list[Range] = []
        #: Of its first `hashed` bytes: what comes in order is not read again.
        self.hash = hashlib.sha256()
        self.hashed = 0
        self.lock = threading.Lock()


class Chunks:
    """What belongs to one manifest, in a folder that is laid out like a store."""

    def __init__(self, folder: Path, manifest: bytes) -> None:
        """@raises Problem SNAPSHOT_CORRUPT"""
        self.folder = folder
        self.manifest = manifest
        self.sizes = chunk_sizes(manifest)
        self._parts: dict[str, _Part] = {}
        self._lock = threading.Lock()

    @property
    def total(self) -> int:
        """Stored bytes of all chunks."""
        return sum(self.sizes.values())

    def missing(self) -> dict[str, list[Range]]:
        """The ranges that are there, of each chunk that is not there wholly."""
        found = {}
        for digest, size in self.sizes.items():
            if not self._is_here(digest, size):
                part = self._parts.get(digest)
                found[digest] = list(part.ranges) if part else []
        return found

    def write(self, digest: str, start: int, pieces: Iterable[bytes]) -> None:
        """Take bytes of a chunk; what comes before `pieces` fails is kept.

        @raises Problem INVALID_REQUEST | SNAPSHOT_CORRUPT: its bytes have another digest, and are forgotten
        """
        writing = self.begin(digest, start)
        try:
            for piece in pieces:
                writing.add(piece)
        finally:
            writing.end()
        self.finish(digest)

    def begin(self, digest: str, start: int) -> Writing:
        """Write by and by; `finish` has to follow."""
        size = self.sizes.get(digest)
        if size is None:
            raise Problem("INVALID_REQUEST", "This chunk is not of this parcel: send its manifest first.")
        if self._is_here(digest, size):
            return Writing(None, None, start, size)
        with self._lock:
            part = self._parts.get(digest)
            if part is None:
                path = chunk_path(self.folder, digest)
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                part = self._parts[digest] = _Part(path.with_name(path.name + ".part"))
                part.path.touch(mode=0o600)
        return Writing(part, os.open(part.path, os.O_RDWR | getattr(os, "O_BINARY", 0)), start, size)

    def finish(self, digest: str) -> None:
        """A chunk of which all has come is checked, and counts from then on.

        @raises Problem SNAPSHOT_CORRUPT
        """
        size = self.sizes[digest]
        with self._lock:
            part = self._parts.get(digest)
            if part is None or gaps(part.ranges, size):
                return
            del self._parts[digest]
        found = part.hash if part.hashed == size else _hash_of(part.path)
        if found.hexdigest() != digest:
            part.path.unlink(missing_ok=True)
            raise Problem(
                "SNAPSHOT_CORRUPT",
                "A part of the variables arrived with other bytes than were sent: try again; nothing has changed.",
            )
        os.replace(part.path, chunk_path(self.folder, digest))

    def path(self, digest: str) -> Path:
        """Where a chunk is.

        @raises Problem NOT_FOUND while it is not there wholly.
        """
        size = self.sizes.get(digest)
        if size is None or not self._is_here(digest, size):
            raise Problem("NOT_FOUND", "This chunk is not in this parcel: read its manifest again.")
        return chunk_path(self.folder, digest)

    def _is_here(self, digest: str, size: int) -> bool:
        try:
            return chunk_path(self.folder, digest).stat().st_size == size
        except OSError:
            return False


class Writing:
    """Bytes of one request on their way into a chunk."""

    def __init__(self, part: _Part | None, file: int | None, start: int, size: int) -> None:
        self._part = part
        self._file = file
        self._at = start
        self._size = size

    def add(self, piece: bytes) -> None:
        """Write what follows.

        @raises Problem INVALID_REQUEST | DISK_FULL
        """
        part = self._part
        if part is None:
            return  # the chunk is there
        if self._at + len(piece) > self._size:
            raise Problem("INVALID_REQUEST", f"This chunk has {self._size} bytes, and more were sent.")
        with part.lock:
            if self._file is None:
                return  # it was ended meanwhile
            try:
                _write_at(self._file, piece, self._at)
            except OSError as error:
                raise Problem("DISK_FULL", f"The variables can't be kept on the way ({error.strerror}).") from error
            end = self._at + len(piece)
            part.ranges = add_range(part.ranges, self._at, end)
            if part.hashed == self._at:
                part.hash.update(piece)
                part.hashed = end
            self._at = end

    def end(self) -> None:
        """Let go of the file, once nobody writes to it."""
        if self._part is None:
            return
        with self._part.lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None


def _write_at(file: int, piece: bytes, offset: int) -> None:
    view = memoryview(piece)
    if hasattr(os, "pwrite"):
        while len(view):
            count = os.pwrite(file, view, offset)
            view, offset = view[count:], offset + count
        return
    os.lseek(file, offset, os.SEEK_SET)
    while len(view):
        view = view[os.write(file, view) :]


def _hash_of(path: Path) -> Any:
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(_READ_BYTES):
            found.update(piece)
    return found


def chunk_sizes(manifest: bytes) -> dict[str, int]:
    """Stored bytes of each chunk, by digest.

    @raises Problem SNAPSHOT_CORRUPT
    """
    try:
        chunks = json.loads(manifest.partition(b"\n")[0])["chunks"]
        sizes = {chunk["digest"]: chunk["size"] for chunk in chunks}
    except (ValueError, KeyError, TypeError) as error:
        raise Problem("SNAPSHOT_CORRUPT", f"The manifest can't be read ({type(error).__name__}).") from error
    for digest, size in sizes.items():
        if not (isinstance(digest, str) and _DIGEST.fullmatch(digest) and isinstance(size, int) and size >= 0):
            raise Problem("SNAPSHOT_CORRUPT", "The manifest names a chunk in a way that can't be.")
    return sizes
