"""pyarrow: types by Arrow's own schema message, values as Arrow's stream format or, for strings, as their buffers."""

from __future__ import annotations

import pickle
import sys
from typing import Any

from ..context import current
from ..dispatch import reduces, reduces_kind
from ..makers import maker
from ..session import Session


def pa() -> Any:
    """The pyarrow that an object came from."""
    return sys.modules["pyarrow"]


def _buffer(buffer: Any) -> Any:
    return pickle.PickleBuffer(buffer)


def string_parts(chunks: Any) -> Any:
    """(length, offsets of 8 bytes, bytes, validity or None): one array, whatever chunks it came in."""
    arrow = pa()
    whole = chunks.combine_chunks() if isinstance(chunks, arrow.ChunkedArray) else chunks
    if isinstance(whole, arrow.ChunkedArray):
        whole = arrow.concat_arrays(whole.chunks) if whole.num_chunks else arrow.array([], arrow.large_string())
    if whole.type != arrow.large_string():
        whole = whole.cast(arrow.large_string())
    if whole.offset:
        whole = arrow.concat_arrays([whole.slice(0), arrow.array([], arrow.large_string())])
    valid, offsets, content = whole.buffers()
    if whole.offset or not whole.null_count:
        valid = None if not whole.null_count else valid
    empty = b""
    return (
        len(whole),
        _buffer(offsets) if offsets is not None else bytes(8),
        _buffer(content) if content is not None else empty,
        None if valid is None else _buffer(valid),
    )


def strings_from(parts: Any, missing: Any = None) -> Any:
    """An Arrow array; without pyarrow a list, with ``missing`` where there is no string."""
    length, offsets, content, valid = parts
    try:
        import pyarrow
    except ImportError:
        import array

        places = array.array("q")
        places.frombytes(bytes(offsets)[: 8 * (length + 1)])
        flags = None if valid is None else bytes(valid)
        return [
            missing
            if flags is not None and not flags[row >> 3] >> (row & 7) & 1
            else str(content[places[row] : places[row + 1]], "utf-8")
            for row in range(length)
        ]
    buffers = [
        None if valid is None else pyarrow.py_buffer(valid),
        pyarrow.py_buffer(offsets),
        pyarrow.py_buffer(content),
    ]
    made = pyarrow.Array.from_buffers(pyarrow.large_string(), length, buffers)
    made.validate(full=current().trust == "data")
    return made


@reduces_kind("pyarrow.lib.DataType")
def reduce_type(session: Session, kind: Any) -> Any:
    """As the one field of a schema."""
    session.need("pyarrow")
    return pa_type, (bytes(pa().schema([pa().field("x", kind)]).serialize()),)


@maker("pa_type", data=True)
def pa_type(content: bytes) -> Any:
    """From a schema."""
    import pyarrow

    return pyarrow.ipc.read_schema(pyarrow.py_buffer(content)).field(0).type


@reduces("pyarrow.lib.Schema")
def reduce_schema(session: Session, schema: Any) -> Any:
    """As Arrow's message."""
    session.need("pyarrow")
    return pa_schema, (bytes(schema.serialize()),)


@maker("pa_schema", data=True)
def pa_schema(content: bytes) -> Any:
    """From Arrow's message."""
    import pyarrow

    return pyarrow.ipc.read_schema(pyarrow.py_buffer(content))


def _stream(table: Any) -> Any:
    sink = pa().BufferOutputStream()
    with pa().ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table) if hasattr(table, "num_columns") and hasattr(table, "combine_chunks") and type(
            table
        ).__name__ == "Table" else writer.write_batch(table)
    return sink.getvalue()


@reduces("pyarrow.lib.Table", "pyarrow.lib.RecordBatch")
def reduce_table(session: Session, table: Any) -> Any:
    """As Arrow's stream."""
    session.need("pyarrow")
    content = session.once(table, lambda: _buffer(_stream(table)))
    return pa_table, (type(table).__name__, content)


@maker("pa_table", data=True)
def pa_table(kind: str, content: Any) -> Any:
    """Over the bytes that came, checked where they are foreign."""
    import pyarrow

    with pyarrow.ipc.open_stream(pyarrow.py_buffer(content)) as reader:
        table = reader.read_all()
    table.validate(full=current().trust == "data")
    if kind == "Table":
        return table
    batches = table.to_batches()
    return batches[0] if batches else pyarrow.RecordBatch.from_pylist([], schema=table.schema)


@reduces_kind("pyarrow.lib.Array", "pyarrow.lib.ChunkedArray")
def reduce_values(session: Session, values: Any) -> Any:
    """As the one column of a table."""
    session.need("pyarrow")
    arrow = pa()
    kind = "ChunkedArray" if isinstance(values, arrow.ChunkedArray) else "Array"
    content = session.once(values, lambda: _buffer(_stream(arrow.table({"x": values}))))
    return pa_values, (kind, content)


@maker("pa_values", data=True)
def pa_values(kind: str, content: Any) -> Any:
    """Over the bytes that came."""
    import pyarrow

    column = pa_table("Table", content).column(0)
    if kind == "ChunkedArray":
        return column
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pyarrow.concat_arrays(column.chunks)
        if column.num_chunks
        else pyarrow.array([], column.type)
    )


@reduces_kind("pyarrow.lib.Scalar")
def reduce_scalar(session: Session, scalar: Any) -> Any:
    """As an array of one."""
    session.need("pyarrow")
    return pa_scalar, (session.once(scalar, lambda: pa().array([scalar.as_py()], type=scalar.type)),)


@maker("pa_scalar", data=True)
def pa_scalar(values: Any) -> Any:
    """The first."""
    return values[0]


@reduces("pyarrow.lib.Tensor")
def reduce_tensor(session: Session, tensor: Any) -> Any:
    """As an array of numpy, on whose memory it lies."""
    session.need("pyarrow")
    names = [tensor.dim_name(axis) for axis in range(tensor.ndim)] if tensor.dim_names else None
    return pa_tensor, (session.once(tensor, tensor.to_numpy), names)


@maker("pa_tensor", data=True)
def pa_tensor(values: Any, names: Any) -> Any:
    """Over the same memory."""
    import pyarrow

    return pyarrow.Tensor.from_numpy(values, dim_names=names)
