"""A key folder of the test's own, and a graph that is as simple as can be."""

from __future__ import annotations

import pytest

import jupyterlab_runtimes.state as state

from . import pickled


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    monkeypatch.setenv("JUPYTERLAB_RUNTIMES_DATA_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _pickled_graph(monkeypatch):
    """The format is tested alone: it must keep a graph's secrets whatever the graph is."""
    monkeypatch.setitem(__import__("sys").modules, "jupyterlab_runtimes.state.graph", pickled)
    monkeypatch.setattr(state, "graph", pickled, raising=False)


@pytest.fixture(params=["store", "file.jrs"])
def place(request, tmp_path):
    """Where a snapshot goes: a folder, or one file."""
    return tmp_path / request.param
