# ruff: noqa: E721, S311
"""Random object graphs, the same for the same seed in every process, and whether two of them are alike.

Kernels import it, too: of the Jupyter Server (packages/core, `randomGraphs.spec.ts`), of services (`test_graphs.py` of
transfers), and the browser's (ui-tests), which have no numpy. ``arrays`` says what graphs a seed makes: with arrays and
frames (``all``), with such as each version of pandas makes alike (``portable``), or without (``none``).
"""

from __future__ import annotations

import datetime as dt
import decimal
import random
import struct

try:
    import numpy as np
    import pandas as pd
except ImportError:
    np = pd = None

NAMES = 4
DTYPES = [
    "?",
    "i1",
    "<i2",
    ">i4",
    "u8",
    "f2",
    "<f4",
    ">f8",
    "c8",
    "c16",
    "S5",
    "U3",
    "M8[s]",
    "m8[ms]",
    "V3",
    "O",
    [("a", "<i4"), ("b", "U2")],
]


class Maker:
    def __init__(self, seed, arrays):
        self.r = random.Random(seed)
        self.n = np.random.default_rng(seed) if arrays != "none" else None
        self.big = [self.array, self.frame] if arrays != "none" else []
        # What pandas chooses by itself is not the same in all its versions.
        self.unit = {"unit": "ns"} if arrays == "portable" else {}
        self.labels = object if arrays == "portable" else None
        self.strings = "string[python]" if arrays == "portable" else "string"
        self.pool = []

    def value(self, depth):
        r = self.r
        if self.pool and r.random() < 0.15:
            return r.choice(self.pool)
        kinds = [self.atom] * 4 + ([self.container] * 4 + self.big if depth else [])
        made = r.choice(kinds)(depth)
        self.pool.append(made)
        return made

    def text(self):
        points = [
            self.r.choice([self.r.randrange(128), self.r.randrange(0x110000), 0xD800, 10, 0])
            for _ in range(self.r.randrange(12))
        ]
        return "".join(map(chr, points))

    def atom(self, _):
        r = self.r
        return r.choice(
            [
                lambda: r.randrange(-(1 << r.choice([3, 40, 90])), 1 << 70),
                r.random,
                self.text,
                lambda: r.randbytes(r.randrange(20)),
                lambda: r.choice([None, True, False, ..., float("nan"), float("inf"), -0.0]),
                lambda: complex(r.random(), -0.0),
                lambda: (
                    dt.datetime(2000, 1, 1, tzinfo=r.choice([None, dt.timezone.utc]))
                    + dt.timedelta(r.randrange(9999), 0, r.randrange(10**6))
                ),
                lambda: dt.date.fromordinal(r.randrange(1, 700000)),
                lambda: dt.timedelta(r.randrange(-99, 99), r.randrange(9999)),
                lambda: decimal.Decimal(r.randrange(10**9)) / 1000,
                lambda: range(r.randrange(9)),
                lambda: bytearray(r.randbytes(5)),
            ]
        )()

    def container(self, depth):
        r, size = self.r, self.r.randrange(5)
        kind = r.randrange(5)
        if kind == 0:
            made = [self.value(depth - 1) for _ in range(size)]
            if r.random() < 0.1:
                made.append(made)
            return made
        if kind == 1:
            return tuple(self.value(depth - 1) for _ in range(size))
        if kind == 2:
            made = {self.text(): self.value(depth - 1) for _ in range(size)}
            if r.random() < 0.1:
                made["self"] = made
            return made
        if kind == 3:
            return {self.text() for _ in range(size)}
        return frozenset(r.randrange(100) for _ in range(size))

    def array(self, _):
        r = self.r
        shape = tuple(r.randrange(0 if r.random() < 0.1 else 1, 6) for _ in range(r.randrange(4)))
        dtype = np.dtype(r.choice(DTYPES))
        size = int(np.prod(shape, dtype=int))
        if dtype == object:
            made = np.empty(size, object)
            for place in range(size):
                made[place] = self.atom(0)
            made = made.reshape(shape)
        elif dtype.names:
            made = np.zeros(shape, dtype)
            made["a"] = r.randrange(99)
        elif dtype.kind == "U":
            made = np.full(shape, "aé", dtype)
        else:
            content = self.n.bytes(max(1, size) * dtype.itemsize)
            made = np.frombuffer(content, "u1")[: size * dtype.itemsize].copy()
            if dtype.kind == "b":
                made &= 1
            made = made.view(dtype).reshape(shape) if size else np.zeros(shape, dtype)
        turn = r.randrange(5)
        if turn == 1:
            made = np.asfortranarray(made)
        elif turn == 2 and made.ndim:
            made = made[::-1]
        elif turn == 3:
            made = made.T
        elif turn == 4 and made.ndim:
            self.pool.append(made)
            made = made[1:]
        return made

    def frame(self, _):
        r, rows = self.r, self.r.randrange(7)
        columns = {}
        for place in range(r.randrange(5)):
            columns[f"c{place}"] = r.choice(
                [
                    lambda: self.n.random(rows),
                    lambda: self.n.integers(0, 9, rows),
                    lambda: pd.Series([self.text() for _ in range(rows)], dtype=object),
                    lambda: pd.array([r.choice([1, None]) for _ in range(rows)], "Int64"),
                    lambda: pd.date_range("2020", periods=rows, tz="UTC", **self.unit),
                    lambda: pd.Categorical(pd.Index([r.choice("ab") for _ in range(rows)], dtype=self.labels)),
                    lambda: pd.array([r.choice(["x", None, "é"]) for _ in range(rows)], self.strings),
                    lambda: self.n.random(rows) > 0.5,
                    lambda: pd.period_range("2020", periods=rows, freq="D"),
                ]
            )()
        index = r.choice(
            [
                None,
                pd.RangeIndex(0, rows * 2, 2),
                pd.Index([self.text() for _ in range(rows)], dtype=object),
                pd.date_range("2021", periods=rows, freq="h", **self.unit),
            ]
        )
        made = pd.DataFrame(columns, index=index if columns and index is not None else None)
        if self.labels is not None:
            made.columns = made.columns.astype(self.labels)
        return made


