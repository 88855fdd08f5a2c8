"""What is true of this kernel, as far as it decides what can go to it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import staging

#: A 32-bit Python's address space, less what Python itself needs, bytes.
WASM_HEAP_BYTES = 4 * 1024**3 - 256 * 1024**2


def inspect(distributions: Iterable[str]) -> dict[str, Any]:
    """Python, memory and disk, and the versions of some distributions (null: not installed)."""
    return {
        "python": {
            "version": platform.python_version(),
            "implementation": sys.implementation.name,
            "platform": sys.platform,
            "machine": platform.machine(),
            "byteorder": sys.byteorder,
        },
        "memory_bytes": free_memory(),
        "disk_bytes": staging.free_bytes(Path(tempfile.gettempdir())),
        "can_fork": hasattr(os, "fork") and sys.platform == "linux",
        "distributions": {name: _version(name) for name in distributions},
    }


def free_memory() -> int | None:
    """What is left for more variables, bytes; None where that can't be known."""
    if sys.platform == "emscripten":
        # The heap grows up to its end and never shrinks: what it has is no measure of what is in use.
        return WASM_HEAP_BYTES
    limits = [_proc_available(), *(_cgroup_free(path) for path in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory"))]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None


def _proc_available() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return None
    return None


def _cgroup_free(folder: str) -> int | None:
    names = [("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")]
    for limit, usage in names:
        try:
            most = int(Path(folder, limit).read_text(encoding="ascii"))
            return max(0, most - int(Path(folder, usage).read_text(encoding="ascii")))
        except (OSError, ValueError):
            # Not there, or `max`: no limit.
            continue
    return None


def _version(distribution: str) -> str | None:
    """'' where what it brings is there without it."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        from ..graph import zones

        return "" if distribution == zones.DISTRIBUTION and zones.has_zones() else None
