"""What makers need to know while a graph is decoded. One decoding at a time in a thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_local = threading.local()


@dataclass
class Context:
    """One decoding: the namespace that functions get as globals, and the sources they are built from."""

    namespace: dict[str, Any]
    sources: dict[str, dict[str, Any]]
    trust: str = "own"
    #: What is printed meanwhile is swallowed; these are the real ones.
    streams: dict[str, Any] = field(
        default_factory=lambda: {name: getattr(sys, name) for name in ("stdin", "stdout", "stderr")}
    )
    notes: list[str] = field(default_factory=list)
    #: Classes made by this decoding, whose hooks must not run while others are made.
    made: set[int] = field(default_factory=set)
    keep: list[Any] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say that the variable at hand is rebuilt, and how."""
        if text not in self.notes:
            self.notes.append(text)


def current() -> Context:
    """The decoding under way in this thread. @throws LookupError outside of one."""
    context = getattr(_local, "context", None)
    if context is None:
        raise LookupError("nothing is being decoded in this thread")
    return context


@contextmanager
def decoding(context: Context) -> Iterator[Context]:
    """Make ``context`` the current one."""
    before = getattr(_local, "context", None)
    _local.context = context
    try:
        yield context
    finally:
        _local.context = before
