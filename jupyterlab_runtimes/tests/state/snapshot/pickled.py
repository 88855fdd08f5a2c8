"""A graph for tests of the format alone: one pickle for each name, buffers out of band."""

from __future__ import annotations

import pickle
import sys
from types import SimpleNamespace


def encode(namespace, names, sink, *, options=None):
    rows = []
    for name in namespace if names is None else names:
        stream, buffers = sink.stream(name), []
        try:
            pickled = pickle.dumps(
                namespace[name], 5, buffer_callback=lambda b, to=buffers: to.append(sink.buffer(b.raw()))
            )
        except Exception as error:  # noqa: BLE001 - whatever pickling raises
            stream.discard()
            rows.append({"name": name, "outcome": "skipped", "reason": str(error), "buffers": []})
            continue
        stream.write(pickled)
        stream.commit()
        rows.append(
            {
                "name": name,
                "type": type(namespace[name]).__name__,
                "size_bytes": sys.getsizeof(namespace[name]),
                "outcome": "restored",
                "buffers": buffers,
            }
        )
    return {"variables": rows}


def decode(encoding, source, names=None, *, namespace=None, trust="full"):
    rows, values = [], {}
    for row in encoding["variables"]:
        if (names is not None and row["name"] not in names) or row["outcome"] == "skipped":
            continue
        if trust == "data":
            rows.append({**row, "outcome": "skipped", "reason": "It is somebody else's pickle."})
            continue
        with source.stream(row["name"]) as stream:
            values[row["name"]] = pickle.load(stream, buffers=[source.buffer(i) for i in row["buffers"]])  # noqa: S301
        rows.append(row)
    return SimpleNamespace(values=values, rows=rows)


def apply(decoded, namespace):
    namespace.update(decoded.values)


def describe(namespace, names=None, deep=False):
    return list(namespace if names is None else names)
