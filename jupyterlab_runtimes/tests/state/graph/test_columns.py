"""Columns of objects: strings that stand there once or again and again, with other things among them."""

from __future__ import annotations

import numpy as np
import pytest

from jupyterlab_runtimes.state.graph import Options, decode, encode

from . import bundle

MANY = 10_000


def moved(value):
    memory = bundle.Memory()
    encoding = encode({"x": value}, None, memory, options=Options(random=False))
    return decode(encoding, bundle.reading(memory), namespace={}, trust="data").values["x"], memory


def column(items):
    made = np.empty(len(items), object)
    for index, item in enumerate(items):
        made[index] = item
    return made


class _Text(str):
    def __eq__(self, other):
        raise AssertionError("the user's code ran")

    __hash__ = str.__hash__


@pytest.mark.parametrize(
    "items",
    [
        [f"row {index}" for index in range(MANY)],
        [f"a\n{index}\x00" for index in range(MANY)],
        [*(f"row \ud800 {index}" for index in range(MANY)), "", "two\nlines"],
        [*(f"row \ud800 {index}" for index in range(MANY)), "", ""],
        [*(f"row {index}" for index in range(MANY)), None, 7],
        ["x", "y\ud800", ""] * MANY,
        [None, "x", float("inf"), 7] * MANY,
        [f"city {index % 300}" for index in range(MANY)],
        [(f"row {index}", None)[index % 3 == 0] for index in range(MANY)],
        [[1], (2, [3]), {"k": 4}] * MANY,
        [],
    ],
    ids=[
        "different",
        "separators",
        "broken late",
        "surrogates",
        "others late",
        "few",
        "mixed",
        "equal",
        "missing",
        "containers",
        "empty",
    ],
)
@pytest.mark.parametrize("order", ["flat", "reversed", "fortran"])
def test_a_column_of_objects_comes_back_as_it_was(items, order):
    pytest.importorskip("pandas")
    array = column(items)
    if order == "reversed":
        array = array[::-1]
    elif order == "fortran":
        array = np.asfortranarray(array.reshape(-1, 2)) if len(items) % 2 == 0 else array
    found, _ = moved(array)
    assert found.shape == array.shape
    assert found.strides == array.strides or not array.size
    assert found.tolist() == array.tolist()
    assert [type(each) for each in found.ravel()] == [type(each) for each in array.ravel()]


def test_what_stands_in_many_places_stays_one_object_and_is_written_once():
    pytest.importorskip("pandas")
    part = ["shared"]
    array = column([part, "x" * 1000] * MANY)
    found, memory = moved(array)
    assert found[0] is found[2 * MANY - 2]
    assert found[0] == ["shared"]
    assert sum(map(len, [*memory.streams.values(), *memory.buffers])) < 3 * MANY


def test_a_column_that_holds_itself_still_does():
    pytest.importorskip("pandas")
    array = column(["x", None] * MANY)
    array[1] = array
    found, _ = moved(array)
    assert found[1] is found
    assert found[2] == "x"


@pytest.mark.parametrize("step", [1, -1], ids=["first", "last"])
def test_strings_of_a_class_of_ones_own_are_not_taken_for_strings(step):
    array = column(([_Text("a")] * 10 + [f"row {index}" for index in range(MANY)])[::step])
    memory = bundle.Memory()
    encoding = encode({"_Text": _Text, "x": array}, None, memory, options=Options(random=False))
    decoded = decode(encoding, bundle.reading(memory), namespace={})
    assert type(decoded.values["x"][::step][3]).__name__ == "_Text"
    assert type(decoded.values["x"][::step][10]) is str
