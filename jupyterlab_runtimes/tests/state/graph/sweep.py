# ruff: noqa: E501
# fmt: off
"""Object classes of libraries, by their public constructors: how each is made, and how it is used in another process.

As in ``values.py``, ``V`` stands for the variable, and names that begin with ``V_`` belong to it. ``refused`` marks
what belongs to its process. docs/state-libraries.md is made of it: see ``sweep_page.py``.
"""

from __future__ import annotations

VALUES: dict[str, dict[str, object]] = {}


def _row(library, title, make, use, *needs, refused=False):
    name = "".join(each if each.isalnum() else "_" for each in f"{library}_{title}")
    if name in VALUES:
        raise ValueError(f"{title} of {library} is there twice")
    modules = {"scikit-learn": "sklearn"}
    VALUES[name] = {"library": library, "title": title, "make": make, "check": use,
                    "needs": (modules.get(library, library), *needs), "refused": refused}


# -- numpy
def _numpy(title, make, use, *needs, refused=False):
    _row("numpy", title, "import numpy as np\n" + make, use, *needs, refused=refused)


_numpy("ndarray", "V = np.arange(12.).reshape(3, 4)", "assert (V @ V.T).shape == (3, 3) and V.sum() == 66")
_numpy("ndarray, Fortran order, a view of it", "V = np.asfortranarray(np.arange(12).reshape(3, 4))\nV_v = V[1:, ::2]", "V[1, 0] = 99\nassert V_v[0, 0] == 99 and V.flags.f_contiguous")
_numpy("ndarray of objects", "V = np.array([[1], 'x', None], dtype=object)", "assert V[0] == [1] and V[1:].tolist() == ['x', None]")
_numpy("ndarray, structured", "V = np.array([(1, 2.5)], dtype=[('a', 'i4'), ('b', 'f8')])", "assert V['b'][0] == 2.5 and V.dtype.names == ('a', 'b')")
_numpy("ndarray of StringDType", "V = np.array(['a', 'long ' * 9], dtype=np.dtypes.StringDType())", "assert V.tolist() == ['a', 'long ' * 9] and str(V.dtype).startswith('StringDType')")
_numpy("float64", "V = np.float64(2.5)", "assert type(V) is np.float64 and V * 2 == 5")
_numpy("datetime64", "V = np.datetime64('2024-02-29')", "assert str(V + 1) == '2024-03-01'")
_numpy("timedelta64", "V = np.timedelta64(90, 'm')", "assert V / np.timedelta64(1, 'h') == 1.5")
_numpy("str_", "V = np.str_('x')", "assert V.upper() == 'X' and type(V) is np.str_")
_numpy("longdouble", "V = np.longdouble(1) / 3", "assert V == np.longdouble(1) / 3")
_numpy("void", "V = np.array([(1, 2)], dtype=[('a', 'i4'), ('b', 'i4')])[0]", "assert V['b'] == 2")
_numpy("record", "V = np.rec.array([(1, 'x')], dtype=[('a', 'i4'), ('b', 'U1')])[0]", "assert V.b == 'x'")
_numpy("recarray", "V = np.rec.array([(1, 'x'), (2, 'y')], dtype=[('a', 'i4'), ('b', 'U1')])", "assert V.a.tolist() == [1, 2] and V[1].b == 'y'")
_numpy("matrix", "V = np.matrix([[1, 2], [3, 4]])", "assert (V * V).tolist() == [[7, 10], [15, 22]]")
_numpy("ma.MaskedArray", "V = np.ma.array([1., 2., 4.], mask=[0, 1, 0])", "assert V.mean() == 2.5 and V[1] is np.ma.masked")
_numpy("memmap", "import tempfile\nV = np.memmap(tempfile.NamedTemporaryFile(), dtype='i4', mode='w+', shape=(3,))\nV[:] = [1, 2, 3]", "assert V.tolist() == [1, 2, 3]\nV[0] = 5\nassert V[0] == 5")
_numpy("char.chararray", "V = np.char.array(['a ', 'b'])", "assert V.upper().tolist() == ['A ', 'B'] and V.strip()[0] == 'a'")
_numpy("dtype", "V = np.dtype([('a', '<f8', (2, 2)), ('b', 'S3')])", "assert np.zeros(2, V)['a'].shape == (2, 2, 2)")
_numpy("random.Generator", "V = np.random.default_rng(3)\nV.random(5)\nV_next = np.random.default_rng(3).random(6)[5]", "assert V.random() == V_next and V.spawn(1)[0].random() >= 0")
_numpy("random.RandomState", "V = np.random.RandomState(3)\nV_next = np.random.RandomState(3).rand()", "assert V.rand() == V_next")
for _bits in ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"):
    _numpy(f"random.{_bits}", f"V = np.random.{_bits}(7)\nV_next = int(np.random.{_bits}(7).random_raw())", "assert int(V.random_raw()) == V_next")
_numpy("random.SeedSequence", "V = np.random.SeedSequence(5)\nV.spawn(2)", "assert V.spawn(1)[0].spawn_key == (2,) and V.generate_state(1)[0] == np.random.SeedSequence(5).generate_state(1)[0]")
_numpy("poly1d", "V = np.poly1d([1, 0, -4])", "assert np.allclose(sorted(V.roots), [-2, 2]) and V(3) == 5")
for _kind in ("Polynomial", "Chebyshev", "Legendre", "Hermite", "HermiteE", "Laguerre"):
    _numpy(f"polynomial.{_kind}", f"V = np.polynomial.{_kind}([1, 2, 3])\nV_y = V(0.5)", "assert V(0.5) == V_y and V.deriv().degree() == 1")
_numpy("vectorize", "V = np.vectorize(lambda a, b: a + b)", "assert V([1, 2], 3).tolist() == [4, 5]")
_numpy("ufunc", "V = np.add", "assert V.reduce([1, 2, 3]) == 6")
_numpy("ufunc from frompyfunc", "V = np.frompyfunc(lambda a: a + 1, 1, 1)", "assert V([1, 2]).tolist() == [2, 3]", refused=True)
_numpy("finfo", "V = np.finfo('f4')", "assert V.eps < 1e-6")
_numpy("iinfo", "V = np.iinfo('i2')", "assert V.max == 32767")
_numpy("ndindex", "V = np.ndindex(2, 2)", "assert list(V) == [(0, 0), (0, 1), (1, 0), (1, 1)]")
_numpy("nditer", "V = np.nditer(np.arange(3))", "assert False", refused=True)
_numpy("broadcast", "V = np.broadcast([1], [1, 2])", "assert False", refused=True)
_numpy("flatiter", "V = np.arange(3).flat", "assert False", refused=True)


# -- pandas
def _pandas(title, make, use, *needs, refused=False):
    _row("pandas", title, "import numpy as np, pandas as pd\n" + make, use, *needs, refused=refused)


