"""Ranges of bytes, in order and apart from each other; ends are not included."""

from __future__ import annotations

Range = tuple[int, int]


def add_range(ranges: list[Range], start: int, end: int) -> list[Range]:
    """Join a range with those that it touches."""
    if start >= end:
        return ranges
    apart = [each for each in ranges if each[1] < start or each[0] > end]
    touching = [each for each in ranges if each[1] >= start and each[0] <= end]
    joined = (min([start, *(each[0] for each in touching)]), max([end, *(each[1] for each in touching)]))
    return sorted([*apart, joined])


def gaps(ranges: list[Range], size: int) -> list[Range]:
    """What is not there yet."""
    found, at = [], 0
    for start, end in ranges:
        if start > at:
            found.append((at, start))
        at = max(at, end)
    if at < size:
        found.append((at, size))
    return found
