"""What is in use before all of it is verified: big buffers of one's own. What turns out wrong is taken away again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from .snapshot.errors import SnapshotError
from .snapshot.manifest import Manifest
from .snapshot.needed import needed
from .snapshot.ports import Chunk


class Watcher(Protocol):
    """Hears in another thread what came of verifying what is in use already."""

    def wrong(self, error: SnapshotError) -> None:
        """At once, and more than once where more is wrong: ``error.names`` were taken out of the namespace."""
        ...

    def unverified(self, error: SnapshotError) -> None:
        """At the end: some of it could not be read again. It stays in use, and is not known to be wrong."""
        ...

    def done(self) -> None:
        """Everything was looked at."""
        ...


class Early:
    """Restored values, and which of them hold which chunks; hears what verifying them finds (``Findings``).

    :param values: what was put into ``namespace``, by name.
    """

    def __init__(self, manifest: Manifest, values: dict[str, Any], namespace: dict[str, Any], watcher: Watcher) -> None:
        self._namespace = namespace
        self._values = dict(values)
        self._watcher = watcher
        self._holders: dict[Chunk, list[str]] = {}
        #: What could not be verified, and why the first of them could not.
        self._unread: dict[str, None] = {}
        self._cause: SnapshotError | OSError | None = None
        for name in values:
            buffers = [manifest.buffers[index] for index in _buffers(manifest, name)]
            for number in dict.fromkeys(part[0] for buffer in buffers for part in buffer.parts):
                self._holders.setdefault(manifest.chunks[number], []).append(name)

    def wrong(self, chunk: Chunk, error: SnapshotError) -> None:
        """Take out of the namespace what holds this chunk, under whatever names it is there."""
        lost = {name: self._values.pop(name) for name in self._holders.get(chunk, ()) if name in self._values}
        if not lost:
            return  # all that holds it is out already
        objects = {id(value) for value in lost.values()}
        # A list first: cells may be running meanwhile.
        names = [name for name, value in list(self._namespace.items()) if id(value) in objects]
        for name in names:
            self._namespace.pop(name, None)
        self._watcher.wrong(_told(error, names, lost))

    def unread(self, chunk: Chunk, error: SnapshotError | OSError) -> None:
        """Keep in mind what could not be verified: nothing speaks against it, so it stays."""
        self._cause = self._cause or error
        self._unread.update((name, None) for name in self._holders.get(chunk, ()) if name in self._values)

    def done(self) -> None:
        """Tell what stays without having been verified, and let go of the values."""
        left = [name for name in self._unread if name in self._values]
        if self._cause is not None and left:
            self._watcher.unverified(_not_verified(self._cause, left))
        self._values.clear()
        self._watcher.done()


def _buffers(manifest: Manifest, name: str) -> Iterable[int]:
    _, buffers = needed(manifest, [name], sharers=False)
    return [index for index in buffers if index < len(manifest.buffers)]


def _not_verified(cause: SnapshotError | OSError, names: list[str]) -> SnapshotError:
    why = cause.message.partition(": ")[0] if isinstance(cause, SnapshotError) else cause.strerror or str(cause)
    return SnapshotError(
        "SNAPSHOT_NOT_FOUND",
        f"The snapshot could not be read to the end while what was restored was being verified ({why}). Not verified: "
        f"{', '.join(names)}. Nothing speaks against it, and it stays; to be sure, restore it again.",
    )


def _told(error: SnapshotError, names: list[str], lost: Iterable[str]) -> SnapshotError:
    what = ", ".join(names or lost)
    out = f"taken out of the namespace: {what}" if names else f"it was in {what}, which has another value by now"
    found = SnapshotError(
        error.code,
        f"What was restored is damaged ({error.message.partition(': ')[0]}); {out}. What was computed from it since is "
        "wrong: restore it from elsewhere, and run those cells again.",
    )
    found.names = tuple(names)
    return found
