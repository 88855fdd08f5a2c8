"""Senders whom the user trusts: ``state-senders.json`` in the data folder, for its user alone."""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from ..snapshot.durable import write_file
from ..snapshot.errors import SnapshotError, from_os
from .keys import data_folder, in_kernel


@dataclass(frozen=True)
class Sender:
    """Somebody whose snapshots may run code here. The fingerprint was told on a way that can be relied on."""

    name: str
    #: Of the public key, as signatures name it: 32 hexadecimal digits.
    fingerprint: str


def senders(folder: Path | None = None) -> list[Sender]:
    """All trusted senders; none in a kernel.

    :param folder: where the list is; default: the data folder.
    :raises SnapshotError: FORBIDDEN (others can read the list) | SNAPSHOT_CORRUPT (it can't be read)
    """
    if in_kernel():
        return []
    path = _path(folder)
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise from_os(error, f"The list {path} can't be read") from error
    if os.name != "nt" and stat.S_IMODE(mode) & 0o077:
        raise SnapshotError("FORBIDDEN", f"{path} says whose code may run: run `chmod 600 {path}`.")
    try:
        found = [Sender(str(row["name"]), _checked(row["fingerprint"])) for row in json.loads(data)["senders"]]
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError("SNAPSHOT_CORRUPT", f"{path} can't be read ({error}): mend or remove it.") from error
    return found


def trust_sender(name: str, fingerprint: str, folder: Path | None = None) -> Sender:
    """Trust a sender from now on. :raises SnapshotError: INVALID_REQUEST (it is no fingerprint)"""
    try:
        sender = Sender(name, _checked(fingerprint.strip().lower()))
    except ValueError as error:
        raise SnapshotError("INVALID_REQUEST", f"{error}: ask {name} for it again.") from error
    _keep([*(each for each in senders(folder) if each.fingerprint != sender.fingerprint), sender], folder)
    return sender


def forget_sender(fingerprint: str, folder: Path | None = None) -> None:
    """Trust a sender no longer."""
    _keep([each for each in senders(folder) if each.fingerprint != fingerprint], folder)


def _checked(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{32}", text):
        raise ValueError("A fingerprint has 32 hexadecimal digits")
    return text


def _keep(kept: list[Sender], folder: Path | None) -> None:
    path = _path(folder)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = [{"name": sender.name, "fingerprint": sender.fingerprint} for sender in kept]
    write_file(path, memoryview(json.dumps({"senders": rows}, indent=2).encode()))


def _path(folder: Path | None) -> Path:
    return (folder or data_folder()) / "state-senders.json"
