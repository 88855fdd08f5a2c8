"""``describe``, ``save`` and ``load``: a plain script's way to keep its variables."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any, Callable

from .namespace import hidden_names, own_namespace
from .record import record
from .report import Item, Report, item, sort_items
from .restore import DATA, FULL, restore, sources
from .snapshot.errors import SnapshotError
from .snapshot.manifest import Manifest
from .snapshot.places import open_snapshot, saving
from .snapshot.workers import HAS_THREADS
from .trust.judge import FOREIGN, Standing, judge
from .trust.keys import own_key
from .trust.senders import senders
from .trust.sign import sign

_TRUST = (None, "data", "accept")


def describe(namespace: dict[str, Any] | None = None, names: Sequence[str] | None = None, deep: bool = False) -> Any:
    """Say for each variable how it would go, or why not. Calls no code of the user's, and takes no long time.

    :param deep: encode into nothing, and so foresee every refusal. That runs what pickling runs.
    """
    from . import graph

    options = graph.Options(hidden=hidden_names())
    return graph.describe(own_namespace() if namespace is None else namespace, names, deep, options=options)


def save(
    path: str | os.PathLike[str],
    names: Sequence[str] | None = None,
    namespace: dict[str, Any] | None = None,
    *,
    for_others: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> Report:
    """Save variables, all of the user's unless ``names`` says which.

    A ``.jrs`` file is written anew. A folder gets one more snapshot, of which only what changed is written. Whatever
    was there stays whole if saving fails or the process is killed.

    :param for_others: sign with your public key, too: whoever trusts its fingerprint loads it without a question.
    :param on_progress: gets the bytes taken so far; what it raises ends the work and leaves nothing behind.
    :raises SnapshotError: DISK_FULL | FORBIDDEN | SNAPSHOT_NOT_FOUND (no such folder)
    """
    started = time.perf_counter()
    namespace = own_namespace() if namespace is None else namespace
    with saving(path, on_progress=on_progress) as under_way:
        writer = under_way.writer
        manifest = record(namespace, names, writer)
        key = own_key(make=True)
        manifest = manifest if key is None else sign(manifest, key, for_others=for_others)
        where = under_way.keep(manifest)
    report = Report("saved", id=manifest.id, path=str(where))
    report.trust = "own" if manifest.signatures else FOREIGN
    report.bytes_total = writer.bytes_seen
    report.bytes_written = writer.bytes_written
    report.chunks_written = writer.chunks_written
    report.chunks_reused = writer.chunks_reused
    sort_items(report, manifest.graph["variables"])
    report.seconds = time.perf_counter() - started
    return report


def load(
    path: str | os.PathLike[str],
    names: Sequence[str] | None = None,
    namespace: dict[str, Any] | None = None,
    trust: str | None = None,
    *,
    on_progress: Callable[[int], None] | None = None,
    on_verified: Callable[[SnapshotError | None], None] | None = None,
) -> Report:
    """Load variables, all unless ``names`` says which: in one step, or not at all.

    :param path: a ``.jrs`` file, a folder (its newest snapshot), or ``FOLDER/manifests/ID.json``.
    :param trust: None restores everything of a snapshot that is one's own or a trusted sender's, and data alone of any
        other; ``data`` is for data alone; ``accept`` says that you know what its code does (see ``contents``).
    :param on_verified: one's own big arrays can be used before they are verified; it is called in another thread: with
        None when all is well, or at once with what is wrong, as often as something is. What holds it is taken out of
        the namespace again, under all names that it has there (the error's ``names``); what was computed from it since
        is not. An error without names, at the end: the snapshot could not be read any more, and what is restored stays,
        not verified. Ignored for what is not one's own, and where there are no threads: all of that is verified first.
    :raises SnapshotError: SNAPSHOT_CORRUPT | SNAPSHOT_VERSION | SNAPSHOT_NOT_FOUND | SNAPSHOT_UNTRUSTED
    """
    if trust not in _TRUST:
        raise SnapshotError("INVALID_REQUEST", f"trust can be None, 'data' or 'accept', not {trust!r}.")
    started = time.perf_counter()
    opened = open_snapshot(path)
    in_background = False
    try:
        standing = judge(opened.manifest, own_key(make=False), senders())
        level = DATA if trust == "data" or not (standing.may_run or trust == "accept") else FULL
        in_background = on_verified is not None and HAS_THREADS and standing.may_run and level == FULL
        report = restore(
            opened.manifest,
            opened.source,
            own_namespace() if namespace is None else namespace,
            names=names,
            trust=level,
            on_progress=on_progress,
            watcher=_Watcher(on_verified) if in_background and on_verified else None,
        )
    except BaseException:
        in_background = False
        raise
    finally:
        if not in_background:
            opened.source.close()
    report.path = str(opened.path)
    report.trust = "accepted" if trust == "accept" and not standing.may_run else standing.whose
    report.seconds = time.perf_counter() - started
    return report


class _Watcher:
    """Passes on what comes of a verification in the background."""

    def __init__(self, on_verified: Callable[[SnapshotError | None], None]) -> None:
        self._on_verified = on_verified
        self._failed = False

    def wrong(self, error: SnapshotError) -> None:
        self._failed = True
        self._on_verified(error)

    unverified = wrong

    def done(self) -> None:
        if not self._failed:
            self._on_verified(None)


class Contents:
    """What a snapshot holds, read from its manifest alone: nothing is loaded, and no chunk was looked at."""

    def __init__(self, manifest: Manifest, standing: Standing) -> None:
        self.id = manifest.id
        self.created_at = manifest.created_at
        self.mid_cell = manifest.mid_cell
        self.python = str(manifest.content.get("python", {}).get("version", ""))
        self.trust = standing.whose
        self.sender = standing.sender
        #: Of the public key that has signed it, '' where none has, or where it is one's own.
        self.fingerprint = standing.fingerprint
        self.variables: list[Item] = [item(row) for row in manifest.graph.get("variables", [])]
        #: Functions, classes and modules that it brings: what ``trust='accept'`` would run.
        self.sources: dict[str, str] = sources(manifest)

    def __repr__(self) -> str:
        head = f"snapshot {self.id}, {self.created_at}, Python {self.python}, {self.trust}"
        rows = [
            f"  {each.name}: {each.type}, {each.size_bytes} bytes {each.reason}".rstrip() for each in self.variables
        ]
        return "\n".join([head, *rows])


def contents(path: str | os.PathLike[str]) -> Contents:
    """List a snapshot without loading it.

    :raises SnapshotError: as ``load``.
    """
    opened = open_snapshot(path)
    try:
        return Contents(opened.manifest, judge(opened.manifest, own_key(make=False), senders()))
    finally:
        opened.source.close()
