"""Random object graphs through the kernel's protocol, by messages and by files: none comes back otherwise."""

from __future__ import annotations

import os

import pytest

from .graph.random_graphs import pack, take_out
from .test_kernel_protocol import Asker, move_chunks

COUNT = 10_000 if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG") else 100
#: Graphs that go together: the making of a transfer costs more than they do.
PACK = 250


@pytest.mark.parametrize("way", ["messages", "files"])
def test_random_graphs_go_from_one_kernel_to_another(way):
    for first in range(0, COUNT, PACK):
        seeds = range(first, min(first + PACK, COUNT))
        variables = pack(seeds)
        source, target = Asker(**variables), Asker()
        try:
            result, (manifest,) = source.ask("capture", job="c", names=list(variables))
            assert result["skipped"] == []
            if way == "messages":
                move_chunks(source, target, manifest)
                report, _ = target.ask("restore", job="r", load="l", trust="own")
            else:
                report, _ = target.ask("restore", manifest, job="r", folder=result["folder"], trust="own")
            assert sorted(report["restored"]) == sorted(variables)
            assert take_out(seeds, target.namespace) == []
        finally:
            source.ask("close")
            target.ask("close")
