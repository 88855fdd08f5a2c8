"""Functions, lambdas, closures, methods: by source, rebuilt from parts."""

from __future__ import annotations

import base64
import dis
import functools
import importlib
import importlib.util
import marshal
import sys
import types
from typing import Any

from . import source
from .context import current
from .dispatch import reduces
from .makers import MODULE, maker
from .refusal import Refused
from .session import Session

_EMPTY = object()


@reduces("builtins.function")
def reduce_function(session: Session, function: types.FunctionType) -> Any:
    """By reference where an import finds it, else by value."""
    module, qualname = function.__module__, function.__qualname__
    if module == MODULE:
        return NotImplemented
    if by_reference(session, function, module, qualname):
        return reference(session, function, module, qualname)
    session.by_value[id(function)] = function
    session.facts.code = True
    return session.once(function, lambda: _parts(session, function))


def by_reference(session: Session, obj: Any, module: Any, qualname: Any) -> bool:
    """Whether the target finds ``obj`` by importing; modules of the user's own are carried along with it."""
    if not isinstance(module, str) or not isinstance(qualname, str) or "<" in qualname:
        return False
    origin = session.origin(module)
    if origin not in ("stdlib", "distribution", "user"):
        return False
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, _EMPTY)
    if found is not obj:
        return False
    if origin == "user":
        from .modules import carry_module

        carry_module(session, module)
    return True


def reference(session: Session, obj: Any, module: str, qualname: str) -> Any:
    """How a stream names what an import finds: by its most public module, since private ones move between versions."""
    session.need(module)
    parts = module.split(".")
    if session.origin(module) == "stdlib" and not any(part.startswith("_") for part in parts):
        return NotImplemented
    for count in range(1, len(parts)):
        public = ".".join(parts[:count])
        found: Any = sys.modules.get(public)
        for part in qualname.split("."):
            found = getattr(found, part, _EMPTY)
        if found is obj:
            return named, (public, qualname)
    return NotImplemented


@maker("named")
def named(module: str, qualname: str) -> Any:
    """What an import of ``module`` has under that name."""
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found


def _parts(session: Session, function: types.FunctionType) -> Any:
    code = function.__code__
    key = _source_key(session, function)
    home = _home(session, function)
    # The code's free names, not ours: the target's compiler may order them in another way.
    cells = tuple(zip(code.co_freevars, function.__closure__ or ()))
    contents = []
    for _, cell in cells:
        session.keep.append(cell)
        try:
            contents.append((cell, cell.cell_contents))
        except ValueError:
            continue  # an empty cell stays empty
    state = {
        "name": function.__name__,
        "qualname": function.__qualname__,
        "module": function.__module__,
        "doc": function.__doc__,
        "defaults": function.__defaults__,
        "kwdefaults": dict(function.__kwdefaults__) if function.__kwdefaults__ else None,
        "dict": dict(function.__dict__),
        "annotations": annotations_of(session, function),
        "cells": contents,
    }
    if getattr(function, "__type_params__", ()):
        state["type_params"] = function.__type_params__
    used: tuple[str, ...] = ()
    if home == "":
        session.facts.globals.update((name, None) for name in _global_names(code) if name in session.namespace)
    else:
        used = tuple(sorted(name for name in _global_names(code) if name in function.__globals__))
    return make_function, (key, home, cells, used), state, None, None, fill_function


def _source_key(session: Session, function: types.FunctionType) -> str:
    try:
        entry = source.entry_of(function.__code__, function.__globals__)
    except Refused as refused:
        code = function.__code__
        if "pydevd" in code.co_filename:
            raise refused
        session.facts.same_python = True
        entry = {
            "name": code.co_name,
            "marshal": base64.b64encode(marshal.dumps(code)).decode(),
            "python": python_tag(),
        }
        key = "b" + source.hashlib.sha256(entry["marshal"].encode()).hexdigest()[:23]
        session.note("its source is not known: it moves as bytecode, to this very Python version alone")
    else:
        key = source.key_of(entry)
    session.sources[key] = entry
    session.facts.sources[key] = None
    return key


def python_tag() -> str:
    """What bytecode is tied to."""
    return f"{sys.implementation.name}-{importlib.util.MAGIC_NUMBER.hex()}"


def _home(session: Session, function: types.FunctionType) -> str:
    """Whose globals a function has: ``""`` the namespace's, else the module's name."""
    space = function.__globals__
    if space is session.namespace or space is getattr(sys.modules.get("__main__"), "__dict__", None):
        return ""
    name = space.get("__name__")
    module = sys.modules.get(name) if isinstance(name, str) else None
    if module is None or module.__dict__ is not space:
        if isinstance(name, str) and name in session.main_names:
            return ""
        raise Refused("its globals belong to no module that can be imported", "define it in a cell")
    origin = session.origin(name)
    if origin == "made":
        raise Refused(f"its globals belong to the module {name}, which has no file", "define it in a cell")
    session.need(name)
    if origin == "user":
        from .modules import carry_module

        carry_module(session, name)
    return str(name)


