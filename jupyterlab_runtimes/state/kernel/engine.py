"""Variables into a store's chunks and back, as the protocol needs it: no key is in here, and nothing is signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..capture import UnnamedCapture, choose, start, start_unnamed
from ..restore import DATA, FULL, restore
from ..snapshot.errors import SnapshotError, from_os
from ..snapshot.folder import Folder
from ..snapshot.manifest import parse_manifest
from ..snapshot.platform_hash import platform_hash
from .failures import StateError

if TYPE_CHECKING:
    from ..capture import Capture
    from ..report import Item
    from .jobs import Job
    from .verification import Verification


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
    #: How long the kernel stood still, seconds; why it had to, '' where it had not.
    stall_s: float
    stall_reason: str


def describe(namespace: dict[str, Any], names: Sequence[str] | None, deep: bool, job: Job) -> dict[str, Any]:
    """Say for each variable how it would go, or why not."""
    from .. import graph

    job.progress("describe")
    return asdict(graph.describe(namespace, names, deep))


def begin_capture(
    namespace: dict[str, Any], names: Sequence[str] | None, folder: Path, durable: bool, mid_cell: bool, job: Job
) -> Capture:
    """Begin to write what is not there yet into the store ``folder``.

    :param durable: to be kept, else it only passes through.
    :raises StateError: CONFLICT: a cell is running, and can't be copied in its middle | DISK_FULL …
    """

    def on_progress(count: int) -> None:
        job.progress("capture", count)

    on_progress(0)
    way = choose(namespace)
    if mid_cell and not way.forks:
        reason = way.reason or "The kernel can't be captured in the middle of a cell."
        raise StateError("CONFLICT", f"{reason} Wait for the end of the running cell.")
    with _told():
        hash_file = platform_hash()
        if hash_file is not None and not way.forks:
            return start_unnamed(
                folder, namespace, names, way=way, hash_file=hash_file, durable=durable, on_progress=on_progress
            )
        return start(folder, namespace, names, way=way, mid_cell=mid_cell, durable=durable, on_progress=on_progress)


async def name_chunks(capture: UnnamedCapture, job: Job) -> None:
    """Let the platform hash what was written, beside whatever the kernel does.

    :raises StateError: CANCELLED …
    """
    with _told():
        await capture.name(job.check)


def finish_capture(capture: Capture, job: Job) -> Captured:
    """Wait until all of it is written. The manifest is for the asker to sign and to keep."""
    with _told():
        captured = capture.wait(lambda count: job.progress("capture", count))
    manifest = captured.manifest
    return Captured(
        manifest.to_bytes(),
        sum(chunk.size for chunk in manifest.chunks),
        captured.report.bytes_written,
        _rows(captured.report.skipped),
        manifest.mid_cell,
        capture.stall_s,
        captured.way.reason,
    )


def load(
    manifest: bytes,
    folder: Path,
    names: Sequence[str] | None,
    namespace: dict[str, Any],
    trust: str,
    job: Job,
    verification: Verification | None = None,
) -> dict[str, Any]:
    """Check every chunk that is needed, then give the namespace all of it in one step.

    :param verification: big arrays are checked afterwards, and it is told what comes of it. Only for a manifest that
        the asker found to be signed with a key of the user's own.
    """
    job.progress("restore")
    with _told():
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
                watcher=verification,
            )
        except BaseException:
            source.close()
            raise
        if verification is None:
            source.close()
    restored = [item.name for item in report.restored]
    return {"restored": restored, "rebuilt": _rows(report.rebuilt), "skipped": _rows(report.skipped)}


def _rows(items: list[Item]) -> list[dict[str, str]]:
    return [{"name": item.name, "reason": item.reason, "remedy": item.remedy} for item in items]


@contextmanager
def _told() -> Iterator[None]:
    """Hand the package's own failures on, with their codes."""
    try:
        yield
    except SnapshotError as error:
        raise StateError(error.code, error.message) from error
    except OSError as error:
        failure = from_os(error, "The variables can't be written or read")
        raise StateError(failure.code, failure.message) from error
