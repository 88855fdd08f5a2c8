"""What a capture has written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..report import Report, sort_items
from ..snapshot.manifest import Manifest, parse_manifest
from ..snapshot.writer import Writer
from .ways import Way


@dataclass(frozen=True)
class Captured:
    """Chunks are in the store; the manifest is the caller's to sign and to keep."""

    manifest: Manifest
    report: Report
    way: Way


def account(manifest: Manifest, writer: Writer, seconds: float) -> dict[str, Any]:
    """Say what was written, as JSON has it, for ``captured_from``: also in another process."""
    return {
        "manifest": manifest.line.decode(),
        "bytes_total": writer.bytes_seen,
        "bytes_written": writer.bytes_written,
        "chunks_written": writer.chunks_written,
        "chunks_reused": writer.chunks_reused,
        "seconds": seconds,
    }


def captured_from(done: dict[str, Any], way: Way) -> Captured:
    """Read what ``account`` has said."""
    manifest = parse_manifest(done["manifest"].encode())
    numbers = {key: value for key, value in done.items() if key != "manifest"}
    report = Report("saved", id=manifest.id, mid_cell=manifest.mid_cell, **numbers)
    sort_items(report, manifest.graph["variables"])
    return Captured(manifest, report, way)
