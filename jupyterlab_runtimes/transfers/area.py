"""Folders for what is on its way: private to this user, gone with the server, and found again after a crash."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from ..problems import Problem

#: Begins the name of every such folder; the server's process id follows.
_PREFIX = "jupyterlab-runtimes-transfers-"
#: Left free on the disk for everybody else, bytes.
_RESERVE_BYTES = 256 * 1024 * 1024


class Area:
    """One folder (mode 0700) of this server, made when it is first needed."""

    def __init__(self, root: Path | None = None) -> None:
        """@param root Where it is made. Default: the system's folder for temporary files."""
        self._root = root
        self._folder: Path | None = None

    def make(self) -> Path:
        """Make a folder in it."""
        if self._folder is None:
            self._remove_orphans()
            self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=self._root))
        return Path(tempfile.mkdtemp(dir=self._folder))

    def need(self, count: int) -> None:
        """See whether there is room.

        @param count Bytes that are to come.
        @raises Problem DISK_FULL
        """
        free = shutil.disk_usage(self._folder or self._root or tempfile.gettempdir()).free - _RESERVE_BYTES
        if count > free:
            raise Problem(
                "DISK_FULL",
                f"The variables need {count / 1e6:,.0f} MB on the disk of this Jupyter Server, and "
                f"{max(0, free) / 1e6:,.0f} are free: make room, or choose fewer.",
            )

    def close(self) -> None:
        """Remove all of it."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _remove_orphans(self) -> None:
        """Remove the folders of servers that were killed."""
        if sys.platform == "win32":  # signal 0 asks nothing there, it kills
            return
        root = self._root or Path(tempfile.gettempdir())
        for folder in root.glob(f"{_PREFIX}*"):
            owner = folder.name[len(_PREFIX) :].partition("-")[0]
            with contextlib.suppress(ValueError, PermissionError):
                try:
                    os.kill(int(owner), 0)
                except ProcessLookupError:
                    shutil.rmtree(folder, ignore_errors=True)


def mark(folder: Path) -> tuple[Path, str]:
    """Write a file by which somebody else can show that it reads this folder.

    @returns Its path and what it says.
    """
    path = folder / "mark"
    nonce = secrets.token_hex(32)
    path.write_text(nonce, encoding="ascii")
    return path, nonce


def chunk_path(folder: Path, digest: str) -> Path:
    """Where a chunk of a store is (docs/snapshot-format.md)."""
    return folder / "chunks" / digest[:2] / digest
