"""pandas frames, series and indexes: axes, and blocks as they lie in memory, so that nothing is copied or unshared."""

from __future__ import annotations

from typing import Any

from ..dispatch import reduces
from ..makers import maker
from ..session import Session
from .pandas import offset, pd_moments

_INDEXES = (
    "Index",
    "RangeIndex",
    "MultiIndex",
    "CategoricalIndex",
    "DatetimeIndex",
    "TimedeltaIndex",
    "PeriodIndex",
    "IntervalIndex",
    "Int64Index",
    "UInt64Index",
    "Float64Index",
    "NumericIndex",
)


def _index_names() -> list[str]:
    modules = {
        "Index": "base",
        "RangeIndex": "range",
        "MultiIndex": "multi",
        "CategoricalIndex": "category",
        "DatetimeIndex": "datetimes",
        "TimedeltaIndex": "timedeltas",
        "PeriodIndex": "period",
        "IntervalIndex": "interval",
    }
    names = [f"pandas.core.indexes.{modules.get(name, 'numeric')}.{name}" for name in _INDEXES]
    return [*names, *(f"pandas.{name}" for name in _INDEXES)]


@reduces(*_index_names())
def reduce_index(session: Session, index: Any) -> Any:
    """Its values and names."""
    session.need("pandas")
    kind = type(index).__name__
    if kind == "RangeIndex":
        return pd_range, (index.start, index.stop, index.step, index.name)
    if kind == "MultiIndex":
        return pd_multi, (
            list(index.levels),
            [session.once(each, lambda each=each: each) for each in index.codes],
            list(index.names),
        )
    values = index._data
    freq = None
    if kind in ("DatetimeIndex", "TimedeltaIndex") and index.freq is not None:
        freq = index.freq.freqstr
    return pd_index, (values, index.name, freq)


@maker("pd_range", data=True)
def pd_range(start: int, stop: int, step: int, name: Any) -> Any:
    """From its parts."""
    import pandas

    return pandas.RangeIndex(start, stop, step, name=name)


@maker("pd_multi", data=True)
def pd_multi(levels: Any, codes: Any, names: Any) -> Any:
    """Pandas checks the codes."""
    import pandas

    return pandas.MultiIndex(levels=levels, codes=codes, names=names)


@maker("pd_index", data=True)
def pd_index(values: Any, name: Any, freq: Any) -> Any:
    """Of the kind that its values ask for, and no other."""
    import numpy
    import pandas

    if isinstance(values, numpy.ndarray):
        if values.dtype == object:
            made = pandas.Index(values, dtype=object, name=name, copy=False)
        else:
            made = pandas.Index(values, name=name, copy=False)
    else:
        made = pandas.Index(values, name=name, copy=False)
    if freq is not None and getattr(made, "freq", None) is None:
        made.freq = offset(freq)
    return made


def _blocks(session: Session, manager: Any) -> list[Any]:
    blocks = []
    for block in manager.blocks:
        values = block.values
        if type(values).__name__ in ("DatetimeArray", "TimedeltaArray") and values.ndim == 2:
            blocks.append(
                ("moments", values._ndarray, type(values).__name__, getattr(values, "tz", None), _places(block))
            )
        else:
            blocks.append(("plain", values, None, None, _places(block)))
    return blocks


def _places(block: Any) -> Any:
    places = block.mgr_locs.as_slice if block.mgr_locs.is_slice_like else None
    return (places.start, places.stop, places.step) if places is not None else block.mgr_locs.as_array


@reduces("pandas.core.frame.DataFrame", "pandas.DataFrame")
def reduce_frame(session: Session, frame: Any) -> Any:
    """Axes and blocks."""
    session.need("pandas")
    manager = frame._mgr
    if not hasattr(manager, "blocks"):
        columns = [frame.iloc[:, place].array for place in range(frame.shape[1])]
        blocks = [
            ("column", session.once(each, lambda each=each: each), None, None, (place, place + 1, 1))
            for place, each in enumerate(columns)
        ]
    else:
        blocks = _blocks(session, manager)
    flags = bool(frame.flags.allows_duplicate_labels)
    return pd_frame, (frame.columns, frame.index, blocks, flags), _attributes(frame), None, None, fill_attributes


