"""Which reducer an object of some type goes to.

Reducers register for types by name, so that no library is imported for it: a library's type is found
in ``sys.modules`` when an object of it turns up. A reducer answers what ``__reduce__`` may answer, or
``NotImplemented`` to leave the object to the pickler.
"""

from __future__ import annotations

import functools
import sys
from typing import Any, Callable

from .session import Session

Reducer = Callable[[Session, Any], Any]
_EXACT: dict[str, Reducer] = {}
_BASES: dict[str, Reducer] = {}


def reduces(*names: str) -> Callable[[Reducer], Reducer]:
    """Register for objects whose type is exactly ``module.qualname``."""

    def register(reducer: Reducer) -> Reducer:
        for name in names:
            _EXACT[name] = reducer
        return reducer

    return register


def reduces_kind(*names: str) -> Callable[[Reducer], Reducer]:
    """Register for objects of the type ``module.qualname`` and of all types derived from it."""

    def register(reducer: Reducer) -> Reducer:
        for name in names:
            _BASES[name] = reducer
        return reducer

    return register


def type_name(cls: type) -> str:
    """``module.qualname`` of a class, read without running a metaclass's code."""
    module = cls.__dict__.get("__module__") if cls.__flags__ & 512 else cls.__module__
    qualname = type.__dict__["__qualname__"].__get__(cls)
    return f"{module if isinstance(module, str) else 'builtins'}.{qualname}"


def is_genuine(cls: type) -> bool:
    """Whether ``sys.modules`` has this very class under its name: a user's class can't pass for a library's."""
    module, _, _ = type_name(cls).partition(f".{cls.__qualname__}")
    found: Any = sys.modules.get(module)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is cls


class Table(dict):  # type: ignore[type-arg]
    """Type → reducer, filled as types turn up."""

    def __init__(self, default: Reducer) -> None:
        super().__init__()
        self.default = default

    def __missing__(self, cls: type) -> Reducer:
        reducer = self._find(cls)
        self[cls] = reducer
        return reducer

    def _find(self, cls: type) -> Reducer:
        exact = _EXACT.get(type_name(cls))
        if exact is not None and (cls.__flags__ & 512 == 0 or is_genuine(cls) or _private(cls)):
            return exact
        for base in type.mro(cls) if cls is not type else (type,):
            reducer = _BASES.get(type_name(base))
            if reducer is not None:
                return reducer
        return self.default


_COMPILED = ("builtins", "functools", "types", "typing", "itertools", "_thread", "_io", "_struct")


def _private(cls: type) -> bool:
    """Extension types that are not attributes of the module that they name ."""
    return "." not in cls.__qualname__ and cls.__module__ in _COMPILED


@functools.cache
def load() -> None:
    """Import every module that registers reducers, once."""
    from . import classes, functions, generic, modules, recipes, stdlib, typevars  # noqa: F401
    from .codecs import arrays, frames, numpy, pandas, polars, pyarrow, scipy, torch  # noqa: F401
