"""A path as a place of snapshots: a ``.jrs`` file, a folder store, or one manifest in a store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable

from .errors import from_os, not_found
from .folder import Folder
from .manifest import Manifest
from .ports import ChunkSource
from .single_file import SUFFIX, FileReader, FileWriter
from .writer import Writer


def is_single_file(path: Path) -> bool:
    """Whether ``path`` names one file to send around."""
    return path.suffix.lower() == SUFFIX


class Opened:
    """A snapshot that can be read. Nothing of it is verified but the manifest's shape."""

    def __init__(self, manifest: Manifest, source: ChunkSource, path: Path) -> None:
        self.manifest = manifest
        self.source = source
        self.path = path


def open_snapshot(path: str | os.PathLike[str]) -> Opened:
    """Open a file, a store's newest snapshot, or ``STORE/manifests/ID.json``; the caller closes ``source``.

    :raises SnapshotError: SNAPSHOT_NOT_FOUND | SNAPSHOT_CORRUPT | SNAPSHOT_VERSION | FORBIDDEN
    """
    place = Path(path)
    try:
        if place.is_dir():
            folder = Folder(place)
            return Opened(folder.newest(), folder.chunks(), place)
        if place.suffix == ".json" and place.parent.name == "manifests":
            folder = Folder(place.parent.parent)
            return Opened(folder.manifest(place.stem), folder.chunks(), place)
        if not place.exists():
            raise not_found(f"There is no snapshot at {place}: check the path.")
        reader = FileReader(place)
        return Opened(reader.manifest, reader, place)
    except OSError as error:
        raise from_os(error, f"The snapshot {place} can't be read") from error


@contextmanager
def saving_chunks(folder: Path, *, durable: bool = True, **options: Any) -> Iterator[Writer]:
    """Write chunks into a store; the manifest is somebody else's to keep.

    :param durable: they survive a power cut, and a later snapshot finds them again. Else they only pass through.
    :param options: of ``Writer``.
    :raises SnapshotError: DISK_FULL | FORBIDDEN
    """
    writer = None
    try:
        store = Folder(folder)
        store.prepare()
        writer = Writer(store.chunks(reuse=durable, durable=durable), **options)
        yield writer
    except OSError as error:
        raise from_os(error, f"The snapshot can't be written to {folder}") from error
    finally:
        if writer is not None:
            writer.close()


class Saving:
    """A snapshot on its way to a place: write through ``writer``, then ``keep``."""

    def __init__(self, writer: Writer, keep: Callable[[Manifest], Path]) -> None:
        self.writer = writer
        self.keep = keep


@contextmanager
def saving(path: str | os.PathLike[str], **options: Any) -> Iterator[Saving]:
    """Write a snapshot to ``path``. Until ``keep`` has returned, whatever was there is there unchanged.

    :param options: of ``Writer``.
    :raises SnapshotError: DISK_FULL | FORBIDDEN | SNAPSHOT_NOT_FOUND (no such folder)
    """
    place = Path(path)
    if not is_single_file(place):
        with saving_chunks(place, **options) as writer:
            yield Saving(writer, Folder(place).keep)
        return
    sink = None
    writer = None
    try:
        sink = FileWriter(place)
        writer = Writer(sink, **options)
        yield Saving(writer, sink.keep)
    except OSError as error:
        raise from_os(error, f"The snapshot can't be written to {place}") from error
    finally:
        if writer is not None:
            writer.close()
        if sink is not None:
            sink.close()
