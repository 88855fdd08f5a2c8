"""Many strings as one buffer. Whatever is no string stands beside it, at its position, as it was."""

from __future__ import annotations

import array
import operator
import pickle
import sys
from typing import Any

_SEPARATORS = ("\n", "\x00", "\x1f", "\x1e", "\U0010fffd")
_SHORTEST = 64
_MANY = 4096  # elements from which it is worth looking whether few objects stand there again and again
_SAMPLE = 1 << 15
_BLOCK = 1 << 13  # strings that are looked at, joined and encoded while they are in the processor's cache
_WIDTHS = {"B": 1 << 8, "H": 1 << 16, "I": 1 << 32}
_PLAIN = frozenset({str, type(None), float, int, bool})


def pack_flat(flat: Any) -> Any:
    """The same for a contiguous array of objects: few objects in many places are told by their addresses."""
    return _repeated(flat) or _different(flat) or pack(flat.tolist())


def is_plain(form: tuple[Any, ...]) -> bool:
    """Whether no item can refer to what holds it."""
    kind = form[0]
    items = form[1] if kind in ("list", "codes") else form[-1]
    return set(map(type, items)) <= _PLAIN


class _Addresses:
    """The elements' addresses as numbers, by numpy's array interface; it keeps the array alive."""

    def __init__(self, flat: Any, dtype: Any) -> None:
        self.flat = flat
        self.__array_interface__ = {**flat.__array_interface__, "typestr": dtype.str, "descr": [("", dtype.str)]}


def _repeated(flat: Any) -> Any:
    pandas: Any = sys.modules.get("pandas")
    count = flat.shape[0]
    if count < _MANY or not hasattr(pandas, "factorize") or sys.implementation.name != "cpython":
        return None
    import numpy

    addresses = numpy.asarray(_Addresses(flat, numpy.dtype("uintp")))
    sample = addresses[:: max(1, count // _SAMPLE)]
    if len(pandas.unique(sample)) > sample.size // 4:
        return None
    codes, different = pandas.factorize(addresses)
    if len(different) > count // 4:
        return None
    first = numpy.empty(len(different), "i8")
    first[codes[::-1]] = numpy.arange(count - 1, -1, -1)
    width = _width(len(different))
    return ("codes", flat[first].tolist(), width, pickle.PickleBuffer(codes.astype(width)), b"", [])


def _different(flat: Any) -> Any:
    """What ``pack`` makes of nothing but different strings without line breaks, without a list of all; else None."""
    count = flat.shape[0]
    if count < _MANY:
        return None
    sample = flat[:: max(1, count // 1000)].tolist()
    if not all(type(item) is str for item in sample) or _is_few(sample):
        return None
    separator = _SEPARATORS[0]
    blocks = []
    for start in range(0, count, _BLOCK):
        items = flat[start : start + _BLOCK].tolist()
        if operator.countOf(map(type, items), str) != len(items):
            return None
        text = separator.join(items)
        if text.count(separator) != len(items) - 1:
            return None
        blocks.append(_encode(text))
    return ("joined", separator, pickle.PickleBuffer(_encode(separator).join(blocks)), b"", [])


def _width(count: int) -> str:
    return next(width for width, most in _WIDTHS.items() if count <= most)


def pack(items: list[Any]) -> Any:
    """A form of ``items`` that is written and read fast: a tuple whose first item names it."""
    count = len(items)
    if count < _SHORTEST:
        return ("list", items)
    others: Any = b""
    rest: list[Any] = []
    strings = operator.countOf(map(type, items), str)
    if strings == count or strings + operator.countOf(map(type, items), type(None)) == count:
        few = _few(items)
        if few is not None:
            return _coded(items, few)
    if strings != count:
        if not strings:
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
    width = _width(len(few))
    places = map(table.__getitem__, items)
    codes = array.array(width, bytes(places) if width == "B" else list(places))
    return ("codes", few, width, pickle.PickleBuffer(memoryview(codes).cast("B")), b"", [])


def _few(items: list[Any]) -> list[Any] | None:
    """The different strings, where there are few of them."""
    if not _is_few(items[:: max(1, len(items) // 1000)]):
        return None
    different = list(dict.fromkeys(items))
    return different if len(different) <= max(256, len(items) // 8) else None


def _is_few(sample: list[Any]) -> bool:
    """Whether it may be worth the time to look how many different ones there are."""
    return len(set(sample)) <= len(sample) // 4


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def unpack(form: tuple[Any, ...]) -> list[Any]:
    """The items again, as a list."""
    kind = form[0]
    if kind == "list":
        return list(form[1])
    if kind == "codes":
        _, few, width, memory, others, rest = form
        codes = array.array(width if width in _WIDTHS else "B")
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
    if form[0] == "codes" and not form[5]:
        flat[:] = _chosen(form)
        return
    items = unpack(form)
    if len(items) != flat.shape[0]:
        raise ValueError("an array of objects has another number of elements than it says")
    if form[0] == "list" or form[-1]:
        for index, item in enumerate(items):
            flat[index] = item
    else:
        made = _array_of(items)
        flat[:] = items if made is None else made


def flat_of(form: tuple[Any, ...], count: int) -> Any:
    """A flat array of plain items, at once. @throws ValueError where their number differs."""
    import numpy

    made = _chosen(form) if form[0] == "codes" and not form[5] else _array_of(unpack(form))
    if made is None:
        made = numpy.empty(count, object)
        fill_flat(made, form)
    if made.shape != (count,):
        raise ValueError("an array of objects has another number of elements than it says")
    return made


def _array_of(items: list[Any]) -> Any:
    """None where numpy is too old for it."""
    import numpy

    if numpy.lib.NumpyVersion(numpy.__version__) < "1.23.0":
        return None
    return numpy.fromiter(items, dtype=object, count=len(items))


def _chosen(form: tuple[Any, ...]) -> Any:
    import numpy

    few = numpy.empty(len(form[1]), object)
    for index, item in enumerate(form[1]):
        few[index] = item
    return few[numpy.frombuffer(form[3], form[2] if form[2] in _WIDTHS else "B")]
