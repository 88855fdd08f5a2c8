"""Random object graphs: what comes back is equal, shares what was shared, and has the same types."""

from __future__ import annotations

import os

import pytest

from jupyterlab_runtimes.state.graph import Options, decode, encode

from . import bundle
from .random_graphs import difference, graph

COUNT = 10_000 if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG") else 300


@pytest.mark.parametrize("part", range(10))
def test_random_graphs_come_back_as_they_were(part):
    for seed in range(part * COUNT // 10, (part + 1) * COUNT // 10):
        namespace, _ = graph(seed)
        memory = bundle.Memory()
        encoding = encode(namespace, None, memory, options=Options(random=False))
        assert [each.reason for each in encoding.variables if each.outcome == "skipped"] == [], seed
        for trust in ("own", "data"):
            decoded = decode(encoding, bundle.reading(memory), namespace={}, trust=trust)
            assert [each.reason for each in decoded.outcomes if each.outcome == "skipped"] == [], seed
            assert difference(seed, decoded.values) == ""
