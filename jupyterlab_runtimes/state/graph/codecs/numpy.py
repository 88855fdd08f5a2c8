"""numpy: arrays as memory, type, shape and strides, the same for numpy 1 and 2.

Memory has one owner, which is written once, out of band and without a copy; each array is a window on it.
Of an owner no more is written than the windows that are carried can see.
"""

from __future__ import annotations

import pickle
import sys
import weakref
from typing import Any

from ..dispatch import reduces, reduces_kind
from ..makers import maker
from ..refusal import Refused
from ..session import Session

_PLAIN_OWNERS = (bytes, bytearray)
_LIMITS = ("numpy", "numpy.core.getlimits", "numpy._core.getlimits")


def np() -> Any:
    """The numpy that an object came from."""
    return sys.modules["numpy"]


def dtype_spec(dtype: Any) -> Any:
    """A dtype in plain values. @throws Refused for types that only their own library knows."""
    if dtype.names is not None:
        fields = [dtype.fields[name] for name in dtype.names]
        spec = {
            "names": list(dtype.names),
            "formats": [dtype_spec(field[0]) for field in fields],
            "offsets": [field[1] for field in fields],
            "titles": [field[2] if len(field) > 2 else None for field in fields],
            "itemsize": dtype.itemsize,
            "aligned": dtype.isalignedstruct,
        }
        if not dtype.hasobject:
            return spec
        # Pointers are not of one width on all machines: where numpy laid the fields out, it does it again.
        natural = {**spec, "offsets": None, "itemsize": None}
        return natural if make_dtype_of(natural) == dtype else {**spec, "pointer": np().dtype(object).itemsize}
    if dtype.subdtype is not None:
        return [dtype_spec(dtype.subdtype[0]), list(dtype.subdtype[1])]
    text = dtype.str
    if type(dtype).__name__ == "StringDType":
        raise Refused("numpy's StringDType keeps its strings outside of the array", "use dtype object or <U")
    if np().dtype(text) != dtype:
        raise Refused(f"the dtype {dtype} belongs to another library", "convert the array to a dtype of numpy's own")
    if dtype.kind in "fc" and dtype.itemsize not in (2, 4, 8) and not (dtype.kind == "c" and dtype.itemsize == 16):
        return {"long": text, "digits": int(np().finfo(dtype).nmant)}
    return text


def make_dtype_of(spec: Any) -> Any:
    """The dtype for a spec. @throws Refused where this machine has no such type."""
    import numpy

    if isinstance(spec, str):
        return numpy.dtype(spec)
    if isinstance(spec, list):
        return numpy.dtype((make_dtype_of(spec[0]), tuple(spec[1])))
    if "long" in spec:
        dtype = numpy.dtype(spec["long"])
        if numpy.finfo(dtype).nmant != spec["digits"]:
            raise Refused("long doubles have another format on this machine", "convert it to float64 or complex128")
        return dtype
    layout = {"names": spec["names"], "formats": [make_dtype_of(each) for each in spec["formats"]]}
    if spec["offsets"] is not None:
        if spec.get("pointer", numpy.dtype(object).itemsize) != numpy.dtype(object).itemsize:
            raise Refused("its fields were laid out by hand, and pointers of this machine have another width")
        layout.update(offsets=spec["offsets"], itemsize=spec["itemsize"])
    if any(title is not None for title in spec["titles"]):
        layout["titles"] = spec["titles"]
    return numpy.dtype(layout, align=spec["aligned"])


class Memory:
    """An owner of memory, and how much of it must be written. ``flat`` is all of it as bytes."""

    def __init__(self, owner: Any, flat: Any, start: int) -> None:
        self.owner = owner
        self.flat = flat
        self.start = start
        self.low = flat.nbytes
        self.high = 0

    def cover(self, low: int, high: int) -> None:
        """Make sure that these bytes are written."""
        self.low, self.high = min(self.low, low), max(self.high, high)


