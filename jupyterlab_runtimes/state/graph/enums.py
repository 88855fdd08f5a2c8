"""Enumerations: members get back their values and attributes; no ``__new__`` or ``__init__`` of the user's runs."""

from __future__ import annotations

import enum
import types
from enum import EnumMeta
from typing import Any

from .context import current
from .dispatch import reduces_kind
from .functions import annotations_of, by_reference
from .makers import maker
from .refusal import Refused
from .session import Session

__all__ = ["EnumMeta", "make_enum", "reduce_enum"]

_INTERNAL = ("_value_", "_name_", "__objclass__", "_sort_order_", "_hashable_values_")
_NOT_MEMBERS = (types.FunctionType, staticmethod, classmethod, property)


def _is_users(value: Any) -> bool:
    function = getattr(value, "fget", None) or getattr(value, "__func__", value)
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    return not code.co_filename.endswith("enum.py") and "frozen enum" not in code.co_filename


def reduce_enum(session: Session, cls: Any) -> Any:
    """Bases, members in their order with aliases, and what the user defined besides."""
    if type(cls) is not EnumMeta and not by_reference(session, type(cls), type(cls).__module__, type(cls).__qualname__):
        raise Refused(f"the enumeration {cls.__name__} has a metaclass of its own", "run its cell on the target")
    data_type = cls._member_type_
    members = []
    for name, member in cls.__members__.items():
        raw = None
        if data_type is not object:
            raw = (
                data_type.__new__(data_type, member)
                if data_type in (int, str, float, bytes, complex)
                else member._value_
            )
            if data_type is str:
                raw = str.__str__(member)
        extra = {key: value for key, value in member.__dict__.items() if key not in _INTERNAL}
        members.append((name, member._value_, raw, extra))
    skip = set(cls._member_names_) | set(cls.__members__)
    added: dict[str, Any] = {}
    for name, value in cls.__dict__.items():
        if name in skip or name in ("__new__", "__module__", "__qualname__", "__slotnames__"):
            continue
        if isinstance(value, _NOT_MEMBERS) and _is_users(value):
            added[name] = value
    if "__new_member__" in cls.__dict__:
        added["__new_member__"] = cls.__dict__["__new_member__"]
    elif "_new_member_" in cls.__dict__ and _is_users(cls.__dict__["_new_member_"]):
        added["__new_member__"] = cls.__dict__["_new_member_"]
    body = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__dict__.get("__doc__")}
    boundary = getattr(cls.__dict__.get("_boundary_"), "name", None)
    state = {"added": added, "members": members, "annotations": annotations_of(session, cls)}
    return (
        make_enum,
        (type(cls), cls.__name__, cls.__bases__, body, [m[:3] for m in members], boundary),
        state,
        None,
        None,
        fill_enum,
    )


@maker("enum")
def make_enum(
    meta: Any, name: str, bases: tuple[type, ...], body: dict[str, Any], members: list[Any], boundary: str | None
) -> Any:
    """The class with its members; what the user defined besides is added by ``fill_enum``."""
    options = {}
    if boundary is not None and hasattr(enum, "FlagBoundary"):
        options["boundary"] = getattr(enum.FlagBoundary, boundary)
    classdict = meta.__prepare__(name, bases, **options)
    data_type = next(
        (
            each
            for base in bases
            for each in base.__mro__
            if each is not object and not isinstance(each, EnumMeta) and "__new__" in each.__dict__
        ),
        None,
    )
    table = {index: (value, raw) for index, (_, value, raw) in enumerate(members)}

    def new(cls: Any, index: int) -> Any:
        value, raw = table[index]
        member = object.__new__(cls) if data_type is None else data_type.__new__(cls, raw)
        member._value_ = value
        return member

    for key, value in body.items():
        if value is not None:
            classdict[key] = value
    classdict["__new__"] = new
    # The enumeration's own and inherited __init__ would get the index: an empty one stands in for it.
    classdict["__init__"] = lambda self, *_: None
    for index, (key, _, _) in enumerate(members):
        classdict[key] = (index,)
    hooks = []
    for base in {each for one in bases for each in one.__mro__}:
        hook = base.__dict__.get("__init_subclass__")
        if hook is not None and id(base) in current().made:
            hooks.append((base, hook))
            type.__delattr__(base, "__init_subclass__")
    try:
        cls = meta.__new__(meta, name, bases, classdict, **options)
    finally:
        for base, hook in hooks:
            type.__setattr__(base, "__init_subclass__", hook)
    for attribute in ("__init__", "__new_member__"):
        if attribute in cls.__dict__:
            type.__delattr__(cls, attribute)
    type.__setattr__(cls, "_new_member_", object.__new__ if data_type is None else data_type.__new__)
    current().made.add(id(cls))
    current().keep.append(cls)
    for key, value, _ in members:
        if cls.__members__[key]._value_ != value and value == value:
            raise Refused(f"the enumeration {name} can't be made here with {key} = {value!r}")
    return cls


@maker("enum_fill")
def fill_enum(cls: Any, state: dict[str, Any]) -> None:
    """Methods, properties, and the attributes of each member."""
    added = dict(state["added"])
    new = added.pop("__new_member__", None)
    if new is not None:
        type.__setattr__(cls, "_new_member_", getattr(new, "__func__", new))
        type.__setattr__(cls, "__new_member__", new)
    for name, value in added.items():
        type.__setattr__(cls, name, value)
    if state["annotations"]:
        type.__setattr__(cls, "__annotations__", state["annotations"])
    for key, _, _, extra in state["members"]:
        cls.__members__[key].__dict__.update(extra)


@reduces_kind("enum.Enum")
def reduce_member(session: Session, member: Any) -> Any:
    """By its name; a combination of flags, by its value."""
    cls = type(member)
    name = member.__dict__.get("_name_")
    if isinstance(name, str) and cls.__members__.get(name) is member:
        return enum_member, (cls, name)
    return enum_value, (cls, member._value_)


@maker("enum_member")
def enum_member(cls: Any, name: str) -> Any:
    """A member by its name."""
    return cls.__members__[name]


@maker("enum_value")
def enum_value(cls: Any, value: Any) -> Any:
    """A combination of flags."""
    return cls(value)
