"""Variables into a store's chunks and back, as the protocol needs it: no key is in here, and nothing is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..report import SKIPPED
from ..restore import DATA, FULL, restore
from ..snapshot.errors import SnapshotError, from_os
from ..snapshot.folder import Folder
from ..snapshot.manifest import new_manifest, parse_manifest
from ..snapshot.places import saving
from .failures import StateError

if TYPE_CHECKING:
    from ..report import Item, Report
    from .jobs import Job


@dataclass
class Captured:
    """What a capture has written."""

    #: The manifest's bytes, not signed.
    manifest: bytes
    #: Stored bytes of all chunks, and of those that were not there before.
    bytes: int
    written: int
    #: ``{"name", "reason", "remedy"}`` of each variable that is left out.
    skipped: list[dict[str, str]]
    mid_cell: bool


def describe(namespace: dict[str, Any], names: Sequence[str] | None, deep: bool, job: Job) -> dict[str, Any]:
    """Say for each variable how it would go, or why not."""
    from .. import graph

    job.progress("describe")
    return graph.describe(namespace, names, deep)


def capture(namespace: dict[str, Any], names: Sequence[str] | None, folder: Path, mid_cell: bool, job: Job) -> Captured:
    """Write what is not there yet into the store ``folder``. The manifest is for the asker to sign and to keep."""
    from .. import graph

    job.progress("capture")
    try:
        with saving(folder, on_progress=lambda count: job.progress("capture", count)) as under_way:
            writer = under_way.writer
            encoding = graph.encode(namespace, names, writer)
            manifest = new_manifest(writer.finish(), encoding, mid_cell=mid_cell)
    except SnapshotError as error:
        raise StateError(error.code, error.message) from error
    rows = [row for row in encoding["variables"] if row.get("outcome") == SKIPPED]
    return Captured(
        manifest.to_bytes(),
        sum(chunk.size for chunk in manifest.chunks),
        writer.bytes_written,
        [{key: str(row.get(key) or "") for key in ("name", "reason", "remedy")} for row in rows],
        mid_cell,
    )


def load(
    manifest: bytes,
    folder: Path,
    names: Sequence[str] | None,
    namespace: dict[str, Any],
    trust: str,
    job: Job,
) -> dict[str, Any]:
    """Check every chunk that is needed, then give the namespace all of it in one step."""
    job.progress("restore")
    try:
        parsed = parse_manifest(manifest)
        total = sum(chunk.size for chunk in parsed.chunks)
        source = Folder(folder).chunks()
        try:
            report = restore(
                parsed,
                source,
                namespace,
                names=names,
                trust=FULL if trust == "own" else DATA,
                on_progress=lambda count: job.progress("restore", count, total),
            )
        finally:
            source.close()
    except SnapshotError as error:
        raise StateError(error.code, error.message) from error
    except OSError as error:
        failure = from_os(error, "The variables can't be read")
        raise StateError(failure.code, failure.message) from error
    return _report(report)


def _report(report: Report) -> dict[str, Any]:
    def rows(items: list[Item]) -> list[dict[str, Any]]:
        return [{"name": item.name, "reason": item.reason, "remedy": item.remedy} for item in items]

    return {
        "restored": [item.name for item in report.restored],
        "rebuilt": rows(report.rebuilt),
        "skipped": rows(report.skipped),
    }
