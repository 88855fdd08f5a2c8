"""A foreign snapshot restores data only, whatever it says of itself."""

from __future__ import annotations

import os
import pickle
import pickletools

import pytest

from jupyterlab_runtimes.state.graph import Encoding, Variable, decode, encode, sources
from jupyterlab_runtimes.state.graph.makers import DATA, MAKERS

from . import bundle


class Hostile:
    """Runs when it is unpickled."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def foreign(stream: bytes, **lies):
    source = bundle.Reading({"x": stream}, [])
    return Encoding(variables=[Variable("x", "int", 1, "carried", **lies)]), source


HOSTILE = {
    "system": pickle.dumps(Hostile(os.system, "false")),
    "eval": pickle.dumps(Hostile(eval, "1 / 0")),
    "getattr": pickle.dumps(Hostile(getattr, {}, "pop")),
    "protocol 0": b"cos\nsystem\n(S'false'\ntR.",
    "inst": b"(S'false'\nios\nsystem\n.",
    "maker of functions": b"\x80\x04\x8c\x04~jlr\x8c\x08function\x93)R.",
    "maker with a path": b"\x80\x04\x8c\x04~jlr\x8c\x14function.__globals__\x93.",
    "attribute of a maker": b"\x80\x04\x8c\x04~jlr\x8c\x05range\x93}\x8c\x08__code__Nsb.",
    "builtins": b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93.",
    "import by name": b"\x80\x04\x8c\x04~jlr\x8c\x05named\x93\x8c\x02os\x8c\x06system\x86R.",
    "extension": b"\x80\x02\x82\x01.",
    "persistent": b"\x80\x04K\x00Q.",
}


@pytest.mark.parametrize("slot", HOSTILE)
def test_a_hostile_pickle_is_refused_before_it_runs(slot, monkeypatch):
    ran = []
    monkeypatch.setattr(os, "system", lambda *a: ran.append(a))
    encoding, source = foreign(HOSTILE[slot])
    decoded = decode(encoding, source, namespace={}, trust="data")
    assert ran == []
    if slot == "attribute of a maker":
        assert not hasattr(MAKERS["range"], "__wrapped__")
        assert MAKERS["range"](3) == range(3)
    else:
        assert decoded.values == {}
        assert decoded.outcome("x").outcome == "skipped"


def test_data_comes_without_trust_and_functions_do_not():
    import numpy as np
    import pandas as pd

    def f():
        return 1

    f.__module__ = "__main__"
    namespace = {
        "n": [1, {"a": (2.5, "x")}],
        "a": np.arange(5000.0),
        "d": pd.DataFrame({"a": [1, 2], "s": ["x", None], "t": pd.date_range("2024", periods=2, tz="UTC")}),
        "f": f,
    }
    memory = bundle.Memory()
    encoding = encode(namespace, None, memory)
    decoded = decode(encoding, bundle.reading(memory), namespace={}, trust="data")
    assert decoded.values["n"] == namespace["n"]
    assert (decoded.values["a"] == namespace["a"]).all()
    pd.testing.assert_frame_equal(decoded.values["d"], namespace["d"])
    assert "f" not in decoded.values
    assert decoded.outcome("f").reason.startswith("needs your trust")
    assert "def f():" in next(iter(sources(encoding, "f").values()))


def test_a_manifest_cannot_widen_the_list():
    memory = bundle.Memory()
    encoding = encode({"f": lambda: 1, "__name__": "__main__"}, ["f"], memory)
    for each in encoding.variables:
        each.code = False
        each.sources = []
    decoded = decode(encoding, bundle.reading(memory), namespace={}, trust="data")
    assert decoded.values == {}


def test_memory_cannot_be_reached_beyond_its_end():
    import numpy as np

    memory = bundle.Memory()
    encoding = encode({"a": np.arange(10000)}, ["a"], memory)
    source = bundle.reading(memory)
    source.buffers[0] = source.buffers[0][:100]
    decoded = decode(encoding, source, namespace={}, trust="data")
    assert decoded.outcome("a").outcome == "skipped"


def test_what_counts_as_data_is_listed():
    code = {
        "function",
        "class",
        "named",
        "getattr",
        "method",
        "partial",
        "module",
        "enum",
        "named_tuple",
        "np_subclass",
        "file",
    }
    assert not DATA & code
    for name in DATA:
        assert name in MAKERS


def test_the_streams_name_nothing_of_this_package():
    memory = bundle.Memory()
    encode({"x": complex(1, 2), "r": range(3)}, None, memory)
    for stream in memory.streams.values():
        assert all("jupyterlab" not in str(argument) for _, argument, _ in pickletools.genops(stream))
