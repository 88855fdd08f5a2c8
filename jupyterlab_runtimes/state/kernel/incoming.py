"""A state that arrives piece by piece: every chunk is checked before it counts as being there."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from ..snapshot.errors import from_os
from . import staging
from .failures import StateError

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Incoming:
    """One state on its way in."""

    def __init__(self, manifest: bytes) -> None:
        """:raises StateError: SNAPSHOT_CORRUPT | DISK_FULL"""
        self.manifest = manifest
        self.sizes = chunk_sizes(manifest)
        self.folder = staging.make_folder()
        self._hashes: dict[str, Any] = {}
        free = staging.free_bytes(self.folder)
        needed = sum(self.sizes.values())
        if free is not None and free < needed:
            self.close()
            raise StateError(
                "DISK_FULL",
                f"The variables need {_mb(needed)} on the disk of this runtime, and {_mb(free)} are free: "
                "make room, or choose fewer.",
            )

    def missing(self) -> list[dict[str, Any]]:
        """What has not come yet, and from where on."""
        return [
            {"digest": digest, "offset": self._have(digest)}
            for digest in self.sizes
            if not staging.chunk_path(self.folder, digest).exists()
        ]

    def write(self, digest: str, offset: int, pieces: list[Any]) -> int:
        """Take the next bytes of a chunk; what came twice is passed over.

        :return: Bytes of the chunk that are here.
        :raises StateError: SNAPSHOT_CORRUPT (its digest is another) | INVALID_REQUEST | DISK_FULL
        """
        size = self.sizes.get(digest)
        if size is None:
            raise StateError("INVALID_REQUEST", "This chunk is not of this state.")
        path = staging.chunk_path(self.folder, digest)
        if path.exists():
            return size
        have = self._have(digest)
        data = [memoryview(piece).cast("B") for piece in pieces]
        count = sum(len(piece) for piece in data)
        if offset + count <= have:
            return have
        if offset != have or offset + count > size:
            raise StateError("INVALID_REQUEST", f"Bytes {offset} to {offset + count} of a chunk do not follow {have}.")
        hashed = self._hashes.setdefault(digest, hashlib.sha256())
        part = _part(path)
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            with open(part, "r+b" if have else "wb") as file:
                file.seek(have)
                for piece in data:
                    file.write(piece)
                file.truncate()
        except OSError as error:
            failure = from_os(error, "The variables can't be kept on the way")
            raise StateError(failure.code, failure.message) from error
        for piece in data:
            hashed.update(piece)
        if offset + count == size:
            self._finish(digest, path, hashed)
        return offset + count

    def close(self) -> None:
        """Forget it."""
        self._hashes.clear()
        staging.remove_folder(self.folder)

    def _have(self, digest: str) -> int:
        # Without its running hash a part is of no use: it begins again.
        part = _part(staging.chunk_path(self.folder, digest))
        return part.stat().st_size if digest in self._hashes and part.exists() else 0

    def _finish(self, digest: str, path: Path, hashed: Any) -> None:
        part = _part(path)
        del self._hashes[digest]
        if hashed.hexdigest() != digest:
            part.unlink()
            raise StateError(
                "SNAPSHOT_CORRUPT",
                "A part of the variables arrived with other bytes than were sent: try again; nothing has changed.",
            )
        os.replace(part, path)


def chunk_sizes(manifest: bytes) -> dict[str, int]:
    """Stored bytes of each chunk, by digest.

    :raises StateError: SNAPSHOT_CORRUPT
    """
    try:
        chunks = json.loads(bytes(manifest).partition(b"\n")[0])["chunks"]
        sizes = {chunk["digest"]: chunk["size"] for chunk in chunks}
    except (ValueError, KeyError, TypeError) as error:
        raise StateError("SNAPSHOT_CORRUPT", f"The manifest can't be read ({type(error).__name__}).") from error
    for digest, size in sizes.items():
        if not (isinstance(digest, str) and _DIGEST.fullmatch(digest) and isinstance(size, int) and size >= 0):
            raise StateError("SNAPSHOT_CORRUPT", "The manifest names a chunk in a way that can't be.")
    return sizes


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _mb(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
