"""polars: frames and series as Arrow's stream format, which polars itself reads and writes."""

from __future__ import annotations

import io
import pickle
import sys
from typing import Any

from ..dispatch import reduces
from ..makers import maker
from ..refusal import Refused
from ..session import Session


def pl() -> Any:
    """The polars that an object came from."""
    return sys.modules["polars"]


def _content(frame: Any) -> Any:
    if any(dtype == pl().Object for dtype in frame.dtypes):
        raise Refused("a polars column of Python objects has no form outside of its process", "convert the column")
    sink = io.BytesIO()
    frame.write_ipc_stream(sink)
    return pickle.PickleBuffer(sink.getvalue())


@reduces("polars.dataframe.frame.DataFrame", "polars.DataFrame")
def reduce_frame(session: Session, frame: Any) -> Any:
    """As Arrow's stream."""
    session.need("polars")
    return pl_frame, (session.once(frame, lambda: _content(frame)), frame.height)


@maker("pl_frame", data=True)
def pl_frame(content: Any, height: int) -> Any:
    """Polars reads it."""
    import polars

    return polars.read_ipc_stream(io.BytesIO(content))


@reduces("polars.series.series.Series", "polars.Series")
def reduce_series(session: Session, series: Any) -> Any:
    """As the one column of a frame."""
    session.need("polars")
    return pl_series, (session.once(series, lambda: _content(pl().DataFrame({"x": series}))), series.name)


@maker("pl_series", data=True)
def pl_series(content: Any, name: str) -> Any:
    """The one column."""
    import polars

    return polars.read_ipc_stream(io.BytesIO(content)).to_series(0).alias(name)
