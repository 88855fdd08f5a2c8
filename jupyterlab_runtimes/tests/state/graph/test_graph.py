"""What an encoding promises beyond single values: parts of it, failures, names, modules."""

from __future__ import annotations

import datetime
import importlib
import sys
import threading
import time
import zoneinfo

import numpy as np
import pytest

from jupyterlab_runtimes.state.graph import Encoding, Options, apply, decode, describe, encode, user_names
from jupyterlab_runtimes.state.kernel import facts

from . import bundle


def moved(namespace, names=None, read=None, **options):
    memory = bundle.Memory()
    encoding = encode(namespace, names, memory, options=Options(**options))
    again = Encoding.from_json(encoding.to_json())
    return encoding, decode(again, bundle.reading(memory), read, namespace={})


def test_a_part_is_read_with_what_it_needs_and_nothing_else():
    shared = [1]
    encoding, decoded = moved({"a": [shared], "b": {"k": shared}, "c": [2]}, read=["b"])
    assert list(decoded.values) == ["b"]
    assert encoding.variable("b").needs == ["a"]
    assert encoding.variable("c").needs == []
    assert encoding.variable("a").shares == ["b"]


def test_a_variable_that_fails_harms_no_other_that_shares_with_it():
    shared = [1]
    _, decoded = moved({"bad": [shared, (i for i in ())], "good": [shared], "also": shared})
    assert decoded.outcome("bad").outcome == "skipped"
    assert decoded.values["good"][0] is decoded.values["also"]


def test_a_restore_that_fails_leaves_the_namespace_alone():
    memory = bundle.Memory()
    encoding = encode({"a": [1, object()], "b": 2}, None, memory)
    memory.streams["a"] = memory.streams["a"][:-5]
    target = {"a": "old", "b": "old"}
    decoded = decode(encoding, bundle.reading(memory), namespace=target)
    assert target == {"a": "old", "b": "old"}
    apply(decoded, target)
    assert target["a"] == "old"
    assert target["b"] == 2


def test_only_the_seen_part_of_a_large_owner_is_written():
    memory = bundle.Memory()
    big = np.zeros(1 << 20)
    encode({"v": big[1000:11000]}, ["v"], memory, options=Options(random=False))
    assert sum(map(len, memory.buffers)) == 80_000


def test_an_owner_is_written_once():
    memory = bundle.Memory()
    big = np.zeros(100_000)
    encode({"a": big, "b": big[::2], "c": big.reshape(100, -1).T}, None, memory, options=Options(random=False))
    assert sum(map(len, memory.buffers)) == big.nbytes


def test_nothing_is_left_on_the_users_classes():
    class Point:
        pass

    Point.__module__ = "__main__"
    before = dict(vars(Point))
    encode({"p": Point(), "Point": Point}, None, bundle.Memory())
    assert dict(vars(Point)) == before
    assert "~jlr" not in sys.modules


def test_the_users_names_are_told_from_ipythons():
    shell_open, history = open, ["x"]
    hidden = {"open": shell_open, "In": history, "exit": 1}
    namespace = {
        "In": history,
        "_ih": history,
        "open": shell_open,
        "exit": 2,
        "_x": 3,
        "_": 4,
        "__": 4,
        "_i1": "",
        "_12": 5,
        "list": 6,
    }
    assert user_names(namespace, hidden) == ["exit", "_x", "list"]


def test_the_random_state_goes_on():
    import random

    random.seed(5)
    np.random.seed(5)
    memory = bundle.Memory()
    encoding = encode({}, None, memory)
    expected = random.random(), np.random.rand()  # noqa: S311
    apply(decode(encoding, bundle.reading(memory), namespace={}), {})
    assert (random.random(), np.random.rand()) == expected  # noqa: S311


def test_a_module_of_the_users_own_travels_as_files(tmp_path, monkeypatch):
    (tmp_path / "my_tools_here").mkdir()
    (tmp_path / "my_tools_here" / "__init__.py").write_text("from .parts import double\n")
    (tmp_path / "my_tools_here" / "parts.py").write_text("class Part:\n    x = 1\ndef double(n):\n    return 2 * n\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    tools = importlib.import_module("my_tools_here")
    memory = bundle.Memory()
    namespace = {"t": tools, "d": tools.double, "p": tools.parts.Part()}
    encoding = encode(namespace, None, memory)
    assert encoding.modules[0]["name"] == "my_tools_here"
    assert encoding.modules[0]["size_bytes"] > 0
    finders = list(sys.meta_path)
    for name in [name for name in sys.modules if name.startswith("my_tools_here")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each != str(tmp_path)])
    importlib.invalidate_caches()
    try:
        decoded = decode(encoding, bundle.reading(memory), namespace={})
        assert decoded.values["d"](4) == 8
        assert decoded.values["p"].x == 1
        assert decoded.outcome("d").outcome == "rebuilt"
        second = bundle.Memory()
        again = encode(dict(decoded.values), None, second)
        assert again.modules[0]["files"] == ["my_tools_here/__init__.py", "my_tools_here/parts.py"]
    finally:
        sys.meta_path[:] = finders
        for name in [name for name in sys.modules if name.startswith("my_tools_here")]:
            sys.modules.pop(name)


