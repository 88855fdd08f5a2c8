"""Files that are whole or not there."""

from __future__ import annotations

import functools
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any

#: What is being written has this ending.
PART = ".part"
#: A half-written file this old, in seconds, belongs to a writer that was killed.
_ABANDONED_AFTER = 24 * 3600


def part_of(path: Path) -> Path:
    """A name beside ``path`` that nobody else uses."""
    return path.with_name(f"{path.name}.{secrets.token_hex(6)}{PART}")


def open_new(path: Path) -> int:
    """Open a file that must not be there yet, for its user alone."""
    return os.open(
        path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0), 0o600
    )


def write_all(descriptor: int, data: memoryview) -> None:
    """Write all of ``data``: the system may take less at a time."""
    while len(data):
        data = data[os.write(descriptor, data) :]


def write_file(path: Path, data: memoryview, *, sync: bool = True, sync_folder: bool = True) -> None:
    """Put ``data`` where ``path`` is, in one step: after a failure or a kill, what was there before is there still.

    :param sync: after a power cut, too.
    """
    part = part_of(path)
    descriptor = open_new(part)
    try:
        try:
            write_all(descriptor, data)
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if sync and sync_folder:
        fsync_folder(path.parent)


def begin_writing_back(descriptor: int, offset: int, length: int) -> None:
    """Let the disk begin with these bytes, which would else idle until ``fsync``. Linux only."""
    call = _sync_file_range()
    if call is not None:
        call(descriptor, offset, length, 2)  # SYNC_FILE_RANGE_WRITE: starts, and waits for nothing


@functools.cache
def _sync_file_range() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    try:
        import ctypes

        call = ctypes.CDLL(None).sync_file_range
    except (ImportError, OSError, AttributeError):
        return None
    call.argtypes = [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
    return call


def fsync_folder(folder: Path) -> None:
    """Let a rename in ``folder`` survive a power cut. Windows has no such thing, and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_abandoned(folder: Path) -> None:
    """Remove what killed writers left in ``folder``."""
    before = time.time() - _ABANDONED_AFTER
    for part in folder.glob(f"*{PART}"):
        try:
            if part.stat().st_mtime < before:
                part.unlink()
        except FileNotFoundError:
            continue  # its writer, or another reader, was quicker
