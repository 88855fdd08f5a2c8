"""Values of the standard library that are data: under neutral names, so that a foreign snapshot may bring them."""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import pathlib
import pickle
import random
import struct
import sys
import types
import uuid
import weakref
import zoneinfo
from typing import Any

from . import zones
from .context import current
from .dispatch import reduces, reduces_kind
from .makers import maker
from .refusal import Refused
from .session import Session


@maker("complex", data=True)
def make_complex(real: float, imaginary: float) -> complex:
    """From its parts, signs of zeros kept."""
    return complex(real, imaginary)


@maker("slice", data=True)
def make_slice(*parts: Any) -> slice:
    """From its parts."""
    return slice(*parts)


@maker("range", data=True)
def make_range(*parts: int) -> range:
    """From its parts."""
    return range(*parts)


@reduces("builtins.complex")
def reduce_complex(session: Session, v: complex) -> Any:
    """Its parts."""
    return make_complex, (v.real, v.imag)


@reduces("builtins.slice")
def reduce_slice(session: Session, v: slice) -> Any:
    """Its parts."""
    return make_slice, (v.start, v.stop, v.step)


@reduces("builtins.range")
def reduce_range(session: Session, v: range) -> Any:
    """Its parts."""
    return make_range, (v.start, v.stop, v.step)


@reduces("builtins.ellipsis", "builtins.NotImplementedType")
def reduce_singleton(session: Session, v: Any) -> Any:
    """By name."""
    return make_singleton, ("..." if v is ... else "NotImplemented",)


@maker("singleton", data=True)
def make_singleton(name: str) -> Any:
    """One of the two."""
    return {"...": ..., "NotImplemented": NotImplemented}[name]


@maker("moment", data=True)
def make_moment(kind: str, args: tuple[int, ...], zone: Any, fold: int) -> Any:
    """A date, time or datetime."""
    if kind == "date":
        return datetime.date(*args)
    cls = datetime.time if kind == "time" else datetime.datetime
    return cls(*args, tzinfo=zone, fold=fold)  # type: ignore[arg-type]


@reduces("datetime.date")
def reduce_date(session: Session, v: datetime.date) -> Any:
    """Its parts."""
    return make_moment, ("date", (v.year, v.month, v.day), None, 0)


@reduces("datetime.time")
def reduce_time(session: Session, v: datetime.time) -> Any:
    """Its parts, with its zone."""
    return make_moment, ("time", (v.hour, v.minute, v.second, v.microsecond), v.tzinfo, v.fold)


@reduces("datetime.datetime")
def reduce_datetime(session: Session, v: datetime.datetime) -> Any:
    """Its parts, with its zone."""
    parts = (v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond)
    return make_moment, ("datetime", parts, v.tzinfo, v.fold)


@reduces("datetime.timedelta")
def reduce_timedelta(session: Session, v: datetime.timedelta) -> Any:
    """Its parts."""
    return make_timedelta, (v.days, v.seconds, v.microseconds)


@maker("timedelta", data=True)
def make_timedelta(*parts: int) -> Any:
    """From days, seconds, microseconds."""
    return datetime.timedelta(*parts)


@reduces("datetime.timezone")
def reduce_timezone(session: Session, v: datetime.timezone) -> Any:
    """UTC by identity, others by offset and name."""
    if v is datetime.timezone.utc:
        return make_timezone, ()
    return make_timezone, (v.utcoffset(None), *(v.__getinitargs__()[1:]))  # type: ignore[attr-defined]


@maker("timezone", data=True)
def make_timezone(*parts: Any) -> Any:
    """UTC, or an offset with or without a name."""
    return datetime.timezone(*parts) if parts else datetime.timezone.utc


@reduces("zoneinfo.ZoneInfo")
def reduce_zone(session: Session, v: zoneinfo.ZoneInfo) -> Any:
    """By its key in the time zone database."""
    if v.key is None:
        return NotImplemented
    session.facts.needs.setdefault(zones.DISTRIBUTION, False)
    return make_zone, (v.key,)


@maker("zone", data=True)
def make_zone(key: str) -> Any:
    """From the target's time zone database. @throws Refused where it has none."""
    try:
        return zoneinfo.ZoneInfo(key)
    except zoneinfo.ZoneInfoNotFoundError as error:
        raise Refused(f"the time zone {key} is not known here", f"install {zones.DISTRIBUTION}") from error


@reduces_kind("pytz.tzinfo.BaseTzInfo")
@reduces("pytz.UTC")
def reduce_pytz(session: Session, v: Any) -> Any:
    """By its name in the time zone database."""
    return make_pytz, (v.zone,)


