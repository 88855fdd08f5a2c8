"""Which streams and buffers the chosen names need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .manifest import Manifest


def needed(manifest: Manifest, names: Iterable[str] | None, *, sharers: bool = True) -> tuple[list[str], list[int]]:
    """Stream names and buffer numbers: of ``names`` (None: all), of what they need, and what belongs to nobody.

    The graph's rows say what they need; whoever is left out by mistake is verified when it is read.

    :param sharers: with those that share objects with them, which are read together.
    """
    everything = list(manifest.streams), list(range(len(manifest.buffers)))
    if names is None:
        return everything
    rows = {str(row.get("name")): row for row in _rows(manifest)}
    wanted: dict[str, None] = {}
    waiting = list(names)
    keys = ("needs", "shares") if sharers else ("needs",)
    while waiting:
        name = waiting.pop()
        if name in wanted:
            continue
        wanted[name] = None
        row = rows.get(name, {})
        waiting.extend(each for key in keys for each in _strings(row.get(key)) if each in rows)
    nobodys = [name for name in manifest.streams if name not in rows]
    buffers: dict[int, None] = {}
    for name in wanted:
        listed = rows.get(name, {}).get("buffers")
        if not isinstance(listed, list):
            return [*wanted, *nobodys], everything[1]
        buffers.update({each: None for each in listed if isinstance(each, int)})
    return [*wanted, *nobodys], list(buffers)


def _rows(manifest: Manifest) -> list[dict[str, Any]]:
    rows = manifest.graph.get("variables")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
