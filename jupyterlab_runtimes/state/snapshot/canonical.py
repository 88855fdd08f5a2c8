"""Canonical JSON (RFC 8785, integers only): one object has one form in bytes, here and in JavaScript."""

from __future__ import annotations

import json
import re
from typing import Any

#: What JavaScript's numbers hold exactly.
MAX_INTEGER = 2**53 - 1

_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical(value: Any) -> bytes:
    """Write ``value`` in its canonical form.

    :raises TypeError: for what JSON has not, fractions among it.
    :raises ValueError: for integers beyond 53 bits.
    """
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # JSON.stringify escapes halves of surrogate pairs, and nothing else that Python does not.
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text).encode()


def _ordered(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError(f"{value} has more than 53 bits.")
        return int(value)
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_code_units)}
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    raise TypeError(f"A manifest can't hold {type(value).__name__}.")


def _code_units(key: str) -> bytes:
    """JavaScript compares UTF-16 code units, Python code points: they differ beyond U+FFFF."""
    return key.encode("utf-16-be", "surrogatepass")
