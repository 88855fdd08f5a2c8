"""The manifest: made, written, read and checked. See docs/snapshot-format.md."""

from __future__ import annotations

import json
import platform
import re
import secrets
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from .canonical import MAX_INTEGER, canonical
from .codec import CODECS, RAW
from .errors import SnapshotError, corrupt
from .layout import FORMAT_NAME, LONGEST_CHUNK, LONGEST_MANIFEST, MAJOR, MINOR
from .ports import Chunk

_ID = re.compile(r"[0-9a-z][0-9a-z-]{7,63}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Stored:
    """A stream or a buffer: ``parts`` are ``(chunk number, offset, length)``."""

    length: int
    parts: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Manifest:
    """A manifest whose shape was checked; who wrote it, and whether the chunks are there, was not."""

    #: The signed bytes, without the line break.
    line: bytes
    content: dict[str, Any]
    chunks: tuple[Chunk, ...]
    streams: dict[str, Stored]
    buffers: tuple[Stored, ...]
    signatures: tuple[dict[str, Any], ...] = field(default=())

    @property
    def id(self) -> str:
        """Of the snapshot."""
        return self.content["id"]

    @property
    def created_at(self) -> str:
        """RFC 3339, UTC."""
        return self.content["created_at"]

    @property
    def graph(self) -> dict[str, Any]:
        """The graph's own account of what it encoded."""
        return self.content["graph"]

    @property
    def mid_cell(self) -> bool:
        """It was captured while a cell was running."""
        return self.content.get("mid_cell") is True

    def signed(self, *signatures: dict[str, Any]) -> Manifest:
        """The same manifest with these signatures."""
        return replace(self, signatures=signatures)

    def to_bytes(self) -> bytes:
        """The file."""
        if not self.signatures:
            return self.line + b"\n"
        return self.line + b"\n" + canonical({"signatures": list(self.signatures)}) + b"\n"


def new_manifest(tables: dict[str, Any], graph: dict[str, Any], *, mid_cell: bool = False) -> Manifest:
    """Make the manifest of what a ``Writer`` has finished."""
    now = datetime.now(timezone.utc)
    content = {
        "format": {"name": FORMAT_NAME, "major": MAJOR, "minor": MINOR},
        "id": f"{now:%Y%m%dt%H%M%Sz}-{secrets.token_hex(8)}",
        "created_at": f"{now:%Y-%m-%dT%H:%M:%S.%f}Z",
        "python": {
            "version": platform.python_version(),
            "implementation": sys.implementation.name,
            "platform": sys.platform,
            "machine": platform.machine(),
            "byteorder": sys.byteorder,
        },
        "mid_cell": mid_cell,
        "graph": graph,
        **tables,
    }
    return _checked(canonical(content), content)


def parse_manifest(data: bytes, expected_id: str | None = None) -> Manifest:
    """Read a manifest's bytes.

    :param expected_id: what it was asked for as; an old manifest must not be played back under another name.
    :raises SnapshotError: SNAPSHOT_CORRUPT | SNAPSHOT_VERSION
    """
    if len(data) > LONGEST_MANIFEST:
        raise corrupt(f"The manifest has {len(data)} bytes, more than any snapshot needs")
    line, _, rest = data.partition(b"\n")
    manifest = _checked(line, _object(line, "manifest"))
    if expected_id is not None and manifest.id != expected_id:
        raise corrupt(f"The snapshot {expected_id} has the manifest of another one ({manifest.id})")
    if not rest:
        return manifest
    if rest.count(b"\n") != 1 or not rest.endswith(b"\n"):
        raise corrupt("The manifest goes on where it should have ended")
    signatures = _object(rest, "list of signatures").get("signatures")
    if not isinstance(signatures, list) or not all(isinstance(each, dict) for each in signatures):
        raise corrupt("The manifest's signatures can't be read")
    return manifest.signed(*signatures)


def _object(data: bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(data.decode(), parse_constant=_no_constant, parse_float=_no_constant)
    except (ValueError, RecursionError) as error:
        raise corrupt(f"The {what} is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise corrupt(f"The {what} is not an object")
    return value


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no integer")


def _checked(line: bytes, content: dict[str, Any]) -> Manifest:
    kind = content.get("format")
    if not isinstance(kind, dict) or kind.get("name") != FORMAT_NAME or not _count(kind.get("major")):
        raise corrupt("This is not the manifest of a snapshot")
    if kind["major"] != MAJOR:
        raise SnapshotError(
            "SNAPSHOT_VERSION",
            f"The snapshot has format {kind['major']}, and this version of jupyterlab_runtimes reads format {MAJOR}: "
            "update jupyterlab_runtimes where you load it.",
        )
    if not _matches(_ID, content.get("id")) or not isinstance(content.get("created_at"), str):
        raise corrupt("The manifest has no valid id or time")
    if not isinstance(content.get("graph"), dict):
        raise corrupt("The manifest does not say what it holds")
    chunks = tuple(_chunk(each) for each in _list(content, "chunks"))
    if len({(chunk.digest, chunk.codec) for chunk in chunks}) != len(chunks):
        raise corrupt("The manifest names a chunk twice")
    streams: dict[str, Stored] = {}
    for each in _list(content, "streams"):
        name = each.get("name")
        if not isinstance(name, str) or name in streams:
            raise corrupt("The manifest names a stream twice, or not at all")
        streams[name] = _stored(each, chunks)
    buffers = tuple(_stored(each, chunks) for each in _list(content, "buffers"))
    return Manifest(line, content, chunks, streams, buffers)


def _list(content: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = content.get(key)
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise corrupt(f"The manifest's {key} can't be read")
    return value


def _chunk(value: dict[str, Any]) -> Chunk:
    digest, size, length, codec = (value.get(key) for key in ("digest", "size", "length", "codec"))
    if not _matches(_DIGEST, digest) or not _count(size) or not _count(length):
        raise corrupt("The manifest describes a chunk wrongly")
    if codec not in CODECS:
        raise SnapshotError(
            "SNAPSHOT_VERSION",
            f"The snapshot is compressed in a way that is not known here ({codec!s:.40}): "
            "update jupyterlab_runtimes where you load it.",
        )
    if max(size, length) > LONGEST_CHUNK or min(size, length) < 1 or (codec == RAW and size != length):
        raise corrupt("The manifest has a chunk of impossible size")
    return Chunk(digest, size, length, codec)


def _stored(value: dict[str, Any], chunks: tuple[Chunk, ...]) -> Stored:
    length, parts = value.get("length"), value.get("parts")
    if not _count(length) or not isinstance(parts, list):
        raise corrupt("The manifest describes a stream or buffer wrongly")
    checked = tuple(_part(part, chunks) for part in parts)
    if sum(size for _, _, size in checked) != length:
        raise corrupt("The parts of a stream or buffer do not add up")
    return Stored(length, checked)


def _part(part: Any, chunks: tuple[Chunk, ...]) -> tuple[int, int, int]:
    if not isinstance(part, list) or len(part) != 3 or not all(_count(number) for number in part):
        raise corrupt("The manifest describes a part wrongly")
    number, offset, length = part
    if number >= len(chunks) or length < 1 or offset + length > chunks[number].length:
        raise corrupt("The manifest points outside of a chunk")
    return number, offset, length


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER


def _matches(pattern: re.Pattern, value: Any) -> bool:
    return isinstance(value, str) and pattern.match(value) is not None