_pandas("DataFrame", "V = pd.DataFrame({'a': [1, 2], 'b': [1.5, None], 's': ['x', 'y'], 't': pd.date_range('2024', periods=2)})", "assert V.groupby('s').a.sum().to_dict() == {'x': 1, 'y': 2} and V.t.dt.year.tolist() == [2024] * 2\nV['n'] = V.a * 2\nassert V.merge(V, on='a').shape == (2, 9)")
_pandas("Series", "V = pd.Series([3, 1], index=['p', 'q'], name='n')", "assert V.sort_values().index.tolist() == ['q', 'p'] and V.name == 'n'")
_pandas("Index", "V = pd.Index(['a', 'b'], name='i')", "assert V.get_loc('b') == 1 and V.name == 'i'")
_pandas("RangeIndex", "V = pd.RangeIndex(0, 10, 3)", "assert V.tolist() == [0, 3, 6, 9] and V.step == 3")
_pandas("MultiIndex", "V = pd.MultiIndex.from_product([[1, 2], ['a', 'b']], names=['x', 'y'])", "assert V.get_loc((2, 'a')) == 2 and V.names == ['x', 'y']")
_pandas("CategoricalIndex", "V = pd.CategoricalIndex(['b', 'a'], categories=['b', 'a'], ordered=True)", "assert V.min() == 'b' and V.ordered")
_pandas("DatetimeIndex", "V = pd.date_range('2024-03-30', periods=3, freq='D', tz='Europe/Berlin')", "assert V.freqstr == 'D' and str(V[2].tz) == 'Europe/Berlin' and V.shift(1)[0] == V[1]")
_pandas("TimedeltaIndex", "V = pd.to_timedelta(['1h', None])", "assert V.total_seconds()[0] == 3600 and V.isna()[1]")
_pandas("PeriodIndex", "V = pd.period_range('2024-01', periods=3, freq='M')", "assert str((V + 1)[0]) == '2024-02'")
_pandas("IntervalIndex", "V = pd.interval_range(0, 3, closed='left')", "assert V.get_loc(1.5) == 1 and V.closed == 'left'")
_pandas("Categorical", "V = pd.Categorical(['a', None, 'b'], categories=['b', 'a'], ordered=True)", "assert V.codes.tolist() == [1, -1, 0] and V.max() == 'a'")
_pandas("arrays.IntegerArray", "V = pd.array([1, None], dtype='Int32')", "assert V.sum() == 1 and V.isna().tolist() == [False, True] and str(V.dtype) == 'Int32'")
_pandas("arrays.FloatingArray", "V = pd.array([1.5, None], dtype='Float64')", "assert V.sum() == 1.5 and V[1] is pd.NA")
_pandas("arrays.BooleanArray", "V = pd.array([True, None], dtype='boolean')", "assert (V | True).tolist() == [True, True]")
_pandas("arrays.StringArray", "V = pd.array(['a', None], dtype='string[python]')", "assert pd.Series(V).str.upper()[0] == 'A' and V[1] is pd.NA")
_pandas("arrays.ArrowStringArray", "V = pd.array(['a', None], dtype='string[pyarrow]')", "assert pd.Series(V).str.upper()[0] == 'A' and V[1] is pd.NA", "pyarrow")
_pandas("arrays.ArrowExtensionArray", "import pyarrow as pa\nV = pd.array([[1], None], dtype=pd.ArrowDtype(pa.list_(pa.int8())))", "assert list(V[0]) == [1] and V.isna().tolist() == [False, True]", "pyarrow")
_pandas("arrays.DatetimeArray", "V = pd.array(pd.to_datetime(['2024', None]).values)", "assert V.year[0] == 2024 and V[1] is pd.NaT")
_pandas("arrays.TimedeltaArray", "V = pd.array(pd.to_timedelta(['1D']).values)", "assert V.days[0] == 1")
_pandas("arrays.PeriodArray", "V = pd.array(['2024-01'], dtype='period[M]')", "assert V[0].month == 1")
_pandas("arrays.IntervalArray", "V = pd.arrays.IntervalArray.from_breaks([0, 1, 2])", "assert V.contains(0.5).tolist() == [True, False]")
_pandas("arrays.SparseArray", "V = pd.arrays.SparseArray([0, 0, 3])", "assert V.density == 1 / 3 and V.sum() == 3")
_pandas("arrays.NumpyExtensionArray", "V = pd.array([1, 2], dtype=np.dtype('i2'))", "assert V.sum() == 3 and V.dtype == 'i2'")
for _dtype, _test in (
    ("CategoricalDtype(['x'], True)", "V.ordered and V.categories.tolist() == ['x']"), ("DatetimeTZDtype('ns', 'UTC')", "str(V.tz) == 'UTC'"),
    ("PeriodDtype('M')", "V.freq.name in ('M', 'ME')"), ("IntervalDtype('int64', 'both')", "V.closed == 'both'"), ("StringDtype('python')", "V.storage == 'python'"),
    ("SparseDtype('f8', 0.0)", "V.fill_value == 0"), ("Int64Dtype()", "V.itemsize == 8"), ("BooleanDtype()", "V.name == 'boolean'"),
):
    _pandas(_dtype.split("(")[0], f"V = pd.{_dtype}", f"assert {_test} and pd.Series([], dtype=V).dtype == V")
_pandas("Timestamp", "V = pd.Timestamp('2024-07-01 12:00', tz='Europe/Berlin')", "assert V.tz_convert('UTC').hour == 10")
_pandas("Timedelta", "V = pd.Timedelta('1h 5ns')", "assert V.nanoseconds == 5 and V.seconds == 3600")
_pandas("Period", "V = pd.Period('2024Q1')", "assert V.end_time.month == 3 and str(V + 1) == '2024Q2'")
_pandas("Interval", "V = pd.Interval(0, 2, 'left')", "assert 0 in V and 2 not in V")
_pandas("NaT", "V = pd.NaT", "assert V is pd.NaT")
_pandas("NA", "V = pd.NA", "assert V is pd.NA")
for _offset, _day in (("MonthEnd(2)", "2024-02-29"), ("BusinessDay(3)", "2024-01-04"), ("Week(weekday=4)", "2024-01-05"), ("DateOffset(months=1, day=9)", "2024-02-09"),
                      ("CustomBusinessDay(holidays=['2024-01-02'])", "2024-01-03"), ("BusinessHour(9)", "2024-01-02"), ("QuarterEnd(startingMonth=2)", "2024-02-29"), ("Easter()", "2024-03-31"), ("Hour(30)", "2024-01-02")):
    _pandas(f"offsets.{_offset.split('(')[0]}", f"V = pd.offsets.{_offset}", f"assert str(pd.Timestamp('2024-01-01') + V).startswith('{_day}')")
_pandas("GroupBy of frames", "V = pd.DataFrame({'a': [1, 1, 2], 'b': [1, 2, 3]}).groupby('a')", "assert V.b.sum().tolist() == [3, 3] and V.ngroups == 2")
_pandas("GroupBy of series", "V = pd.Series([1, 2, 3]).groupby([0, 0, 1])", "assert V.max().tolist() == [2, 3]")
_pandas("Rolling", "V = pd.Series([1., 2., 3.]).rolling(2)", "assert V.sum().tolist()[1:] == [3, 5]")
_pandas("Expanding", "V = pd.Series([1., 2., 3.]).expanding()", "assert V.sum().tolist() == [1, 3, 6]")
_pandas("ExponentialMovingWindow", "V = pd.Series([1., 1.]).ewm(span=2)", "assert V.mean().tolist() == [1, 1]")
_pandas("Resampler", "V = pd.Series([1, 2, 3], pd.date_range('2024', periods=3, freq='D')).resample('2D')", "assert V.sum().tolist() == [3, 3]")
_pandas("Grouper", "V = pd.Grouper(key='a')", "assert pd.DataFrame({'a': [1, 1], 'b': [1, 2]}).groupby(V).b.sum().tolist() == [3]")
_pandas("NamedAgg", "V = pd.NamedAgg('b', 'max')", "assert pd.DataFrame({'a': [1, 1], 'b': [1, 2]}).groupby('a').agg(m=V).m.tolist() == [2]")
_pandas("io.formats.style.Styler", "V = pd.DataFrame({'a': [1.234]}).style.format('{:.1f}')", "assert '1.2' in V.to_html()", "jinja2")
_pandas("api.extensions.ExtensionArray of one's own", """class V_T(pd.api.extensions.ExtensionDtype):
    name, type = 'mine', int
    @classmethod
    def construct_array_type(cls): return V_A
class V_A(pd.api.extensions.ExtensionArray):
    def __init__(self, v): self.v = np.asarray(v)
    dtype = property(lambda self: V_T())
    def __len__(self): return len(self.v)
    def __getitem__(self, i): return self.v[i] if isinstance(i, (int, np.integer)) else V_A(self.v[i])
    def copy(self): return V_A(self.v.copy())
V = V_A([1, 2])""", "assert len(V) == 2 and V[1] == 2 and isinstance(V.dtype, V_T) and pd.Series(V).dtype == V.dtype")
_pandas("api.indexers.FixedForwardWindowIndexer", "V = pd.api.indexers.FixedForwardWindowIndexer(window_size=2)", "assert pd.Series([1., 2., 3.]).rolling(V, min_periods=1).sum().tolist() == [3, 5, 3]")
_pandas("tseries.holiday.USFederalHolidayCalendar", "from pandas.tseries.holiday import USFederalHolidayCalendar\nV = USFederalHolidayCalendar()", "assert len(V.holidays('2024-01-01', '2024-12-31')) >= 10")
_pandas("io.parsers.TextFileReader", "import io\nV = pd.read_csv(io.StringIO('a\\n1\\n2'), chunksize=1)", "assert False", refused=True)


