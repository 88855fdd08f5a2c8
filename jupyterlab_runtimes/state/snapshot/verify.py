"""Chunks against their digests, several at a time, without keeping them in memory."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Iterable
from typing import Any, Callable, Protocol

from .codec import decompress
from .errors import SnapshotError, Unreadable, corrupt
from .layout import MIB
from .ports import Chunk, ChunkSource
from .workers import workers

_local = threading.local()
_MOST_UNDER_WAY = 16


def verify(
    source: ChunkSource,
    chunks: Iterable[Chunk],
    on_progress: Callable[[int], None] | None = None,
) -> None:
    """Check the digest of each chunk.

    :param on_progress: gets the bytes that were checked; what it raises ends the work.
    :raises SnapshotError: SNAPSHOT_CORRUPT, about the first chunk that does not fit.
    """
    pool = workers()
    under_way: deque[Any] = deque()
    done = 0
    try:
        for chunk in chunks:
            under_way.append(pool.submit(_check, source, chunk))
            if len(under_way) >= _MOST_UNDER_WAY:
                done += under_way.popleft().result()
                if on_progress:
                    on_progress(done)
        while under_way:
            done += under_way.popleft().result()
            if on_progress:
                on_progress(done)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class Findings(Protocol):
    """Hears, in the verifying thread, of each chunk that is not as it should be."""

    def wrong(self, chunk: Chunk, error: SnapshotError) -> None:
        """It has other bytes than were written."""
        ...

    def unread(self, chunk: Chunk, error: SnapshotError | OSError) -> None:
        """It can't be read any more (its file has gone, too many files are open): what it holds is not known to be
        wrong.
        """
        ...

    def done(self) -> None:
        """Every chunk was looked at."""
        ...


def verify_in_background(source: ChunkSource, chunks: list[Chunk], findings: Findings) -> None:
    """Check every chunk while others go on, in another thread: each finding is told at once, and then the end.

    The source is closed at the end. A process that ends meanwhile is told nothing.
    """

    def work() -> None:
        pool = workers()
        under_way: deque[Any] = deque()

        def take() -> None:
            chunk, checked = under_way.popleft()
            try:
                checked.result()
            except (Unreadable, OSError) as error:
                findings.unread(chunk, error)
            except SnapshotError as error:
                findings.wrong(chunk, error)

        try:
            for chunk in chunks:
                try:
                    under_way.append((chunk, pool.submit(_check, source, chunk)))
                except RuntimeError:  # the interpreter ends, and takes no more work
                    return
                if len(under_way) >= _MOST_UNDER_WAY:
                    take()
            while under_way:
                take()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            source.close()
        findings.done()

    threading.Thread(target=work, name="snapshot-verification", daemon=True).start()


def read_verified(source: ChunkSource, chunk: Chunk) -> memoryview:
    """Read a chunk whole, check these very bytes, and decode them."""
    stored = memoryview(bytearray(chunk.size))
    if _fill(source, chunk, 0, stored) != chunk.size:
        raise _wrong(chunk)
    if hashlib.sha256(stored).hexdigest() != chunk.digest:
        raise _wrong(chunk)
    return decompress(chunk.codec, stored, chunk.length)


def _check(source: ChunkSource, chunk: Chunk) -> int:
    if not hasattr(_local, "block"):
        _local.block = memoryview(bytearray(MIB))  # stays in the processor's cache
    digest = hashlib.sha256()
    done = 0
    while done < chunk.size:
        block = _local.block[: min(MIB, chunk.size - done)]
        count = source.read_into(chunk, done, block)
        if count == 0:
            raise _wrong(chunk)
        digest.update(block[:count])
        done += count
    if digest.hexdigest() != chunk.digest:
        raise _wrong(chunk)
    return chunk.size


def _fill(source: ChunkSource, chunk: Chunk, offset: int, target: memoryview) -> int:
    done = 0
    while done < len(target):
        count = source.read_into(chunk, offset + done, target[done:])
        if count == 0:
            break
        done += count
    return done


def _wrong(chunk: Chunk) -> SnapshotError:
    return corrupt(f"A part of the snapshot ({chunk.digest[:12]}…) has other bytes than were written")
