"""The key of plain scripts: a file that its user alone can read. Kernels hold no key."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import sys
from pathlib import Path

from ..namespace import ipython_shell
from ..snapshot.durable import open_new, write_all
from ..snapshot.errors import SnapshotError, from_os

KEY_BYTES = 32
_HEX = re.compile(r"[0-9a-f]{64}\n?\Z")


def key_id(key: bytes) -> str:
    """What a signature calls its key: 32 hexadecimal digits that do not give it away."""
    return hashlib.sha256(b"jupyterlab-runtimes/key-id\n" + key).hexdigest()[:32]


def data_folder() -> Path:
    """``runtimes`` in Jupyter's data folder, as docs/operators.md has it."""
    chosen = os.environ.get("JUPYTERLAB_RUNTIMES_DATA_DIR")
    if chosen:
        return Path(chosen)
    jupyter = os.environ.get("JUPYTER_DATA_DIR")
    if jupyter:
        return Path(jupyter) / "runtimes"
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Jupyter" / "runtimes"
    if os.name == "nt":
        return Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming") / "jupyter" / "runtimes"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "jupyter" / "runtimes"


def own_key(*, make: bool) -> bytes | None:
    """The key of this user.

    :param make: make it where there is none yet.
    :return: None in a kernel, in Pyodide, and where there is none.
    :raises SnapshotError: FORBIDDEN (others can read it) | DISK_FULL | SNAPSHOT_CORRUPT (it is no key)
    """
    if in_kernel():
        return None
    path = data_folder() / "state.key"
    try:
        return _read(path)
    except FileNotFoundError:
        if not make:
            return None
    except OSError as error:
        raise from_os(error, f"The key {path} can't be read") from error
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _make(path)
    except OSError as error:
        raise from_os(error, f"The key {path} can't be made") from error


def in_kernel() -> bool:
    """Whether this is a kernel, or a page: whatever holds a key there, any cell could forge with."""
    if sys.platform in ("emscripten", "wasi"):
        return True
    return getattr(ipython_shell(), "kernel", None) is not None


def _read(path: Path) -> bytes:
    with open(path, "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        text = file.read(256).decode("ascii", "replace")
    if os.name != "nt" and stat.S_IMODE(mode) & 0o077:
        raise SnapshotError(
            "FORBIDDEN",
            f"{path} signs your snapshots and other users can read it: remove it (a new one is made), "
            "and trust no snapshot that was signed with it and that others could have written.",
        )
    if not _HEX.match(text):
        raise SnapshotError("SNAPSHOT_CORRUPT", f"{path} holds no key: remove it, and a new one is made.")
    return bytes.fromhex(text.strip())


def _make(path: Path) -> bytes:
    """Write a new key, in one step; where another process was quicker, use its key."""
    key = secrets.token_bytes(KEY_BYTES)
    part = path.with_name(f"{path.name}.{secrets.token_hex(6)}.part")
    descriptor = open_new(part)
    try:
        try:
            write_all(descriptor, memoryview(key.hex().encode() + b"\n"))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(part, path)  # unlike a rename it replaces nothing
        except FileExistsError:
            return _read(path)
        except (OSError, AttributeError, NotImplementedError):
            os.rename(part, path)  # a file system without links
    finally:
        part.unlink(missing_ok=True)
    return key
