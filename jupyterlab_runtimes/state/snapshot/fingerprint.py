"""Tells quickly that a chunk is probably what it was: for reuse within one's own store only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

try:
    from xxhash import xxh3_128_hexdigest as _xxh3
except ImportError:
    _xxh3 = None

#: So many places of a chunk are looked at, and so many bytes at each.
_SAMPLES = 64
_SAMPLE_BYTES = 64


@dataclass(frozen=True)
class Fingerprint:
    """``key`` finds a candidate; unless ``is_whole``, its bytes have to be compared before it is used."""

    key: str
    is_whole: bool


def fingerprint(data: memoryview) -> Fingerprint:
    """With xxhash of all bytes (an adversary could forge it, a change can't), else of some."""
    if _xxh3:
        return Fingerprint(f"xxh3:{_xxh3(data)}", True)
    digest = hashlib.blake2b(len(data).to_bytes(8, "little"), digest_size=16)
    step = max(_SAMPLE_BYTES, len(data) // _SAMPLES)
    for start in range(0, len(data), step):
        digest.update(data[start : start + _SAMPLE_BYTES])
    return Fingerprint(f"some:{digest.hexdigest()}", False)
