"""pandas: indexes, extension arrays, dtypes and scalars in plain parts, the same for pandas 1, 2 and 3."""

from __future__ import annotations

import sys
from typing import Any

from ..context import current
from ..dispatch import reduces, reduces_kind
from ..makers import maker
from ..session import Session


def pd() -> Any:
    """The pandas that an object came from."""
    return sys.modules["pandas"]


def _major() -> int:
    import pandas

    return int(pandas.__version__.split(".")[0])


def _unit(values: Any) -> str:
    return str(getattr(values, "unit", None) or getattr(values, "_unit", None) or "ns")


# -- dtypes


@reduces_kind("pandas.core.dtypes.base.ExtensionDtype", "pandas.api.extensions.ExtensionDtype")
def reduce_dtype(session: Session, dtype: Any) -> Any:
    """By its kind and parameters."""
    session.need("pandas")
    kind = type(dtype).__name__
    if type(dtype).__module__.split(".")[0] != "pandas":
        from ..generic import reduce_object

        return reduce_object(session, dtype)
    if kind == "CategoricalDtype":
        return pd_dtype, (kind, dtype.categories, bool(dtype.ordered))
    if kind == "DatetimeTZDtype":
        return pd_dtype, (kind, dtype.unit, dtype.tz)
    if kind == "PeriodDtype":
        return pd_dtype, (kind, str(dtype.name)[len("period[") : -1])
    if kind == "IntervalDtype":
        return pd_dtype, (kind, None if dtype.subtype is None else dtype.subtype, getattr(dtype, "closed", None))
    if kind == "StringDtype":
        return pd_dtype, (kind, dtype.storage, _missing_kind(dtype))
    if kind == "SparseDtype":
        return pd_dtype, (kind, dtype.subtype, dtype.fill_value)
    if kind == "ArrowDtype":
        session.need("pyarrow")
        return pd_dtype, (kind, dtype.pyarrow_dtype)
    return pd_dtype, ("name", str(dtype.name))


def _missing_kind(dtype: Any) -> str:
    missing = getattr(dtype, "na_value", None)
    return "nan" if isinstance(missing, float) else "NA"


@maker("pd_dtype", data=True)
def pd_dtype(kind: str, *parts: Any) -> Any:
    """@throws what pandas says where this version has no such type."""
    import pandas

    if kind == "CategoricalDtype":
        return pandas.CategoricalDtype(*parts)
    if kind == "DatetimeTZDtype":
        unit = parts[0]
        return pandas.DatetimeTZDtype("ns" if _major() < 2 else unit, parts[1])
    if kind == "PeriodDtype":
        return _period(parts[0])
    if kind == "IntervalDtype":
        return pandas.IntervalDtype(*(part for part in parts if part is not None))
    if kind == "StringDtype":
        return _string_dtype(*parts)
    if kind == "SparseDtype":
        return pandas.SparseDtype(*parts)
    if kind == "ArrowDtype":
        return pandas.ArrowDtype(parts[0])
    return pandas.api.types.pandas_dtype(parts[0])


def _string_dtype(storage: str, missing: str) -> Any:
    import numpy
    import pandas

    if storage.startswith("pyarrow"):
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            current().note("strings of Arrow become strings of Python, since pyarrow is not here")
            storage = "python"
        else:
            storage = "pyarrow"
    if missing == "nan":
        try:
            return pandas.StringDtype(storage, na_value=numpy.nan)
        except TypeError:
            current().note("this pandas has no strings whose missing value is nan: they have pandas.NA")
    return pandas.StringDtype(storage)


#: Names of frequencies that pandas 2.2 changed. Each version knows one of the two.
_RENAMED = {
    "M": "ME",
    "Q": "QE",
    "Y": "YE",
    "A": "YE",
    "BM": "BME",
    "BQ": "BQE",
    "BY": "BYE",
    "BA": "BYE",
    "H": "h",
    "T": "min",
    "S": "s",
    "L": "ms",
    "U": "us",
    "N": "ns",
    "SM": "SME",
    "CBM": "CBME",
    "BH": "bh",
    "CBH": "cbh",
}


def _spellings(text: str) -> list[str]:
    stem, dash, anchor = text.partition("-")
    count = stem.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    unit = stem[len(count) :]
    names = [
        unit,
        *(new for old, new in _RENAMED.items() if old == unit),
        *(old for old, new in _RENAMED.items() if new == unit),
    ]
    return [f"{count}{name}{dash}{anchor}" for name in names]


def _first(make: Any, text: str) -> Any:
    import warnings

    for spelling in _spellings(text):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return make(spelling)
        except ValueError:
            continue
    return make(text)


def offset(text: str) -> Any:
    """A frequency by its name, in whichever spelling this pandas knows."""
    import pandas

    return _first(pandas.tseries.frequencies.to_offset, text)


