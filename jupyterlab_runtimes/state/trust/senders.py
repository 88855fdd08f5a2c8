"""Senders whom the user trusts: ``state-senders.json`` in the data folder, for its user alone."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from ..snapshot.durable import write_file
from ..snapshot.errors import SnapshotError, from_os
from .keys import KEY_BYTES, data_folder, in_kernel, key_id


@dataclass(frozen=True)
class Sender:
    """Somebody whose snapshots may run code here. The key was handed over on another way; it can sign, too."""

    name: str
    key: bytes

    @property
    def key_id(self) -> str:
        """The key's fingerprint, as signatures name it."""
        return key_id(self.key)


def senders() -> list[Sender]:
    """All trusted senders; none in a kernel.

    :raises SnapshotError: FORBIDDEN (others can read the list) | SNAPSHOT_CORRUPT (it can't be read)
    """
    if in_kernel():
        return []
    path = _path()
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise from_os(error, f"The list {path} can't be read") from error
    if os.name != "nt" and stat.S_IMODE(mode) & 0o077:
        raise SnapshotError("FORBIDDEN", f"{path} holds keys and other users can read it: run `chmod 600 {path}`.")
    try:
        found = [Sender(str(row["name"]), bytes.fromhex(row["key"])) for row in json.loads(data)["senders"]]
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError("SNAPSHOT_CORRUPT", f"{path} can't be read ({error}): mend or remove it.") from error
    if any(len(sender.key) != KEY_BYTES for sender in found):
        raise SnapshotError("SNAPSHOT_CORRUPT", f"{path} holds a key that is none: mend or remove it.")
    return found


def trust_sender(name: str, key: bytes) -> Sender:
    """Trust a sender from now on."""
    sender = Sender(name, key)
    if len(key) != KEY_BYTES:
        raise SnapshotError("INVALID_REQUEST", f"A key has {KEY_BYTES} bytes: ask {name} for it again.")
    _keep([*(each for each in senders() if each.key_id != sender.key_id), sender])
    return sender


def forget_sender(fingerprint: str) -> None:
    """Trust a sender no longer."""
    _keep([each for each in senders() if each.key_id != fingerprint])


def _keep(kept: list[Sender]) -> None:
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = [{"name": sender.name, "key_id": sender.key_id, "key": sender.key.hex()} for sender in kept]
    write_file(path, memoryview(json.dumps({"senders": rows}, indent=2).encode()))


def _path() -> Path:
    return data_folder() / "state-senders.json"
