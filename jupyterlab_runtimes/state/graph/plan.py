"""What would happen to each variable, told before anything is given up."""

from __future__ import annotations

import sys
import time
import types
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .dispatch import Table, is_genuine, load, type_name
from .encode import foresee
from .generic import reduce_object
from .names import user_names
from .plain import ATOMS
from .refusal import NEVER
from .secrets import name_secret, secret_reason
from .session import Options
from .sizes import readable, size_of, type_label

UNKNOWN = "unknown until tried"
OUTCOMES = ("carried", "rebuilt", "skipped")
_WIDEST = 40  # characters of a name or type in the table


@dataclass
class PlanEntry:
    """One name. ``outcome``: carried, rebuilt, skipped, or unknown until tried."""

    name: str
    type: str
    size_bytes: int | None
    outcome: str
    reason: str = ""
    remedy: str = ""
    shares: list[str] = field(default_factory=list)
    requires: list[dict[str, Any]] = field(default_factory=list)
    #: It looks like a secret, and so should not leave unasked. Where time ran out only its name was looked at.
    secret_like: bool = False
    #: Why, without its value: its name, or what is in it.
    secret_reason: str = ""


@dataclass(repr=False)
class Plan:
    """All names. ``complete`` is False where time ran out, and the rest says ``unknown until tried``."""

    entries: list[PlanEntry]
    complete: bool = True

    def entry(self, name: str) -> PlanEntry:
        """Of one name. @throws KeyError"""
        for each in self.entries:
            if each.name == name:
                return each
        raise KeyError(name)

    def __str__(self) -> str:
        return self.__repr__()

    def __repr__(self) -> str:
        count = len(self.entries)
        first = f"{count} variable{'' if count == 1 else 's'}"
        counts = Counter(each.outcome for each in self.entries)
        facts = [f"{counts[outcome]} {outcome}" for outcome in (*OUTCOMES, UNKNOWN) if counts[outcome]]
        if not self.complete:
            facts.append("time ran out before all were looked at")
        rows = [("name", "type", "size", "how it goes"), *map(_row, self.entries)]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [f"{first}: {', '.join(facts)}" if facts else first]
        for name, kind, size, said in rows if self.entries else []:
            lines.append(f"  {name:<{widths[0]}}  {kind:<{widths[1]}}  {size:>{widths[2]}}  {said}".rstrip())
        return "\n".join(lines)


def _row(entry: PlanEntry) -> tuple[str, str, str, str]:
    said = entry.outcome
    if entry.reason:
        said += f": {entry.reason}"
    if entry.remedy:
        said += f" ({entry.remedy})"
    if entry.shares:
        said += f"; shares with {_listed(entry.shares)}"
    if entry.secret_like:
        said += f"; it may be a secret: {entry.secret_reason}"
    return _cut(entry.name), _cut(entry.type), readable(entry.size_bytes), said


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def describe(
    namespace: dict[str, Any],
    names: Iterable[str] | None = None,
    deep: bool = False,
    *,
    options: Options | None = None,
    seconds: float = 0.25,
) -> Plan:
    """Look at variables without running code of the user's, for at most ``seconds``; ``deep`` tries the encoder on
    each, which runs what objects' own ``__reduce__`` runs, and foresees every refusal.
    """
    options = options or Options()
    if deep:
        entries = []
        for _, variable in foresee(namespace, names, options):
            entries.append(
                PlanEntry(
                    variable.name,
                    variable.type,
                    variable.size_bytes,
                    variable.outcome,
                    variable.reason,
                    variable.remedy,
                    variable.shares,
                    variable.requires,
                    variable.secret_like,
                    variable.secret_reason,
                )
            )
        return Plan(entries)
    load()
    table = Table(reduce_object)
    chosen = user_names(namespace, options.hidden) if names is None else list(names)
    end = time.monotonic() + seconds
    entries, owners, complete = [], {}, True
    for name in chosen:
        if name not in namespace:
            raise KeyError(f"there is no variable called {name}")
        value = namespace[name]
        if time.monotonic() > end:
            complete = False
            entries.append(_with_secret(PlanEntry(name, type_label(value), None, UNKNOWN), name_secret(name, value)))
            continue
        outcome, reason, remedy = _glance(value, table)
        entry = PlanEntry(name, type_label(value), size_of(value), outcome, reason, remedy)
        entries.append(_with_secret(entry, secret_reason(name, value)))
        key = _owner(value)
        if key is not None:
            owners.setdefault(key, []).append(name)
    by_name = {each.name: each for each in entries}
    for sharers in owners.values():
        for name in sharers:
            by_name[name].shares = [other for other in sharers if other != name]
    return Plan(entries, complete)


def _with_secret(entry: PlanEntry, reason: str) -> PlanEntry:
    entry.secret_like, entry.secret_reason = bool(reason), reason
    return entry


def _glance(value: Any, table: Table) -> tuple[str, str, str]:
    kind = type(value)
    if kind in ATOMS:
        return "carried", "", ""
    for base in type.mro(kind):
        known = NEVER.get(type_name(base))
        if known is not None:
            return "skipped", *known
    if kind in (list, tuple, dict, set, frozenset, bytearray):
        return ("carried", "", "") if _flat(value) else (UNKNOWN, "", "")
    if isinstance(value, types.ModuleType) or _is_array(value):
        return "carried", "", ""
    if (
        is_genuine(kind)
        and type_name(kind).startswith(("pandas.", "polars.", "pyarrow."))
        and table[kind] is not reduce_object
    ):
        return "carried", "", ""
    return UNKNOWN, "", ""


def _flat(value: Any) -> bool:
    if len(value) > 100_000:
        return False
    kinds = set(map(type, value.values() if type(value) is dict else value))
    if type(value) is dict:
        kinds |= set(map(type, value))
    return kinds <= ATOMS


def _is_array(value: Any) -> bool:
    numpy: Any = sys.modules.get("numpy")
    return numpy is not None and type(value) is getattr(numpy, "ndarray", None) and not value.dtype.hasobject


def _owner(value: Any) -> int | None:
    kind = type(value)
    if kind in ATOMS and not (kind in (str, bytes) and len(value) > 1024):
        return None
    if _is_array(value):
        while _is_array(value.base):
            value = value.base
    return id(value)