def _period(text: str) -> Any:
    import pandas

    return _first(pandas.PeriodDtype, text)


# -- scalars


@reduces("pandas._libs.tslibs.timestamps.Timestamp", "pandas.Timestamp")
def reduce_timestamp(session: Session, v: Any) -> Any:
    """A number of units since 1970, and a zone."""
    session.need("pandas")
    return pd_timestamp, (int(v._value if hasattr(v, "_value") else v.value), _unit(v), v.tzinfo, int(v.fold))


@maker("pd_timestamp", data=True)
def pd_timestamp(number: int, unit: str, zone: Any, fold: int) -> Any:
    """With its unit where this pandas has units."""
    import pandas

    made = pandas.Timestamp(number, unit=unit)
    if hasattr(made, "as_unit") and made.unit != unit:
        made = made.as_unit(unit)
    if zone is not None:
        made = made.tz_localize("UTC").tz_convert(zone)
    return made


@reduces("pandas._libs.tslibs.timedeltas.Timedelta", "pandas.Timedelta")
def reduce_timedelta(session: Session, v: Any) -> Any:
    """A number of units."""
    session.need("pandas")
    return pd_timedelta, (int(v._value if hasattr(v, "_value") else v.value), _unit(v))


@maker("pd_timedelta", data=True)
def pd_timedelta(number: int, unit: str) -> Any:
    """With its unit where this pandas has units."""
    import pandas

    made = pandas.Timedelta(number, unit=unit)
    return made.as_unit(unit) if hasattr(made, "as_unit") and made.unit != unit else made


@reduces("pandas._libs.tslibs.period.Period", "pandas.Period")
def reduce_period(session: Session, v: Any) -> Any:
    """Its ordinal and frequency."""
    session.need("pandas")
    return pd_period, (v.ordinal, v.freqstr)


@maker("pd_period", data=True)
def pd_period(ordinal: int, freq: str) -> Any:
    """From its ordinal."""
    import numpy
    import pandas

    return pandas.arrays.PeriodArray(numpy.array([ordinal], "i8"), dtype=_period(freq))[0]


@reduces("pandas._libs.interval.Interval", "pandas.Interval")
def reduce_interval(session: Session, v: Any) -> Any:
    """Its ends."""
    session.need("pandas")
    return pd_interval, (v.left, v.right, v.closed)


@maker("pd_interval", data=True)
def pd_interval(left: Any, right: Any, closed: str) -> Any:
    """From its ends."""
    import pandas

    return pandas.Interval(left, right, closed)


@reduces(
    "pandas._libs.missing.NAType",
    "pandas._libs.tslibs.nattype.NaTType",
    "pandas.api.typing.NAType",
    "pandas.api.typing.NaTType",
)
def reduce_missing(session: Session, v: Any) -> Any:
    """By name."""
    session.need("pandas")
    return pd_missing, ("NA" if v is pd().NA else "NaT",)


@maker("pd_missing", data=True)
def pd_missing(name: str) -> Any:
    """One of the two."""
    import pandas

    return pandas.NA if name == "NA" else pandas.NaT


# -- extension arrays

_ARRAYS = "pandas.core.arrays.base.ExtensionArray"


@reduces_kind(_ARRAYS, "pandas.api.extensions.ExtensionArray")
def reduce_extension(session: Session, array: Any) -> Any:
    """By its parts; those of other libraries in their own way."""
    session.need("pandas")
    kind = type(array).__name__
    dtype = array.dtype
    if type(array).__module__.split(".")[0] != "pandas":
        from ..generic import reduce_object

        return reduce_object(session, array)
    if kind == "Categorical":
        return pd_categorical, (array._ndarray, array.categories, bool(array.ordered))
    if kind in ("DatetimeArray", "TimedeltaArray"):
        freq = getattr(array, "freq", None)
        freq = None if freq is None else freq.freqstr
        return pd_moments, (kind, array._ndarray, getattr(array, "tz", None), freq)
    if kind == "PeriodArray":
        return pd_periods, (array.asi8, str(dtype.name)[len("period[") : -1])
    if kind == "IntervalArray":
        return pd_intervals, (array._left, array._right, array.closed)
    if kind == "SparseArray":
        return pd_sparse, (
            array.sp_values,
            array.sp_index.indices if hasattr(array.sp_index, "indices") else array.sp_index.to_int_index().indices,
            len(array),
            array.fill_value,
            dtype.subtype,
        )
    if hasattr(array, "_pa_array") or (hasattr(array, "_data") and type(array._data).__module__.startswith("pyarrow")):
        chunks = getattr(array, "_pa_array", None)
        chunks = array._data if chunks is None else chunks
        if kind.startswith("ArrowString"):
            return pd_arrow_strings, (_string_parts(session, chunks), dtype.storage, _missing_kind(dtype))
        return pd_arrow, (chunks,)
    if hasattr(array, "_mask"):
        return pd_masked, (str(dtype.name), array._data, array._mask)
    if kind in ("StringArray", "StringArrayNumpySemantics"):
        return pd_strings, (array._ndarray, "python", _missing_kind(dtype))
    if kind in ("NumpyExtensionArray", "PandasArray"):
        return pd_numpy, (array._ndarray,)
    from ..generic import reduce_object

    return reduce_object(session, array)


