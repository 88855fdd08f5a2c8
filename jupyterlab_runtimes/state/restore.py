"""From a snapshot's chunks into a namespace: verified first, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

from .early import Early, Watcher
from .report import Report, sort_items
from .snapshot.errors import SnapshotError, corrupt, not_found
from .snapshot.manifest import Manifest
from .snapshot.needed import needed
from .snapshot.ports import ChunkSource
from .snapshot.reader import Reader
from .snapshot.verify import verify_in_background

#: What the graph may do: everything, or only what can't run code.
FULL, DATA = "own", "data"


def restore(
    manifest: Manifest,
    source: ChunkSource,
    namespace: dict[str, Any],
    *,
    names: Sequence[str] | None = None,
    trust: str = DATA,
    on_progress: Callable[[int], None] | None = None,
    watcher: Watcher | None = None,
) -> Report:
    """Give ``namespace`` what the snapshot holds, in one step; after a failure it is as it was.

    :param trust: ``FULL`` only for a manifest whose signature was found good by the caller, or that was accepted.
    :param on_progress: gets the bytes verified so far; what it raises ends the work.
    :param watcher: let a cell run before the mapped buffers are verified, and hear of it in another thread. Only with
        ``FULL``. The source is closed when all is verified, else by the caller. What is decoded (whatever could be
        code is) was verified before in any case.
    :raises SnapshotError: SNAPSHOT_CORRUPT | SNAPSHOT_NOT_FOUND (a name)
    """
    from . import graph

    if watcher is not None and trust != FULL:
        raise SnapshotError("INVALID_REQUEST", "Only a snapshot of one's own can be used before all of it is verified.")
    reader = Reader(manifest, source, trusted_buffers=watcher is not None)
    encoding = _encoding(manifest)
    if names is not None:
        _all_there(manifest, names)
    decoded, mapped = reader.chunks_of(*needed(manifest, names))
    now = decoded if watcher is not None else [*decoded, *mapped]
    if names is None:
        source.verify_rest()
    reader.verify(now, on_progress)
    try:
        result = graph.decode(encoding, reader, names, namespace=namespace, trust=trust)
    except (SnapshotError, MemoryError):
        raise
    except Exception as error:
        # A variable's own faults are told with it: what arrives here is a manifest that says what can't be.
        raise corrupt(f"The snapshot does not hold what it says ({type(error).__name__}: {error})") from error
    if reader.failure is not None:
        raise reader.failure
    rows = {row.get("name"): row for row in manifest.graph["variables"]}
    failed = [each.name for each in result.outcomes if _went_wrong(each, rows)]
    if failed:
        # Were it the bytes, all of the snapshot is refused.
        reader.verify(reader.chunks_of(*needed(manifest, failed, sharers=False))[1])
    later = reader.unverified(mapped) if watcher is not None else []
    graph.apply(result, namespace)
    report = Report("loaded", id=manifest.id, mid_cell=manifest.mid_cell)
    report.bytes_total = sum(chunk.length for chunk in [*decoded, *mapped])
    report.bytes_verified = sum(chunk.size for chunk in [*decoded, *mapped]) - sum(chunk.size for chunk in later)
    sort_items(report, [{**rows.get(each.name, {}), **vars(each)} for each in result.outcomes])
    if watcher is not None:
        verify_in_background(source, later, Early(manifest, result.values, namespace, watcher))
    return report


def _went_wrong(outcome: Any, rows: dict[Any, Any]) -> bool:
    return outcome.outcome == "skipped" and rows.get(outcome.name, {}).get("outcome") != "skipped"


def sources(manifest: Manifest) -> dict[str, str]:
    """The source that a snapshot brings, as a person should see it before it runs."""
    from . import graph

    return graph.sources(_encoding(manifest))


def _encoding(manifest: Manifest) -> Any:
    from . import graph

    try:
        return graph.Encoding.from_json(manifest.graph)
    except ValueError as error:
        raise SnapshotError("SNAPSHOT_VERSION", f"The snapshot can't be read here: {error}.") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise corrupt("The manifest does not say what it holds") from error


def _all_there(manifest: Manifest, names: Sequence[str]) -> None:
    there = {row.get("name") for row in manifest.graph.get("variables", [])}
    missing = [name for name in names if name not in there]
    if missing:
        raise not_found(f"The snapshot has no {', '.join(map(repr, missing))}: list what it holds.")
