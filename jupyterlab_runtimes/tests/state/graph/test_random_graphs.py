"""Random object graphs: what comes back is equal, shares what was shared, and has the same types."""

from __future__ import annotations

import os
import sys

import pytest

from jupyterlab_runtimes.state.graph import Options, decode, encode

from . import bundle
from .interpreters import PYODIDES_WITH_LIBRARIES, run
from .random_graphs import difference, graph

COUNT = 10_000 if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG") else 300
#: With arrays and frames where there is numpy.
PYODIDES = {"pyodide": "none", **dict.fromkeys(PYODIDES_WITH_LIBRARIES, "portable")}


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


@pytest.mark.parametrize("python", PYODIDES)
def test_random_graphs_go_into_pyodide_and_back_as_they_were(python, tmp_path):
    for first in range(0, COUNT, 1000):
        names = [f"{PYODIDES[python]}{seed}" for seed in range(first, min(first + 1000, COUNT))]
        made = run(sys.executable, "capture", tmp_path / "here", *names, table="random_values")
        assert sorted(made["made"]) == sorted(names)
        there = run(python, "check", tmp_path / "here", tmp_path / "there", table="random_values")
        assert (there["wrong"], there["refused"], there["again"]) == ({}, {}, {})
        back = run(sys.executable, "check", tmp_path / "there", table="random_values")
        assert (back["wrong"], back["refused"]) == ({}, {})
        assert sorted(there["right"]) == sorted(back["right"]) == sorted(names)
