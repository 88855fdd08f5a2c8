"""numpy beyond plain memory: arrays of objects, masked arrays, subclasses, random generators."""

from __future__ import annotations

import sys
from typing import Any

from ..dispatch import reduces, reduces_kind
from ..makers import maker
from ..session import Session
from .numpy import dtype_spec, make_dtype_of, note_memmap, np, owner_of
from .text import fill_flat, flat_of, is_plain, pack_flat


def object_parts(session: Session, array: Any) -> Any:
    """An array of objects: its elements, in the order of its memory. Views share the owner's elements."""
    numpy = np()
    if type(array.dtype).__name__ == "StringDType":
        session.need("numpy", exact=True)
        return NotImplemented
    if array.dtype != numpy.dtype(object):
        owner_items = array.tolist()
        return np_records, (dtype_spec(array.dtype), array.shape), (owner_items,), None, None, fill_records
    owner = owner_of(array)
    if array.size and owner is not array and type(owner) is numpy.ndarray and owner.dtype == array.dtype:
        window = _window(session, array, owner) if owner.flags.forc else None
        if window is not None:
            return np_object_window, (*window, bool(array.flags.writeable))
    fortran = bool(array.flags.f_contiguous and not array.flags.c_contiguous)

    def parts() -> Any:
        flat = array.ravel(order="F" if fortran else "C")
        return pack_flat(flat)

    content = session.once(array, parts)
    if array.ndim == 1 and array.size and is_plain(content):
        return np_plain_objects, (array.shape[0], content, bool(array.flags.writeable))
    return np_objects, (array.shape, fortran), (content, bool(array.flags.writeable)), None, None, fill_objects


