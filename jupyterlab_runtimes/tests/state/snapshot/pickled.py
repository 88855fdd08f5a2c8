"""A graph for tests of the format alone: one pickle for each name, buffers out of band."""

from __future__ import annotations

import pickle
import sys
from types import SimpleNamespace


class Options(SimpleNamespace):
    """Not looked at."""


class Encoding(SimpleNamespace):
    """Rows of variables."""

    def to_json(self):
        return vars(self)

    @classmethod
    def from_json(cls, value):
        return cls(variables=value["variables"])


def sources(encoding):
    return {}


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
                "outcome": "carried",
                "buffers": buffers,
            }
        )
    return Encoding(variables=rows)


def decode(encoding, source, names=None, *, namespace=None, trust="own"):
    rows, values = [], {}
    for row in encoding.variables:
        if (names is not None and row["name"] not in names) or row["outcome"] == "skipped":
            continue
        if trust == "data":
            rows.append(_outcome(row["name"], "skipped", "It is somebody else's pickle."))
            continue
        with source.stream(row["name"]) as stream:
            values[row["name"]] = pickle.load(stream, buffers=[source.buffer(i) for i in row["buffers"]])  # noqa: S301
        rows.append(_outcome(row["name"], "restored", ""))
    return SimpleNamespace(values=values, outcomes=rows)


def _outcome(name, outcome, reason):
    return SimpleNamespace(name=name, outcome=outcome, reason=reason, remedy="")


def apply(decoded, namespace):
    namespace.update(decoded.values)


def describe(namespace, names=None, deep=False, *, options=None):
    return list(namespace if names is None else names)
