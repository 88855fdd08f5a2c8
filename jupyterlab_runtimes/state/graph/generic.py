"""All other objects: by their own ``__reduce__``, which is user code and is run once, within bounds."""

from __future__ import annotations

import copyreg
import types
from typing import Any, NamedTuple

from .dispatch import reduces, reduces_kind, type_name
from .functions import by_reference
from .makers import maker
from .refusal import NEVER, Refused, TimedOut, sentence
from .session import Session

_HOOKS = (
    "__reduce_ex__",
    "__reduce__",
    "__getstate__",
    "__getnewargs_ex__",
    "__getnewargs__",
    "__getattribute__",
    "__getattr__",
    "__class__",
)


class _Kind(NamedTuple):
    """What is the same for all objects of a class."""

    runs_code: bool
    needs: str
    library: str


def reduce_object(session: Session, obj: Any) -> Any:
    """What ``copy`` and ``pickle`` ask of an object."""
    cls = type(obj)
    kind = session.kinds.get(cls)
    if kind is None:
        if issubclass(cls, type):
            from .classes import reduce_class

            return reduce_class(session, obj)
        kind = session.kinds[cls] = _look_at(session, cls)
    if kind.needs:
        session.need(kind.needs, exact=True)
    elif kind.library:
        session.facts.library[kind.library] = None
    if not kind.runs_code:
        return NotImplemented  # the pickler asks object.__reduce_ex__ itself
    return session.once(obj, lambda: _ask(session, obj, cls))


def _look_at(session: Session, cls: type) -> _Kind:
    for base in type.mro(cls):
        known = NEVER.get(type_name(base))
        if known is not None:
            raise Refused(*known)
    module = type.__dict__["__module__"].__get__(cls)
    origin = session.origin(module) if isinstance(module, str) else "missing"
    session.watch_slotnames(cls)
    runs_code = cls in copyreg.dispatch_table or any(
        hook in base.__dict__ for base in type.mro(cls) if base is not object for hook in _HOOKS
    )
    stdlib = origin == "stdlib" and cls.__flags__ & 512 and not _own_state(cls)
    return _Kind(runs_code, module if origin == "distribution" else "", type_name(cls) if stdlib else "")


def _own_state(cls: type) -> bool:
    """Whether a class says itself what its state is; else it is its attributes, which change between versions."""
    return any(
        hook in base.__dict__
        for base in type.mro(cls)[:-1]
        for hook in ("__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__")
    )


def _ask(session: Session, obj: Any, cls: type) -> Any:
    def ask() -> Any:
        custom = copyreg.dispatch_table.get(cls)
        value = custom(obj) if custom is not None else obj.__reduce_ex__(5)
        if isinstance(value, tuple) and len(value) > 3:
            parts = list(value)
            for index in (3, 4):
                if len(parts) > index and parts[index] is not None:
                    parts[index] = list(parts[index])
            value = tuple(parts)
        return value

    try:
        value = session.budget.call(ask)
    except TimedOut:
        raise Refused(
            f"its {cls.__name__}.__reduce__ took longer than {session.budget.seconds:g} s", "mend it, or leave it"
        ) from None
    except Refused:
        raise
    except (Exception, SystemExit, GeneratorExit) as error:
        raise Refused(_why(cls, error), _remedy(cls)) from error
    if isinstance(value, str):
        if not by_reference(session, obj, getattr(obj, "__module__", None), value):
            raise Refused(f"it is known by the name {value}, under which an import does not find it")
        return value
    if not isinstance(value, tuple) or not 2 <= len(value) <= 6 or not callable(value[0]):
        raise Refused(f"its {cls.__name__}.__reduce__ answers nothing that can be restored")
    return value


def _why(cls: type, error: BaseException) -> str:
    return f"{cls.__name__} can't be taken apart: {sentence(error)}"


def _remedy(cls: type) -> str:
    return (
        "make it again on the target"
        if cls.__module__ not in ("__main__",)
        else f"give {cls.__name__} a __getstate__ that works"
    )


@reduces_kind("builtins.BaseException")
def reduce_exception(session: Session, error: BaseException) -> Any:
    """Arguments and attributes; ``__init__`` of a user's class does not run, tracebacks stay."""
    cls = type(error)
    if cls.__reduce__ is not BaseException.__reduce__ and cls.__reduce__ is not OSError.__reduce__:
        return reduce_object(session, error)
    if cls.__module__ == "builtins" and type(error) in vars(__import__("builtins")).values():
        args: tuple[Any, ...] = error.__reduce__()[1]  # type: ignore[index]
    else:
        args = error.args
    state = {
        "dict": dict(error.__dict__),
        "cause": error.__cause__,
        "context": error.__context__,
        "quiet": error.__suppress_context__,
    }
    if error.__traceback__ is not None:
        session.note("its traceback stays behind")
    return make_exception, (cls, args), state, None, None, fill_exception


@maker("exception")
def make_exception(cls: Any, args: tuple[Any, ...]) -> BaseException:
    """Built by the nearest class of Python's own in its line."""
    if cls.__module__ == "builtins":
        made: BaseException = cls(*args)
        return made
    made = cls.__new__(cls, *args)
    base = next(each for each in cls.__mro__ if each.__module__ == "builtins")
    base.__init__(made, *args)
    made.args = args
    return made


@maker("exception_fill")
def fill_exception(error: BaseException, state: dict[str, Any]) -> None:
    """Attributes, and what led to it."""
    error.__dict__.update(state["dict"])
    error.__cause__, error.__context__ = state["cause"], state["context"]
    error.__suppress_context__ = state["quiet"]


@reduces("builtins.builtin_function_or_method")
def reduce_builtin(session: Session, obj: Any) -> Any:
    """A function by import, a method of an object with the object."""
    owner = obj.__self__
    if owner is None or isinstance(owner, types.ModuleType):
        module = owner.__name__ if owner is not None else obj.__module__
        if isinstance(module, str):
            session.need(module)
            if not by_reference(session, obj, module, obj.__qualname__) and not by_reference(
                session, obj, obj.__module__, obj.__qualname__
            ):
                raise Refused(f"the compiled function {obj.__qualname__} is not found by importing {module}")
        return NotImplemented
    return get_attribute, (owner, obj.__name__)


@maker("getattr")
def get_attribute(owner: Any, name: str) -> Any:
    """A method of a built-in object."""
    return getattr(owner, name)


@reduces("builtins.code")
def reduce_code(session: Session, obj: Any) -> Any:
    """Never."""
    raise Refused(*NEVER["builtins.code"])