@maker("zone_pytz", data=True)
def make_pytz(key: str) -> Any:
    """As pytz has it; without pytz, as Python has it."""
    try:
        import pytz
    except ImportError:
        current().note("time zones of pytz become those of Python, since pytz is not here")
        return datetime.timezone.utc if key == "UTC" else zoneinfo.ZoneInfo(key)
    return pytz.timezone(key)


@reduces("decimal.Decimal")
def reduce_decimal(session: Session, v: decimal.Decimal) -> Any:
    """Its digits."""
    return make_decimal, (str(v),)


@maker("decimal", data=True)
def make_decimal(text: str) -> Any:
    """From its digits."""
    return decimal.Decimal(text)


@reduces("fractions.Fraction")
def reduce_fraction(session: Session, v: fractions.Fraction) -> Any:
    """Its parts."""
    return make_fraction, (v.numerator, v.denominator)


@maker("fraction", data=True)
def make_fraction(above: int, below: int) -> Any:
    """From its parts."""
    return fractions.Fraction(above, below)


@reduces("uuid.UUID")
def reduce_uuid(session: Session, v: uuid.UUID) -> Any:
    """Its number."""
    return make_uuid, (v.int,)


@maker("uuid", data=True)
def make_uuid(number: int) -> Any:
    """From its number."""
    return uuid.UUID(int=number)


@reduces(
    "pathlib.PosixPath",
    "pathlib.WindowsPath",
    "pathlib.PurePosixPath",
    "pathlib.PureWindowsPath",
    "pathlib._local.PosixPath",
    "pathlib._local.WindowsPath",
    "pathlib._local.PurePosixPath",
    "pathlib._local.PureWindowsPath",
)
def reduce_path(session: Session, v: pathlib.PurePath) -> Any:
    """Its text; a path of this machine becomes one of the target."""
    return make_path, (type(v).__name__, str(v))


@maker("path", data=True)
def make_path(kind: str, text: str) -> Any:
    """A concrete path becomes one of the machine it is restored on."""
    if kind in ("PosixPath", "WindowsPath"):
        return pathlib.Path(text)
    return {"PurePosixPath": pathlib.PurePosixPath, "PureWindowsPath": pathlib.PureWindowsPath}[kind](text)


@reduces("collections.OrderedDict")
def reduce_ordered(session: Session, v: Any) -> Any:
    """Items in order; attributes where it has any."""
    return make_ordered, (), _attributes(v), None, list(v.items()), fill_data


def _attributes(v: Any) -> Any:
    return dict(v.__dict__) if getattr(v, "__dict__", None) else None


@maker("data_fill", data=True)
def fill_data(obj: Any, state: Any) -> None:
    """Attributes of a container of the standard library."""
    if state and isinstance(state, dict):
        obj.__dict__.update(state)


@maker("ordered_dict", data=True)
def make_ordered() -> Any:
    """Empty."""
    return collections.OrderedDict()


@reduces("collections.Counter")
def reduce_counter(session: Session, v: Any) -> Any:
    """Items in order."""
    return make_counter, (), _attributes(v), None, list(dict.items(v)), fill_data


@maker("counter", data=True)
def make_counter() -> Any:
    """Empty."""
    return collections.Counter()


@reduces("collections.defaultdict")
def reduce_defaultdict(session: Session, v: Any) -> Any:
    """Items in order, and the factory."""
    factory = v.default_factory
    if factory in (None, int, float, str, list, dict, set, bool, tuple):
        return make_defaultdict, (factory and factory.__name__,), None, None, list(v.items())
    return make_defaultdict_of, (), (factory,), None, list(v.items()), fill_factory


@maker("defaultdict", data=True)
def make_defaultdict(name: str | None) -> Any:
    """With a plain type as factory."""
    kinds = {
        "int": int,
        "float": float,
        "str": str,
        "list": list,
        "dict": dict,
        "set": set,
        "bool": bool,
        "tuple": tuple,
    }
    return collections.defaultdict(kinds[name] if name else None)


@maker("defaultdict_of")
def make_defaultdict_of() -> Any:
    """Its factory follows."""
    return collections.defaultdict()


@maker("defaultdict_fill")
def fill_factory(obj: Any, state: Any) -> None:
    """The factory, which may refer to the dictionary."""
    obj.default_factory = state[0]


@reduces("collections.deque")
def reduce_deque(session: Session, v: Any) -> Any:
    """Elements in order, and the bound."""
    return make_deque, (v.maxlen,), None, list(v)


@maker("deque", data=True)
def make_deque(limit: int | None) -> Any:
    """Empty."""
    return collections.deque(maxlen=limit)


@reduces("collections.ChainMap")
def reduce_chain(session: Session, v: Any) -> Any:
    """Its maps."""
    return make_chain, (), v.maps, None, None, fill_chain


@maker("chain_map", data=True)
def make_chain() -> Any:
    """Empty."""
    return collections.ChainMap()


