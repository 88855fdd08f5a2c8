"""Containers of plain values, looked over at the speed of C: they need no try, and their sharing is known at once."""

from __future__ import annotations

from typing import Any

#: Values without parts and without identity that matters. Exactly these types.
ATOMS = frozenset({int, float, bool, str, bytes, complex, type(None), type(Ellipsis), type(NotImplemented)})
_PICKLED_ATOMS = ATOMS - {complex, type(Ellipsis), type(NotImplemented)}
_MOST = 200_000  # containers looked at before a try is cheaper
_DEEPEST = 60
LARGE = 1024  # bytes from which the sharing of a string is worth keeping


def plain_parts(root: Any) -> dict[int, Any] | None:
    """The parts of ``root`` whose sharing matters, by id; None where ``root`` is not made of plain values alone.

    What is answered can be pickled for certain: atoms in exact lists, tuples, dicts and sets, not nested deeply.
    """
    parts: dict[int, Any] = {}
    level = [root]
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for obj in level:
            kind = type(obj)
            if kind in _PICKLED_ATOMS:
                if (kind is str or kind is bytes) and len(obj) >= LARGE:
                    parts[id(obj)] = obj
                continue
            if id(obj) in parts:
                continue
            if kind is dict:
                groups: tuple[Any, ...] = (obj.keys(), obj.values())
            elif kind is list or kind is tuple or kind is set or kind is frozenset:
                groups = (obj,)
            elif kind is bytearray:
                groups = ()
            else:
                return None
            parts[id(obj)] = obj
            if len(parts) > _MOST:
                return None
            for group in groups:
                kinds = set(map(type, group))
                if not kinds <= _PICKLED_ATOMS:
                    below.extend(group)
                elif str in kinds or bytes in kinds:
                    parts.update(
                        (id(item), item) for item in group if type(item) in (str, bytes) and len(item) >= LARGE
                    )
        if not below:
            return parts
        level = below
    return None