@maker("pd_categorical", data=True)
def pd_categorical(codes: Any, categories: Any, ordered: bool) -> Any:
    """Pandas checks that the codes are within."""
    import pandas

    return pandas.Categorical.from_codes(codes, categories=categories, ordered=ordered)


@maker("pd_moments", data=True)
def pd_moments(kind: str, values: Any, zone: Any, freq: str | None) -> Any:
    """Times or spans; before pandas 2 in nanoseconds."""
    import pandas

    if _major() < 2:
        values = values.astype(values.dtype.str[:3] + "[ns]")
    cls = pandas.DatetimeIndex if kind == "DatetimeArray" else pandas.TimedeltaIndex
    index = cls(values, copy=False)
    if zone is not None:
        index = index.tz_localize("UTC").tz_convert(zone)
    if freq is not None:
        index.freq = offset(freq)
    return index._data


@maker("pd_periods", data=True)
def pd_periods(ordinals: Any, freq: str) -> Any:
    """From ordinals."""
    import pandas

    return pandas.arrays.PeriodArray(ordinals, dtype=_period(freq))


@maker("pd_intervals", data=True)
def pd_intervals(left: Any, right: Any, closed: str) -> Any:
    """From their ends."""
    import pandas

    return pandas.arrays.IntervalArray.from_arrays(left, right, closed)


@maker("pd_sparse", data=True)
def pd_sparse(values: Any, places: Any, length: int, fill: Any, subtype: Any) -> Any:
    """Pandas checks the places."""
    import pandas

    dtype = pandas.SparseDtype(subtype, fill)
    index = pandas._libs.sparse.IntIndex(length, places, True)
    return pandas.arrays.SparseArray(values, sparse_index=index, fill_value=fill, dtype=dtype)


@maker("pd_masked", data=True)
def pd_masked(name: str, values: Any, mask: Any) -> Any:
    """Integers, floats or booleans with a mask."""
    import pandas

    cls = pandas.api.types.pandas_dtype(name).construct_array_type()
    return cls(values, mask)


@maker("pd_strings", data=True)
def pd_strings(values: Any, storage: str, missing: str) -> Any:
    """Strings of Python."""
    import pandas

    dtype = _string_dtype(storage, missing)
    cls = dtype.construct_array_type()
    try:
        return cls(values, dtype=dtype)
    except TypeError:
        return pandas.array(values, dtype=dtype)


@maker("pd_numpy", data=True)
def pd_numpy(values: Any) -> Any:
    """A numpy array in pandas' clothes."""
    import pandas

    cls = getattr(pandas.arrays, "NumpyExtensionArray", None) or pandas.arrays.PandasArray
    return cls(values)


@maker("pd_arrow", data=True)
def pd_arrow(chunks: Any) -> Any:
    """Arrow's values of any type."""
    import pandas

    return pandas.arrays.ArrowExtensionArray(chunks)


def _string_parts(session: Session, chunks: Any) -> Any:
    """Offsets, bytes and validity of Arrow strings; readable without Arrow."""

    def parts() -> Any:
        from .pyarrow import string_parts

        return string_parts(chunks)

    return session.once(chunks, parts)


@maker("pd_arrow_strings", data=True)
def pd_arrow_strings(parts: Any, storage: str, missing: str) -> Any:
    """As Arrow's where pyarrow is here, else as Python's."""
    import pandas

    from .pyarrow import strings_from

    dtype = _string_dtype(storage, missing)
    if dtype.storage.startswith("pyarrow"):
        return dtype.construct_array_type()._from_sequence(strings_from(parts), dtype=dtype)
    import numpy

    values = numpy.empty(parts[0], object)
    values[:] = strings_from(parts, None if missing == "NA" else float("nan"))
    return pandas.array(values, dtype=dtype)


@reduces_kind("pandas._libs.tslibs.offsets.BaseOffset", "pandas.tseries.offsets.BaseOffset")
def reduce_offset(session: Session, v: Any) -> Any:
    """By its own parameters."""
    session.need("pandas")
    if v.kwds == {} and "-" not in v.freqstr:
        return pd_offset, (type(v).__name__, v.n, bool(v.normalize))
    from ..generic import reduce_object

    return reduce_object(session, v)


@maker("pd_offset", data=True)
def pd_offset(kind: str, count: int, normalize: bool) -> Any:
    """One of pandas' own."""
    import pandas

    return getattr(pandas.tseries.offsets, kind)(count, **({"normalize": True} if normalize else {}))
