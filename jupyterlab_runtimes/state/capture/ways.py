"""Whether a forked child may write the snapshot while this process goes on."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Libraries with thread pools of their own that a child lacks: it would wait for them for ever.
_UNSAFE_LIBRARIES = ("polars", "tensorflow", "jaxlib", "grpc", "ray", "cudf", "cupy")
#: Devices whose contexts do not survive a fork.
_DEVICES = ("/dev/nvidia", "/dev/kfd", "/dev/dri/", "/dev/accel")
#: Of a Python heap, what a child comes to own by counting references (measured: 0.8), and what it needs besides.
_TOUCHED = 0.85
_MARGIN_BYTES = 128 << 20


@dataclass(frozen=True)
class Way:
    """How a capture goes. ``reason`` says in a sentence why the process has to stand still, '' where it has not."""

    forks: bool
    reason: str = ""


def choose(namespace: dict[str, Any]) -> Way:
    """Look at this process: takes about a millisecond, and runs no code of the user's."""
    reason = _why_not(namespace)
    if not reason:
        return Way(True)
    return Way(False, f"The kernel stands still while it is captured, because {reason}.")


def _why_not(namespace: dict[str, Any]) -> str:
    if not sys.platform.startswith("linux") or not hasattr(os, "fork"):
        return "only Linux can go on meanwhile"
    device = _open_device()
    if device or _has_cuda():
        return f"it uses a device ({device or 'CUDA'}) that a copy of it can't share"
    library = next((name for name in _UNSAFE_LIBRARIES if name in sys.modules), None)
    if library:
        return f"{library} has threads that a copy of it would lack"
    available = _available_bytes()
    wanted = int(max(0, _anonymous_bytes() - _array_bytes(namespace)) * _TOUCHED) + _MARGIN_BYTES
    if available is not None and available < wanted:
        return f"a copy of it could need {wanted >> 20} MiB of memory and {available >> 20} MiB are free"
    return ""


def _open_device() -> str:
    try:
        with os.scandir("/proc/self/fd") as entries:
            targets = [_target(entry.path) for entry in entries]
    except OSError:
        return ""
    return next((target for target in targets if target.startswith(_DEVICES)), "")


def _target(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""  # closed meanwhile


def _has_cuda() -> bool:
    cuda = sys.modules.get("torch.cuda")
    return bool(cuda is not None and cuda.is_initialized())


def _array_bytes(namespace: dict[str, Any]) -> int:
    """Memory of plain arrays, which a child only reads."""
    numpy = sys.modules.get("numpy")
    array = getattr(numpy, "ndarray", None)
    if array is None:
        return 0
    return sum(value.nbytes for value in list(namespace.values()) if type(value) is array and value.base is None)


def _anonymous_bytes() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) << 10
    return 0


def _available_bytes() -> int | None:
    """What the machine, and this process's control group, can still give."""
    values = [_machine_bytes(), _group_bytes()]
    known = [value for value in values if value is not None]
    return min(known) if known else None


def _machine_bytes() -> int | None:
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    rows = [line.split() for line in text.splitlines() if line.startswith("MemAvailable:")]
    return int(rows[0][1]) << 10 if rows else None


def _group_bytes() -> int | None:
    """Of a control group (version 2); files in the cache give way."""
    try:
        line = next(row for row in Path("/proc/self/cgroup").read_text().splitlines() if row.startswith("0::"))
        group = Path("/sys/fs/cgroup") / line[3:].lstrip("/")
        limit = (group / "memory.max").read_text().strip()
        used = int((group / "memory.current").read_text())
        rows = dict(row.split() for row in (group / "memory.stat").read_text().splitlines())
    except (OSError, StopIteration, ValueError):
        return None
    return None if limit == "max" else int(limit) - used + int(rows.get("inactive_file", 0))
