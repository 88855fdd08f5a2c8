"""How bytes are cut into chunks. See docs/snapshot-format.md."""

from __future__ import annotations

from collections.abc import Iterator

MIB = 1 << 20

FORMAT_NAME = "jupyterlab-runtimes/snapshot"
MAJOR = 1
MINOR = 0

#: A buffer from this size on is mapped: chunks of its own, not compressed.
MAPPED_FROM = 4 * MIB
#: What a mapped buffer is cut at; also what a pack holds.
CHUNK = 8 * MIB
#: A mapped chunk has at least these.
SMALLEST_MAPPED = 4 * MIB
#: A reader refuses longer chunks, before and after decoding.
LONGEST_CHUNK = 16 * MIB
#: Where buffers start within a pack: wide enough for every vector instruction.
PACK_ALIGNMENT = 64
#: Where mapped chunks start within a file: the coarsest that a system asks for (Windows).
FILE_ALIGNMENT = 64 * 1024
LONGEST_MANIFEST = 256 * MIB


def cut(length: int) -> Iterator[tuple[int, int]]:
    """Cut a mapped buffer: ``(start, length)`` of each chunk, all of 4 to 8 MiB."""
    start = 0
    while length - start > CHUNK:
        rest = length - start
        size = CHUNK if rest - CHUNK >= SMALLEST_MAPPED else SMALLEST_MAPPED
        yield start, size
        start += size
    yield start, length - start


def aligned(offset: int, alignment: int) -> int:
    """The next multiple of ``alignment`` at or after ``offset``."""
    return -(-offset // alignment) * alignment
