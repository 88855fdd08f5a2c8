"""How large a value is, about, without running code of the user's."""

from __future__ import annotations

import sys
from itertools import islice
from typing import Any

from .dispatch import is_genuine, type_name

_SAMPLE = 64


def type_label(value: Any) -> str:
    """The type as a user would call it."""
    name = type_name(type(value))
    return name[len("builtins.") :] if name.startswith("builtins.") else name.replace("__main__.", "", 1)


def size_of(value: Any, depth: int = 3) -> int | None:
    """Bytes, about; large containers are sampled. None where only the object's own code could tell."""
    kind = type(value)
    if kind in (int, float, complex, bool, type(None), str, bytes, bytearray, range, slice):
        return sys.getsizeof(value)
    if kind in (list, tuple, set, frozenset):
        return sys.getsizeof(value) + _scaled(value, len(value), depth)
    if kind is dict:
        return (
            sys.getsizeof(value) + _scaled(value.keys(), len(value), depth) + _scaled(value.values(), len(value), depth)
        )
    return library_size(value)


def _scaled(items: Any, count: int, depth: int) -> int:
    if not count or not depth:
        return 0
    try:
        sample = list(islice(items, _SAMPLE))
    except RuntimeError:  # it changes in another thread
        return 0
    total = sum((size_of(item, depth - 1) or 64) for item in sample)
    return total * count // max(1, len(sample))


def readable(count: int | None) -> str:
    """A number of bytes for a person; '' where nobody knows."""
    if count is None:
        return ""
    size, units = float(count), iter(("bytes", "kB", "MB", "GB"))
    unit = next(units)
    while size >= 1000 and unit != "GB":
        size, unit = size / 1000, next(units)
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"


def library_size(value: Any) -> int | None:
    """Of arrays and frames, by their libraries' own attributes."""
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, getattr(numpy, "ndarray", ())):
        size = int(numpy.ndarray.nbytes.__get__(value))
        if numpy.ndarray.dtype.__get__(value).hasobject and value.size and type(value) is numpy.ndarray:
            flat = value.reshape(-1)[:_SAMPLE].tolist()
            size += sum(size_of(each, 1) or 64 for each in flat) * value.size // len(flat)
        return size
    name = type_name(type(value))
    if not is_genuine(type(value)):
        return None
    if name.startswith("pandas."):
        manager = getattr(value, "_mgr", None)
        if manager is not None:
            return sum(_array_size(block.values) for block in manager.blocks) + _array_size(
                getattr(value.index, "_data", None)
            )
        return _array_size(getattr(value, "_data", None))
    if name.startswith(("pyarrow.", "polars.", "torch.", "scipy.sparse")):
        try:
            size = getattr(value, "nbytes", None)
        except Exception:  # noqa: BLE001 - torch's sparse tensors do not say
            return None
        if isinstance(size, int):
            return size
        if hasattr(value, "estimated_size"):
            return int(value.estimated_size())
    return None


def _array_size(values: Any) -> int:
    found = library_size(values) if values is not None and type_name(type(values)).startswith("numpy") else None
    if found is not None:
        return found
    try:
        size = getattr(values, "nbytes", 0)
    except Exception:  # noqa: BLE001 - an extension array of somebody's own
        return 0
    return int(size) if isinstance(size, int) else 0
