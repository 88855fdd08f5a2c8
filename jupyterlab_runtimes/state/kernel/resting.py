"""What rests in a kernel between two requests: captures that are read, and loads that arrive, each in a folder.

One that nobody has asked for in long is abandoned: the page that began it has gone. It takes no room any more then.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from . import staging
from .failures import StateError
from .incoming import Incoming
from .verification import Verification

#: Seconds.
_ABANDONED_S = 3600.0


class Resting:
    """Captures and loads by the names that who asks has given them."""

    def __init__(self) -> None:
        self._captures: dict[str, Path] = {}
        self._loads: dict[str, Incoming] = {}
        #: Who needs a load's chunks until all was looked at.
        self._readers: dict[str, Verification] = {}
        #: When what can be abandoned was asked for last.
        self._touched: dict[str, float] = {}

    def begin_capture(self, name: str, folder: Path) -> None:
        """It is being written into a folder."""
        self._captures[name] = folder

    def touch(self, *names: object) -> None:
        """Somebody asks for these, if they are there; others may turn out to be abandoned."""
        now = time.monotonic()
        for name in names:
            if isinstance(name, str) and name in self._touched:
                self._touched[name] = now
        for name, at in list(self._touched.items()):
            if now - at > _ABANDONED_S:
                self.release(name)
                self.discard(name)

    def rest(self, name: str) -> None:
        """Nothing is done with it now: it waits to be asked for, and can be abandoned."""
        self._touched[name] = time.monotonic()

    def capture(self, name: str) -> Path:
        """Its folder.

        :raises StateError: SNAPSHOT_NOT_FOUND
        """
        folder = self._captures.get(name)
        if folder is None:
            raise StateError("SNAPSHOT_NOT_FOUND", "This capture is not there any more: capture again.")
        return folder

    def release(self, name: str) -> None:
        """A capture is not needed any more."""
        self._touched.pop(name, None)
        folder = self._captures.pop(name, None)
        if folder is not None:
            staging.remove_folder(folder)

    def receive(self, name: str, buffers: list[Any]) -> Incoming:
        """A load begins to arrive, with its manifest; or it goes on."""
        if name not in self._loads:
            self._loads[name] = Incoming(bytes(buffers[0]))
            self.rest(name)
        return self._loads[name]

    def load(self, name: str) -> Incoming:
        """What has arrived of it.

        :raises StateError: SNAPSHOT_NOT_FOUND
        """
        load = self._loads.get(name)
        if load is None:
            raise StateError("SNAPSHOT_NOT_FOUND", "What had arrived is not there any more: begin again.")
        return load

    def use(self, name: str) -> None:
        """A load is restored from: until it rests again, however long that takes, it is not abandoned."""
        self._touched.pop(name, None)

    def read_by(self, name: str, reader: Verification) -> None:
        """A load's chunks are needed until that is over."""
        self._readers[name] = reader

    def discard(self, name: str) -> None:
        """A load is not needed any more; its chunks go with the last who reads them."""
        self._touched.pop(name, None)
        load = self._loads.pop(name, None)
        reader = self._readers.pop(name, None)
        if load is not None and reader is not None:
            reader.when_over(load.close)
        elif load is not None:
            load.close()

    def close(self) -> None:
        """Remove everything."""
        for load in self._loads.values():
            load.close()
        staging.remove_all()