# -- pyarrow
def _arrow(title, make, use, *needs, refused=False):
    _row("pyarrow", title, "import pyarrow as pa\n" + make, use, *needs, refused=refused)


for _title, _values, _type in (
    ("Int64Array", "[1, None, 3]", "pa.int64()"), ("BooleanArray", "[True, None]", "pa.bool_()"), ("StringArray", "['a', None, 'ü']", "pa.string()"), ("LargeStringArray", "['a', None]", "pa.large_string()"),
    ("StringViewArray", "['a', 'longer than twelve bytes', None]", "pa.string_view()"), ("BinaryArray", "[b'a', None]", "pa.binary()"), ("FixedSizeBinaryArray", "[b'ab', None]", "pa.binary(2)"),
    ("ListArray", "[[1], None, [2, 3]]", "pa.list_(pa.int8())"), ("LargeListArray", "[[1], None]", "pa.large_list(pa.int8())"), ("FixedSizeListArray", "[[1, 2], None]", "pa.list_(pa.int8(), 2)"),
    ("StructArray", "[{'x': 1, 'y': None}, None]", "pa.struct([('x', pa.int8()), ('y', pa.string())])"), ("MapArray", "[[('k', 1)], None]", "pa.map_(pa.string(), pa.int8())"), ("NullArray", "[None, None]", "pa.null()"),
    ("Decimal128Array", "[None]", "pa.decimal128(5, 2)"), ("TimestampArray", "[0, None]", "pa.timestamp('us', 'UTC')"), ("Date32Array", "[1, None]", "pa.date32()"), ("DurationArray", "[5, None]", "pa.duration('ms')"), ("HalfFloatArray", "[1.5, None]", "pa.float16()"),
):
    _arrow(_title, f"V = pa.array({_values}, {_type})\nV_list = V.to_pylist()", f"assert V.to_pylist() == V_list and V.type == {_type} and V[1:].to_pylist() == V_list[1:] and V.null_count == V_list.count(None)\nV.validate(full=True)")
_arrow("DictionaryArray", "V = pa.array(['a', 'b', 'a']).dictionary_encode()", "assert V.to_pylist() == ['a', 'b', 'a'] and V.dictionary.to_pylist() == ['a', 'b']")
_arrow("RunEndEncodedArray", "V = pa.RunEndEncodedArray.from_arrays([2, 3], ['a', 'b'])", "assert V.to_pylist() == ['a', 'a', 'b']")
_arrow("UnionArray", "V = pa.UnionArray.from_dense(pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([1]), pa.array(['x'])])", "assert V.to_pylist() == [1, 'x']")
_arrow("ChunkedArray", "V = pa.chunked_array([[1], [], [2]])", "assert V.num_chunks == 3 and V.to_pylist() == [1, 2]")
_arrow("RecordBatch", "V = pa.record_batch({'a': [1, 2], 's': ['x', None]})", "assert V.filter(pa.array([False, True])).to_pydict() == {'a': [2], 's': [None]}")
_arrow("Table", "V = pa.table({'a': [2, 1], 's': ['x', 'y']}).replace_schema_metadata({'k': 'v'})", "assert V.sort_by('a')['s'].to_pylist() == ['y', 'x'] and V.schema.metadata == {b'k': b'v'}")
_arrow("Schema", "V = pa.schema([('a', pa.int8())], metadata={'k': 'v'})", "assert V.field('a').type == pa.int8() and V.metadata == {b'k': b'v'}")
_arrow("Field", "V = pa.field('a', pa.list_(pa.int8()), nullable=False)", "assert V.name == 'a' and not V.nullable")
_arrow("DataType", "V = pa.struct([('x', pa.timestamp('ns', 'UTC'))])", "assert pa.array([None], V).type == V and V.field(0).type.tz == 'UTC'")
_arrow("Scalar", "V = pa.scalar([1, 2])", "assert V.as_py() == [1, 2]")
_arrow("Buffer", "V = pa.py_buffer(b'abc')", "assert V.to_pybytes() == b'abc'")
_arrow("Tensor", "import numpy as np\nV = pa.Tensor.from_numpy(np.arange(6).reshape(2, 3))", "assert V.to_numpy().tolist() == [[0, 1, 2], [3, 4, 5]]")
_arrow("compute.Expression", "import pyarrow.compute\nV = pa.compute.field('a') > 1", "assert pa.table({'a': [1, 2]}).filter(V)['a'].to_pylist() == [2]")
_arrow("csv.ReadOptions", "import pyarrow.csv\nV = pa.csv.ReadOptions(skip_rows=1)", "assert V.skip_rows == 1")
_arrow("fs.LocalFileSystem", "import pyarrow.fs\nV = pa.fs.LocalFileSystem()", "assert V.get_file_info('/').type.name == 'Directory'")
_arrow("parquet.FileMetaData", "import io, pyarrow.parquet\nV_f = io.BytesIO()\npa.parquet.write_table(pa.table({'a': [1]}), V_f)\nV = pa.parquet.ParquetFile(V_f).metadata", "assert V.num_rows == 1")
_arrow("MemoryPool", "V = pa.default_memory_pool()", "assert False", refused=True)
_arrow("RecordBatchReader", "V = pa.table({'a': [1]}).to_reader()", "assert False", refused=True)


# -- polars
def _polars(title, make, use, *needs, refused=False):
    _row("polars", title, "import polars as pl\n" + make, use, *needs, refused=refused)


_polars("DataFrame", "V = pl.DataFrame({'a': [1, None], 's': ['x', 'ü']})", "assert V.filter(pl.col('s') == 'ü')['a'].to_list() == [None] and V.with_columns(b=pl.col('a') + 1)['b'].to_list() == [2, None]")
_polars("DataFrame without columns", "V = pl.DataFrame()", "assert V.shape == (0, 0)")
for _title, _series in (
    ("Int8", "[1, None], dtype=pl.Int8"), ("UInt64", "[2 ** 64 - 1], dtype=pl.UInt64"), ("Float32", "[1.5, float('inf')], dtype=pl.Float32"), ("Boolean", "[True, None]"), ("String", "['a', None]"), ("Binary", "[b'a', None]"), ("Date", "[1, None], dtype=pl.Date"),
    ("Datetime", "[0, None], dtype=pl.Datetime('us', 'Europe/Berlin')"), ("Duration", "[5], dtype=pl.Duration('ms')"), ("Time", "[5], dtype=pl.Time"), ("List", "[[1], None, []]"), ("Array", "[[1, 2]], dtype=pl.Array(pl.Int8, 2)"),
    ("Struct", "[{'x': 1, 'y': 'z'}]"), ("Categorical", "['a', 'b', 'a'], dtype=pl.Categorical"), ("Enum", "['a'], dtype=pl.Enum(['b', 'a'])"), ("Decimal", "[1, None], dtype=pl.Decimal(10, 2)"), ("Null", "[None]"),
):
    _polars(f"Series of {_title}", f"V = pl.Series('n', {_series})\nV_list, V_dtype = V.to_list(), str(V.dtype)", "assert V.to_list() == V_list and V.name == 'n' and str(V.dtype) == V_dtype and V.reverse().reverse().equals(V)")
