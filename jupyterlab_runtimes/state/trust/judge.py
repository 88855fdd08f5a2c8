"""Whose a manifest is."""

from __future__ import annotations

from dataclasses import dataclass

from ..snapshot.errors import corrupt
from ..snapshot.manifest import Manifest
from .keys import key_id
from .senders import Sender
from .sign import SCHEME, fits

OWN, TRUSTED, FOREIGN = "own", "trusted", "foreign"


@dataclass(frozen=True)
class Standing:
    """``own``, ``trusted`` (of a sender whom the user trusts) or ``foreign``."""

    whose: str
    #: The trusted sender's name, '' for others.
    sender: str = ""

    @property
    def may_run(self) -> bool:
        """Its code may run without a question."""
        return self.whose != FOREIGN


def judge(manifest: Manifest, own: bytes | None, senders: list[Sender]) -> Standing:
    """Look at the signatures.

    :raises SnapshotError: SNAPSHOT_CORRUPT where one is by a known key and does not fit.
    """
    keys = {sender.key_id: (sender.key, Standing(TRUSTED, sender.name)) for sender in senders}
    if own is not None:
        keys[key_id(own)] = (own, Standing(OWN))
    standing = Standing(FOREIGN)
    for signature in manifest.signatures:
        known = keys.get(str(signature.get("key_id")))
        if signature.get("scheme") != SCHEME or known is None:
            continue
        key, means = known
        if not fits(signature, manifest.line, key):
            raise corrupt(f"The manifest of the snapshot {manifest.id} was changed after it was signed")
        if standing.whose != OWN:
            standing = means
    return standing
