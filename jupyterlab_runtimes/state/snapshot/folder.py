"""A folder as a store: chunks under their digests, manifests under their ids."""

from __future__ import annotations

import os
from pathlib import Path

from .codec import RAW
from .durable import fsync_folder, part_of, remove_abandoned, write_file
from .errors import missing, not_found
from .manifest import Manifest, parse_manifest
from .ports import Chunk
from .reuse import Reuse

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
#: Bytes that are compared at a time: they stay in the processor's cache.
_BLOCK = 512 << 10


class FolderChunks:
    """Reads and writes the chunks of a store: both ``ChunkSink`` and ``ChunkSource``.

    :param reuse: use the quick index of what is there already (writers only).
    :param durable: what is written survives a power cut.
    """

    def __init__(self, folder: Path, *, reuse: bool = False, durable: bool = True) -> None:
        self._folder = folder
        self._chunks = folder / "chunks"
        self._reuse = Reuse(folder / "reuse.json") if reuse else None
        self._durable = durable
        self._touched: set[Path] = set()

    # ----- writing

    def place(self, chunk: Chunk, *, mapped: bool) -> Path | None:
        path = self._path(chunk.digest)
        if _use_again(path, chunk.size):
            return None
        self._prepare(path.parent)
        return path

    def place_new(self, name: str) -> Path:
        """Say where a chunk can be that has no digest yet. Abandoned, it is swept as half written ones are."""
        folder = self._chunks / "00"
        self._prepare(folder)
        return part_of(folder / name)

    def write(self, place: Path, stored: memoryview) -> None:
        write_file(place, stored, sync=self._durable, sync_folder=False)

    def known(self, key: str) -> Chunk | None:
        chunk = self._reuse.find(key) if self._reuse else None
        return chunk if chunk and _use_again(self._path(chunk.digest), chunk.size) else None

    def holds(self, chunk: Chunk, data: memoryview) -> bool:
        if chunk.codec != RAW or chunk.size != len(data):
            return False
        block = bytearray(_BLOCK)
        try:
            with open(self._path(chunk.digest), "rb", buffering=0) as file:
                for start in range(0, len(data), _BLOCK):
                    expected = data[start : start + _BLOCK]
                    if len(expected) < len(block):
                        block = bytearray(len(expected))
                    # A bytearray compares with any buffer at the speed of memory; a memoryview would go item by item.
                    if file.readinto(block) != len(block) or block != expected:
                        return False
        except FileNotFoundError:
            return False
        return True

    def learn(self, key: str, chunk: Chunk) -> None:
        if self._reuse:
            self._reuse.learn(key, chunk)

    def settle(self) -> None:
        if self._durable and self._touched:
            for folder in self._touched:
                fsync_folder(folder)
            fsync_folder(self._chunks)
        if self._reuse:
            self._reuse.keep()

    # ----- reading

    def read_into(self, chunk: Chunk, offset: int, target: memoryview) -> int:
        try:
            with open(self._path(chunk.digest), "rb", buffering=0) as file:
                file.seek(offset)
                return file.readinto(target)
        except FileNotFoundError:
            raise missing(chunk.digest) from None

    def locate(self, chunk: Chunk) -> tuple[int, int] | None:
        try:
            return os.open(self._path(chunk.digest), _READ), 0
        except FileNotFoundError:
            raise missing(chunk.digest) from None

    def release(self, descriptor: int) -> None:
        os.close(descriptor)

    def verify_rest(self) -> None:
        """Each chunk is a file, and nothing is between them."""

    def close(self) -> None:
        """Nothing is held open."""

    def _prepare(self, folder: Path) -> None:
        if folder not in self._touched:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._touched.add(folder)

    def _path(self, digest: str) -> Path:
        return self._chunks / digest[:2] / digest


class Folder:
    """A store: its snapshots, and its chunks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._manifests = path / "manifests"

    def prepare(self) -> None:
        """Make the folder, for its user alone; remove what killed writers left."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.mkdir(mode=0o700, exist_ok=True)
        self._manifests.mkdir(mode=0o700, exist_ok=True)
        (self.path / "chunks").mkdir(mode=0o700, exist_ok=True)
        remove_abandoned(self._manifests)
        for folder in (self.path / "chunks").iterdir():
            remove_abandoned(folder)

    def chunks(self, *, reuse: bool = False, durable: bool = True) -> FolderChunks:
        """Where its chunks are."""
        return FolderChunks(self.path, reuse=reuse, durable=durable)

    def keep(self, manifest: Manifest) -> Path:
        """Write the manifest: from now on the snapshot is there."""
        path = self._manifests / f"{manifest.id}.json"
        write_file(path, memoryview(manifest.to_bytes()))
        return path

    def ids(self) -> list[str]:
        """Of all snapshots, those with a broken manifest too."""
        if not self._manifests.is_dir():
            return []
        return sorted(path.stem for path in self._manifests.glob("*.json"))

    def manifest(self, snapshot_id: str) -> Manifest:
        """Read one manifest.

        :raises SnapshotError: SNAPSHOT_NOT_FOUND | SNAPSHOT_CORRUPT | SNAPSHOT_VERSION
        """
        try:
            data = (self._manifests / f"{snapshot_id}.json").read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise not_found(f"There is no snapshot {snapshot_id} in {self.path}: list what is there.") from None
        return parse_manifest(data, snapshot_id)

    def newest(self) -> Manifest:
        """The manifest of the snapshot that was taken last."""
        manifests = [self.manifest(each) for each in self.ids()]
        if not manifests:
            raise not_found(f"There is no snapshot in {self.path}: check the path.")
        return max(manifests, key=lambda manifest: manifest.created_at)


def _use_again(path: Path, size: int) -> bool:
    """Whether a chunk is there; if so, no sweep takes it for the next day."""
    try:
        if path.stat().st_size != size:
            return False
        os.utime(path)
    except FileNotFoundError:
        return False
    return True