_polars("Series of Object", "V = pl.Series([object()], dtype=pl.Object)", "assert False", refused=True)
_polars("LazyFrame", "V = pl.LazyFrame({'a': [3, 1]}).sort('a').with_columns(b=pl.col('a') * 2)", "assert V.collect()['b'].to_list() == [2, 6]")
_polars("Expr", "V = pl.when(pl.col('a') > 1).then(pl.lit('big')).otherwise(pl.lit('small'))", "assert pl.DataFrame({'a': [1, 2]}).select(x=V)['x'].to_list() == ['small', 'big']")
_polars("Schema", "V = pl.Schema({'a': pl.Int8, 'l': pl.List(pl.String)})", "assert V['a'] == pl.Int8 and pl.DataFrame(schema=V).shape == (0, 2)")
_polars("DataType", "V = pl.Datetime('ms', 'UTC')", "assert V.time_zone == 'UTC' and V == pl.Datetime('ms', 'UTC')")
_polars("GroupBy", "V = pl.DataFrame({'a': [1, 1, 2], 'b': [1, 2, 3]}).group_by('a', maintain_order=True)", "assert V.agg(pl.col('b').sum())['b'].to_list() == [3, 3]")
_polars("Config", "V = pl.Config(tbl_rows=3)", "assert isinstance(V, pl.Config)")
_polars("SQLContext", "V = pl.SQLContext(t=pl.DataFrame({'a': [1, 2]}))", "assert V.execute('select sum(a) as s from t', eager=True)['s'].to_list() == [3]", refused=True)


# -- scipy
def _scipy(title, make, use, *needs, refused=False):
    _row("scipy", title, "import numpy as np, scipy\n" + make, use, *needs, refused=refused)


for _form in ("csr", "csc", "coo", "bsr", "dia", "lil", "dok"):
    for _kind in ("array", "matrix"):
        _scipy(f"sparse.{_form}_{_kind}", f"import scipy.sparse as sp\nV = sp.{_form}_{_kind}(np.array([[0, 1.5], [2, 0]]))", f"assert type(V).__name__ == '{_form}_{_kind}' and (V @ np.ones(2)).tolist() == [1.5, 2] and V.tocsr().sum() == 3.5")
_scipy("sparse.linalg.LinearOperator", "from scipy.sparse.linalg import aslinearoperator\nV = aslinearoperator(np.eye(2) * 3)", "assert (V @ np.ones(2)).tolist() == [3, 3]")
_scipy("sparse.linalg.SuperLU", "from scipy.sparse.linalg import splu\nimport scipy.sparse as sp\nV = splu(sp.csc_array(np.eye(2)))", "assert False", refused=True)
_POINTS = "V_p = np.random.default_rng(0).random((20, 2))\n"
_scipy("spatial.KDTree", _POINTS + "from scipy.spatial import KDTree\nV = KDTree(V_p)", "assert V.query(V_p[3])[1] == 3 and np.shares_memory(V.data, V.data)")
_scipy("spatial.cKDTree", _POINTS + "from scipy.spatial import cKDTree\nV = cKDTree(V_p)", "assert V.query(V_p[3])[1] == 3")
_scipy("spatial.transform.Rotation", "from scipy.spatial.transform import Rotation\nV = Rotation.from_euler('z', 90, degrees=True)", "assert np.allclose(V.apply([1, 0, 0]), [0, 1, 0])")
_scipy("spatial.transform.Slerp", "from scipy.spatial.transform import Rotation, Slerp\nV = Slerp([0, 1], Rotation.from_rotvec([[0, 0, 0], [0, 0, np.pi / 2]]))", "assert np.allclose(V(0.5).as_euler('zyx', degrees=True)[0], 45)")
for _hull, _test in (("ConvexHull", "0 < V.volume < 1 and V.points[V.vertices].shape[1] == 2"), ("Delaunay", "(V.find_simplex(V_p) >= 0).all() and V.find_simplex([[9, 9]])[0] == -1"), ("Voronoi", "len(V.regions[V.point_region[0]]) > 2")):
    _scipy(f"spatial.{_hull}", _POINTS + f"from scipy.spatial import {_hull}\nV = {_hull}(V_p)", f"assert {_test}")
_X = "V_x = np.linspace(0, 3, 8)\nV_y = V_x ** 2\n"
for _title, _make in (("interp1d", "interp1d(V_x, V_y, kind='cubic')"), ("CubicSpline", "CubicSpline(V_x, V_y)"), ("PchipInterpolator", "PchipInterpolator(V_x, V_y)"), ("Akima1DInterpolator", "Akima1DInterpolator(V_x, V_y)"),
                      ("UnivariateSpline", "UnivariateSpline(V_x, V_y, s=0)"), ("BSpline", "make_interp_spline(V_x, V_y)"), ("BarycentricInterpolator", "BarycentricInterpolator(V_x, V_y)"), ("KroghInterpolator", "KroghInterpolator(V_x, V_y)"), ("PPoly", "PPoly.from_spline(make_interp_spline(V_x, V_y))")):
    _scipy(f"interpolate.{_title}", _X + f"from scipy.interpolate import *\nV = {_make}\nV_z = V(1.3)".replace("import *", "import " + ", ".join(sorted({_make.split("(")[0].split(".")[0], *(["make_interp_spline"] if "make_interp_spline" in _make else [])}))), "assert V(1.3) == V_z and abs(V_z - 1.69) < 0.1")
_scipy("interpolate.RegularGridInterpolator", "from scipy.interpolate import RegularGridInterpolator\nV = RegularGridInterpolator(([0, 1], [0, 1]), np.array([[0., 1.], [2., 3.]]))", "assert V([[0.5, 0.5]])[0] == 1.5")
_scipy("interpolate.RBFInterpolator", _POINTS + "from scipy.interpolate import RBFInterpolator\nV = RBFInterpolator(V_p, V_p[:, 0])", "assert np.allclose(V(V_p[:1]), V_p[0, 0])")
_scipy("stats frozen distribution", "from scipy import stats\nV = stats.norm(1, 2)", "assert V.cdf(1) == 0.5 and V.std() == 2 and V.rvs(random_state=1) == stats.norm(1, 2).rvs(random_state=1)")
_scipy("stats.rv_discrete", "from scipy import stats\nV = stats.poisson(3)", "assert abs(V.pmf(0) - np.exp(-3)) < 1e-12")
_scipy("stats.rv_continuous of one's own", "from scipy import stats\nclass V_D(stats.rv_continuous):\n    def _pdf(self, x): return 2 * x\nV = V_D(a=0, b=1, name='ramp')", "assert abs(V.cdf(0.5) - 0.25) < 1e-6")
_scipy("stats.gaussian_kde", "from scipy import stats\nV = stats.gaussian_kde([1., 2., 2.5])\nV_z = V(2.)", "assert V(2.)[0] == V_z[0]")
_scipy("stats.rv_histogram", "from scipy import stats\nV = stats.rv_histogram(np.histogram([1, 2, 2, 3], bins=3))", "assert 1 <= V.mean() <= 3")
_scipy("stats.multivariate_normal", "from scipy import stats\nV = stats.multivariate_normal([0, 0], np.eye(2))", "assert abs(V.pdf([0, 0]) - 1 / (2 * np.pi)) < 1e-12")
_scipy("stats result of ttest_ind", "from scipy import stats\nV = stats.ttest_ind([1., 2., 3.], [2., 3., 5.])\nV_p = V.pvalue", "assert V.pvalue == V_p and V.confidence_interval().low < 0")
_scipy("stats result of linregress", "from scipy import stats\nV = stats.linregress([0, 1, 2], [1, 3, 5.])", "assert V.slope == 2 and V.intercept == 1")
_scipy("stats.qmc.Sobol", "from scipy.stats import qmc\nV = qmc.Sobol(2, rng=1)\nV.random(4)\nV_s = qmc.Sobol(2, rng=1).random(8)[4]", "assert (V.random(1)[0] == V_s).all()")
_scipy("stats.ecdf result", "from scipy import stats\nV = stats.ecdf([1, 2, 3])", "assert V.cdf.evaluate(2) == 2 / 3")
_scipy("optimize.OptimizeResult", "from scipy.optimize import minimize\nV = minimize(lambda x: (x[0] - 2) ** 2, [0])", "assert abs(V.x[0] - 2) < 1e-4 and V.success")
_scipy("optimize.Bounds", "from scipy.optimize import Bounds\nV = Bounds([0], [1])", "from scipy.optimize import minimize\nassert abs(minimize(lambda x: -x[0], [0.5], bounds=V).x[0] - 1) < 1e-6")
_scipy("optimize.LinearConstraint", "from scipy.optimize import LinearConstraint\nV = LinearConstraint([[1, 1]], 0, 1)", "from scipy.optimize import minimize\nassert minimize(lambda x: -x[0], [0, 0], bounds=[(0, 5), (0, 5)], constraints=V).x[0] < 1.001")
_scipy("optimize.NonlinearConstraint", "from scipy.optimize import NonlinearConstraint\nV = NonlinearConstraint(lambda x: x[0] ** 2, 0, 1)", "assert V.fun([3]) == 9 and V.ub == 1")
for _lti, _args in (("TransferFunction", "[1], [1, 1]"), ("ZerosPolesGain", "[], [-1], 1"), ("StateSpace", "[[-1.]], [[1.]], [[1.]], [[0.]]")):
    _scipy(f"signal.{_lti}", f"from scipy import signal\nV = signal.{_lti}({_args})", "assert abs(V.step(T=[0., 1.])[1][1] - (1 - np.exp(-1))) < 1e-6")
