"""Signatures over a manifest's bytes. See docs/snapshot-format.md."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from ..snapshot.manifest import Manifest
from . import ed25519
from .keys import key_id

#: It is one's own; and: it is somebody's whose public key has this fingerprint.
OWN_SCHEME, SENDER_SCHEME = "hmac-sha256", "ed25519"
_DOMAIN = b"jupyterlab-runtimes/snapshot/1\n"


def sign(manifest: Manifest, key: bytes, *, for_others: bool = False) -> Manifest:
    """The manifest with signatures by ``key`` and no other.

    :param for_others: those who trust the key's fingerprint can tell, too, whose it is.
    """
    signatures: list[dict[str, Any]] = [{"scheme": OWN_SCHEME, "key_id": key_id(key), "mac": mac(manifest.line, key)}]
    if for_others:
        seed = _seed(key)
        public = ed25519.public_key(seed)
        signatures.append(
            {
                "scheme": SENDER_SCHEME,
                "key_id": fingerprint(public),
                "public_key": public.hex(),
                "signature": ed25519.sign(seed, _DOMAIN + manifest.line).hex(),
            }
        )
    return manifest.signed(*signatures)


def mac(line: bytes, key: bytes) -> str:
    """HMAC-SHA256 of a manifest's first line, hexadecimal."""
    return hmac.new(key, _DOMAIN + line, hashlib.sha256).hexdigest()


def fits(signature: dict[str, Any], line: bytes, key: bytes) -> bool:
    """Whether a signature is what ``key`` makes of ``line``; compared in constant time."""
    claimed = signature.get("mac")
    return isinstance(claimed, str) and hmac.compare_digest(claimed.encode("utf-8", "replace"), mac(line, key).encode())


def signer(signature: dict[str, Any], line: bytes) -> str | None:
    """The fingerprint of whoever has signed ``line``, None where nobody has."""
    try:
        public = bytes.fromhex(signature["public_key"])
        made = bytes.fromhex(signature["signature"])
    except (KeyError, TypeError, ValueError):
        return None
    return fingerprint(public) if ed25519.verify(public, _DOMAIN + line, made) else None


def fingerprint(public: bytes) -> str:
    """What a public key is known by: 32 hexadecimal digits."""
    return hashlib.sha256(b"jupyterlab-runtimes/public-key\n" + public).hexdigest()[:32]


def own_fingerprint(key: bytes) -> str:
    """What to tell those who shall trust one's snapshots."""
    return fingerprint(ed25519.public_key(_seed(key)))


def _seed(key: bytes) -> bytes:
    return hmac.new(key, b"jupyterlab-runtimes/ed25519\n", hashlib.sha256).digest()