@reduces("pandas.core.series.Series", "pandas.Series")
def reduce_series(session: Session, series: Any) -> Any:
    """Index and values."""
    session.need("pandas")
    manager = series._mgr
    values = manager.blocks[0].values if hasattr(manager, "blocks") else series.array
    return (
        pd_series,
        (series.index, values, series.name, bool(series.flags.allows_duplicate_labels)),
        _attributes(series),
        None,
        None,
        fill_attributes,
    )


def _attributes(obj: Any) -> Any:
    return (dict(obj.attrs),) if obj.attrs else None


@maker("pd_attributes", data=True)
def fill_attributes(obj: Any, state: Any) -> None:
    """``attrs``."""
    obj.attrs.update(state[0])


def _make_block(values: Any, places: Any, ndim: int) -> Any:
    from pandas._libs.internals import BlockPlacement

    place = BlockPlacement(slice(*places) if isinstance(places, tuple) else places)
    try:
        from pandas.core.internals.blocks import new_block
    except ImportError:
        from pandas.core.internals.api import _make_block as make

        return make(values, place)
    return new_block(values, place, ndim=ndim)


def _moments(values: Any, kind: str, zone: Any) -> Any:
    """Times of a block of two dimensions, which no index can have."""
    flat = pd_moments(kind, values.reshape(-1), zone, None)
    return flat.reshape(values.shape)


@maker("pd_frame", data=True)
def pd_frame(columns: Any, index: Any, blocks: Any, duplicates: bool) -> Any:
    """Put together from blocks without a copy; each place must be filled once."""
    import numpy
    import pandas
    from pandas.core.internals.managers import BlockManager

    made, taken = [], numpy.zeros(len(columns), "i8")
    for form, values, kind, zone, places in blocks:
        if form == "moments":
            values = _moments(values, kind, zone)
        chosen = numpy.arange(len(columns))[slice(*places)] if isinstance(places, tuple) else numpy.asarray(places)
        taken[chosen] += 1
        if getattr(values, "ndim", 1) == 1 and isinstance(values, numpy.ndarray):
            values = values.reshape(1, -1)
        if (
            type(values).__name__ in ("DatetimeArray", "TimedeltaArray")
            and values.ndim == 1
            and getattr(values, "tz", None) is None
        ):
            values = values.reshape(1, -1)
        if values.shape[-1] != len(index) or (len(values.shape) == 2 and values.shape[0] != len(chosen)):
            raise ValueError("a block of a frame has another shape than the frame")
        made.append(_make_block(values, places, 2))
    if len(columns) and not (taken == 1).all():
        raise ValueError("the blocks of a frame do not fill it")
    manager = BlockManager(tuple(made), [columns, index], verify_integrity=True)
    frame = object.__new__(pandas.DataFrame)
    frame.__setstate__(
        {
            "_mgr": manager,
            "_typ": "dataframe",
            "_metadata": [],
            "attrs": {},
            "_flags": {"allows_duplicate_labels": duplicates},
        }
    )
    return frame


@maker("pd_series", data=True)
def pd_series(index: Any, values: Any, name: Any, duplicates: bool) -> Any:
    """Around the values, without a copy."""
    import numpy
    import pandas
    from pandas.core.internals.managers import SingleBlockManager

    if len(values) != len(index):
        raise ValueError("a series has another length than its index")
    if isinstance(values, numpy.ndarray) and values.dtype.kind not in "mM" and values.ndim == 1:
        block = _make_block(values, (0, len(values), 1), 1)
        manager = SingleBlockManager(block, index)
        series = object.__new__(pandas.Series)
        state = {
            "_mgr": manager,
            "_typ": "series",
            "_metadata": ["_name"],
            "attrs": {},
            "_flags": {"allows_duplicate_labels": duplicates},
            "_name": name,
        }
        series.__setstate__(state)
        return series
    series = pandas.Series(values, index=index, name=name, copy=False)
    if not duplicates:
        series.flags.allows_duplicate_labels = False
    return series
