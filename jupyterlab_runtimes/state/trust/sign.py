"""Signatures over a manifest's bytes. See docs/snapshot-format.md."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from ..snapshot.manifest import Manifest
from .keys import key_id

SCHEME = "hmac-sha256"
_DOMAIN = b"jupyterlab-runtimes/snapshot/1\n"


def sign(manifest: Manifest, key: bytes) -> Manifest:
    """The manifest with a signature by ``key`` and no other."""
    return manifest.signed({"scheme": SCHEME, "key_id": key_id(key), "mac": mac(manifest.line, key)})


def mac(line: bytes, key: bytes) -> str:
    """HMAC-SHA256 of a manifest's first line, hexadecimal."""
    return hmac.new(key, _DOMAIN + line, hashlib.sha256).hexdigest()


def fits(signature: dict[str, Any], line: bytes, key: bytes) -> bool:
    """Whether a signature is what ``key`` makes of ``line``; compared in constant time."""
    claimed = signature.get("mac")
    return isinstance(claimed, str) and hmac.compare_digest(claimed.encode(), mac(line, key).encode())
