"""Whose a manifest is."""

from __future__ import annotations

from dataclasses import dataclass

from ..snapshot.errors import corrupt
from ..snapshot.manifest import Manifest
from .keys import key_id
from .senders import Sender
from .sign import OWN_SCHEME, SENDER_SCHEME, fits, signer

OWN, TRUSTED, FOREIGN = "own", "trusted", "foreign"


@dataclass(frozen=True)
class Standing:
    """``own``, ``trusted`` (of a sender whom the user trusts) or ``foreign``."""

    whose: str
    #: The trusted sender's name, '' for others.
    sender: str = ""
    #: Of a foreign snapshot that somebody has signed well: what could be trusted from now on.
    fingerprint: str = ""

    @property
    def may_run(self) -> bool:
        """Its code may run without a question."""
        return self.whose != FOREIGN


def judge(manifest: Manifest, own: bytes | None, senders: list[Sender]) -> Standing:
    """Look at the signatures.

    :raises SnapshotError: SNAPSHOT_CORRUPT where one is by one's own key, or says whose it is, and does not fit.
    """
    changed = f"The manifest of the snapshot {manifest.id} was changed after it was signed"
    own_id = None if own is None else key_id(own)
    for signature in manifest.signatures:
        if own is not None and signature.get("scheme") == OWN_SCHEME and signature.get("key_id") == own_id:
            if not fits(signature, manifest.line, own):
                raise corrupt(changed)
            return Standing(OWN)
    standing = Standing(FOREIGN)
    names = {sender.fingerprint: sender.name for sender in senders}
    for signature in manifest.signatures:
        if signature.get("scheme") == SENDER_SCHEME and standing.whose == FOREIGN:
            found = signer(signature, manifest.line)
            if found is None or found != signature.get("key_id"):
                raise corrupt(changed)
            standing = Standing(TRUSTED, names[found], found) if found in names else Standing(FOREIGN, "", found)
    return standing
