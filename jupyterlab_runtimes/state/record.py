"""From a namespace into a snapshot's chunks and its manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .namespace import hidden_names
from .snapshot.errors import not_found
from .snapshot.manifest import Manifest, new_manifest
from .snapshot.writer import Writer


def record(
    namespace: dict[str, Any], names: Sequence[str] | None, writer: Writer, *, mid_cell: bool = False
) -> Manifest:
    """Write variables through ``writer``; the manifest is not signed, and nobody has kept it yet.

    :raises SnapshotError: SNAPSHOT_NOT_FOUND (a name)
    """
    graph = record_graph(namespace, names, writer)
    return new_manifest(writer.finish(), graph, mid_cell=mid_cell)


def record_graph(namespace: dict[str, Any], names: Sequence[str] | None, writer: Writer) -> dict[str, Any]:
    """Write variables through ``writer``, which is not finished yet.

    :return: The manifest's ``graph``.
    :raises SnapshotError: SNAPSHOT_NOT_FOUND (a name)
    """
    from . import graph

    if names is not None:
        missing = [name for name in names if name not in namespace]
        if missing:
            raise not_found(f"There is no variable called {', '.join(missing)}: check the names.")
    options = graph.Options(hidden=hidden_names())
    return graph.encode(namespace, names, writer, options=options).to_json()