def _window(session: Session, array: Any, owner: Any) -> Any:
    """What the array shows of which elements, in elements: pointers are not of one width on all machines.

    None where it goes alone: nobody else shows its elements, and its owner has many more.
    """
    parts: dict[tuple[int, int], Any] = session.codecs.setdefault("numpy_object_parts", {})
    made: set[int] = session.codecs.setdefault("numpy_object_part_ids", set())
    if id(array) in made:
        return None
    low, high = _span(array, owner)
    for start, end, count in _shown(session).get(id(owner), ()):
        if start <= low and high <= end and (count > 1 or (start, end) != (low, high)):
            part = owner
            if (start, end) != (0, owner.size):
                part = parts.setdefault((id(owner), start), owner.reshape(-1, order="A")[start:end])
                made.add(id(part))
            break
    else:
        if owner.size > 4 * array.size:
            return None
        part, start = owner, 0
    steps = tuple(stride // array.itemsize for stride in array.strides)
    return part, array.shape, steps, _place(array, owner) - start


def _shown(session: Session) -> dict[int, list[tuple[int, int, int]]]:
    """By the id of an owner: which of its elements the namespace's own arrays show: from, to, how many show them."""
    known: dict[int, list[tuple[int, int, int]]] | None = session.codecs.get("numpy_object_windows")
    if known is None:
        known = session.codecs["numpy_object_windows"] = {}
        numpy = np()
        spans: dict[int, list[tuple[int, int]]] = {}
        for value in {id(each): each for each in session.namespace.values()}.values():
            if type(value) is numpy.ndarray and value.dtype == numpy.dtype(object) and value.size:
                owner = owner_of(value)
                spans.setdefault(id(owner), []).append(_span(value, owner))
        for key, each in spans.items():
            known[key] = _merged(each)
    return known


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    merged: list[tuple[int, int, int]] = []
    for low, high in sorted(spans):
        if merged and low < merged[-1][1]:
            start, end, count = merged[-1]
            merged[-1] = (start, max(end, high), count + 1)
        else:
            merged.append((low, high, 1))
    return merged


def _place(array: Any, owner: Any) -> int:
    """Of its first element among the owner's."""
    first: int = array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    return first // array.itemsize


def _span(array: Any, owner: Any) -> tuple[int, int]:
    """The owner's elements that it reaches, the second not included."""
    low = high = _place(array, owner)
    for length, stride in zip(array.shape, array.strides):
        reach = stride // array.itemsize * (length - 1)
        low, high = (low + reach, high) if reach < 0 else (low, high + reach)
    return low, high + 1


@maker("np_objects", data=True)
def np_objects(shape: Any, fortran: bool) -> Any:
    """All None, filled later: elements may refer to the array."""
    import numpy

    return numpy.empty(shape, object, order="F" if fortran else "C")


@maker("np_plain_objects", data=True)
def np_plain_objects(count: int, content: Any, writeable: bool) -> Any:
    """Strings and numbers, which can't refer to the array."""
    array = flat_of(content, count)
    array.flags.writeable = writeable
    return array


@maker("np_objects_fill", data=True)
def fill_objects(array: Any, state: Any) -> None:
    """The elements."""
    content, writeable = state
    flat = array.reshape(-1, order="F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C")
    fill_flat(flat, content)
    array.flags.writeable = writeable


@maker("np_object_window", data=True)
def np_object_window(owner: Any, shape: Any, steps: Any, first: int, writeable: bool) -> Any:
    """A window on an array of objects, in elements. @throws ValueError where it does not lie within."""
    import numpy

    low = high = first
    for length, step in zip(shape, steps):
        if length <= 0:
            raise ValueError("a view of objects is out of shape")
        low, high = (low + step * (length - 1), high) if step < 0 else (low, high + step * (length - 1))
    if owner.dtype != numpy.dtype(object) or low < 0 or high >= owner.size or not owner.flags.forc:
        raise ValueError("a view of objects reaches beyond its owner")
    strides = tuple(step * owner.itemsize for step in steps)
    flat = owner.reshape(-1, order="A")
    return numpy.lib.stride_tricks.as_strided(flat[first:], shape, strides, writeable=writeable)


@maker("np_records", data=True)
def np_records(spec: Any, shape: Any) -> Any:
    """Records with objects in them, filled later."""
    import numpy

    return numpy.zeros(shape, make_dtype_of(spec))


@maker("np_records_fill", data=True)
def fill_records(array: Any, state: Any) -> None:
    """The records."""
    array[...] = state[0]


@reduces_kind("numpy.ndarray")
def reduce_subclass(session: Session, array: Any) -> Any:
    """A plain array seen as its class, with its attributes."""
    session.need("numpy")
    numpy = np()
    cls = type(array)
    known = {
        getattr(numpy, "matrix", None): "matrix",
        getattr(numpy, "recarray", None): "recarray",
        numpy.memmap: "ndarray",
    }
    chars = getattr(sys.modules.get("numpy.char"), "chararray", None)
    if chars is not None:
        known[chars] = "chararray"
    if cls is numpy.memmap:
        note_memmap(session)
    if cls.__reduce__ is not numpy.ndarray.__reduce__ or cls.__reduce_ex__ is not numpy.ndarray.__reduce_ex__:
        from ..generic import reduce_object

        return reduce_object(session, array)
    plain = session.once(array, lambda: numpy.ndarray.view(array, numpy.ndarray))
    if cls in known:
        if known[cls] == "recarray" and array.dtype.type is not numpy.record:
            return np_view, (plain, "recarray")
        return np_view, (plain, known[cls])
    state = dict(getattr(array, "__dict__", {}))
    return np_subclass, (plain, cls), state, None, None, fill_subclass


@maker("np_view", data=True)
def np_view(plain: Any, kind: str) -> Any:
    """As one of numpy's own classes."""
    import numpy

    if kind == "ndarray":
        return plain
    cls = {"matrix": numpy.matrix, "recarray": numpy.recarray, "chararray": numpy.char.chararray}[kind]
    return plain.view(cls)


@maker("np_subclass")
def np_subclass(plain: Any, cls: Any) -> Any:
    """As a class that came along."""
    return plain.view(cls)


@maker("np_subclass_fill")
def fill_subclass(array: Any, state: dict[str, Any]) -> None:
    """Its attributes."""
    array.__dict__.update(state)


@reduces("numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray")
def reduce_masked(session: Session, array: Any) -> Any:
    """Data, mask, what stands for the masked."""
    session.need("numpy")
    mask = array._mask
    data = session.once(array, lambda: np().ndarray.view(array, np().ndarray))
    fill = array._fill_value
    return np_masked, (
        data,
        None if mask is np().ma.nomask else mask,
        None if fill is None else fill,
        bool(array._hardmask),
    )


@maker("np_masked", data=True)
def np_masked(data: Any, mask: Any, fill: Any, hard: bool) -> Any:
    """The mask is its own again."""
    import numpy

    made = numpy.ma.MaskedArray(data, copy=False)
    if mask is not None:
        made._mask = mask
    if fill is not None:
        made.fill_value = fill if getattr(fill, "shape", None) != () else fill[()]
    if hard:
        made.harden_mask()
    return made


@reduces("numpy.ma.MaskedConstant", "numpy.ma.core.MaskedConstant")
def reduce_masked_constant(session: Session, array: Any) -> Any:
    """The one there is."""
    session.need("numpy")
    return np_masked_constant, ()


@maker("np_masked_constant", data=True)
def np_masked_constant() -> Any:
    """The one there is."""
    import numpy

    return numpy.ma.masked


@reduces(
    "numpy.random.Generator",
    "numpy.random._generator.Generator",
    "numpy.random.mtrand.RandomState",
    "numpy.random.RandomState",
)
def reduce_generator(session: Session, generator: Any) -> Any:
    """The kind of its bits and their state."""
    session.need("numpy")
    kind = type(generator).__name__
    bits = generator.bit_generator if kind == "Generator" else generator._bit_generator
    legacy = generator.get_state(legacy=False) if kind == "RandomState" else None
    return np_generator, (kind, bits, legacy)


@reduces_kind("numpy.random.bit_generator.BitGenerator", "numpy.random.BitGenerator")
def reduce_bits(session: Session, bits: Any) -> Any:
    """Its state, and the seed that children are spawned from."""
    session.need("numpy")
    seed = getattr(bits, "seed_seq", getattr(bits, "_seed_seq", None))
    return np_bits, (type(bits).__name__, bits.state, seed)


@reduces("numpy.random.bit_generator.SeedSequence", "numpy.random.SeedSequence")
def reduce_seed(session: Session, seed: Any) -> Any:
    """What it was made from."""
    session.need("numpy")
    return np_seed, (seed.entropy, tuple(seed.spawn_key), seed.pool_size, seed.n_children_spawned)


@maker("np_seed", data=True)
def np_seed(entropy: Any, key: Any, size: int, spawned: int) -> Any:
    """With the number of its children."""
    import numpy

    return numpy.random.SeedSequence(entropy, spawn_key=key, pool_size=size, n_children_spawned=spawned)


_BITS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")


@maker("np_bits", data=True)
def np_bits(kind: str, state: Any, seed: Any) -> Any:
    """One of numpy's own."""
    import numpy

    if kind not in _BITS:
        raise ValueError(f"numpy has no random bits called {kind}")
    made = getattr(numpy.random, kind)(0 if seed is None else seed)
    made.state = state
    return made


@maker("np_generator", data=True)
def np_generator(kind: str, bits: Any, legacy: Any) -> Any:
    """Of the new kind or the old."""
    import numpy

    if kind == "Generator":
        return numpy.random.Generator(bits)
    made = numpy.random.RandomState(bits)
    made.set_state(legacy)
    return made
