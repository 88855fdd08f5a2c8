"""Folders of this kernel's own, where a state rests between two kernels. They end with the kernel.

:see: docs/snapshot-format.md, "A store"
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

#: Begins the name of every such folder; the kernel's process id follows.
PREFIX = "jupyterlab-runtimes-state-"

_folders: set[Path] = set()


def make_folder() -> Path:
    """Make a folder that only this user can read (mode 0700)."""
    if not _folders:
        atexit.register(remove_all)
        _remove_orphans()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    _folders.add(folder)
    return folder


def remove_folder(folder: Path) -> None:
    """Remove what `make_folder` made; another folder is left alone."""
    if folder in _folders:
        _folders.discard(folder)
        shutil.rmtree(folder, ignore_errors=True)


def remove_all() -> None:
    """Remove every folder that was made here."""
    for folder in list(_folders):
        remove_folder(folder)


def _remove_orphans() -> None:
    """Remove the folders of kernels that were killed."""
    if sys.platform in ("emscripten", "win32"):
        # Signal 0 asks nothing there, it kills; and a browser's memory ends with its kernel.
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name[len(PREFIX) :].partition("-")[0]
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, OSError):
            continue


def chunk_path(folder: Path, digest: str) -> Path:
    """Where a chunk of a store is."""
    return folder / "chunks" / digest[:2] / digest


def free_bytes(folder: Path) -> int | None:
    """What the disk has left; None where that can't be known."""
    try:
        return shutil.disk_usage(folder).free
    except (OSError, AttributeError):
        return None


def holds(path: str, nonce: str) -> bool:
    """Whether a file that another kernel has just written can be read here, with the same content."""
    try:
        return Path(path).read_text(encoding="ascii") == nonce
    except (OSError, ValueError):
        return False