def test_a_capture_in_another_thread_bounds_the_users_code_too():
    class Slow:
        def __reduce__(self):
            while True:
                time.sleep(0.001)

    outcome = []

    def capture():
        encoding = encode({"x": Slow(), "y": 1}, None, bundle.Memory(), options=Options(budget_s=0.3, random=False))
        outcome.extend(each.outcome for each in encoding.variables)

    thread = threading.Thread(target=capture)
    thread.start()
    thread.join(20)
    assert outcome == ["skipped", "carried"]


def test_a_look_at_many_names_takes_no_time_and_runs_no_code():
    class Loud:
        def __getattr__(self, name):
            raise AssertionError(name)

        def __reduce__(self):
            raise AssertionError

    namespace = (
        {f"a{i}": np.zeros(1000) for i in range(450)}
        | {f"l{i}": list(range(1000)) for i in range(49)}
        | {"loud": Loud()}
    )
    start = time.monotonic()
    plan = describe(namespace)
    assert time.monotonic() - start < 1.0
    assert len(plan.entries) == 500
    assert plan.entry("a0").outcome == "carried"
    assert plan.entry("a0").size_bytes == 8000
    assert plan.entry("loud").outcome == "unknown until tried"


def test_a_file_of_a_newer_form_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="update jupyterlab-runtimes"):
        Encoding.from_json({"version": 99, "variables": []})


@pytest.mark.parametrize(
    "stream", [b"", b"\x80\x05K\x01.", b"\x80\x05c~jlr\nno_such_maker\n.", b"\x80\x05}X\x06\x00\x00\x00randomK\x01s."]
)
def test_a_bad_state_of_the_random_generators_is_told_and_loses_no_variable(stream):
    memory = bundle.Memory()
    encoding = encode({"a": 1}, None, memory)
    memory.streams["~random"] = stream
    decoded = decode(encoding, bundle.reading(memory), namespace={})
    assert decoded.values == {"a": 1}
    assert decoded.random is None
    assert decoded.outcome("~random").outcome == "skipped"
    assert decoded.outcome("~random").reason.startswith("the random generators stay as they are: ")


def test_a_plan_is_printed_as_a_table():
    array = np.zeros(1000)
    plan = describe({"array": array, "view": array[1:], "gen": (i for i in ()), "api_key": "x"}, deep=True)
    assert str(plan).splitlines() == [
        "4 variables: 3 carried, 1 skipped",
        "  name     type               size  how it goes",
        "  array    numpy.ndarray    8.1 kB  carried; shares with view",
        "  view     numpy.ndarray    8.1 kB  carried; shares with array",
        "  gen      generator                skipped: a generator keeps a running frame (turn it into a list)",
        "  api_key  str            50 bytes  carried; it may be a secret: its name is one that secrets are given",
    ]


def test_time_zones_need_a_database_of_them(monkeypatch):
    def no_distribution(name):
        raise importlib.metadata.PackageNotFoundError(name)

    def found():
        with monkeypatch.context() as patched:
            patched.setattr(facts.importlib.metadata, "version", no_distribution)
            return facts.inspect(["tzdata"])["distributions"]["tzdata"]

    monkeypatch.setitem(sys.modules, "tzdata", None)
    when = datetime.datetime(2026, 3, 29, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    encoding, decoded = moved({"when": when, "plain": 1})
    assert [each["name"] for each in encoding.requires] == ["tzdata"]
    assert decoded.values == {"when": when, "plain": 1}
    assert found() == ""
    # As on Windows and in Pyodide: the system has none.
    zoneinfo.ZoneInfo.clear_cache()
    zoneinfo.reset_tzpath(to=())
    try:
        _, decoded = moved({"when": when, "plain": 1})
        assert found() is None
    finally:
        zoneinfo.reset_tzpath()
    assert decoded.values == {"plain": 1}
    assert decoded.outcome("when").remedy == "install tzdata"
