"""Classes: a skeleton first, so that members may refer to it, then the members as the values they have.

No class body, decorator, metaclass ``__new__``, ``__init_subclass__`` or ``__set_name__`` of the user's runs again.
"""

from __future__ import annotations

import _abc
import abc
import sys
import types
import typing
from typing import Any

from . import enums, records
from .context import current
from .dispatch import reduces_kind
from .functions import annotations_of, by_reference, reference
from .makers import maker
from .refusal import Refused
from .session import Session

#: What Python makes by itself for each class, or what belongs to one place in one file.
_OWN = frozenset(
    {
        "__dict__",
        "__weakref__",
        "__slotnames__",
        "_abc_impl",
        "__abstractmethods__",
        "__firstlineno__",
        "__annotations__",
        "__annotate__",
        "__annotate_func__",
        "__annotations_cache__",
        "__annotations_memo__",
        "__qualname__",
        "__doc__",
        "__module__",
        "__slots__",
        "__orig_bases__",
    }
)


_METHODS = (types.FunctionType, classmethod, staticmethod)


@reduces_kind("builtins.type")
def reduce_class(session: Session, cls: type) -> Any:
    """By reference where an import finds it, else by value."""
    module = type.__dict__["__module__"].__get__(cls)
    qualname = type.__dict__["__qualname__"].__get__(cls)
    special = _SPECIAL.get(cls)
    if special is not None:
        return make_special, (special,)
    if by_reference(session, cls, module, qualname):
        return reference(session, cls, module, qualname)
    if not cls.__flags__ & 512:
        raise Refused(f"the class {qualname} is part of a compiled module and can't be imported as {module}.{qualname}")
    if isinstance(module, str) and session.origin(module) in ("stdlib", "distribution") and "<" not in qualname:
        if module.split(".")[0] == "pydantic":
            raise Refused(f"the class {qualname} can't be imported as {module}.{qualname}")
        session.need(module, exact=True)
    session.by_value[id(cls)] = cls
    session.facts.code = True
    if isinstance(cls, enums.EnumMeta):
        return session.once(cls, lambda: enums.reduce_enum(session, cls))
    return session.once(cls, lambda: _parts(session, cls, qualname, module))


_SPECIAL = {
    type(None): "NoneType",
    type(...): "ellipsis",
    type(NotImplemented): "NotImplementedType",
    types.FunctionType: "FunctionType",
    types.MethodType: "MethodType",
    types.ModuleType: "ModuleType",
    types.BuiltinFunctionType: "BuiltinFunctionType",
    types.GeneratorType: "GeneratorType",
    types.CodeType: "CodeType",
    types.CellType: "CellType",
    types.MappingProxyType: "MappingProxyType",
    enums.EnumMeta: "EnumMeta",
    types.CoroutineType: "CoroutineType",
    types.FrameType: "FrameType",
    types.TracebackType: "TracebackType",
}
_BY_NAME = {name: cls for cls, name in _SPECIAL.items()}


@maker("type")
def make_special(name: str) -> type:
    """A type of the interpreter's own that no module has under its name."""
    return _BY_NAME[name]


def _parts(session: Session, cls: type, qualname: str, module: Any) -> Any:
    body: dict[str, Any] = {"__module__": module, "__qualname__": qualname, "__doc__": cls.__dict__.get("__doc__")}
    for name in ("__slots__", "__orig_bases__"):
        if name in cls.__dict__:
            body[name] = cls.__dict__[name]
    if "__slots__" in body and not isinstance(body["__slots__"], (str, dict)):
        # Names to slots, whatever iterable they came in; the members have the value that can be seen.
        body["__slots__"] = tuple(body["__slots__"])
    members: dict[str, Any] = {}
    for name, value in cls.__dict__.items():
        if name in _OWN or isinstance(value, types.GetSetDescriptorType):
            continue
        if isinstance(value, types.MemberDescriptorType):
            continue
        if isinstance(value, _METHODS) and getattr(getattr(value, "__func__", value), "__module__", None) == "typing":
            continue  # what typing gives each protocol, it gives the restored one
        members[name] = value
    protocol = bool(members.get("_is_protocol"))
    if protocol:
        for name in ("__protocol_attrs__", "__non_callable_proto_members__", "__callable_proto_members_only__"):
            members.pop(name, None)
    state: dict[str, Any] = {"members": members, "annotations": annotations_of(session, cls)}
    record = records.record_of(cls, members)
    bases = cls.__bases__
    if record is not None:
        state["record"] = record
    if isinstance(cls, abc.ABCMeta):
        registered = [ref() for ref in _abc._get_dump(cls)[0]]
        state["registered"] = [each for each in registered if each is not None]
    if records.is_named_tuple(cls):
        fields, defaults = tuple(cls._fields), dict(cls._field_defaults)  # type: ignore[attr-defined]
        for name in (
            "_fields",
            "_field_defaults",
            "_make",
            "__new__",
            "_replace",
            "__replace__",
            "__repr__",
            "_asdict",
            "__getnewargs__",
            "__match_args__",
            *fields,
        ):
            members.pop(name, None)
        body.pop("__slots__", None)
        return (
            records.make_named_tuple,
            (cls.__name__, fields, tuple(defaults.values()), body),
            state,
            None,
            None,
            fill_class,
        )
    return make_class, (type(cls), cls.__name__, bases, body), state, None, None, fill_class


@maker("class")
def make_class(meta: type, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
    """A class without members. Hooks of classes that came along don't run; a library's do."""
    made = current().made
    hooks = []
    for base in {each for one in bases for each in type.mro(one)}:
        hook = base.__dict__.get("__init_subclass__")
        if hook is not None and id(base) in made:
            hooks.append((base, hook))
            type.__delattr__(base, "__init_subclass__")
    try:
        body = {key: value for key, value in body.items() if key != "__doc__" or value is not None}
        cls = type.__new__(meta, name, bases, body)
    finally:
        for base, hook in hooks:
            type.__setattr__(base, "__init_subclass__", hook)
    made.add(id(cls))
    current().keep.append(cls)
    return cls


@maker("class_fill")
def fill_class(cls: type, state: dict[str, Any]) -> None:
    """The members, past the metaclass's ``__setattr__``; methods that libraries generate, anew."""
    if state["annotations"]:
        type.__setattr__(cls, "__annotations__", state["annotations"])
    for name, value in state["members"].items():
        type.__setattr__(cls, name, value)
    if state["members"].get("_is_protocol"):
        _fill_protocol(cls, bool(state["members"].get("_is_runtime_protocol")))
    if "record" in state:
        records.fill_record(cls, state["record"], state["members"])
    if isinstance(cls, abc.ABCMeta):
        _abc._abc_init(cls)
        for each in state.get("registered", ()):
            _abc._abc_register(cls, each)


def _fill_protocol(cls: Any, runtime: bool) -> None:
    """What ``typing`` notes of a protocol, which differs from version to version."""
    attributes = getattr(typing, "_get_protocol_attrs", None)
    if sys.version_info >= (3, 12) and attributes is not None:
        type.__setattr__(cls, "__protocol_attrs__", attributes(cls))
        only = all(callable(getattr(cls, name, None)) for name in cls.__protocol_attrs__)
        type.__setattr__(cls, "__callable_proto_members_only__", only)
    if runtime:
        typing.runtime_checkable(cls)