def same(a, b, seen):
    if id(a) in seen:
        return seen[id(a)] is b
    assert type(a) is type(b), (type(a), type(b))
    if isinstance(a, (list, dict, bytearray)) or is_big(a):
        seen[id(a)] = b
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or (a != a and b != b)
    if isinstance(a, complex):
        return repr(a) == repr(b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y, seen) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key], seen) for key in a)
    if is_big(a) and isinstance(a, np.ndarray):
        assert (a.dtype, a.shape) == (b.dtype, b.shape), (a.dtype, b.dtype, a.shape, b.shape)
        assert a.flags.f_contiguous == b.flags.f_contiguous
        if a.dtype == object:
            return all(same(x, y, seen) for x, y in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True))
        return a.tobytes() == b.tobytes()
    if is_big(a):
        pd.testing.assert_frame_equal(a, b, check_freq=True, check_exact=True)
        return True
    return bool(a == b)


def is_big(value):
    """Whether it is an array or a frame."""
    return np is not None and isinstance(value, (np.ndarray, pd.DataFrame))


def graph(seed, arrays="all"):
    """``(namespace, pool)``: a few variables, and all objects that were made for them."""
    maker = Maker(seed, arrays)
    return {f"v{place}": maker.value(4) for place in range(NAMES)}, maker.pool


def difference(seed, found, arrays="all"):
    """What of the graph of ``seed`` came back otherwise in ``found``, its variables by name; '' where nothing did."""
    namespace, pool = graph(seed, arrays)
    seen = {}
    try:
        for name, value in namespace.items():
            if not same(value, found[name], seen):
                return f"{seed}, {name}: {value!r:.200} is {found[name]!r:.200}"
    except (AssertionError, KeyError) as error:
        return f"{seed}: {error!r:.400}"
    made = [value for value in pool if is_big(value) and isinstance(value, np.ndarray) and id(value) in seen]
    for one in made:
        for other in made:
            if np.shares_memory(one, other) != np.shares_memory(seen[id(one)], seen[id(other)]):
                return f"{seed}: the sharing of two arrays"
    return ""


def names(seeds):
    """Of a pack's variables."""
    return [f"g{seed}_v{place}" for seed in seeds for place in range(NAMES)]


def pack(seeds, arrays="all"):
    """The variables of many graphs, under names of their own."""
    return {f"g{seed}_{name}": value for seed in seeds for name, value in graph(seed, arrays)[0].items()}


def take_out(seeds, namespace, arrays="all"):
    """What came back otherwise of a pack, which is taken out of the namespace."""
    found = [difference(seed, _own(seed, namespace), arrays) for seed in seeds]
    for name in names(seeds):
        namespace.pop(name, None)
    return [each for each in found if each]


def _own(seed, namespace):
    """The variables of one graph, under the names that it gives them."""
    return {f"v{place}": namespace[name] for place, name in enumerate(names([seed])) if name in namespace}