_scipy("signal.ShortTimeFFT", "from scipy.signal import ShortTimeFFT\nV = ShortTimeFFT(np.ones(4), 2, fs=1)", "assert V.stft(np.ones(16)).shape[0] == V.f_pts")
_scipy("integrate.OdeSolution", "from scipy.integrate import solve_ivp\nV = solve_ivp(lambda t, y: -y, (0, 1), [1.], dense_output=True, rtol=1e-8)", "assert abs(V.sol(1.)[0] - np.exp(-1)) < 1e-5 and V.success")
_scipy("integrate.RK45", "from scipy.integrate import RK45\nV = RK45(lambda t, y: -y, 0, [1.], 1)", "V.step()\nassert V.t > 0")
_scipy("integrate.ode", "from scipy.integrate import ode\nV = ode(lambda t, y: -y).set_integrator('dopri5').set_initial_value(1., 0)", "assert abs(V.integrate(1)[0] - np.exp(-1)) < 1e-5")
_scipy("special.orthopoly1d", "from scipy.special import legendre\nV = legendre(2)", "assert abs(V(1) - 1) < 1e-12 and V.weights.shape == (2, 3)")
_scipy("LowLevelCallable", "from scipy import LowLevelCallable\nimport ctypes\nV = LowLevelCallable(ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(abs))", "assert False", refused=True)
_scipy("cluster.hierarchy.ClusterNode", "from scipy.cluster import hierarchy\nV = hierarchy.to_tree(hierarchy.linkage([[0.], [1.], [5.]]))", "assert V.count == 3 and sorted(V.pre_order()) == [0, 1, 2]")
_scipy("io.matlab.mat_struct", "from scipy.io.matlab import mat_struct\nV = mat_struct()\nV.a = 1", "assert V.a == 1")


# -- scikit-learn
def _sklearn(title, make, use, *needs):
    _row("scikit-learn", title, "import numpy as np\n" + make, use, *needs)


_DATA = "V_r = np.random.default_rng(0)\nV_x = V_r.random((40, 3))\nV_c = (V_x[:, 0] > 0.5).astype(int)\nV_y = V_x.sum(1)\n"
for _module, _made, _target in (
    ("linear_model", "LogisticRegression()", "c"), ("linear_model", "SGDClassifier(random_state=0)", "c"), ("linear_model", "RidgeCV()", "y"), ("linear_model", "Lasso(0.01)", "y"), ("linear_model", "LinearRegression()", "y"), ("linear_model", "BayesianRidge()", "y"),
    ("svm", "SVC(probability=False)", "c"), ("svm", "LinearSVC()", "c"), ("svm", "SVR()", "y"), ("tree", "DecisionTreeClassifier(random_state=0)", "c"), ("tree", "DecisionTreeRegressor(random_state=0)", "y"),
    ("ensemble", "RandomForestClassifier(5, random_state=0)", "c"), ("ensemble", "GradientBoostingRegressor(n_estimators=5, random_state=0)", "y"), ("ensemble", "HistGradientBoostingClassifier(max_iter=5)", "c"), ("ensemble", "IsolationForest(n_estimators=5, random_state=0)", "c"),
    ("ensemble", "AdaBoostClassifier(n_estimators=5)", "c"), ("ensemble", "VotingClassifier([('a', __import__('sklearn.naive_bayes', fromlist=['x']).GaussianNB())])", "c"), ("neighbors", "KNeighborsClassifier(3)", "c"), ("neighbors", "NearestCentroid()", "c"), ("naive_bayes", "GaussianNB()", "c"),
    ("naive_bayes", "MultinomialNB()", "c"), ("discriminant_analysis", "LinearDiscriminantAnalysis()", "c"), ("neural_network", "MLPClassifier((4,), max_iter=20, random_state=0)", "c"), ("gaussian_process", "GaussianProcessRegressor(random_state=0)", "y"), ("cluster", "KMeans(2, n_init=1, random_state=0)", "c"),
    ("cluster", "MiniBatchKMeans(2, n_init=1, random_state=0)", "c"), ("mixture", "GaussianMixture(2, random_state=0)", "c"), ("isotonic", "IsotonicRegression()", "1"), ("dummy", "DummyClassifier()", "c"), ("calibration", "CalibratedClassifierCV(cv=2)", "c"), ("cross_decomposition", "PLSRegression(2)", "y"), ("kernel_ridge", "KernelRidge()", "y"),
):
    _x = "V_x[:, 0]" if _target == "1" else "V_x"
    _y = "V_c" if _target == "c" else "V_y"
    _sklearn(f"{_module}.{_made.split('(')[0]}", _DATA + f"import warnings\nfrom sklearn.{_module} import {_made.split('(')[0]}\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    V = {_made}.fit({_x}, {_y})\nV_p = V.predict({_x})",
             f"from sklearn.base import clone\nassert np.allclose(V.predict({_x}), V_p) and type(clone(V)) is type(V)")
for _module, _made in (
    ("preprocessing", "StandardScaler()"), ("preprocessing", "OneHotEncoder(sparse_output=False, handle_unknown='ignore')"), ("preprocessing", "PolynomialFeatures(2)"), ("preprocessing", "QuantileTransformer(n_quantiles=5)"), ("preprocessing", "FunctionTransformer(lambda x: x + 1)"), ("preprocessing", "KBinsDiscretizer(3, encode='ordinal')"),
    ("decomposition", "PCA(2)"), ("decomposition", "TruncatedSVD(2, random_state=0)"), ("decomposition", "NMF(2, random_state=0, max_iter=500)"), ("impute", "SimpleImputer()"), ("impute", "KNNImputer()"), ("feature_selection", "SelectKBest(k=2)"), ("random_projection", "GaussianRandomProjection(2, random_state=0)"), ("manifold", "Isomap(n_neighbors=10)"), ("kernel_approximation", "RBFSampler(random_state=0)"),
):
    _sklearn(f"{_module}.{_made.split('(')[0]}", _DATA + f"import warnings\nfrom sklearn.{_module} import {_made.split('(')[0]}\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    V = {_made}.fit(V_x, V_c)\nV_t = V.transform(V_x)", "assert np.allclose(V.transform(V_x), V_t)")
