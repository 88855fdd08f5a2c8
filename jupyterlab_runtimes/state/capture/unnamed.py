"""A capture in two steps, where hashing is awaited: bytes are written while the process stands still; named later."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Callable

from ..record import record_graph
from ..snapshot.folder import Folder
from ..snapshot.manifest import new_manifest
from ..snapshot.naming import Unnamed
from ..snapshot.platform_hash import HashFile
from ..snapshot.ports import Chunk
from ..snapshot.writer import Writer
from .captured import account, captured_from
from .start import Capture
from .ways import Way


class UnnamedCapture(Capture):
    """Like any other once ``captured`` is there: at once where there is little to hash, else after ``name``."""

    def __init__(
        self, way: Way, hash_file: HashFile, sink: Unnamed, writer: Writer, graph: dict[str, Any], started: float
    ) -> None:
        super().__init__(way)
        self._hash_file = hash_file
        self.stall_s = time.perf_counter() - started
        self._sink = sink
        self._writer = writer
        self._graph = graph
        self._started = started
        if sink.is_all_named:
            self._finish({})

    async def name(self, check: Callable[[], None]) -> None:
        """Hash what was written. What cells do meanwhile makes no difference to it.

        :param check: called now and then; what it raises ends the work.
        :raises OSError: somebody has removed the files.
        """
        self._finish(await self._sink.name(self._hash_file, check))

    def _finish(self, named: Mapping[Chunk, Chunk]) -> None:
        manifest = new_manifest(self._writer.tables(named), self._graph)
        done = account(manifest, self._writer, time.perf_counter() - self._started)
        found = self._sink.found
        done["bytes_written"] -= sum(chunk.size for chunk in found)
        done["chunks_written"] -= len(found)
        self.captured = captured_from(done, self.way)


def start_unnamed(
    folder: Path,
    namespace: dict[str, Any],
    names: Sequence[str] | None,
    *,
    way: Way,
    hash_file: HashFile,
    durable: bool,
    on_progress: Callable[[int], None],
) -> UnnamedCapture:
    """Write all bytes into the store ``folder``; the parameters are those of ``start`` and ``saving_chunks``."""
    started = time.perf_counter()
    store = Folder(folder)
    store.prepare()
    sink = Unnamed(store.chunks(reuse=durable, durable=durable))
    writer = Writer(sink, digest=sink.digest, on_progress=on_progress)
    try:
        graph = record_graph(namespace, names, writer)
        writer.finish()
    finally:
        writer.close()
    return UnnamedCapture(way, hash_file, sink, writer, graph, started)
