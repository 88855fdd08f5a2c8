"""What a stream may call: callables under neutral names.

The package is also loaded as a private module under another name, so a stream can't name its module.
It names ``~jlr`` instead, a module that exists in ``sys.modules`` only while a graph is encoded. In a
stream only ``find_class`` resolves it, and under data trust it resolves nothing else.
"""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable, TypeVar

MODULE = "~jlr"
MAKERS: dict[str, Callable[..., Any]] = {}
#: Those that can't run code, whatever their arguments. The shipped allow-list of foreign snapshots.
DATA: set[str] = set()
_publishing = threading.RLock()
F = TypeVar("F", bound=Callable[..., Any])


def maker(name: str, *, data: bool = False) -> Callable[[F], F]:
    """Register a callable under ``name``, which is part of the snapshot format and never reused."""

    def register(function: F) -> F:
        if name in MAKERS:
            raise ValueError(f"two makers are called {name}")
        function.__module__ = MODULE
        function.__qualname__ = function.__name__ = name
        MAKERS[name] = function
        if data:
            DATA.add(name)
        return function

    return register


@contextmanager
def published() -> Iterator[None]:
    """Let a pickler find the makers, which looks them up in ``sys.modules``."""
    with _publishing:
        before = sys.modules.get(MODULE)
        module = types.ModuleType(MODULE)
        module.__dict__.update(MAKERS)
        sys.modules[MODULE] = module
        try:
            yield
        finally:
            if before is None:
                sys.modules.pop(MODULE, None)
            else:
                sys.modules[MODULE] = before


def sealed(name: str) -> Callable[..., Any]:
    """A data maker that a stream can call and nothing else: a bound method takes no attributes."""

    def call(_: tuple, *args: Any) -> Any:
        return MAKERS[name](*args)

    return types.MethodType(call, ())