_sklearn("pipeline.Pipeline", _DATA + "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import MinMaxScaler\nfrom sklearn.linear_model import Ridge\nV = make_pipeline(MinMaxScaler(), Ridge()).fit(V_x, V_y)\nV_p = V.predict(V_x)", "assert np.allclose(V.predict(V_x), V_p) and V[:1].transform(V_x).max() <= 1.0001")
_sklearn("compose.ColumnTransformer", "import pandas as pd\nfrom sklearn.compose import make_column_transformer\nfrom sklearn.preprocessing import OrdinalEncoder\nV_f = pd.DataFrame({'a': ['x', 'y'], 'n': [1., 2.]})\nV = make_column_transformer((OrdinalEncoder(), ['a']), remainder='passthrough').fit(V_f)", "assert V.transform(V_f).tolist() == [[0, 1], [1, 2]]", "pandas")
_sklearn("model_selection.GridSearchCV", _DATA + "from sklearn.model_selection import GridSearchCV\nfrom sklearn.tree import ExtraTreeClassifier\nV = GridSearchCV(ExtraTreeClassifier(random_state=0), {'max_depth': [1, 2]}, cv=2).fit(V_x, V_c)\nV_b = V.best_params_", "assert V.best_params_ == V_b and len(V.predict(V_x)) == 40 and len(V.cv_results_['params']) == 2")
_sklearn("model_selection.KFold", "from sklearn.model_selection import KFold\nV = KFold(2, shuffle=True, random_state=1)\nV_s = [b.tolist() for _, b in V.split(range(6))]", "assert [b.tolist() for _, b in V.split(range(6))] == V_s")
_sklearn("feature_extraction.text.TfidfVectorizer", "from sklearn.feature_extraction.text import TfidfVectorizer\nV = TfidfVectorizer().fit(['a word', 'another word'])", "assert V.transform(['word']).shape == (1, 2) and 'another' in V.vocabulary_")
_sklearn("feature_extraction.text.CountVectorizer", "from sklearn.feature_extraction.text import CountVectorizer\nV = CountVectorizer(tokenizer=lambda t: t.split('-'), token_pattern=None).fit(['a-b'])", "assert V.transform(['b-b']).toarray().tolist() == [[0, 2]]")
_sklearn("estimator of one's own", "from sklearn.base import BaseEstimator, RegressorMixin\nclass V_E(RegressorMixin, BaseEstimator):\n    def __init__(self, k=1): self.k = k\n    def fit(self, x, y):\n        self.m_ = float(np.mean(y)) * self.k\n        return self\n    def predict(self, x): return np.full(len(x), self.m_)\nV = V_E(k=2).fit([[0]], [3])", "from sklearn.base import clone\nassert V.predict([[1], [2]]).tolist() == [6, 6] and clone(V).k == 2 and 'k=2' in repr(V)")
_sklearn("utils.Bunch", "from sklearn.datasets import load_iris\nV = load_iris()", "assert V.data.shape == (150, 4) and V['target'] is V.target")
_sklearn("neighbors.KDTree", _DATA + "from sklearn.neighbors import KDTree\nV = KDTree(V_x)", "assert V.query(V_x[5:6])[1][0][0] == 5")
_sklearn("gaussian_process.kernels.Sum", "from sklearn.gaussian_process.kernels import RBF, WhiteKernel\nV = RBF(2.0) + WhiteKernel(0.1)", "assert V([[0.]])[0, 0] == 1.1 and V.k1.length_scale == 2")
_sklearn("metrics make_scorer", "from sklearn.metrics import make_scorer\nV = make_scorer(lambda a, b: 1.5)", "from sklearn.dummy import DummyClassifier\nassert V(DummyClassifier().fit([[0]], [0]), [[0]], [0]) == 1.5")


# -- matplotlib
_PLT = "import io, numpy as np, matplotlib\nmatplotlib.use('Agg')\nfrom matplotlib.figure import Figure\n"
_DRAW = "\nimport io\nV_o = io.BytesIO()\n{}.savefig(V_o)\nassert V_o.getvalue()[:4] == b'\\x89PNG'"


def _plot(title, make, use="", draw="V", refused=False):
    _row("matplotlib", title, _PLT + make, use + (_DRAW.format(draw) if draw else ""), refused=refused)


_plot("figure.Figure", "V = Figure()\nV_a = V.subplots()\nV_a.plot([1, 2], [3, 4], label='l')\nV_a.legend()\nV_a.set_title('t')", "assert V_a is V.axes[0] and V_a.lines[0].get_ydata().tolist() == [3, 4]")
_plot("pyplot figure", "import matplotlib.pyplot as plt\nV = plt.figure()\nplt.plot([1, 2])", "V.gca().plot([2, 1])")
_plot("figure.SubFigure", "V_f = Figure()\nV = V_f.subfigures(1, 2)[0]\nV.subplots().bar([1], [2])", "assert V.figure is V_f", "V_f")
_plot("axes.Axes", "V_f = Figure()\nV = V_f.subplots()\nV.scatter([1, 2], [3, 4], c=[0, 1])\nV.set_yscale('log')", "V.plot([1, 2], [3, 3])\nassert V.get_yscale() == 'log'", "V_f")
_plot("projections.polar.PolarAxes", "V_f = Figure()\nV = V_f.add_subplot(projection='polar')\nV.plot([0, 1], [1, 2])", "V.set_rmax(3)", "V_f")
_plot("mpl_toolkits Axes3D", "V_f = Figure()\nV = V_f.add_subplot(projection='3d')\nV.plot([0, 1], [1, 2], [2, 3])", "V.view_init(20, 30)", "V_f")
_plot("Figure with an image and a colour bar", "V = Figure()\nV_a = V.subplots()\nV.colorbar(V_a.imshow(np.eye(3)))", "assert len(V.axes) == 2")
_plot("Figure with contours, a quiver and a table", "V = Figure()\nV_a = V.subplots(1, 3)\nV_a[0].contourf(np.eye(3))\nV_a[1].quiver([0], [0], [1], [1])\nV_a[2].table([['a']])", "assert V_a[1] is V.axes[1]")
_plot("Figure with dates", "import datetime\nV = Figure()\nV.subplots().plot([datetime.date(2024, 1, 1), datetime.date(2024, 1, 9)], [1, 2])")
_plot("lines.Line2D", "from matplotlib.lines import Line2D\nV = Line2D([0, 1], [1, 0], color='r')", "V_f = Figure()\nV_f.subplots().add_line(V)\nassert V.get_color() == 'r'", "V_f")
for _patch, _args in (("Rectangle", "(0, 0), 1, 1"), ("Circle", "(0, 0), 1"), ("Polygon", "[[0, 0], [1, 0], [0, 1]]"), ("Wedge", "(0, 0), 1, 0, 90"), ("FancyArrowPatch", "(0, 0), (1, 1)"), ("FancyBboxPatch", "(0, 0), 1, 1")):
    _plot(f"patches.{_patch}", f"from matplotlib.patches import {_patch}\nV = {_patch}({_args}, alpha=0.5)", "V_f = Figure()\nV_f.subplots().add_patch(V)\nassert V.get_alpha() == 0.5", "V_f")