def _address(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def _extent(array: Any) -> tuple[int, int]:
    low = high = _address(array)
    for length, stride in zip(array.shape, array.strides):
        if stride < 0:
            low += stride * (length - 1)
        else:
            high += stride * (length - 1)
    return low, high + array.itemsize


def _flat(array: Any) -> Any:
    """All bytes of an array that fills its memory; None where it has gaps."""
    order = sorted(range(array.ndim), key=lambda axis: (-array.strides[axis], -array.shape[axis]))
    turned = array.transpose(order)
    return turned.reshape(-1).view("u1") if turned.flags.c_contiguous else None


def flat_bytes(array: Any) -> Any:
    """All bytes of an array that fills its memory; None where it has gaps, or is no plain memory."""
    plain = np().ndarray.view(array, np().ndarray)
    return None if plain.dtype.hasobject or not plain.size else _flat(plain)


def numpy_owners(session: Session) -> dict[int, Any]:
    """The arrays that the namespace's own arrays show, by their address: other libraries may show them, too."""
    known = session.codecs.get("numpy_owners")
    if known is None:
        known = session.codecs["numpy_owners"] = {}
        numpy: Any = sys.modules.get("numpy")
        for value in list(session.namespace.values()) if numpy is not None else ():
            if type(value) is numpy.ndarray:
                owner = owner_of(value)
                if type(owner) is numpy.ndarray and _torch_storage(owner.base) is None:
                    known.setdefault(_address(owner), owner)
    return known


def _torch_storage(base: Any) -> Any:
    """The storage of a tensor whose memory an array shows."""
    torch: Any = sys.modules.get("torch")
    is_tensor = torch is not None and type(base) is getattr(torch, "Tensor", None)
    return base.untyped_storage() if is_tensor else None


def owner_of(array: Any) -> Any:
    """The array whose memory this one shows; ``as_strided`` puts an object of its own between the two."""
    numpy = np()
    owner = array
    while True:
        base = owner.base
        if type(base).__name__ == "DummyArray":
            base = base.base
        if not isinstance(base, numpy.ndarray):
            return owner
        owner = base


#: Memory that was restored, by id: it is ours, and no bytearray of the user's.
_given: dict[int, Any] = {}


def memory_of(session: Session, array: Any) -> Any:
    """The owner of an array's memory: a ``Memory``, or a bytes or bytearray object. None where it must be copied."""
    numpy = np()
    owner = owner_of(array)
    storage = _torch_storage(owner.base)
    if storage is not None:
        from .torch import bytes_of

        owner = bytes_of(session, storage)
    base = owner.base
    ours = _given.get(id(owner))
    if ours is not None and ours() is owner:
        base = None
    if (
        isinstance(base, memoryview)
        and type(base.obj) in _PLAIN_OWNERS
        and base.contiguous
        and base.nbytes == len(base.obj)
    ):
        base = base.obj
    if type(base) in _PLAIN_OWNERS:
        return base
    owners = session.codecs.setdefault("numpy", {})
    known = owners.get(id(owner))
    if known is None:
        plain = numpy.ndarray.view(owner, numpy.ndarray)
        flat = None if plain.dtype.hasobject else _flat(plain)
        known = owners[id(owner)] = Memory(owner, flat, _address(plain)) if flat is not None else (owner,)
    return known if isinstance(known, Memory) else None


def array_parts(session: Session, array: Any) -> Any:
    """The reduction of a plain ``ndarray``."""
    dtype = array.dtype
    if dtype.hasobject or type(dtype).__name__ == "StringDType":
        from .arrays import object_parts

        return object_parts(session, array)
    spec = dtype_spec(dtype)
    writeable = bool(array.flags.writeable)
    if array.size == 0 or dtype.itemsize == 0:
        return np_empty, (
            spec,
            array.shape,
            array.strides == np().empty(array.shape[::-1], dtype).T.strides and array.ndim > 1,
            writeable,
        )
    memory = memory_of(session, array)
    if memory is None:
        fresh = np().array(array, order="K", copy=True)
        session.keep.append(fresh)
        memory, array = memory_of(session, fresh), fresh
    low, high = _extent(array)
    address = _address(array)
    if isinstance(memory, Memory):
        memory.cover(low - memory.start, high - memory.start)
        offset = address - memory.start - memory.low
    else:
        offset = address - _address(np().frombuffer(memory, "u1"))
    strides = None if array.flags.c_contiguous else array.strides
    return np_array, (memory, spec, array.shape, strides, offset, writeable)


@reduces("numpy.ndarray")
def reduce_array(session: Session, array: Any) -> Any:
    """Memory, type, shape, strides."""
    session.need("numpy")
    return array_parts(session, array)


def reduce_memory(session: Session, memory: Memory) -> Any:
    """The bytes that are seen, out of band."""
    return np_memory, (pickle.PickleBuffer(memory.flat[memory.low : memory.high]),)


@maker("memory", data=True)
def np_memory(memory: Any) -> Any:
    """The source's own memory: no copy."""
    import numpy

    made = numpy.frombuffer(memory, "u1")
    key = id(made)
    _given[key] = weakref.ref(made, lambda _: _given.pop(key, None))
    return made


@maker("np_empty", data=True)
def np_empty(spec: Any, shape: Any, fortran: bool, writeable: bool) -> Any:
    """An array without elements."""
    import numpy

    made = numpy.empty(shape, make_dtype_of(spec), order="F" if fortran else "C")
    if made.size and made.nbytes:
        raise ValueError("an array that should be empty is not")
    made.flags.writeable = writeable
    return made


@maker("np_array", data=True)
def np_array(memory: Any, spec: Any, shape: Any, strides: Any, offset: int, writeable: bool) -> Any:
    """A window on memory; numpy checks that it lies within."""
    import numpy

    dtype = make_dtype_of(spec)
    if dtype.hasobject:
        raise ValueError("memory can't hold objects")
    made = numpy.ndarray(shape, dtype, memory, offset, strides)
    if made.flags.writeable != writeable:
        if writeable:
            made = made.copy()
        else:
            made.flags.writeable = False
    return made


@reduces_kind("numpy.dtype")
def reduce_dtype(session: Session, dtype: Any) -> Any:
    """In plain values."""
    session.need("numpy")
    if type(dtype).__name__ == "StringDType":
        session.need("numpy", exact=True)
        return dtype.__reduce__()
    return np_dtype, (dtype_spec(dtype), dict(dtype.metadata) if dtype.metadata else None)


@maker("np_dtype", data=True)
def np_dtype(spec: Any, metadata: Any) -> Any:
    """With its metadata."""
    import numpy

    dtype = make_dtype_of(spec)
    return numpy.dtype(dtype, metadata=metadata) if metadata else dtype


@reduces_kind("numpy.generic")
def reduce_scalar(session: Session, scalar: Any) -> Any:
    """Type and bytes; a record that has a class of its own keeps it."""
    session.need("numpy")
    if scalar.dtype.hasobject:
        return np_object_scalar, (dtype_spec(scalar.dtype), scalar.item())
    return np_scalar, (dtype_spec(scalar.dtype), scalar.tobytes(), type(scalar).__name__ == "record")


@maker("np_scalar", data=True)
def np_scalar(spec: Any, content: bytes, record: bool) -> Any:
    """One element."""
    import numpy

    dtype = make_dtype_of(spec)
    if dtype.hasobject:
        raise ValueError("memory can't hold objects")
    if dtype.itemsize == 0:
        return dtype.type()
    made = numpy.ndarray((1,), dtype, bytearray(content))
    if record:
        made = made.view(numpy.recarray)
    return made[0]


@maker("np_object_scalar", data=True)
def np_object_scalar(spec: Any, content: Any) -> Any:
    """A record with objects in it."""
    import numpy

    made = numpy.empty((1,), make_dtype_of(spec))
    made[0] = content
    return made[0]


@reduces("numpy.ufunc")
def reduce_ufunc(session: Session, function: Any) -> Any:
    """By name."""
    session.need("numpy")
    if getattr(np(), function.__name__, None) is function:
        return np_ufunc, (function.__name__,)
    from ..generic import reduce_object

    return reduce_object(session, function)


@maker("np_ufunc", data=True)
def np_ufunc(name: str) -> Any:
    """Numpy's own function of that name."""
    import numpy

    found = getattr(numpy, name)
    if not isinstance(found, numpy.ufunc):
        raise ValueError(f"numpy.{name} is not a ufunc")
    return found


@reduces(*(f"{module}.{name}" for module in _LIMITS for name in ("finfo", "iinfo")))
def reduce_limits(session: Session, limits: Any) -> Any:
    """By the type that they are of."""
    session.need("numpy")
    return np_limits, (type(limits).__name__, dtype_spec(np().dtype(limits.dtype)))


@maker("np_limits", data=True)
def np_limits(kind: str, spec: Any) -> Any:
    """Of this machine, on which the type is the same one."""
    import numpy

    return {"finfo": numpy.finfo, "iinfo": numpy.iinfo}[kind](make_dtype_of(spec))


def note_memmap(session: Session) -> None:
    """A memory map becomes an array in memory."""
    session.note("the file that it maps was read into memory")
