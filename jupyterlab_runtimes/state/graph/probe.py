"""Trying a variable: into nothing, alone. It finds what is refused, what is needed, and what could be shared."""

from __future__ import annotations

import datetime
import io
import pickle
import sys
import types
from typing import Any

from . import dispatch
from .codecs.numpy import Memory, reduce_memory
from .generic import reduce_object
from .plain import LARGE, plain_parts
from .refusal import Refused, TimedOut, sentence
from .session import Facts, Session

_VALUES = frozenset(
    {
        "datetime.date",
        "datetime.time",
        "datetime.datetime",
        "datetime.timedelta",
        "datetime.timezone",
        "decimal.Decimal",
        "fractions.Fraction",
        "uuid.UUID",
        "builtins.complex",
        "builtins.range",
        "builtins.slice",
        "zoneinfo.ZoneInfo",
        "builtins.module",
        "builtins.builtin_function_or_method",
        "builtins.method_descriptor",
        "builtins.wrapper_descriptor",
    }
)


class _Asking:
    """What makes a pickler ask our reducers about everything that is not a plain value."""

    def __init__(self, file: Any, session: Session, table: dispatch.Table, buffers: Any) -> None:
        super().__init__(file, 5, buffer_callback=buffers)  # type: ignore[call-arg]
        self.session = session
        self.table = table
        #: Classes that this pickler has met, and whose objects it can take apart by itself.
        self.plain: set[type] = set()

    def reducer_override(self, obj: Any) -> Any:
        """Asked by the pickler for each object that has no opcode of its own."""
        kind = type(obj)
        if kind in self.plain:
            return NotImplemented
        reducer = self.table[kind]
        value = reducer(self.session, obj)
        if value is NotImplemented and reducer is reduce_object and not self.session.runs_code(kind):
            self.plain.add(kind)
        elif (
            type(value) is tuple
            and len(value) > 3
            and (value[3] is not None or (len(value) > 4 and value[4] is not None))
        ):
            # Reductions are kept, and may be asked for again: iterators are made here.
            value = (*value[:3], *(iter(each) if each is not None else None for each in value[3:5]), *value[5:])
        return value


class GraphPickler(_Asking, pickle.Pickler):
    """The C pickler."""


class _CarefulPickler(_Asking, pickle._Pickler):  # type: ignore[name-defined,misc]
    """Python's own pickler.

    In WebAssembly nothing guards the stack of the C pickler: too deep a nesting ends the kernel.
    """

    def reducer_override(self, obj: Any) -> Any:
        """Python's pickler asks about plain values too."""
        return NotImplemented if type(obj) in _OPCODES else super().reducer_override(obj)


#: What a variable is tried with.
TrialPickler: Any = _CarefulPickler if sys.platform == "emscripten" else GraphPickler


def new_table() -> dispatch.Table:
    """Reducers for one encoding."""
    table = dispatch.Table(reduce_object)
    table[Memory] = reduce_memory
    table[pickle.PickleBuffer] = lambda session, obj: NotImplemented
    return table


_OPCODES = frozenset(
    {type(None), bool, int, float, str, bytes, bytearray, tuple, list, dict, set, frozenset, pickle.PickleBuffer}
)


class Nothing(io.RawIOBase):
    """Takes bytes and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def write(self, data: Any) -> int:
        """Forget them."""
        self.size += len(data)
        return len(data)


class Trial:
    """What a try found. ``parts``: id → object, of all whose identity matters."""

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = value
        self.parts: dict[int, Any] = {}
        self.facts = Facts()
        self.refused: Refused | None = None
        self.size = 0


def attempt(session: Session, table: dispatch.Table, name: str, value: Any) -> Trial:
    """Try one variable. @throws KeyboardInterrupt, MemoryError: those are not the variable's fault."""
    trial = Trial(name, value)
    session.facts = trial.facts
    session.budget.renew()
    plain = plain_parts(value)
    if plain is not None:
        trial.parts = plain
        return trial
    nothing = Nothing()
    memory: list[int] = []

    def measure(buffer: pickle.PickleBuffer) -> bool:
        memory.append(buffer.raw().nbytes)
        return False

    pickler = TrialPickler(nothing, session, table, measure)
    try:
        pickler.dump(value)
    except Refused as refused:
        trial.refused = refused
    except TimedOut:
        trial.refused = Refused(f"its own code took longer than {session.budget.seconds:g} s", "mend it, or leave it")
    except RecursionError:
        trial.refused = Refused("it is nested too deeply", "flatten it, or turn it into a list of its parts")
    except MemoryError:
        raise
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever an object's own code raises is about this object
        trial.refused = Refused(_sentence(error), "")
    else:
        trial.parts = _matters(session, pickler)
        trial.size = nothing.size + sum(memory)
    return trial


def _sentence(error: BaseException) -> str:
    text = sentence(error)
    for prefix in ("TypeError: ", "PicklingError: ", "AttributeError: "):
        if text.startswith(prefix):
            return text[len(prefix) :]
    return text


_NEVER, _ALWAYS, _LONG, _CARRIED = range(4)


def _matters(session: Session, pickler: Any) -> dict[int, Any]:
    parts = {}
    kinds = {str: _LONG, bytes: _LONG, dict: _ALWAYS, types.FunctionType: _CARRIED}
    by_value = session.by_value
    for _, obj in pickler.memo.copy().values():
        kind = type(obj)
        matters = kinds.get(kind)
        if matters is None:
            matters = kinds[kind] = _CARRIED if issubclass(kind, type) else int(_kind_matters(kind))
        if matters == _ALWAYS or (
            matters and (len(obj) >= LARGE if matters == _LONG else id(obj) in by_value)  # type: ignore[arg-type]
        ):
            parts[id(obj)] = obj
    return parts


def _kind_matters(kind: type) -> bool:
    name = dispatch.type_name(kind)
    if name in _VALUES:
        return False
    if name.startswith("pandas.") and (
        name.endswith(("Dtype", "NAType", "NaTType", "Timestamp", "Timedelta")) or ".offsets." in name
    ):
        return False
    if issubclass(kind, datetime.tzinfo) or (name.startswith("pyarrow.lib.") and name.endswith(("Type", "Schema"))):
        return False
    if name.startswith("numpy"):
        numpy: Any = sys.modules.get("numpy")
        return not (numpy is not None and issubclass(kind, (numpy.dtype, numpy.generic, numpy.ufunc)))
    return True
