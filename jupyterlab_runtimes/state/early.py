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

    def done(self) -> None:
        """Everything was looked at."""
        ...


class Early:
    """Restored values, and which of them hold which chunks.

    :param values: what was put into ``namespace``, by name.
    """

    def __init__(self, manifest: Manifest, values: dict[str, Any], namespace: dict[str, Any], watcher: Watcher) -> None:
        self._namespace = namespace
        self._values = dict(values)
        self._watcher = watcher
        self._holders: dict[Chunk, list[str]] = {}
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

    def done(self) -> None:
        """Let go of the values."""
        self._values.clear()
        self._watcher.done()


def _buffers(manifest: Manifest, name: str) -> Iterable[int]:
    _, buffers = needed(manifest, [name], sharers=False)
    return [index for index in buffers if index < len(manifest.buffers)]


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