_plot("text.Text", "from matplotlib.text import Text\nV = Text(0, 0, 'x²')", "V_f = Figure()\nV_f.add_artist(V)\nassert V.get_text() == 'x²'", "V_f")
_plot("text.Annotation", "V_f = Figure()\nV = V_f.subplots().annotate('n', (0, 0), (1, 1), arrowprops={'arrowstyle': '->'})", "V.set_text('m')", "V_f")
_plot("collections.LineCollection", "from matplotlib.collections import LineCollection\nV = LineCollection([[(0, 0), (1, 1)]])", "V_f = Figure()\nV_f.subplots().add_collection(V)", "V_f")
_plot("collections.PatchCollection", "from matplotlib.collections import PatchCollection\nfrom matplotlib.patches import Circle\nV = PatchCollection([Circle((0, 0), 1)])", "V_f = Figure()\nV_f.subplots().add_collection(V)", "V_f")
_plot("collections.QuadMesh", "V_f = Figure()\nV = V_f.subplots().pcolormesh(np.eye(3))", "V.set_clim(0, 2)", "V_f")
_plot("container.BarContainer", "V_f = Figure()\nV = V_f.subplots().bar([1, 2], [3, 4])", "assert V[1].get_height() == 4", "V_f")
_plot("legend.Legend", "V_f = Figure()\nV_a = V_f.subplots()\nV_a.plot([1], label='x')\nV = V_a.legend()", "assert V.get_texts()[0].get_text() == 'x'", "V_f")
_plot("gridspec.GridSpec", "from matplotlib.gridspec import GridSpec\nV = GridSpec(2, 2)", "V_f = Figure()\nV_f.add_subplot(V[0, :])", "V_f")
_plot("path.Path", "from matplotlib.path import Path\nV = Path([[0, 0], [1, 0], [0, 1]])", "assert V.contains_point((0.2, 0.2))", "")
_plot("transforms.Affine2D", "from matplotlib.transforms import Affine2D\nV = Affine2D().rotate_deg(90)", "assert np.allclose(V.transform((1, 0)), (0, 1))", "")
_plot("transforms.Bbox", "from matplotlib.transforms import Bbox\nV = Bbox([[0, 0], [2, 1]])", "assert V.width == 2", "")
_plot("colors.Normalize", "from matplotlib.colors import Normalize\nV = Normalize(0, 2)", "assert V(1) == 0.5", "")
_plot("colors.LogNorm", "from matplotlib.colors import LogNorm\nV = LogNorm(1, 100)", "assert abs(V(10) - 0.5) < 1e-9", "")
_plot("colors.BoundaryNorm", "from matplotlib.colors import BoundaryNorm\nV = BoundaryNorm([0, 1, 2], 2)", "assert V(1.5) == 1", "")
_plot("colors.ListedColormap", "from matplotlib.colors import ListedColormap\nV = ListedColormap(['r', 'g'])", "assert V(0) == (1, 0, 0, 1)", "")
_plot("colors.LinearSegmentedColormap", "from matplotlib.colors import LinearSegmentedColormap\nV = LinearSegmentedColormap.from_list('n', ['k', 'w'])", "assert V(1.0)[:3] == (1, 1, 1)", "")
_plot("cm.ScalarMappable", "from matplotlib.cm import ScalarMappable\nV = ScalarMappable(cmap='viridis')\nV.set_clim(0, 1)", "assert V.to_rgba(0.5)[3] == 1", "")
_plot("ticker.FuncFormatter", "from matplotlib.ticker import FuncFormatter\nV = FuncFormatter(lambda v, p: f'<{v}>')", "V_f = Figure()\nV_f.subplots().xaxis.set_major_formatter(V)\nassert V(1, 0) == '<1>'", "V_f")
_plot("ticker.MultipleLocator", "from matplotlib.ticker import MultipleLocator\nV = MultipleLocator(2)", "assert 4 in V.tick_values(0, 5)", "")
_plot("dates.DateFormatter", "from matplotlib.dates import DateFormatter\nV = DateFormatter('%Y')", "assert V(0) == '1970'", "")
_plot("markers.MarkerStyle", "from matplotlib.markers import MarkerStyle\nV = MarkerStyle('o')", "assert V.get_marker() == 'o'", "")
_plot("font_manager.FontProperties", "from matplotlib.font_manager import FontProperties\nV = FontProperties(size=9)", "assert V.get_size() == 9", "")
_plot("RcParams", "V = matplotlib.RcParams({'lines.linewidth': 3})", "with matplotlib.rc_context(V):\n    assert matplotlib.rcParams['lines.linewidth'] == 3", "")
_plot("tri.Triangulation", "from matplotlib.tri import Triangulation\nV = Triangulation([0, 1, 0], [0, 0, 1])", "V_f = Figure()\nV_f.subplots().triplot(V)", "V_f")
_plot("offsetbox.AnchoredText", "from matplotlib.offsetbox import AnchoredText\nV = AnchoredText('x', loc='upper left')", "V_f = Figure()\nV_f.subplots().add_artist(V)", "V_f")
_plot("animation.FuncAnimation", "from matplotlib.animation import FuncAnimation\nimport warnings\nwarnings.filterwarnings('ignore', 'Animation was deleted')\nV_f = Figure()\nV_l, = V_f.subplots().plot([0, 1])\nV = FuncAnimation(V_f, lambda i: V_l.set_ydata([i, 1]), frames=2)\nV._draw_was_started = True",
      "import tempfile, os\nV.save(os.path.join(tempfile.mkdtemp(), 'a.gif'), writer='pillow')\nassert V_l.get_ydata()[0] == 1", "V_f")
_plot("widgets.Slider", "from matplotlib.widgets import Slider\nV_f = Figure()\nV = Slider(V_f.add_axes([0, 0, 1, 1]), 's', 0, 1)", "V.set_val(0.5)\nassert V.val == 0.5", "V_f")


# -- torch
def _torch(title, make, use, *needs, refused=False):
    _row("torch", title, "import torch\n" + make, use, *needs, refused=refused)