def _global_names(code: types.CodeType) -> set[str]:
    names = {each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _global_names(constant)
    return names


def annotations_of(session: Session, obj: Any) -> dict[str, Any] | None:
    """Annotations as values; where their evaluation fails, as text (from Python 3.14 on they are evaluated late)."""
    if sys.version_info < (3, 14):
        found = vars(obj).get("__annotations__") if isinstance(obj, type) else obj.__annotations__
        return dict(found) if found else None
    library: Any = importlib.import_module("annotationlib")
    try:
        found = session.budget.call(library.get_annotations, obj)
    except Exception:  # noqa: BLE001 - evaluating annotations is user code
        found = session.budget.call(lambda: library.get_annotations(obj, format=library.Format.STRING))
    return dict(found) if found else None


@maker("function")
def make_function(
    key: str, home: str, cells: tuple[tuple[str, types.CellType], ...], used: tuple[str, ...]
) -> types.FunctionType:
    """A function without defaults and attributes, which ``fill_function`` adds."""
    context = current()
    entry = context.sources[key]
    if "marshal" in entry:
        if entry["python"] != python_tag():
            raise Refused(f"{entry['name']} came as bytecode of another Python version", "define it in a cell there")
        code = marshal.loads(base64.b64decode(entry["marshal"]))  # noqa: S302 - own trust, and the very same Python
    else:
        filename = f"<restored {entry['name'].strip('<>')} {key[:10]}>"
        try:
            code = source.compile_entry(entry, filename)
        except SyntaxError as error:
            version = ".".join(map(str, sys.version_info[:2]))
            raise Refused(f"Python {version} can't read the source of {entry['name']}", "use a newer Python") from error
        source.remember(entry, filename)
    space = context.namespace if home == "" else importlib.import_module(home).__dict__
    missing = [name for name in used if name not in space]
    if missing:
        raise Refused(
            f"{entry['name']} of {home} looks up {missing[0]}, which this version of {home} has not",
            "use the version it came from",
        )
    by_name = dict(cells)
    closure = tuple(by_name.get(name) or types.CellType() for name in code.co_freevars)
    return types.FunctionType(code, space, entry["name"], None, closure or None)


@maker("function_fill")
def fill_function(function: types.FunctionType, state: dict[str, Any]) -> None:
    """What hangs on a function, once it exists: cells may hold the function itself."""
    function.__name__, function.__qualname__ = state["name"], state["qualname"]
    function.__module__, function.__doc__ = state["module"], state["doc"]
    function.__defaults__, function.__kwdefaults__ = state["defaults"], state["kwdefaults"]
    function.__dict__.update(state["dict"])
    if state["annotations"]:
        function.__annotations__ = state["annotations"]
    if "type_params" in state and hasattr(function, "__type_params__"):
        function.__type_params__ = state["type_params"]
    for cell, content in state["cells"]:
        cell.cell_contents = content


@reduces("builtins.cell")
def reduce_cell(session: Session, cell: types.CellType) -> Any:
    """Empty: whichever function has it brings its content."""
    return make_cell, ()


@maker("cell")
def make_cell() -> types.CellType:
    """A cell shared by closures."""
    return types.CellType()


@reduces("builtins.method")
def reduce_method(session: Session, method: types.MethodType) -> Any:
    """The function and the object that it is bound to, without asking the object."""
    return make_method, (method.__func__, method.__self__)


@maker("method")
def make_method(function: Any, owner: Any) -> types.MethodType:
    """A bound method."""
    return types.MethodType(function, owner)


@reduces("builtins.staticmethod", "builtins.classmethod")
def reduce_decorated(session: Session, obj: Any) -> Any:
    """What it wraps; since 3.10 it has attributes of its own, which mirror the function's."""
    return (make_static if type(obj) is staticmethod else make_class_method), (obj.__func__,)


@maker("staticmethod")
def make_static(function: Any) -> Any:
    """As the decorator does."""
    return staticmethod(function)


@maker("classmethod")
def make_class_method(function: Any) -> Any:
    """As the decorator does."""
    return classmethod(function)


@reduces("builtins.property")
def reduce_property(session: Session, obj: property) -> Any:
    """Getter, setter, deleter, doc."""
    return make_property, (obj.fget, obj.fset, obj.fdel, obj.__doc__)


@maker("property")
def make_property(*parts: Any) -> property:
    """As the decorator does."""
    return property(*parts)


@reduces("functools._lru_cache_wrapper")
def reduce_cached(session: Session, obj: Any) -> Any:
    """The function with a fresh cache: nothing can read what is in the old one."""
    if by_reference(session, obj, obj.__dict__.get("__module__"), obj.__dict__.get("__qualname__")):
        session.need(obj.__module__)
        return NotImplemented
    session.by_value[id(obj)] = obj
    session.note("its cache starts empty")
    rules = obj.__dict__.get("cache_parameters")
    limit, typed = (rules()["maxsize"], rules()["typed"]) if rules else (obj.cache_info().maxsize, False)
    extra = {k: v for k, v in obj.__dict__.items() if k not in ("cache_parameters", "__wrapped__")}
    return make_cached, (limit, typed, obj.__wrapped__), extra, None, None, fill_attributes


@maker("lru_cache")
def make_cached(limit: int | None, typed: bool, function: Any) -> Any:
    """As the decorator does."""
    return functools.lru_cache(maxsize=limit, typed=typed)(function)


@maker("attributes")
def fill_attributes(obj: Any, state: dict[str, Any]) -> None:
    """Attributes, past any ``__setattr__``."""
    obj.__dict__.update(state)


@reduces("functools.partial")
def reduce_partial(session: Session, obj: Any) -> Any:
    """Function, arguments, keywords, attributes."""
    return make_partial, (obj.func,), (obj.args, obj.keywords, dict(obj.__dict__)), None, None, fill_partial


@maker("partial")
def make_partial(function: Any) -> Any:
    """Filled later: its arguments may hold it."""
    return functools.partial(function)


@maker("partial_fill")
def fill_partial(obj: Any, state: tuple[Any, ...]) -> None:
    """Arguments and attributes."""
    obj.__setstate__((obj.func, *state))
