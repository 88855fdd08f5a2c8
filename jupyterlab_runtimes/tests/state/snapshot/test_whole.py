"""Saving and loading with the real graph, in real processes."""

from __future__ import annotations

import contextlib
import json
import pickle
import random
import subprocess
import sys

import pytest

from jupyterlab_runtimes.state import SnapshotError, contents, describe, load, save
from jupyterlab_runtimes.state.snapshot.canonical import canonical
from jupyterlab_runtimes.state.snapshot.manifest import new_manifest
from jupyterlab_runtimes.state.snapshot.places import open_snapshot, saving

ran = []


def run():
    ran.append("ran")


class Hostile:
    def __reduce__(self):
        return run, ()


@pytest.fixture
def _pickled_graph():
    """The real graph."""


@pytest.fixture(autouse=True)
def _nothing_ran():
    ran.clear()


def script(program, place):
    path = place.with_suffix(".py")
    path.write_text(program)
    done = subprocess.run([sys.executable, str(path), str(place)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


SAVES = """
import sys
import numpy as np
import pandas as pd
from dataclasses import dataclass
from jupyterlab_runtimes import state

@dataclass
class Point:
    x: int
    y: int = 2

def make_counter():
    count = 0
    def up():
        nonlocal count
        count += 1
        return count
    return up

array = np.arange(2_000_000.0)
view = array[::2]
same = [array]
frame = pd.DataFrame({"n": range(1000), "s": [f"s{i}" for i in range(1000)]})
point = Point(1)
counter = make_counter(); counter()
lock_like = (i for i in range(3))
report = state.save(sys.argv[1])
print(sorted(item.name for item in report.skipped))
"""

LOADS = """
import sys
from jupyterlab_runtimes import state
report = state.load(sys.argv[1])
array[0] = 99.0
assert view[0] == 99.0 and same[0] is array
assert type(point) is Point and (point.x, point.y) == (1, 2)
assert counter() == 2
assert list(frame.s[:2]) == ["s0", "s1"]
print(report.trust, sorted(item.name for item in report.skipped))
"""


def test_a_script_loads_what_another_saved(place):
    pytest.importorskip("pandas")
    assert script(SAVES, place) == "['lock_like']\n"
    assert script(LOADS, place) == "own ['lock_like']\n"
    listed = contents(place)
    assert {"array", "frame", "point", "make_counter"} <= {item.name for item in listed.variables}
    assert any("def make_counter" in text for text in listed.sources.values())


def test_a_strangers_data_comes_without_their_code(place, data_folder):
    pytest.importorskip("pandas")
    script(SAVES, place)
    (data_folder / "state.key").unlink()
    namespace = {}
    report = load(place, namespace=namespace)
    assert report.trust == "foreign"
    assert {"array", "view", "same", "frame"} <= namespace.keys()
    assert not {"Point", "point", "counter", "make_counter"} & namespace.keys()
    assert "trust" in next(item for item in report.skipped if item.name == "counter").reason
    namespace = {}
    report = load(place, namespace=namespace, trust="accept")
    assert report.trust == "accepted"
    assert namespace["counter"]() == 2


def test_describe_foresees_what_save_leaves_out(place):
    namespace = {"a": 1, "gen": (i for i in range(3))}
    plan = describe(namespace, deep=True)
    report = save(place, namespace=namespace)
    assert [entry.name for entry in plan.entries if entry.outcome == "skipped"] == ["gen"]
    assert [item.name for item in report.skipped] == ["gen"]


def forge(folder, graph, streams, buffers):
    """A foreign snapshot, with whatever is wanted in its slots."""
    with saving(folder) as under_way:
        for name, data in streams.items():
            stream = under_way.writer.stream(name)
            stream.write(data)
            stream.commit()
        for data in buffers:
            under_way.writer.buffer(memoryview(data))
        under_way.keep(new_manifest(under_way.writer.finish(), graph))


def taken_apart(place):
    opened = open_snapshot(place)
    from jupyterlab_runtimes.state.snapshot.reader import Reader

    reader = Reader(opened.manifest, opened.source)
    streams = {name: reader.stream(name).read() for name in reader.names()}
    buffers = [bytes(reader.buffer(index)) for index in range(len(opened.manifest.buffers))]
    opened.source.close()
    return json.loads(canonical(opened.manifest.graph)), streams, buffers


@pytest.fixture
def honest(tmp_path):
    numpy = pytest.importorskip("numpy")
    pandas = pytest.importorskip("pandas")
    array = numpy.arange(20_000.0)
    namespace = {
        "array": array,
        "view": array[::2],
        "frame": pandas.DataFrame(
            {"s": [f"s{i}" for i in range(3000)], "c": pandas.Categorical(["a", "b", "a"] * 1000)}
        ),
        "plain": [1, {"a": (2, "x")}],
        "function": lambda: 1,
    }
    save(tmp_path / "honest", namespace=namespace)
    return taken_apart(tmp_path / "honest")


def test_a_hostile_pickle_in_any_stream_or_buffer_of_a_stranger_does_not_run(honest, tmp_path):
    graph, streams, buffers = honest
    for row in graph["variables"]:
        row["code"] = False  # a manifest can lie
    hostile = [pickle.dumps(Hostile(), protocol) for protocol in (0, 2, 4, 5)]
    number = 0
    for name in streams:
        for attack in hostile:
            for forged in (attack, streams[name][:-1] + attack, attack + streams[name]):
                number += 1
                folder = tmp_path / f"forged{number}"
                forge(folder, graph, {**streams, name: forged}, buffers)
                namespace = {"mine": 1}
                with contextlib.suppress(SnapshotError):
                    load(folder, namespace=namespace)
                assert ran == [], name
                assert namespace["mine"] == 1
    for index in range(len(buffers)):
        forge(tmp_path / f"buffer{index}", graph, streams, [*buffers[:index], hostile[3], *buffers[index + 1 :]])
        with contextlib.suppress(SnapshotError):
            load(tmp_path / f"buffer{index}", namespace={})
        assert ran == []


def test_a_strangers_manifest_that_lies_runs_nothing_and_breaks_nothing(honest, tmp_path):
    seed = random.Random(11)  # noqa: S311
    graph, streams, buffers = honest
    streams = {**streams, "plain": pickle.dumps(Hostile())}
    words = [None, -1, 7, "plain", "function", [], {}, [["plain", [0]]], ["plain"], True, "own", [0, 99]]
    for number in range(60):
        spoiled = json.loads(json.dumps(graph))
        target = seed.choice([spoiled, *spoiled["variables"], *spoiled["variables"]])
        target[seed.choice(list(target))] = seed.choice(words)
        forge(tmp_path / f"s{number}", spoiled, streams, buffers)
        namespace = {"mine": 1}
        try:
            load(tmp_path / f"s{number}", namespace=namespace)
        except SnapshotError:
            assert namespace == {"mine": 1}
        assert ran == []
        assert namespace["mine"] == 1
