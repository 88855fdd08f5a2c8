"""Type variables and new types: known by name to their module, so those of a notebook travel by parts."""

from __future__ import annotations

import typing
from typing import Any

from .dispatch import reduces
from .functions import by_reference
from .makers import maker
from .session import Session


@reduces("typing.TypeVar", "typing.ParamSpec", "typing.TypeVarTuple", "typing.NewType")
def reduce_variable(session: Session, obj: Any) -> Any:
    """By reference where an import finds it."""
    module, name = getattr(obj, "__module__", None), obj.__name__
    if by_reference(session, obj, module, name):
        session.need(module)
        return name
    session.by_value[id(obj)] = obj
    kind = type(obj).__name__
    if kind == "NewType":
        return make_new_type, (name, obj.__supertype__, module)
    options = {}
    if kind in ("TypeVar", "ParamSpec"):
        options = {"bound": obj.__bound__, "covariant": obj.__covariant__, "contravariant": obj.__contravariant__}
    return make_variable, (kind, name, getattr(obj, "__constraints__", ()), options, module)


@maker("type_variable")
def make_variable(kind: str, name: str, constraints: tuple[Any, ...], options: dict[str, Any], module: str) -> Any:
    """As ``typing`` makes it; a variable of the newer syntax becomes one of the older."""
    options = {key: value for key, value in options.items() if value}
    made = getattr(typing, kind)(name, *constraints, **options)
    made.__module__ = module
    return made


@maker("new_type")
def make_new_type(name: str, base: Any, module: str) -> Any:
    """As ``typing.NewType`` makes it."""
    made = typing.NewType(name, base)  # type: ignore[valid-newtype]
    made.__module__ = module
    return made
