"""Dataclasses and named tuples: their methods have no source, so the standard library writes them again."""

from __future__ import annotations

import collections
import dataclasses
import inspect
import types
from typing import Any

from .context import current
from .makers import maker

_GENERATED = ("__init__", "__repr__", "__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__setattr__",
              "__delattr__", "__getstate__", "__setstate__", "__match_args__", "__replace__")  # fmt: skip
_FIELD = ("name", "default", "default_factory", "init", "repr", "hash", "compare", "metadata", "kw_only")
_MISSING = "missing"


def _is_generated(value: Any) -> bool:
    function = inspect.unwrap(value) if isinstance(value, types.FunctionType) else value
    if not isinstance(function, types.FunctionType):
        return False
    code = function.__code__
    return code.co_filename == "<string>" or code.co_filename.endswith("dataclasses.py")


def record_of(cls: type, members: dict[str, Any]) -> dict[str, Any] | None:
    """What ``dataclasses`` was asked for, taken out of ``members``; None for other classes."""
    fields = cls.__dict__.get("__dataclass_fields__")
    if not isinstance(fields, dict):
        return None
    params = cls.__dict__["__dataclass_params__"]
    asked = {name: getattr(params, name) for name in ("init", "repr", "eq", "order", "unsafe_hash", "frozen")}
    for name in ("match_args", "kw_only", "slots", "weakref_slot"):
        if hasattr(params, name):
            asked[name] = getattr(params, name)
    inherited: set[int] = set()
    for base in cls.__mro__[1:]:
        inherited.update(id(each) for each in base.__dict__.get("__dataclass_fields__", {}).values())
    own = []
    for each in fields.values():
        if id(each) in inherited:
            continue
        part = {name: getattr(each, name, None) for name in _FIELD}
        part["metadata"] = dict(each.metadata)
        part["kind"] = each._field_type.name
        part["type"] = each.type
        for name in ("default", "default_factory"):
            part[name] = (_MISSING,) if part[name] is dataclasses.MISSING else ("is", part[name])
        part["kw_only"] = None if part["kw_only"] is dataclasses.MISSING else part["kw_only"]
        own.append(part)
    generated = [name for name in _GENERATED if name in members and _is_generated(members[name])]
    if "__hash__" in members and members["__hash__"] is None:
        generated.append("__hash__")
    for name in [*generated, "__dataclass_fields__", "__dataclass_params__"]:
        members.pop(name, None)
    return {"asked": asked, "fields": own, "generated": generated}


def fill_record(cls: Any, record: dict[str, Any], members: dict[str, Any]) -> None:
    """Let ``dataclasses`` generate the methods, then put the class's attributes back as they were."""
    before: dict[str, Any] = {}
    annotations = dict(vars(cls).get("__annotations__") or {})
    declared: dict[str, Any] = {}
    for part in record["fields"]:
        options = {name: part[name] for name in ("init", "repr", "hash", "compare", "metadata")}
        for name in ("default", "default_factory"):
            if part[name][0] != _MISSING:
                options[name] = part[name][1]
        name = part["name"]
        if part["kind"] == "_FIELD_INITVAR":
            options = {key: options[key] for key in ("default",) if key in options}
        if "kw_only" in inspect.signature(dataclasses.field).parameters and part["kw_only"] is not None:
            options["kw_only"] = part["kw_only"]
        declared[name] = part["type"]
        before[name] = cls.__dict__.get(name, _MISSING)
        type.__setattr__(cls, name, dataclasses.field(**options))
    type.__setattr__(cls, "__annotations__", declared)
    known = inspect.signature(dataclasses.dataclass).parameters
    asked = {name: value for name, value in record["asked"].items() if name in known}
    asked.pop("slots", None)
    asked.pop("weakref_slot", None)
    dropped = [name for name in record["asked"] if name not in known and name not in ("match_args", "kw_only")]
    if dropped and any(record["asked"][name] for name in dropped if name not in ("slots", "weakref_slot")):
        current().note("its dataclass options are newer than this Python")
    asked["kw_only"] = False  # each field knows for itself
    if "kw_only" not in known:
        asked.pop("kw_only")
    present = {name: cls.__dict__[name] for name in _GENERATED if name in cls.__dict__}
    for name in _GENERATED:
        if name in present and name not in members:
            type.__delattr__(cls, name)
    dataclasses.dataclass(**asked)(cls)
    for name, value in before.items():
        if value is not _MISSING:
            type.__setattr__(cls, name, value)
        elif name in cls.__dict__:
            type.__delattr__(cls, name)
    for name, value in members.items():
        if name in _GENERATED:
            type.__setattr__(cls, name, value)
    type.__setattr__(cls, "__annotations__", annotations)
    params = cls.__dict__["__dataclass_params__"]
    for name in ("kw_only", "slots", "weakref_slot"):
        if name in record["asked"] and hasattr(params, name):
            setattr(params, name, record["asked"][name])


def is_named_tuple(cls: type) -> bool:
    """Whether ``collections.namedtuple`` made this very class (not one derived from it)."""
    new = cls.__dict__.get("__new__")
    function = getattr(new, "__func__", new)
    code = getattr(function, "__code__", None)
    return (
        cls.__bases__ == (tuple,)
        and isinstance(cls.__dict__.get("_fields"), tuple)
        and code is not None
        and code.co_filename.startswith("<string>")
    ) or (
        cls.__bases__ == (tuple,)
        and "_field_defaults" in cls.__dict__
        and getattr(code, "co_filename", "").startswith("<")
    )


@maker("named_tuple")
def make_named_tuple(name: str, fields: tuple[str, ...], defaults: tuple[Any, ...], body: dict[str, Any]) -> type:
    """As ``collections.namedtuple`` makes it; methods and annotations are added later."""
    cls = collections.namedtuple(name, fields, defaults=defaults or None, rename=True)  # type: ignore[misc]
    if cls._fields != fields:
        raise ValueError(f"the field names of {name} can't be had here")
    for key in ("__module__", "__qualname__", "__doc__", "__orig_bases__"):
        if body.get(key) is not None:
            type.__setattr__(cls, key, body[key])
    return cls
