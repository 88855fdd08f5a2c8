"""What came of saving or loading, name by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: ``carried`` is what will be restored.
CARRIED, RESTORED, REBUILT, SKIPPED = "carried", "restored", "rebuilt", "skipped"


@dataclass(frozen=True)
class Item:
    """One variable. ``reason`` and ``remedy`` are sentences, '' where there is nothing to say."""

    name: str
    type: str = ""
    #: Bytes; 0 where nobody knows.
    size_bytes: int = 0
    reason: str = ""
    remedy: str = ""


@dataclass
class Report:
    """Each name is in one of the three lists. ``restored``: it is, or can be, as it was; ``rebuilt``: made anew by a
    named recipe; ``skipped``: not carried, because …
    """

    #: ``saved`` or ``loaded``.
    what: str
    restored: list[Item] = field(default_factory=list)
    rebuilt: list[Item] = field(default_factory=list)
    skipped: list[Item] = field(default_factory=list)
    #: Of the snapshot.
    id: str = ""
    path: str = ""
    #: ``own``, ``trusted``, ``foreign`` or ``accepted``.
    trust: str = ""
    #: It was captured while a cell was running.
    mid_cell: bool = False
    #: What the snapshot holds, decoded; what of it was written, or read and checked.
    bytes_total: int = 0
    bytes_written: int = 0
    bytes_verified: int = 0
    chunks_written: int = 0
    chunks_reused: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return self.__repr__()

    def __repr__(self) -> str:
        carried = len(self.restored) + len(self.rebuilt)
        first = f"{carried} {_plural('variable', carried)} {self.what}"
        facts = [_bytes(self.bytes_total)]
        if self.what == "saved":
            facts.append(f"{_bytes(self.bytes_written)} written")
        if self.chunks_reused:
            facts.append(f"{self.chunks_reused} {_plural('chunk', self.chunks_reused)} unchanged")
        facts.append(f"{self.seconds:.2f} s")
        lines = [f"{first} ({', '.join(facts)}): {self.path}".rstrip(": ")]
        if self.mid_cell:
            lines.append("  captured in the middle of a running cell")
        if self.trust == "foreign":
            lines.append("  not yours, nor by a trusted sender: only data was considered")
        for title, items in (("rebuilt", self.rebuilt), ("skipped", self.skipped)):
            lines.extend(f"  {title} {item.name}: {_why(item)}" for item in items)
        return "\n".join(lines)


def sort_items(report: Report, rows: list[dict[str, Any]]) -> None:
    """Put the graph's rows (``name, type, size_bytes, outcome, reason, remedy``) into the report's lists."""
    lists = {RESTORED: report.restored, CARRIED: report.restored, REBUILT: report.rebuilt}
    for row in rows:
        lists.get(row.get("outcome", RESTORED), report.skipped).append(item(row))


def item(row: dict[str, Any]) -> Item:
    """One row as an ``Item``; what a manifest from elsewhere leaves out, or has in another type, is not believed."""
    size = row.get("size_bytes")
    return Item(
        name=str(row.get("name", "")),
        type=str(row.get("type") or ""),
        size_bytes=size if isinstance(size, int) else 0,
        reason=str(row.get("reason") or ""),
        remedy=str(row.get("remedy") or ""),
    )


def _why(item: Item) -> str:
    return "; ".join(part for part in (item.reason, item.remedy) if part) or item.type


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return ""