@maker("chain_map_fill", data=True)
def fill_chain(obj: Any, maps: Any) -> None:
    """Its maps, which may be shared."""
    if isinstance(obj, collections.ChainMap):
        obj.maps = maps


@reduces("types.SimpleNamespace")
def reduce_namespace(session: Session, v: types.SimpleNamespace) -> Any:
    """Its attributes."""
    return make_namespace, (), dict(v.__dict__), None, None, fill_data


@maker("namespace", data=True)
def make_namespace() -> Any:
    """Empty."""
    return types.SimpleNamespace()


@reduces("builtins.mappingproxy")
def reduce_proxy(session: Session, v: Any) -> Any:
    """A copy of what it shows, behind a proxy again."""
    return make_proxy, (v | {} if type(v | {}) is dict else dict(v),)


@maker("mapping_proxy", data=True)
def make_proxy(mapping: Any) -> Any:
    """A proxy."""
    return types.MappingProxyType(mapping)


@reduces("array.array")
def reduce_array(session: Session, v: array.array) -> Any:  # type: ignore[type-arg]
    """Its memory out of band."""
    return make_array, (
        v.typecode,
        v.itemsize,
        sys.byteorder,
        pickle.PickleBuffer(memoryview(v).cast("B") if len(v) else b""),
    )


@maker("array", data=True)
def make_array(code: str, size: int, order: str, memory: Any) -> Any:
    """@throws ValueError where items of that type have another size here."""
    made = array.array(code)
    if made.itemsize != size:
        raise ValueError(f"an array of type {code!r} has items of {made.itemsize} bytes here, and had {size}")
    made.frombytes(memory)
    if order != sys.byteorder:
        made.byteswap()
    return made


@reduces("builtins.memoryview")
def reduce_view(session: Session, v: memoryview) -> Any:
    """Over the same object as before, where it shows all of it."""
    owner = v.obj
    if v.contiguous and type(owner) in (bytes, bytearray) and v.nbytes == len(owner):
        return make_view, (owner, v.format, v.shape, v.readonly)
    return make_view, (bytes(v) if v.readonly else bytearray(v), v.format, v.shape, v.readonly)


@maker("memoryview", data=True)
def make_view(owner: Any, form: str, shape: Any, readonly: bool) -> Any:
    """A view of that form."""
    view = memoryview(owner)
    if readonly:
        view = view.toreadonly()
    return view if (form, shape) == (view.format, view.shape) else view.cast("B").cast(form, shape)  # type: ignore[call-overload]


@reduces("_struct.Struct")
def reduce_struct(session: Session, v: Any) -> Any:
    """Its format."""
    return make_struct, (v.format,)


@maker("struct", data=True)
def make_struct(form: str) -> Any:
    """From its format."""
    return struct.Struct(form)


@reduces("random.Random")
def reduce_random(session: Session, v: random.Random) -> Any:
    """Its state."""
    return make_random, (), v.getstate(), None, None, fill_random


@maker("random", data=True)
def make_random() -> Any:
    """Seeded by what follows."""
    return random.Random(0)  # noqa: S311 - a user's generator is rebuilt


@maker("random_fill", data=True)
def fill_random(obj: Any, state: Any) -> None:
    """The state of Python's own generator."""
    if type(obj) is random.Random:
        obj.setstate(state)


@reduces("weakref.ReferenceType", "weakref.ref", "builtins.weakref")
def reduce_weakref(session: Session, v: Any) -> Any:
    """To the same object, if something that is carried holds that."""
    target = v()
    session.note("a weak reference lives only as long as something else that was carried holds its object")
    return make_weakref, (() if target is None else (target,))


class _Gone:
    pass


@maker("weakref", data=True)
def make_weakref(*target: Any) -> Any:
    """Dead where its object was."""
    return weakref.ref(target[0]) if target else weakref.ref(_Gone())


@reduces("weakref.WeakValueDictionary", "weakref.WeakKeyDictionary", "weakref.WeakSet", "_weakrefset.WeakSet")
def reduce_weak(session: Session, v: Any) -> Any:
    """Its present content."""
    session.note("a weak collection keeps only what something else that was carried holds")
    content = list(v) if type(v).__name__ == "WeakSet" else list(v.items())
    return make_weak, (type(v).__name__,), content, None, None, fill_weak


@maker("weak_collection", data=True)
def make_weak(kind: str) -> Any:
    """Empty."""
    return {
        "WeakSet": weakref.WeakSet,
        "WeakValueDictionary": weakref.WeakValueDictionary,
        "WeakKeyDictionary": weakref.WeakKeyDictionary,
    }[kind]()


@maker("weak_fill")
def fill_weak(obj: Any, content: Any) -> None:
    """Its content."""
    if isinstance(obj, weakref.WeakSet):
        for each in content:
            obj.add(each)
    else:
        for key, value in content:
            obj[key] = value
