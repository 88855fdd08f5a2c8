"""``.jrs``: a snapshot as one file. The layout is in docs/snapshot-format.md."""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterable
from pathlib import Path

from .durable import begin_writing_back, fsync_folder, open_new, part_of, remove_abandoned
from .errors import SnapshotError, corrupt
from .layout import FILE_ALIGNMENT, LONGEST_MANIFEST, MAJOR, MIB, MINOR, PACK_ALIGNMENT, aligned
from .manifest import Manifest, parse_manifest
from .ports import Chunk

SUFFIX = ".jrs"
_MAGIC = b"\x89JRS\r\n\x1a\n"
_END = b"JRSEND\r\n"
_HEADER = struct.Struct("<8sHH52s")
_TRAILER = struct.Struct("<5Q16s8s")


class FileWriter:
    """A ``ChunkSink`` into a file beside ``path``, which takes its place with ``keep``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        remove_abandoned(path.parent)
        self._part = part_of(path)
        self._descriptor = open_new(self._part)
        self._lock = threading.Lock()
        self._end = _HEADER.size
        self._offsets: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        self._at(0, memoryview(_HEADER.pack(_MAGIC, MAJOR, MINOR, bytes(52))))

    def place(self, chunk: Chunk, *, mapped: bool) -> int | None:
        if chunk.digest in self._offsets:
            return None
        # The second chunk of a buffer begins where the first ended: both have whole multiples of 64 KiB, but the last.
        offset = aligned(self._end, FILE_ALIGNMENT if mapped else PACK_ALIGNMENT)
        self._offsets[chunk.digest] = offset
        self._sizes[chunk.digest] = chunk.size
        self._end = offset + chunk.size
        return offset

    def write(self, place: int, stored: memoryview) -> None:
        self._at(place, stored)
        begin_writing_back(self._descriptor, place, len(stored))

    def known(self, key: str) -> Chunk | None:
        return None

    def holds(self, chunk: Chunk, data: memoryview) -> bool:
        return False

    def learn(self, key: str, chunk: Chunk) -> None:
        """A file has no store to learn for."""

    def settle(self) -> None:
        """``keep`` does."""

    def keep(self, manifest: Manifest) -> Path:
        """Write manifest, index and trailer, and put the file where it belongs."""
        self._erase(self._offsets.keys() - {chunk.digest for chunk in manifest.chunks})
        data = manifest.to_bytes()
        index = struct.pack(f"<{len(manifest.chunks)}Q", *(self._offsets[chunk.digest] for chunk in manifest.chunks))
        start = self._end
        size = start + len(data) + len(index) + _TRAILER.size
        trailer = _TRAILER.pack(start, len(data), start + len(data), len(index), size, bytes(16), _END)
        self._at(start, memoryview(data + index + trailer))
        os.fsync(self._descriptor)
        self._release()
        os.replace(self._part, self._path)
        fsync_folder(self._path.parent)
        return self._path

    def close(self) -> None:
        """Remove what ``keep`` has not put in place. Safe to call twice."""
        self._release()
        self._part.unlink(missing_ok=True)

    def _erase(self, digests: Iterable[str]) -> None:
        """Leave nothing of what was given up: a secret in a variable that failed, say."""
        for digest in digests:
            for start in range(0, self._sizes[digest], MIB):
                length = min(MIB, self._sizes[digest] - start)
                self._at(self._offsets[digest] + start, memoryview(bytes(length)))

    def _release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _at(self, offset: int, data: memoryview) -> None:
        if hasattr(os, "pwrite"):
            while len(data):
                written = os.pwrite(self._descriptor, data, offset)
                data, offset = data[written:], offset + written
            return
        with self._lock:  # Windows
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            while len(data):
                data = data[os.write(self._descriptor, data) :]


class FileReader:
    """A ``ChunkSource`` over a ``.jrs`` file.

    :raises SnapshotError: SNAPSHOT_CORRUPT | SNAPSHOT_VERSION
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            self.manifest, self._offsets = self._open(path)
        except BaseException:
            self.close()
            raise

    def read_into(self, chunk: Chunk, offset: int, target: memoryview) -> int:
        return self._read(self._offsets[chunk.digest] + offset, target)

    def locate(self, chunk: Chunk) -> tuple[int, int] | None:
        return self._descriptor, self._offsets[chunk.digest]

    def release(self, descriptor: int) -> None:
        """The one descriptor stays until ``close``."""

    def verify_rest(self) -> None:
        sizes = {chunk.digest: chunk.size for chunk in self.manifest.chunks}
        end = _HEADER.size
        for offset, size in [*sorted((self._offsets[each], sizes[each]) for each in sizes), (self._start, 0)]:
            while end < offset:
                gap = self._exactly(end, min(offset - end, MIB))
                if any(gap):
                    raise corrupt("The file has something where nothing should be")
                end += len(gap)
            end = max(end, offset + size)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self, path: Path) -> tuple[Manifest, dict[str, int]]:
        size = os.fstat(self._descriptor).st_size
        if size < _HEADER.size:
            raise corrupt(f"{path.name} is no snapshot, or was cut off")
        magic, major, minor, zeros = _HEADER.unpack(self._exactly(0, _HEADER.size))
        if magic != _MAGIC:
            raise corrupt(f"{path.name} is no snapshot")
        if major != MAJOR:
            raise SnapshotError(
                "SNAPSHOT_VERSION",
                f"{path.name} has format {major}, and this version of jupyterlab_runtimes reads {MAJOR}: update it.",
            )
        if size < _HEADER.size + _TRAILER.size:
            raise corrupt(f"{path.name} was cut off")
        start, length, index_start, index_length, announced, more_zeros, end = _TRAILER.unpack(
            self._exactly(size - _TRAILER.size, _TRAILER.size)
        )
        if end != _END or announced != size or index_start + index_length + _TRAILER.size != size:
            raise corrupt(f"{path.name} was cut off, or goes on where it should end")
        if any(zeros + more_zeros):
            raise corrupt(f"{path.name} has something where nothing should be")
        if length > LONGEST_MANIFEST or start + length != index_start:
            raise corrupt(f"{path.name} has its manifest outside of itself")
        manifest = parse_manifest(self._exactly(start, length))
        if manifest.content["format"].get("minor") != minor:
            raise corrupt(f"{path.name} and its manifest are of different versions")
        if index_length != 8 * len(manifest.chunks):
            raise corrupt(f"{path.name} has an index for other chunks")
        offsets = struct.unpack(f"<{len(manifest.chunks)}Q", self._exactly(index_start, index_length))
        for chunk, offset in zip(manifest.chunks, offsets):
            if offset < _HEADER.size or offset + chunk.size > start:
                raise corrupt(f"{path.name} has a chunk outside of itself")
        self._start = start
        return manifest, {chunk.digest: offset for chunk, offset in zip(manifest.chunks, offsets)}

    def _exactly(self, offset: int, length: int) -> bytes:
        data = bytearray(length)
        if self._read(offset, memoryview(data)) != length:
            raise corrupt("The file was cut off while it was read")
        return bytes(data)

    def _read(self, offset: int, target: memoryview) -> int:
        done = 0
        while done < len(target):
            if hasattr(os, "preadv"):
                count = os.preadv(self._descriptor, [target[done:]], offset + done)
            else:
                with self._lock:
                    os.lseek(self._descriptor, offset + done, os.SEEK_SET)
                    data = os.read(self._descriptor, len(target) - done)
                count = len(data)
                target[done : done + count] = data
            if count == 0:
                break
            done += count
        return done