for _dtype in ("float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "int32", "int64", "bool", "complex64", "complex128"):
    _torch(f"Tensor of {_dtype}", f"V = torch.tensor([[0, 1], [2, 3]]).to(torch.{_dtype})", f"assert V.dtype is torch.{_dtype} and V.shape == (2, 2) and V.is_contiguous()\nassert (V + V).sum().item() in (12, 3, 3.0, True)")
_torch("Tensor of float8_e4m3fn", "V = torch.tensor([0.5, 1.0]).to(torch.float8_e4m3fn)", "assert V.dtype is torch.float8_e4m3fn and V.float().tolist() == [0.5, 1.0]")
_torch("Tensor, scalar", "V = torch.tensor(3.5)", "assert V.item() == 3.5 and V.shape == ()")
_torch("Tensor, empty", "V = torch.empty(0, 3)\nV_o = torch.empty(2, 0)", "assert V.shape == (0, 3) and V_o.shape == (2, 0)")
_torch("Tensor, transposed", "V = torch.arange(6.).reshape(2, 3).T", "assert V.stride() == (1, 3) and V.tolist() == [[0, 3], [1, 4], [2, 5]]")
_torch("Tensor, expanded", "V = torch.tensor([1., 2.]).expand(3, 2)", "assert V.stride() == (0, 1) and V.tolist() == [[1, 2]] * 3")
_torch("Tensors, views of one storage", "V = torch.arange(8.)\nV_a = V[2:6]\nV_b = V.view(2, 4)[:, ::2]\nV_c = V.view(torch.int32)", "V[2] = 99\nassert V_a[0] == 99 and V_b[0, 1] == 99 and V_c.dtype is torch.int32 and V_c.view(torch.float32)[2] == 99")
_torch("Tensor, conjugate view", "V_z = torch.tensor([1 + 2j])\nV = V_z.conj()", "assert V.tolist() == [1 - 2j]\nV_z[0] = 3 + 1j\nassert V.tolist() == [3 - 1j]")
_torch("Tensor over a numpy array", "import numpy as np\nV_n = np.arange(4.)\nV = torch.from_numpy(V_n)", "V[1] = 7\nassert V_n[1] == 7", "numpy")
_torch("Tensor with requires_grad", "V = torch.tensor([1., 2.], requires_grad=True)", "assert V.requires_grad and V.is_leaf\n(V * V).sum().backward()\nassert V.grad.tolist() == [2, 4]")
_torch("Tensor with its grad", "V = torch.tensor([1., 2.], requires_grad=True)\n(V * V).sum().backward()\nV_g = V.grad", "assert V.grad.tolist() == [2, 4] and V.grad is V_g\n(V * V).sum().backward()\nassert V.grad.tolist() == [4, 8]")
_torch("Tensor with an attribute", "V = torch.tensor([1.])\nV.unit = 'm'", "assert V.unit == 'm' and V.item() == 1")
_torch("Tensor in a recorded computation", "V = torch.tensor([1.], requires_grad=True) * 2", "assert False", refused=True)
_torch("Tensor with a hook", "V = torch.tensor([1.], requires_grad=True)\nV_h = V.register_hook(lambda g: g * 2)", "assert False", refused=True)
_torch("Tensor, sparse", "V = torch.eye(2).to_sparse()", "assert False", refused=True)
_torch("Tensor, quantized", "V = torch.quantize_per_tensor(torch.tensor([1.]), 0.1, 0, torch.qint8)", "assert False", refused=True)
_torch("Tensor on the meta device", "V = torch.empty(3, device='meta')", "assert False", refused=True)
_torch("Tensor of a class of one's own", "class V_T(torch.Tensor):\n    def twice(self): return self * 2\nV = torch.tensor([1., 2.]).as_subclass(V_T)\nV.unit = 'm'", "assert type(V) is V_T and V.twice().tolist() == [2, 4] and V.unit == 'm'")
_torch("nn.Parameter", "V = torch.nn.Parameter(torch.ones(2), requires_grad=False)", "assert type(V) is torch.nn.Parameter and not V.requires_grad")
_torch("nn.Buffer", "V = torch.nn.Buffer(torch.ones(2))", "assert isinstance(V, torch.nn.Buffer) and V.tolist() == [1, 1]")
_torch("Size", "V = torch.Size([2, 3])", "assert type(V) is torch.Size and V.numel() == 6")
_torch("dtype", "V = torch.bfloat16", "assert V is torch.bfloat16")
_torch("device", "V = torch.device('cuda:1')", "assert V.type == 'cuda' and V.index == 1")
_torch("layout, memory_format, qscheme", "V = [torch.strided, torch.channels_last, torch.per_tensor_affine]", "assert V == [torch.strided, torch.channels_last, torch.per_tensor_affine]")
_torch("finfo", "V = torch.finfo(torch.float16)", "assert V.bits == 16")
_torch("Generator", "V = torch.Generator().manual_seed(3)\nV_next = torch.rand(2, generator=torch.Generator().manual_seed(3)).tolist()", "assert torch.rand(2, generator=V).tolist() == V_next")
_torch("UntypedStorage", "V_t = torch.arange(3)\nV = V_t.untyped_storage()", "assert V.nbytes() == 24 and V.data_ptr() == V_t.data_ptr()")
_torch("nn.Linear", "V = torch.nn.Linear(3, 2)\nV_x = torch.ones(1, 3)\nV_y = V(V_x).tolist()", "assert V(V_x).tolist() == V_y\nV(V_x).sum().backward()\nassert V.weight.grad is not None")
_torch("nn.Sequential with tied weights", "V_a = torch.nn.Linear(2, 2)\nV = torch.nn.Sequential(V_a, torch.nn.ReLU(), torch.nn.Linear(2, 2))\nV[2].weight = V_a.weight", "assert V[0] is V_a and V[2].weight is V[0].weight and len(list(V.parameters())) == 3")
_torch("nn.Conv2d", "V = torch.nn.Conv2d(1, 2, 3)\nV_x = torch.ones(1, 1, 5, 5)\nV_y = V(V_x).sum().item()", "assert V(V_x).sum().item() == V_y")
_torch("nn.LSTM", "V = torch.nn.LSTM(2, 3)\nV_x = torch.ones(4, 1, 2)\nV_y = V(V_x)[0].sum().item()", "assert abs(V(V_x)[0].sum().item() - V_y) < 1e-6")
_torch("nn.BatchNorm1d", "V = torch.nn.BatchNorm1d(2)\nV(torch.tensor([[1., 2.], [3., 5.]]))", "assert V.num_batches_tracked.item() == 1 and V.running_mean.tolist() != [0, 0] and V.training")
_torch("nn.Dropout in eval mode", "V = torch.nn.Dropout(0.9).eval()", "assert V(torch.ones(3)).tolist() == [1, 1, 1]")
_torch("nn.Embedding", "V = torch.nn.Embedding(5, 2, padding_idx=0)", "assert V(torch.tensor([0])).tolist() == [[0, 0]]")
_torch("nn.TransformerEncoderLayer", "V = torch.nn.TransformerEncoderLayer(4, 2, 8).eval()\nV_x = torch.ones(2, 1, 4)\nV_y = V(V_x).sum().item()", "assert abs(V(V_x).sum().item() - V_y) < 1e-5")
_torch("nn.ModuleDict", "V = torch.nn.ModuleDict({'a': torch.nn.Linear(1, 1)})", "assert list(V) == ['a'] and V['a'].in_features == 1")
_torch("nn.ParameterList", "V = torch.nn.ParameterList([torch.zeros(2), torch.ones(1)])", "assert len(V) == 2 and V[1].tolist() == [1]")
_torch("nn.CrossEntropyLoss", "V = torch.nn.CrossEntropyLoss(label_smoothing=0.1)", "assert V.label_smoothing == 0.1 and V(torch.zeros(1, 2), torch.tensor([0])).item() > 0")
_torch("nn.Module of one's own", "class V_M(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.l = torch.nn.Linear(2, 1)\n        self.register_buffer('n', torch.tensor(3))\n    def forward(self, x): return self.l(x) * self.n\nV = V_M()\nV_x = torch.ones(1, 2)\nV_y = V(V_x).item()", "assert type(V) is V_M and V(V_x).item() == V_y and 'n' in dict(V.named_buffers())")
for _optim in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "LBFGS"):
    _torch(f"optim.{_optim}", f"V_p = torch.nn.Parameter(torch.ones(2))\nV = torch.optim.{_optim}([V_p], lr=0.1)\ndef V_step():\n    V.zero_grad()\n    loss = (V_p ** 2).sum()\n    loss.backward()\n    return loss\nV.step(V_step)\nV_p.grad = None", "assert V.param_groups[0]['params'][0] is V_p\nbefore = V_p.tolist()\nV.step(V_step)\nassert V_p.tolist() != before and V.param_groups[0]['lr'] == 0.1")
_torch("optim.lr_scheduler.StepLR", "V_o = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)\nV = torch.optim.lr_scheduler.StepLR(V_o, 1, 0.5)", "assert V.optimizer is V_o\nV_o.step()\nV.step()\nassert V_o.param_groups[0]['lr'] == 0.5")
_torch("optim.lr_scheduler.LambdaLR", "V_o = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)\nV = torch.optim.lr_scheduler.LambdaLR(V_o, lambda n: 0.1 ** n)", "V_o.step()\nV.step()\nassert abs(V_o.param_groups[0]['lr'] - 0.1) < 1e-9")
_torch("state_dict", "V = torch.nn.Linear(2, 1).state_dict()", "m = torch.nn.Linear(2, 1)\nm.load_state_dict(V)\nassert m.weight.tolist() == V['weight'].tolist() and list(V) == ['weight', 'bias']")
_torch("utils.data.TensorDataset", "V = torch.utils.data.TensorDataset(torch.arange(4), torch.arange(4.))", "assert len(V) == 4 and V[1][1].item() == 1")
_torch("utils.data.DataLoader", "V = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.arange(4)), batch_size=2)", "assert [each[0].tolist() for each in V] == [[0, 1], [2, 3]]")
_torch("utils.data.Subset", "V = torch.utils.data.Subset(list(range(9)), [1, 3])", "assert list(V) == [1, 3]")
_torch("distributions.Normal", "V = torch.distributions.Normal(torch.tensor(0.), torch.tensor(2.))", "assert V.stddev.item() == 2 and V.log_prob(torch.tensor(0.)).item() < 0")
_torch("jit.ScriptModule", "V = torch.jit.trace(torch.nn.Linear(2, 1), torch.ones(1, 2))", "assert False", refused=True)
