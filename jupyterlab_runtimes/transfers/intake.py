"""Bytes of one request on their way into a chunk, written and hashed beside the thread that everybody waits for."""

from __future__ import annotations

import asyncio
import contextlib

from ..problems import Problem
from .chunks import Writing

#: So many bytes are handed over at a time.
_BATCH_BYTES = 1024 * 1024


class Intake:
    """Gathers what comes in small pieces. At most one batch of a request is being written."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._gathered: list[bytes] = []
        self._count = 0
        self._is_busy = False

    async def take(self, piece: bytes) -> None:
        """Take what follows; who waits for it sends no faster than it is written.

        @raises Problem INVALID_REQUEST | DISK_FULL
        """
        self._gathered.append(piece)
        self._count += len(piece)
        if self._count >= _BATCH_BYTES:
            await self._write()

    async def finish(self) -> None:
        """All has come.

        @raises Problem as of `take`
        """
        try:
            await self._write()
        finally:
            self._writing.end()

    def break_off(self) -> None:
        """Keep what has come, as far as nothing before it is still being written. Safe to call at any time."""
        if self._gathered and not self._is_busy:
            with contextlib.suppress(Problem):  # what was not kept is sent again
                self._writing.add(self._batch())
        self._writing.end()

    async def _write(self) -> None:
        self._is_busy = True
        try:
            await asyncio.to_thread(self._writing.add, self._batch())
        finally:
            self._is_busy = False

    def _batch(self) -> bytes:
        batch, self._gathered, self._count = b"".join(self._gathered), [], 0
        return batch
