"""Many strings as one buffer. Whatever is no string stands beside it, at its position, as it was."""

from __future__ import annotations

import array
import pickle
from typing import Any

_SEPARATORS = ("\n", "\x00", "\x1f", "\x1e", "\U0010fffd")
_SHORTEST = 64


def pack(items: list[Any]) -> Any:
    """A form of ``items`` that is written and read fast: a tuple whose first item names it."""
    count = len(items)
    if count < _SHORTEST:
        return ("list", items)
    kinds = set(map(type, items))
    others: Any = b""
    rest: list[Any] = []
    if kinds <= {str, type(None)}:
        few = _few(items)
        if few is not None:
            return _coded(items, few)
    if kinds != {str}:
        if str not in kinds:
            return ("list", items)
        places = [index for index, item in enumerate(items) if type(item) is not str]
        if len(places) > count // 2:
            return ("list", items)
        rest = [items[index] for index in places]
        others = pickle.PickleBuffer(memoryview(array.array("Q", places)).cast("B"))
        items = [item if type(item) is str else "" for item in items]
    for separator in _SEPARATORS:
        text = separator.join(items)
        if text.count(separator) == count - 1:
            return ("joined", separator, pickle.PickleBuffer(_encode(text)), others, rest)
    lengths = array.array("Q", map(len, items))
    return (
        "cut",
        pickle.PickleBuffer(memoryview(lengths).cast("B")),
        pickle.PickleBuffer(_encode("".join(items))),
        others,
        rest,
    )


def _coded(items: list[Any], few: list[Any]) -> Any:
    table = {text: index for index, text in enumerate(few)}
    width = "B" if len(few) <= 256 else "I"
    codes = array.array(
        width, bytes(map(table.__getitem__, items)) if width == "B" else list(map(table.__getitem__, items))
    )
    return ("codes", few, width, pickle.PickleBuffer(memoryview(codes).cast("B")), b"", [])


def _few(items: list[Any]) -> list[Any] | None:
    """The different strings, where there are few of them."""
    sample = items[:: max(1, len(items) // 1000)]
    if len(set(sample)) > len(sample) // 4:
        return None
    different = list(dict.fromkeys(items))
    return different if len(different) <= max(256, len(items) // 8) else None


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def unpack(form: tuple[Any, ...]) -> list[Any]:
    """The items again, as a list."""
    kind = form[0]
    if kind == "list":
        return list(form[1])
    if kind == "codes":
        _, few, width, memory, others, rest = form
        codes = array.array("B" if width == "B" else "I")
        codes.frombytes(memory)
        items = list(map(few.__getitem__, codes))
    elif kind == "joined":
        _, separator, memory, others, rest = form
        items = str(memory, "utf-8", "surrogatepass").split(separator)
    elif kind == "cut":
        _, sizes, memory, others, rest = form
        lengths = array.array("Q")
        lengths.frombytes(sizes)
        text, items, start = str(memory, "utf-8", "surrogatepass"), [], 0
        for length in lengths:
            items.append(text[start : start + length])
            start += length
    else:
        raise ValueError(f"strings in an unknown form: {kind!r}")
    if rest:
        places = array.array("Q")
        places.frombytes(others)
        for index, item in zip(places, rest):
            items[index] = item
    return items


def fill_flat(flat: Any, form: tuple[Any, ...]) -> None:
    """Put the items into a flat array of objects. @throws ValueError where their number differs."""
    import numpy

    if form[0] == "codes" and not form[5]:
        few = numpy.empty(len(form[1]), object)
        few[:] = form[1]
        flat[:] = few[numpy.frombuffer(form[3], "u1" if form[2] == "B" else "u4")]
        return
    items = unpack(form)
    if len(items) != flat.shape[0]:
        raise ValueError("an array of objects has another number of elements than it says")
    if form[0] == "list" or form[-1]:
        for index, item in enumerate(items):
            flat[index] = item
    else:
        flat[:] = (
            numpy.fromiter(items, dtype=object, count=len(items))
            if numpy.lib.NumpyVersion(numpy.__version__) >= "1.23.0"
            else items
        )
