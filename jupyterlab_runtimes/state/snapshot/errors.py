"""How saving and loading fail: a code for programs (docs/errors.md), a sentence for people."""

from __future__ import annotations

import errno


class SnapshotError(Exception):
    """A failure: ``code`` is one of docs/errors.md, ``message`` says what happened and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        #: Variables that were taken out of the namespace again, because what they hold is wrong.
        self.names: tuple[str, ...] = ()

    def __reduce__(self):
        return (type(self), (self.code, self.message))


def corrupt(message: str) -> SnapshotError:
    """Bytes are not what they were when they were written."""
    return SnapshotError("SNAPSHOT_CORRUPT", f"{message}: get the snapshot again, or take a new one.")


class Unreadable(SnapshotError):
    """Bytes that can't be read now: what was restored from them before may well be right."""


def missing(digest: str) -> SnapshotError:
    """A chunk is not where it was written."""
    return Unreadable(
        "SNAPSHOT_CORRUPT",
        f"A part of the snapshot ({digest[:12]}…) is missing: get the snapshot again, or take a new one.",
    )


def not_found(message: str) -> SnapshotError:
    """There is no such snapshot, chunk or name."""
    return SnapshotError("SNAPSHOT_NOT_FOUND", message)


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def from_os(error: OSError, what: str) -> SnapshotError:
    """Say what the operating system refused; ``what`` begins the sentence ("The snapshot can't be written to x")."""
    cause = error.strerror or str(error)
    if error.errno in _FULL:
        return SnapshotError(
            "DISK_FULL", f"{what} ({cause}): make room, or choose another place; nothing was replaced."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SnapshotError("FORBIDDEN", f"{what} ({cause}): choose another place, or mend its permissions.")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return SnapshotError("SNAPSHOT_NOT_FOUND", f"{what} ({cause}): check the path.")
    return SnapshotError("INTERNAL", f"{what} ({cause}).")
