"""Chunks as one piece of writeable memory, without a copy where the system allows it."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Sequence
from typing import Any

#: Linux allows 65530 mappings to a process; the interpreter and others need some.
_MOST_MAPPINGS = 32_000
_MAP_FIXED = 0x10

_mappings = 0


def join(ranges: Sequence[Any]) -> memoryview | None:
    """Map ranges of files one after the other: private memory, filled when it is looked at.

    :return: None where that can't be done (Pyodide; Windows, for several files), and a copy has to do.
    """
    if sys.platform in ("emscripten", "wasi"):
        return None
    merged = _merged(ranges)
    length = sum(size for _, _, size in merged)
    if len(merged) == 1 and merged[0][1] % mmap.ALLOCATIONGRANULARITY == 0:
        descriptor, offset, _ = merged[0]
        if offset + length > os.fstat(descriptor).st_size:
            return None
        return memoryview(mmap.mmap(descriptor, length, access=mmap.ACCESS_COPY, offset=offset))
    return _fixed(merged, length)


def _merged(ranges: Sequence[Any]) -> list[tuple[int, int, int]]:
    merged: list[tuple[int, int, int]] = []
    for descriptor, offset, length in ranges:
        if merged and merged[-1][0] == descriptor and merged[-1][1] + merged[-1][2] == offset:
            merged[-1] = (descriptor, merged[-1][1], merged[-1][2] + length)
        else:
            merged.append((descriptor, offset, length))
    return merged


def _fixed(ranges: list[tuple[int, int, int]], length: int) -> memoryview | None:
    """Reserve memory, and lay the files over it."""
    global _mappings
    page = mmap.PAGESIZE
    whole = all(size % page == 0 for _, _, size in ranges[:-1]) and all(offset % page == 0 for _, offset, _ in ranges)
    call = _system_mmap() if whole and _mappings + len(ranges) < _MOST_MAPPINGS else None
    if call is None:
        return None
    for descriptor, offset, size in ranges:
        if offset + size > os.fstat(descriptor).st_size:
            return None  # looking at memory behind a file's end would kill the process
    import ctypes

    reserved = mmap.mmap(-1, length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANON)
    start = ctypes.addressof(ctypes.c_char.from_buffer(reserved))
    position = 0
    for descriptor, offset, size in ranges:
        got = call(
            start + position,
            size,
            mmap.PROT_READ | mmap.PROT_WRITE,
            mmap.MAP_PRIVATE | _MAP_FIXED,
            descriptor,
            offset,
        )
        if got != start + position:
            return None  # ``reserved`` gives all of it back
        position += size
    _mappings += len(ranges)
    return memoryview(reserved)


def _system_mmap() -> Any:
    """The C library's ``mmap``; None where there is none that we know."""
    if not sys.platform.startswith(("linux", "darwin", "freebsd")):
        return None
    try:
        import ctypes

        call = ctypes.CDLL(None, use_errno=True).mmap
    except (ImportError, OSError, AttributeError):
        return None
    size = ctypes.c_size_t
    call.argtypes = [ctypes.c_void_p, size, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    call.restype = ctypes.c_void_p
    return call
