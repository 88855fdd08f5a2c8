"""Compression of packs, where a probe says that it pays."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Callable

from .errors import SnapshotError, corrupt

try:
    from compression import zstd as _zstd  # Python 3.14, Pyodide too
except ImportError:
    _zstd = None

try:
    import zstandard as _zstandard
except ImportError:
    _zstandard = None

RAW, ZLIB, ZSTD = "raw", "zlib", "zstd"
CODECS = (RAW, ZLIB, ZSTD)

_PROBE_BYTES = 64 * 1024
#: Compressing pays when the probe shrinks to this part.
_PAYS = 2 / 3


def available() -> tuple[str, ...]:
    """What this Python can read, the quickest compression first."""
    return (ZSTD, ZLIB, RAW) if _zstd or _zstandard else (ZLIB, RAW)


def compress(data: memoryview, allowed: Sequence[str]) -> tuple[str, memoryview]:
    """Compress with the first of ``allowed`` that is at hand, where it pays; else give ``data`` as it is."""
    codec = next((name for name in allowed if name in available()), RAW)
    if codec == RAW or len(data) < 256:
        return RAW, data
    middle = max(0, (len(data) - _PROBE_BYTES) // 2)
    probe = data[middle : middle + _PROBE_BYTES]
    if len(_COMPRESS[codec](probe)) > len(probe) * _PAYS:
        return RAW, data
    smaller = _COMPRESS[codec](data)
    return (codec, memoryview(smaller)) if len(smaller) < len(data) else (RAW, data)


def decompress(codec: str, stored: memoryview, length: int) -> memoryview:
    """Undo :func:`compress`: exactly ``length`` bytes, and never more memory than that.

    :raises SnapshotError: SNAPSHOT_CORRUPT | VERSION_MISMATCH (no zstd in this Python).
    """
    if codec == RAW:
        return stored
    decode = _DECOMPRESS[codec]
    if decode is None:
        raise SnapshotError(
            "VERSION_MISMATCH",
            "The snapshot is compressed with zstd, and this Python has none: install zstandard, or use Python 3.14.",
        )
    try:
        data = decode(stored, length)
    except Exception as error:  # zlib.error, ZstdError: each library has its own
        raise corrupt(f"A chunk can't be decompressed ({error})") from error
    if len(data) != length:
        raise corrupt(f"A chunk has {len(data)} bytes after decompression where {length} were announced")
    return memoryview(data)


def _zlib_compress(data: memoryview) -> bytes:
    return zlib.compress(data, 1)


def _zlib_decompress(stored: memoryview, length: int) -> bytes:
    return zlib.decompressobj().decompress(stored, length + 1)


def _zstd_compress(data: memoryview) -> bytes:
    if _zstd:
        return _zstd.compress(data, 1)
    return _zstandard.ZstdCompressor(level=1).compress(data)


def _zstd_decompress(stored: memoryview, length: int) -> bytes:
    if _zstd:
        return _zstd.ZstdDecompressor().decompress(stored, length + 1)
    return _zstandard.ZstdDecompressor().decompress(stored, max_output_size=length + 1)


_COMPRESS = {ZLIB: _zlib_compress, ZSTD: _zstd_compress}
_DECOMPRESS: dict[str, Callable[[memoryview, int], bytes] | None] = {
    ZLIB: _zlib_decompress,
    ZSTD: _zstd_decompress if _zstd or _zstandard else None,
}
