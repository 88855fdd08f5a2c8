# ruff: noqa: E501
# fmt: off
"""Awkward values: how each is made in a cell, and how it is checked in another process.

``V`` stands for the variable; names that begin with ``V_`` are further variables of the same value. ``needs`` names
modules, or the least Python. ``refused`` marks what can't move by its nature.
"""

from __future__ import annotations

VALUES: dict[str, dict[str, object]] = {}


def value(name, make, check, *needs, refused=False):
    VALUES[name] = {"make": make, "check": check, "needs": needs, "refused": refused}


# -- plain values
value("thirteen", "V = 13", "assert V == 13 and type(V) is int")
value("big_int", "V = -(1 << 4000) + 13", "assert V == -(1 << 4000) + 13")
value("floats", "V = [0.0, -0.0, float('inf'), float('-inf'), float('nan'), 5e-324, 0.1]",
      "import math\nassert V[:1] == [0.0] and math.copysign(1, V[1]) == -1 and V[2] > 1e308 and V[3] < -1e308 and V[4] != V[4] and V[5] == 5e-324 and V[6] == 0.1")
value("complex", "V = complex(-0.0, float('nan'))", "import math\nassert math.copysign(1, V.real) == -1 and V.imag != V.imag")
value("all_code_points", "V = ''.join(map(chr, range(0, 0x110000, 7)))", "assert V == ''.join(map(chr, range(0, 0x110000, 7)))")
value("lone_surrogate", "V = 'a\\ud800b'", "assert V == 'a\\ud800b'")
value("all_bytes", "V = bytes(range(256)) * 3", "assert V == bytes(range(256)) * 3")
value("bytearray", "V = bytearray(b'ab\\r\\n\\x00'); V_alias = V", "assert V == bytearray(b'ab\\r\\n\\x00') and V is V_alias and type(V) is bytearray")
value("big_bytes", "V = bytes(1 << 20)", "assert V == bytes(1 << 20)")
value("none_ellipsis", "V = [None, ..., NotImplemented, True]", "assert V[0] is None and V[1] is ... and V[2] is NotImplemented and V[3] is True")
value("slices", "V = [slice(1, None, -2), range(3, 9, 2)]", "assert V == [slice(1, None, -2), range(3, 9, 2)]")
value("nested", "V = {(1, ('a',)): [{1, 2}, frozenset({(3,)})]}", "assert V == {(1, ('a',)): [{1, 2}, frozenset({(3,)})]}")
value("key_order", "V = dict.fromkeys('zebra')", "assert list(V) == list(dict.fromkeys('zebra'))")
value("types", "V = [int, type, type(None), type(lambda: 0), type(len), list[int] if hasattr(list, '__class_getitem__') else 0]",
      "assert V[0] is int and V[1] is type and V[2] is type(None) and V[3] is type(lambda: 0)")
value("builtins", "V = [len, print, [].append, 'x'.upper, dict.fromkeys, str.join, (1).__add__]",
      "assert V[0] is len and V[1] is print and V[3]() == 'X' and V[4]('a') == {'a': None} and V[5](',', 'ab') == 'a,b' and V[6](2) == 3")
value("bound_append", "V = [1]\nV_add = V.append", "V_add(2)\nassert V == [1, 2]")
# -- sharing
value("alias", "V = [1]\nV_b = V", "assert V is V_b and V == [1]")
value("shared_inside", "V_part = {'x': 1}\nV = [V_part, V_part]\nV_c = {'p': V_part}", "assert V[0] is V[1] is V_part is V_c['p']")
value("cycle_list", "V = [1]\nV.append(V)", "assert V[1] is V and len(V) == 2")
value("cycle_dict", "V = {}\nV['me'] = [V]", "assert V['me'][0] is V")
value("cycle_names", "V = []\nV_b = [V]\nV.append(V_b)", "assert V[0] is V_b and V_b[0] is V")
value("cycle_tuple", "V_l = []\nV = (V_l,)\nV_l.append(V)", "assert V[0][0] is V and V_l is V[0]")
value("cycle_instance", "class V_C: pass\nV = V_C()\nV.me = V\nV.all = [V]", "assert V.me is V and V.all[0] is V and type(V) is V_C")
value("cycle_set", "class V_C: pass\nV = V_C()\nV.s = {V}", "assert next(iter(V.s)) is V")
value("partial_overlap", "V = [[i] for i in range(500)]\nV_b = V[100:400]", "assert all(V[100 + i] is each for i, each in enumerate(V_b)) and len(V_b) == 300")
value("long_string", "V = 'x' * 5000\nV_b = [V]", "assert V_b[0] is V")
# -- standard library
value("moments", """import datetime as dt
V = [dt.date(2024, 2, 29), dt.datetime(1, 1, 1), dt.datetime(2024, 10, 27, 2, 30, fold=1), dt.time(1, 2, 3, 4, dt.timezone.utc),
     dt.timedelta(-1, 5, 7), dt.timezone(dt.timedelta(hours=-3), 'X'), dt.timezone.utc]""",
      """import datetime as dt
assert V[:2] == [dt.date(2024, 2, 29), dt.datetime(1, 1, 1)] and V[2].fold == 1 and V[3].tzinfo is dt.timezone.utc
assert V[4] == dt.timedelta(-1, 5, 7) and V[5].tzname(None) == 'X' and V[6] is dt.timezone.utc""")
value("zone", "import zoneinfo, datetime\nV = datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))",
      "assert V.tzinfo.key == 'Europe/Berlin' and V.utcoffset().total_seconds() == 7200")
value("decimal", "from decimal import Decimal as V_D\nV = [V_D('1.10'), V_D('NaN'), V_D('-0'), V_D('1E+5')]", "assert [str(x) for x in V] == ['1.10', 'NaN', '-0', '1E+5'] and V_D is type(V[0])")
value("fraction", "from fractions import Fraction\nV = Fraction(-3, 9)", "assert str(V) == '-1/3'")
value("uuid", "import uuid\nV = uuid.UUID(int=5)", "import uuid\nassert V == uuid.UUID(int=5)")
value("paths", "import pathlib\nV = [pathlib.Path('a/b'), pathlib.PurePosixPath('/x'), pathlib.PureWindowsPath('c:/x')]",
      "import pathlib\nassert V == [pathlib.Path('a/b'), pathlib.PurePosixPath('/x'), pathlib.PureWindowsPath('c:/x')]")
value("collections", """import collections as c
V = [c.OrderedDict([('b', 1), ('a', 2)]), c.Counter('aab'), c.deque([1, 2], 5), c.ChainMap({'a': 1}, {'b': 2}), c.defaultdict(list, {1: [2]})]""",
      """assert list(V[0]) == ['b', 'a'] and V[1]['a'] == 2 and V[2].maxlen == 5 and list(V[2]) == [1, 2] and V[3]['b'] == 2
V[4]['new'].append(3)
assert V[4] == {1: [2], 'new': [3]}""")
value("user_containers", "import collections as c\nV = [c.UserDict({'a': 1}), c.UserList([1]), c.UserString('s')]", "assert V[0]['a'] == 1 and V[1] == [1] and V[2] == 's'")
value("defaultdict_lambda", "import collections\nV = collections.defaultdict(lambda: collections.defaultdict(int))\nV['a']['b'] += 1", "V['x']['y'] += 2\nassert V['a']['b'] == 1 and V['x']['y'] == 2")
value("defaultdict_cycle", "import collections\ndef V_tree(): return collections.defaultdict(V_tree)\nV = V_tree()\nV['a']['b']", "V['q']['r']\nassert V.default_factory is V_tree and 'b' in V['a']")
value("array", "import array\nV = array.array('d', [1.5, -2])\nV_e = array.array('i')", "assert list(V) == [1.5, -2] and V.typecode == 'd' and len(V_e) == 0")
value("memoryview", "V_owner = bytearray(b'abcd')\nV = memoryview(V_owner)", "V[0] = 122\nassert V_owner == b'zbcd'")
value("simple_namespace", "import types\nV = types.SimpleNamespace(a=1)\nV.me = V", "assert V.a == 1 and V.me is V")
value("mapping_proxy", "import types\nV = types.MappingProxyType({'a': 1})", "assert V['a'] == 1 and type(V).__name__ == 'mappingproxy'")
value("random_object", "import random\nV = random.Random(5)\nV.random()\nV_next = random.Random(5)\nV_next.random()", "import random\nr = random.Random(5); r.random()\nassert V.random() == V_next.random() == r.random()")
value("regex", "import re\nV = re.compile('a(?P<x>b)', re.I)", "assert V.match('AB')['x'] == 'B'")
value("match", "import re\nV = re.match('a', 'a')", "assert V[0] == 'a'", refused=True)
value("operator", "import operator\nV = [operator.itemgetter(1, 2), operator.attrgetter('a.b'), operator.methodcaller('split', ',')]", "assert V[0]('abc') == ('b', 'c') and V[2]('a,b') == ['a', 'b']")
value("exception", "V = ValueError('x', 3)\nV.note = 'n'", "assert V.args == ('x', 3) and V.note == 'n' and type(V) is ValueError")
value("exception_own", """class V_E(Exception):
    def __init__(self, code, *, text):
        super().__init__(f'{code}: {text}')
        self.code = code
V = V_E(3, text='t')""", "assert str(V) == '3: t' and V.code == 3 and type(V) is V_E")
value("exception_chain", "try:\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        raise KeyError('k') from e\nexcept KeyError as e:\n    V = e", "assert type(V.__cause__) is ZeroDivisionError and V.args == ('k',)")
value("oserror", "V = FileNotFoundError(2, 'no', 'file')", "assert type(V) is FileNotFoundError and V.filename == 'file' and V.errno == 2")
value("unicode_error", "try:\n    b'\\xff'.decode()\nexcept UnicodeDecodeError as e:\n    V = e", "assert V.object == b'\\xff' and V.start == 0")
value("generic_alias", "import typing\nV = [typing.Optional[int], typing.Dict[str, typing.List[int]], list[int], typing.Callable[[int], str]]", "import typing\nassert V == [typing.Optional[int], typing.Dict[str, typing.List[int]], list[int], typing.Callable[[int], str]]")
value("union_type", "V = int | None", "assert V == int | None", "py3.10")
value("weakref", "class V_C: pass\nimport weakref\nV = V_C()\nV_r = weakref.ref(V)", "assert V_r() is V")
value("weak_dict", "import weakref\nclass V_C: pass\nV = V_C()\nV_d = weakref.WeakValueDictionary(a=V)", "assert V_d['a'] is V")
value("iterators", "V = [iter([1, 2, 3]), iter(range(3)), iter('ab'), reversed([1, 2])]\nnext(V[0])", "assert list(V[0]) == [2, 3] and list(V[1]) == [0, 1, 2] and list(V[2]) == ['a', 'b'] and list(V[3]) == [2, 1]")
value("count", "import itertools\nV = itertools.count(3)\nnext(V)", "assert next(V) == 4")
value("zip_map", "V = [zip([1, 2], 'ab'), map(str, [1, 2]), enumerate('ab', 3), filter(None, [0, 1])]\nnext(V[0])", "assert list(V[0]) == [(2, 'b')] and list(V[1]) == ['1', '2'] and list(V[2]) == [(3, 'a'), (4, 'b')] and list(V[3]) == [1]")
value("string_io", "import io\nV = io.StringIO('a\\r\\nb')\nV.read(2)", "assert V.read() == '\\nb' and V.getvalue() == 'a\\r\\nb'")
value("bytes_io", "import io\nV = io.BytesIO(b'abc')\nV.read(1)", "assert V.read() == b'bc'")
value("logger", "import logging\nV = logging.getLogger('some.name')", "import logging\nassert V is logging.getLogger('some.name')")
value("ip", "import ipaddress\nV = ipaddress.ip_network('10.0.0.0/8')", "import ipaddress\nassert V == ipaddress.ip_network('10.0.0.0/8')")
value("element", "import xml.etree.ElementTree as ET\nV = ET.fromstring('<a b=\"1\"><c>t</c></a>')", "assert V.attrib == {'b': '1'} and V[0].text == 't'")
value("graph_sorter", "import graphlib\nV = graphlib.TopologicalSorter({'a': {'b'}})", "assert list(V.static_order()) == ['b', 'a']")
value("struct", "import struct\nV = struct.Struct('<ih')", "assert V.size == 6")
# -- functions
value("function", "def V(x, y=[1], *, z={'k': 2}):\n    'doc'\n    return x, y, z\nV.attr = [V]", "assert V(1) == (1, [1], {'k': 2}) and V.__doc__ == 'doc' and V.attr[0] is V and V.__globals__ is globals()")
value("function_globals", "V_g = 5\ndef V_f(): return V_g + 1\ndef V(): return V_f() * 2", "assert V() == 12\nV_g = 10\nassert V() == 22")
value("recursive", "def V(n): return 1 if n < 2 else n * V(n - 1)", "assert V(5) == 120")
value("lambdas", "V = [lambda x: x + 1, lambda x: x + 2, lambda *a, k=3, **kw: (a, k, kw)]", "assert V[0](1) == 2 and V[1](1) == 3 and V[2](1, z=2) == ((1,), 3, {'z': 2})")
value("lambda_lines", "V = (lambda x:\n     x *\n     2)", "assert V(4) == 8")
value("closure", "def V_make(n):\n    def inner(x): return x + n\n    return inner\nV = V_make(10)", "assert V(1) == 11 and V_make(1)(1) == 2")
value("nonlocal_pair", """def V_make():
    n = 0
    def up():
        nonlocal n
        n += 1
        return n
    def get(): return n
    return up, get
V, V_get = V_make()
V()""", "assert V_get() == 1 and V() == 2 and V_get() == 2 and V.__closure__[0] is V_get.__closure__[0]")
value("closure_self", "def V_make():\n    def f(n): return 0 if n == 0 else 1 + f(n - 1)\n    return f\nV = V_make()", "assert V(4) == 4")
value("closure_big", "V_big = list(range(1000))\ndef V_make(d):\n    return lambda: d\nV = V_make(V_big)", "assert V() is V_big")
value("decorated", """import functools
V_calls = []
def V_deco(f):
    V_calls.append(f.__name__)
    @functools.wraps(f)
    def wrapper(*a): return ('wrapped', f(*a))
    return wrapper
@V_deco
def V(x): return x""", "assert V(2) == ('wrapped', 2) and V_calls == ['V' if False else V.__name__] and V.__wrapped__(2) == 2")
value("decorator_side_effect", "V = []\ndef V_register(f):\n    V.append(f)\n    return f\n@V_register\ndef V_f(): return 1", "assert len(V) == 1 and V[0] is V_f and V_f() == 1")
value("default_side_effect", "V_n = [0]\ndef V_tick():\n    V_n[0] += 1\n    return V_n[0]\ndef V(x=V_tick()): return x", "assert V() == 1 and V_n == [1]")
value("generator_function", "def V(n):\n    for i in range(n):\n        yield i", "assert list(V(3)) == [0, 1, 2]")
value("async_function", "async def V(): return 5", "try:\n    V().send(None)\nexcept StopIteration as e:\n    assert e.value == 5")
value("lru_cache", "import functools\n@functools.lru_cache(maxsize=3)\ndef V(x): return [x]", "assert V(1) is V(1) and V.cache_info().maxsize == 3")
value("partial", "import functools\ndef V_f(a, b, c): return a, b, c\nV = functools.partial(V_f, 1, c=3)\nV.note = 'n'", "assert V(2) == (1, 2, 3) and V.func is V_f and V.note == 'n'")
value("singledispatch", "import functools\n@functools.singledispatch\ndef V(x): return 'any'\n@V.register(int)\ndef V_int(x): return 'int'", "assert V(1) == 'int' and V('') == 'any'")
value("contextmanager", "import contextlib\n@contextlib.contextmanager\ndef V():\n    yield 3", "with V() as x:\n    assert x == 3")
value("exec_function", "exec('def V(x): return x * 3')", "assert V(2) == 6")
value("function_annotations", "def V(a: int, b: 'str' = '') -> list: return [a, b]", "assert V.__annotations__['a'] is int and V.__annotations__['b'] == 'str' and V.__annotations__['return'] is list")
value("kwonly_doc", "def V(a, /, b, *, c): return a, b, c", "import inspect\nassert str(inspect.signature(V)) == '(a, /, b, *, c)'")
value("get_source", "def V(x):\n    # a comment\n    return x\n", "import inspect\nassert '# a comment' in inspect.getsource(V)")
value("match_statement", "def V(x):\n    match x:\n        case [a, *_]: return a\n        case _: return None", "assert V([4, 5]) == 4 and V(1) is None", "py3.10")
value("generic_function", "def V[T](x: T) -> T:\n    return x", "assert V(3) == 3", "py3.12")
value("same_line", "V, V_b = (lambda: 1), (lambda: 2)", "assert V() == 1 and V_b() == 2")
value("nested_comprehension", "def V(rows): return [[c * 2 for c in r] for r in rows]", "assert V([[1], [2, 3]]) == [[2], [4, 6]]")
value("multiline_string", "class V_C:\n    def f(self):\n        return '''a\n  b\n        c'''\nV = V_C().f", "assert V() == 'a\\n  b\\n        c'")
# -- classes
value("class", "class V:\n    'doc'\n    n = [1]\n    def f(self): return self.n\n    @property\n    def p(self): return 'p'\n    @staticmethod\n    def s(x): return x\n    @classmethod\n    def c(cls): return cls\nV_o = V()\nV_o.x = 3",
      "assert V_o.x == 3 and type(V_o) is V and V_o.f() is V.n and V_o.p == 'p' and V.s(1) == 1 and V.c() is V and V.__doc__ == 'doc'")
value("class_state", "class V:\n    count = 0\n    def __init__(self): V.count += 1\nV(); V()\nV.registry = {'a': V}", "assert V.count == 2 and V.registry['a'] is V\nV()\nassert V.count == 3")
value("inherit", "class V_A:\n    def f(self): return 'A'\nclass V(V_A):\n    def f(self): return 'B' + super().f()\nV_o = V()", "assert V_o.f() == 'BA' and isinstance(V_o, V_A) and V.__mro__[1] is V_A")
value("private_names", "class V:\n    __slots__ = ('__x',)\n    def __init__(self): self.__x = 4\n    def get(self): return self.__x\nV_o = V()", "assert V_o.get() == 4 and not hasattr(V_o, '__dict__')")
value("slots", "class V:\n    __slots__ = ('a', 'b')\nV_o = V()\nV_o.a = [V_o]", "assert V_o.a[0] is V_o and not hasattr(V_o, 'b')")
value("slots_dict", "class V_B:\n    __slots__ = ('a',)\nclass V(V_B): pass\nV_o = V()\nV_o.a, V_o.z = 1, 2", "assert (V_o.a, V_o.z) == (1, 2)")
value("dataclass", "import dataclasses\n@dataclasses.dataclass(order=True)\nclass V:\n    x: int\n    y: list = dataclasses.field(default_factory=list, repr=False)\n    z: int = 3\n    def total(self): return self.x + self.z\nV_o = V(1, [2])",
      "import dataclasses\nassert V_o == V(1, [2]) and V(1) < V(2) and repr(V_o).endswith('(x=1, z=3)') and V(5).y == [] and V_o.total() == 4 and dataclasses.asdict(V_o) == {'x': 1, 'y': [2], 'z': 3} and dataclasses.replace(V_o, x=9).x == 9")
value("dataclass_frozen", "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass V:\n    x: int = 1\nV_o = V(4)\nV_d = {V_o: 'k'}", "import dataclasses\nassert V_d[V(4)] == 'k'\ntry:\n    V_o.x = 2\n    raise AssertionError\nexcept dataclasses.FrozenInstanceError:\n    pass")
value("dataclass_slots", "import dataclasses\n@dataclasses.dataclass(slots=True)\nclass V:\n    x: int\n    y: int = 5\nV_o = V(1)", "assert V_o.y == 5 and V(2).x == 2 and not hasattr(V_o, '__dict__') and V(2, 3).y == 3", "py3.10")
value("dataclass_kw", "import dataclasses\n@dataclasses.dataclass(kw_only=True)\nclass V:\n    x: int\n    y: int = 5\nV_o = V(x=1)", "assert V(x=3).y == 5 and V_o.x == 1", "py3.10")
value("dataclass_inherit", "import dataclasses\n@dataclasses.dataclass\nclass V_A:\n    a: int\n    b: int = 2\n@dataclasses.dataclass\nclass V(V_A):\n    c: int = 3\n    def __post_init__(self): self.d = self.a + self.c\nV_o = V(1)", "assert V_o.d == 4 and V(7).d == 10 and V(1) == V_o and repr(V_o).endswith('(a=1, b=2, c=3)')")
value("dataclass_classvar", "import dataclasses, typing\n@dataclasses.dataclass\nclass V:\n    n: typing.ClassVar[int] = 7\n    x: int = 1\n    i: dataclasses.InitVar[int] = 2\n    def __post_init__(self, i): self.j = i\nV.n = 8\nV_o = V()", "assert V.n == 8 and V_o.j == 2 and V(1, 5).j == 5 and [f.name for f in __import__('dataclasses').fields(V)] == ['x']")
value("enum", "import enum\nclass V(enum.Enum):\n    A = 1\n    B = 'b'\n    C = 1\n    def f(self): return self.name\nV_o = V.B\nV_d = {V.A: 1}", "assert V_o is V.B and V.C is V.A and V_o.f() == 'B' and V_d[V.A] == 1 and list(V) == [V.A, V.B] and V('b') is V.B")
value("int_enum", "import enum\nclass V(enum.IntEnum):\n    A = 1\n    B = enum.auto()\nV_o = [V.B]", "assert V_o[0] is V.B and V.B == 2 and V.B + 1 == 3 and V(2) is V.B")
value("str_enum", "import enum\nclass V(str, enum.Enum):\n    A = 'a'\nV_o = V.A", "assert V_o is V.A and V_o == 'a' and V_o.upper() == 'A'")
value("flag", "import enum\nclass V(enum.Flag):\n    A = 1\n    B = 2\n    AB = 3\nV_o = V.A | V.B\nV_n = V(0)", "assert V_o is V.AB and V.A in V_o and not V_n and (V.A | V.B) is V.AB")
value("int_flag", "import enum\nclass V(enum.IntFlag):\n    A = 1\n    B = 4\nV_o = V.A | V.B", "assert V_o == 5 and (V_o & V.B) is V.B and isinstance(V_o, V)")
value("planet", "import enum\nV_made = []\nclass V(enum.Enum):\n    E = (1.0, 2)\n    M = (3.0, 4)\n    def __init__(self, mass, radius):\n        V_made.append(mass)\n        self.mass, self.radius = mass, radius\n    @property\n    def density(self): return self.mass / self.radius\nV_o = V.M", "assert V_o is V.M and V_o.density == 0.75 and V((1.0, 2)) is V.E and V_made == [1.0, 3.0]")
value("enum_new", "import enum\nclass V(enum.Enum):\n    def __new__(cls, n, label):\n        o = object.__new__(cls)\n        o._value_ = n\n        o.label = label\n        return o\n    A = (1, 'one')\n    B = (2, 'two')\nV_o = V.B", "assert V(2) is V_o is V.B and V.A.label == 'one' and V_o.value == 2")
value("abc", "import abc\nclass V_A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...\nclass V(V_A):\n    def f(self): return 1\nV_o = V()\nV_A.register(dict)", "assert V_o.f() == 1 and isinstance({}, V_A) and isinstance(V_o, V_A)\ntry:\n    V_A()\n    raise AssertionError\nexcept TypeError:\n    pass")
value("protocol", "import typing\n@typing.runtime_checkable\nclass V(typing.Protocol):\n    def f(self) -> int: ...\nclass V_C:\n    def f(self): return 1", "assert isinstance(V_C(), V) and not isinstance(3, V)")
value("metaclass", "V_log = []\nclass V_M(type):\n    def __new__(m, n, b, d):\n        V_log.append(n)\n        return super().__new__(m, n, b, d)\n    def hello(cls): return cls.__name__ + '!'\nclass V(metaclass=V_M):\n    x = 1\nV_o = V()", "assert V.hello().endswith('!') and type(V) is V_M and V_o.x == 1 and len(V_log) == 1")
value("init_subclass", "V_log = []\nclass V_A:\n    def __init_subclass__(cls, tag='d', **k):\n        super().__init_subclass__(**k)\n        V_log.append(tag)\nclass V(V_A, tag='t'):\n    pass", "assert V_log == ['t'] and issubclass(V, V_A)\nclass V_New(V_A, tag='n'): pass\nassert V_log == ['t', 'n']")
value("set_name", "class V_D:\n    def __set_name__(self, o, n): self.names = getattr(self, 'names', []) + [n]\n    def __get__(self, i, o): return self.names\nclass V:\n    d = V_D()\nV_o = V()", "assert V_o.d == ['d']")
value("namedtuple", "import collections\nV = collections.namedtuple('V', 'x y', defaults=[9])\nV_o = V(1)", "assert V_o == (1, 9) and V_o.x == 1 and V_o._replace(x=5).x == 5 and V(2, 3)._asdict() == {'x': 2, 'y': 3} and type(V_o) is V")
value("typed_namedtuple", "import typing\nclass V(typing.NamedTuple):\n    'doc'\n    x: int\n    y: str = 'd'\n    def both(self): return (self.x, self.y)\nV_o = V(1)", "assert V_o.both() == (1, 'd') and V(2, 'z').both() == (2, 'z') and V.__doc__ == 'doc' and V.__annotations__['x'] is int")
value("sub_namedtuple", "import collections\nclass V(collections.namedtuple('B', 'a b')):\n    def s(self): return self.a + self.b\nV_o = V(1, 2)\nV_o.extra = 3", "assert V_o.s() == 3 and V_o.extra == 3 and V(3, 4).s() == 7")
value("typed_dict", "import typing\nclass V(typing.TypedDict, total=False):\n    a: int\nV_o = V(a=1)", "assert V_o == {'a': 1} and V(a=2) == {'a': 2} and V.__total__ is False")
value("generic", "import typing\nV_T = typing.TypeVar('V_T', bound=int)\nclass V(typing.Generic[V_T]):\n    def __init__(self, x: V_T): self.x = x\nV_o = V[int](3)\nV_a = V[bool]", "assert V_o.x == 3 and V.__parameters__ == (V_T,) and V_a(True).x and V_T.__bound__ is int and V_a.__origin__ is V")
value("new_type", "import typing\nV = typing.NewType('V', int)", "assert V(3) == 3 and V.__supertype__ is int", "py3.10")
value("redefined", "class V_C:\n    def f(self): return 'old'\nV = V_C()\nclass V_C:\n    def f(self): return 'new'\nV_n = V_C()", "assert V.f() == 'old' and V_n.f() == 'new' and type(V) is not V_C and type(V_n) is V_C")
value("local_class", "def V_make(k):\n    class Local:\n        def f(self): return k\n        @classmethod\n        def me(cls): return Local\n    return Local\nV = V_make(5)\nV_o = V()", "assert V_o.f() == 5 and type(V_o) is V and V.me() is V")
value("class_cell", "class V_A:\n    def who(self): return __class__\nV = V_A()", "assert V.who() is V_A")
value("nested_class", "class V:\n    class Inner:\n        class Deep:\n            def f(self): return 'deep'\nV_o = V.Inner.Deep()", "assert V_o.f() == 'deep' and type(V_o) is V.Inner.Deep")
value("descriptor", "class V_D:\n    def __get__(self, o, t): return 'got' if o is not None else self\nclass V:\n    d = V_D()\nV_o = V()", "assert V_o.d == 'got' and type(V.d) is V_D")
value("cached_property", "import functools\nclass V:\n    @functools.cached_property\n    def p(self): return [1]\nV_o = V()\nV_o.p", "assert V_o.p is V_o.p and V().p == [1]")
value("method", "class V_C:\n    n = 2\n    def f(self): return self.n\nV_o = V_C()\nV = V_o.f\nV_o.n = 7", "assert V() == 7 and V.__self__ is V_o")
value("getstate", "class V_C:\n    def __init__(self): self.a, self.lock = 1, __import__('threading').Lock()\n    def __getstate__(self): return {'a': self.a}\n    def __setstate__(self, s): self.a = s['a']; self.lock = None\nV = V_C()", "assert V.a == 1 and V.lock is None")
value("reduce", "class V_C:\n    def __init__(self, x): self.x = x\n    def __reduce__(self): return (V_C, (self.x,))\nV = V_C([1])", "assert V.x == [1] and type(V) is V_C")
value("newargs", "class V_C(int):\n    def __new__(cls, a, b): return super().__new__(cls, a + b)\n    def __getnewargs__(self): return (int(self), 0)\nV = V_C(2, 3)\nV.note = 'n'", "assert V == 5 and V.note == 'n'")
value("subclasses", "class V_L(list): pass\nclass V_D(dict):\n    def __missing__(self, k): return k\nclass V_S(str): pass\nV = V_L([1]); V.a = V\nV_d = V_D(a=1)\nV_s = V_S('x'); V_s.t = 1", "assert V == [1] and V.a is V and V_d['q'] == 'q' and V_s == 'x' and V_s.t == 1")
value("tuple_subclass", "class V_T(tuple): pass\nV = V_T((1, 2))\nV.x = 1", "assert V == (1, 2) and V.x == 1 and type(V) is V_T")
value("callable_object", "class V_C:\n    def __init__(self, f): self.f = f\n    def __call__(self, x): return self.f(x)\nV = V_C(lambda x: x + 1)", "assert V(1) == 2")
value("operators", "class V_C:\n    def __init__(self, n): self.n = n\n    def __eq__(self, o): return self.n == o.n\n    def __hash__(self): return hash(self.n)\n    def __len__(self): return self.n\n    def __getitem__(self, i): return i\n    def __enter__(self): return self\n    def __exit__(self, *a): return True\nV = {V_C(3): 'x'}", "assert V[V_C(3)] == 'x' and len(V_C(2)) == 2 and V_C(1)['i'] == 'i'\nwith V_C(1):\n    1 / 0")
value("eq_no_hash", "class V_C:\n    def __eq__(self, o): return True\nV = V_C()", "assert V == 3\ntry:\n    hash(V)\n    raise AssertionError\nexcept TypeError:\n    pass")
value("type_call", "V = type('V', (), {'x': 1, 'f': lambda self: self.x})\nV_o = V()", "assert V_o.f() == 1 and type(V_o) is V")
# -- modules and names
value("module", "import json as V\nimport os.path as V_p", "import json, os\nassert V is json and V_p is os.path")
value("imported", "from math import sqrt as V, pi as V_pi", "import math\nassert V is math.sqrt and V_pi == math.pi")
value("secret", "V_token = 'not shown'\nV = 1", "assert V_token == 'not shown' and V == 1")
# -- resources
value("file", "import tempfile, os\nV_path = os.path.join(tempfile.gettempdir(), 'runtimes-state-file.txt')\nopen(V_path, 'w').write('hello')\nV = open(V_path)\nV.read(2)", "assert V.read() == 'llo'")
value("file_binary", "import tempfile, os\nV_path = os.path.join(tempfile.gettempdir(), 'runtimes-state-file.bin')\nopen(V_path, 'wb').write(b'hello')\nV = open(V_path, 'r+b')\nV.read(2)", "assert V.read() == b'llo' and V.mode == 'rb+'")
value("stdout", "import sys\nV = [sys.stdout]", "import sys\nassert V[0] is sys.stdout")
value("lock", "import threading\nV = threading.Lock()\nV_r = threading.RLock()\nV_e = threading.Event()\nV_e.set()", "assert V.acquire(False) and V_e.is_set()\nwith V_r: pass")
value("held_lock", "import threading\nV = threading.Lock()\nV.acquire()", "pass", refused=True)
value("condition", "import threading\nV = threading.Semaphore(3)", "assert V.acquire(False)")
value("queue", "import queue\nV = queue.Queue()\nV.put(1)", "assert V.get_nowait() == 1")
value("generator", "V = (i for i in range(3))", "pass", refused=True)
value("coroutine", "async def V_f(): pass\nV = V_f()", "pass", refused=True)
value("frame", "import sys\nV = sys._getframe()", "pass", refused=True)
value("traceback", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    V = e.__traceback__", "pass", refused=True)
value("socket", "import socket\nV = socket.socket()", "pass", refused=True)
value("thread", "import threading\nV = threading.Thread(target=print)", "pass", refused=True)
value("thread_local", "import threading\nV = threading.local()", "pass", refused=True)
value("process", "import subprocess, sys\nV = subprocess.Popen([sys.executable, '-c', ''])\nV.wait()", "pass", refused=True)
value("sqlite", "import sqlite3\nV = sqlite3.connect(':memory:')", "pass", refused=True)
value("executor", "import concurrent.futures\nV = concurrent.futures.ThreadPoolExecutor(1)", "pass", refused=True)
value("context_var", "import contextvars\nV = contextvars.ContextVar('V')", "pass", refused=True)
value("code_object", "V = (lambda: 1).__code__", "pass", refused=True)
value("hash_object", "import hashlib\nV = hashlib.sha256(b'x')", "pass", refused=True)
value("mmap", "import mmap\nV = mmap.mmap(-1, 10)", "pass", refused=True)
value("dict_view", "V = {'a': 1}.keys()", "pass", refused=True)
# -- hostile to capture
value("reduce_raises", "class V_C:\n    def __reduce__(self): raise RuntimeError('no')\nV = V_C()", "pass", refused=True)
value("reduce_hangs", "class V_C:\n    def __reduce__(self):\n        while True: pass\nV = V_C()", "pass", refused=True)
value("reduce_prints", "class V_C:\n    def __getstate__(self):\n        print('noise')\n        return {'a': 1}\nV = V_C()", "assert V.a == 1")
value("reduce_exits", "class V_C:\n    def __reduce__(self): raise SystemExit(3)\nV = V_C()", "pass", refused=True)
value("reduce_nonsense", "class V_C:\n    def __reduce__(self): return 5\nV = V_C()", "pass", refused=True)
value("getattr_raises", "class V_C:\n    def __getattr__(self, n): raise RuntimeError(n)\nV = V_C()", "assert type(V) is V_C")
value("getattr_everything", "class V_C:\n    def __getattr__(self, n):\n        if n.startswith('__'): raise AttributeError(n)\n        return 5\nV = V_C()", "assert V.anything == 5")
value("eq_raises", "class V_C:\n    def __eq__(self, o): raise RuntimeError\n    def __bool__(self): raise RuntimeError\n    __hash__ = object.__hash__\nV = [V_C()]", "assert type(V[0]) is V_C")
value("deep_list", "V = []\nfor _ in range(100000): V = [V]", "pass", refused=True)
value("deep_enough", "V = []\nfor _ in range(150): V = [V]", "n = 0\nx = V\nwhile x: x, n = x[0], n + 1\nassert n == 150")
value("linked_list", "class V_N: pass\nV = V_N()\nV.k = 0\nx = V\nfor i in range(50):\n    x.next = V_N(); x = x.next; x.k = i\nx.next = V\ndel x", "assert V.next.k == 0 and V.next.next.k == 1")
value("lock_inside", "import threading\nclass V_C:\n    def __init__(self): self.lock, self.n = threading.Lock(), 1\nV = V_C()", "assert V.n == 1 and V.lock.acquire(False)")
value("generator_inside", "V = {'ok': 1, 'gen': (i for i in ())}", "pass", refused=True)
# -- numpy
NP = "import numpy as V_np\n"
value("np_array", NP + "V = V_np.arange(12.0).reshape(3, 4)", "assert (V == V_np.arange(12.0).reshape(3, 4)).all() and V.flags.writeable and V.dtype == 'f8'\nV[0, 0] = 5", "numpy")
value("np_view", NP + "V = V_np.arange(10)\nV_v = V[2:8:2]\nV_r = V[::-1]\nV_t = V.reshape(2, 5).T", "V[2] = 77\nassert V_v[0] == 77 and V_r[-3] == 77 and V_t[2, 0] == 77\nV_r[0] = 55\nassert V[9] == 55", "numpy")
value("np_view_only", NP + "V_a = V_np.arange(1 << 20)\nV = V_a[100:200]\ndel V_a", "assert V[0] == 100 and V.base is not None and len(V) == 100", "numpy")
value("np_dtypes", NP + "V = [V_np.zeros(3, d) for d in ('?', 'i1', '>u2', '<i4', 'u8', 'f2', '>f4', 'c8', 'c16', 'S3', 'U2', 'M8[s]', 'm8[D]', 'V5')]", "assert [str(a.dtype) for a in V] == [str(V_np.zeros(3, d).dtype) for d in ('?', 'i1', '>u2', '<i4', 'u8', 'f2', '>f4', 'c8', 'c16', 'S3', 'U2', 'M8[s]', 'm8[D]', 'V5')]", "numpy")
value("np_structured", NP + "V = V_np.array([(1, 'a', [1, 2])], dtype=[('x', '<i4'), ('y', 'U3'), ('z', 'f8', (2,))])\nV_a = V_np.zeros(2, V_np.dtype([('b', 'i1'), ('w', 'f8')], align=True))", "assert V['x'][0] == 1 and V['y'][0] == 'a' and V['z'][0, 1] == 2 and V_a.dtype.itemsize == 16 and V_a.dtype.isalignedstruct", "numpy")
value("np_order", NP + "V = V_np.asfortranarray(V_np.arange(6).reshape(2, 3))\nV_0 = V_np.array(5)\nV_e = V_np.empty((0, 3))\nV_b = V_np.broadcast_to(V_np.arange(3), (4, 3))", "assert V.flags.f_contiguous and V[1, 2] == 5 and V_0.shape == () and V_0[()] == 5 and V_e.shape == (0, 3) and V_b.shape == (4, 3) and V_b.strides[0] == 0 and not V_b.flags.writeable", "numpy")
value("np_readonly", NP + "V = V_np.arange(3)\nV.flags.writeable = False", "assert not V.flags.writeable and V.tolist() == [0, 1, 2]", "numpy")
value("np_object_views", NP + "V = V_np.empty((3, 4), dtype=object)\nV[...] = [[[i, j] for j in range(4)] for i in range(3)]\nV_a = V[::-1, 1::2]\nV_b = V.T\nV_c = V_a[1]", "assert V_a.shape == (3, 2) and V_a[0, 0] is V[2, 1] and V_c[1] is V[1, 3] and V_b[3, 2] is V[2, 3]\nV[1, 3] = 'new'\nassert V_a[1, 1] == V_b[3, 1] == V_c[1] == 'new'", "numpy")
value("np_object_small_views", NP + "V, V_o = V_np.empty(40, dtype=object), V_np.empty(1000, dtype=object)\nfor V_i in range(1000): V[V_i % 40] = V_o[V_i] = [V_i]\nV_a = V[3:5]\nV_b = V_o[7:9]\nV_c = V_o[8:10]\nV_d = V_o[500:502]\ndel V_o", "V[4] = 'new'\nassert V_a[1] == 'new' and V_b[1] is V_c[0] and V_b[1] == [8]\nV_b[1] = 8\nassert V_c[0] == 8 and V_c[1] == [9] and V_d[1] == [501]", "numpy")
value("np_object_fields", NP + "V = V_np.array([([1], 2, 'x'), (None, 3, 'y')], dtype=[('a', 'O'), ('b', 'i4'), ('c', 'O')])\nV_t = V_np.array([({}, 2.5)], dtype=V_np.dtype([('a', 'O'), ('b', 'f8')], align=True))", "import numpy as np\nassert V.dtype == np.dtype([('a', 'O'), ('b', 'i4'), ('c', 'O')]) and V['a'][0] == [1] and V['b'].tolist() == [2, 3] and V['c'][1] == 'y'\nassert V_t.dtype == np.dtype([('a', 'O'), ('b', 'f8')], align=True) and V_t['b'][0] == 2.5", "numpy")
value("np_long_double", NP + "V = V_np.longdouble(1) / 3\nV_a = V_np.arange(3, dtype=V_np.longdouble) / 7\nV_z = V_a.astype(V_np.clongdouble)\nV_f = V_np.finfo(V_np.longdouble)", "import numpy as np\nassert V == np.longdouble(1) / 3 and (V_a == np.arange(3, dtype=np.longdouble) / 7).all() and (V_z == V_a).all() and V_f.nmant == np.finfo(np.longdouble).nmant", "numpy")
value("np_objects", NP + "V_l = [1]\nV = V_np.array([V_l, None, 'x', 3.5, {'a': V_l}], dtype=object)\nV_v = V[1:]", "assert V[0] is V_l and V[4]['a'] is V_l and V[1] is None\nV[2] = 'new'\nassert V_v[1] == 'new'", "numpy")
value("np_object_cycle", NP + "V = V_np.empty(2, object)\nV[0] = V", "assert V[0] is V and V[1] is None", "numpy")
value("np_object_strings", NP + "V = V_np.array(['a\\n', '', None, float('nan'), 'ü\\ud800'] * 50, dtype=object)", "assert V[0] == 'a\\n' and V[1] == '' and V[2] is None and V[3] != V[3] and V[4] == 'ü\\ud800' and len(V) == 250", "numpy")
value("np_scalars", NP + "V = [V_np.float32(1.5), V_np.int64(3), V_np.str_('x'), V_np.datetime64('2024-01-01'), V_np.bool_(True), V_np.complex64(1j)]", "assert [type(x) for x in V] == [V_np.float32, V_np.int64, V_np.str_, V_np.datetime64, V_np.bool_, V_np.complex64] and V[0] == 1.5 and str(V[3]) == '2024-01-01'", "numpy")
value("np_masked", NP + "V = V_np.ma.array([1, 2, 3], mask=[0, 1, 0], fill_value=9)\nV_m = V_np.ma.masked", "assert V.tolist() == [1, None, 3] and V.fill_value == 9 and V_m is V_np.ma.masked", "numpy")
value("np_matrix", NP + "V = V_np.matrix([[1, 2], [3, 4]])\nV_r = V_np.rec.array([(1, 2.0)], names='a,b')", "assert type(V) is V_np.matrix and (V * V)[0, 0] == 7 and V_r.a[0] == 1 and type(V_r) is V_np.recarray", "numpy")
value("np_memmap", NP + "import tempfile, os\nV = V_np.memmap(os.path.join(tempfile.gettempdir(), 'runtimes-state-map.bin'), 'i4', 'w+', shape=(5,))\nV[:] = 3", "assert V.sum() == 15", "numpy")
value("np_random", NP + "V = V_np.random.default_rng(5)\nV.random()\nV_s = V_np.random.RandomState(3)\nV_s.rand()\nV_x = V_np.random.default_rng(5)\nV_x.random()\nV_y = V_np.random.Generator(V_np.random.Philox(2))", "a = V_np.random.default_rng(5); a.random()\nassert V.random() == a.random() == V_x.random()\nb = V_np.random.RandomState(3); b.rand()\nassert V_s.rand() == b.rand() and V_y.random() == V_np.random.Generator(V_np.random.Philox(2)).random()", "numpy")
value("np_functions", NP + "V = [V_np.add, V_np.mean, V_np.ndarray, V_np.linalg.norm, V_np.dtype('f4'), V_np.float64, V_np.poly1d([1, 2])]", "assert V[0] is V_np.add and V[1] is V_np.mean and V[3] is V_np.linalg.norm and V[4] == 'f4' and V[6](1) == 3", "numpy")
value("np_subclass", NP + "class V_A(V_np.ndarray):\n    def hi(self): return 'hi'\nV = V_np.arange(3).view(V_A)\nV.unit = 'm'", "assert V.hi() == 'hi' and V.unit == 'm' and type(V) is V_A", "numpy")
value("np_frombuffer", NP + "V_b = bytearray(16)\nV = V_np.frombuffer(V_b, 'f8')", "V[0] = 1.0\nassert V_b[7] == 0x3f", "numpy")
value("np_overlap", NP + "V_o = V_np.zeros(100000)\nV = V_o[:60000]\nV_b = V_o[40000:]\ndel V_o", "V[50000] = 3\nassert V_b[10000] == 3", "numpy")
# -- pandas
PD = "import pandas as V_pd, numpy as V_np\n"
value("pd_frame", PD + "V = V_pd.DataFrame({'a': [1, 2], 'b': [1.5, None], 'c': ['x', None], 'd': V_pd.to_datetime(['2024-01-01', None])})", "assert V.a.tolist() == [1, 2] and V.b.isna().tolist() == [False, True] and V.c[0] == 'x' and str(V.d[0]) == '2024-01-01 00:00:00' and V.d.isna()[1]\nV['e'] = V.a * 2\nassert V.e.sum() == 6", "pandas")
value("pd_many_strings", PD + "V = V_pd.DataFrame({'s': V_pd.Series([f'row {i}' for i in range(1000)], dtype=object), 'k': V_pd.Series(['u', 'v', None, 'w'] * 250, dtype=object)})", "assert V.s[999] == 'row 999' and V.k[2] is None and V.k[1] == 'v' and V.dtypes.tolist() == [object, object]", "pandas")
value("pd_dtypes", PD + "V = V_pd.DataFrame({'i': V_pd.array([1, None], 'Int64'), 'b': V_pd.array([True, None], 'boolean'), 's': V_pd.array(['x', None], 'string'), 'c': V_pd.Categorical(['a', 'b'], ordered=True), 'z': V_pd.date_range('2024', periods=2, tz='Europe/Berlin'), 't': V_pd.to_timedelta([1, 2], 's'), 'p': V_pd.period_range('2024-01', periods=2, freq='M'), 'v': V_pd.interval_range(0, 2), 'f': V_pd.array([1.5, None], 'Float64')})",
      "assert [str(x) for x in V.dtypes] == ['Int64', 'boolean', str(V.dtypes['s']), 'category', str(V.dtypes['z']), str(V.dtypes['t']), 'period[M]', 'interval[int64, right]', 'Float64']\nassert V.i.isna().tolist() == [False, True] and V.s[0] == 'x' and V.c.cat.ordered and V.z[0].tz is not None and V.p[1].month == 2 and 0.5 in V.v[0] and 'string' in str(V.dtypes['s']) and 'Berlin' in str(V.dtypes['z'])", "pandas")
value("pd_indexes", PD + "V = [V_pd.RangeIndex(1, 7, 2, name='r'), V_pd.Index([1, 2]), V_pd.Index(['a', None], dtype=object), V_pd.MultiIndex.from_product([[1, 2], ['a', 'b']], names=['x', None]), V_pd.CategoricalIndex(['a', 'b']), V_pd.date_range('2024', periods=3, freq='D'), V_pd.timedelta_range('1h', periods=2), V_pd.period_range('2024', periods=2, freq='D'), V_pd.interval_range(0, 2), V_pd.Index([1.5]), V_pd.Index([])]",
      "assert V[0].step == 2 and V[0].name == 'r' and V[1].tolist() == [1, 2] and V[2].tolist() == ['a', None] and V[3].names == ['x', None] and V[3][3] == (2, 'b') and V[4].categories.tolist() == ['a', 'b'] and V[5].freqstr == 'D' and len(V[6]) == 2 and V[7][1].day == 2 and V[8][1].right == 2 and V[9][0] == 1.5", "pandas")
value("pd_series", PD + "V = V_pd.Series([1, 2], index=['a', 'b'], name='n')\nV.attrs['unit'] = 'm'", "assert V['b'] == 2 and V.name == 'n' and V.attrs == {'unit': 'm'}", "pandas")
value("pd_shared", PD + "V = V_np.zeros((3, 2))\nV_f = V_pd.DataFrame(V, columns=['a', 'b'], copy=False)", "assert V_np.shares_memory(V, V_f.values) or V_np.shares_memory(V, V_f['a'].values)", "pandas")
value("pd_scalars", PD + "V = [V_pd.Timestamp('2024-02-03', tz='UTC'), V_pd.Timedelta(days=1), V_pd.Period('2024-01', 'M'), V_pd.NaT, V_pd.NA, V_pd.Interval(0, 1), V_pd.offsets.MonthEnd(2), V_pd.Timestamp('2024')]", "assert V[0].tz is not None and V[0].day == 3 and V[1].days == 1 and V[2].month == 1 and V[3] is V_pd.NaT and V[4] is V_pd.NA and 0.5 in V[5] and V[6].n == 2 and V[7].year == 2024", "pandas")
value("pd_multi_columns", PD + "V = V_pd.DataFrame([[1, 2, 3]], columns=V_pd.MultiIndex.from_tuples([('a', 'x'), ('a', 'y'), ('b', 'x')]), index=V_pd.Index(['r'], name='i'))", "assert V['a']['y']['r'] == 2 and V.index.name == 'i'", "pandas")
value("pd_duplicate", PD + "V = V_pd.DataFrame([[1, 2.5, 'x']], columns=['a', 'a', 'b'])", "assert V.columns.tolist() == ['a', 'a', 'b'] and V.iloc[0].tolist() == [1, 2.5, 'x']", "pandas")
value("pd_sparse", PD + "V = V_pd.arrays.SparseArray([0, 0, 3, 0])", "assert V.tolist() == [0, 0, 3, 0] and V.npoints == 1", "pandas")
value("pd_empty", PD + "V = V_pd.DataFrame()\nV_b = V_pd.DataFrame({'a': V_pd.Series([], dtype='f4')})", "assert V.shape == (0, 0) and V_b.shape == (0, 1) and V_b.a.dtype == 'f4'", "pandas")
value("pd_str_dtype", PD + "V = V_pd.Series(['a', None, 'ü' * 3])", "assert V[0] == 'a' and V.isna()[1] and V[2] == 'üüü'", "pandas")
value("pd_subclass", PD + "class V_F(V_pd.DataFrame):\n    @property\n    def _constructor(self): return V_F\nV = V_F({'a': [1]})", "assert type(V) is V_F and V.a[0] == 1", "pandas")
value("pd_objects", PD + "V_l = [1]\nV = V_pd.DataFrame({'o': [V_l, {'k': V_l}]})", "assert V.o[0] is V_l and V.o[1]['k'] is V_l", "pandas")
value("pd_functions", PD + "V = [V_pd.read_csv, V_pd.DataFrame, V_pd.DataFrame({'a': [1]}).head]", "assert V[0] is V_pd.read_csv and V[1] is V_pd.DataFrame and V[2](1).a[0] == 1", "pandas")
value("pa_table", "import pyarrow as V_pa\nV = V_pa.table({'a': [1, None], 's': ['x', 'y']})\nV_a = V_pa.array([[1], [2, 3]])\nV_c = V_pa.chunked_array([[1], [2]])\nV_s = V.schema\nV_t = V_pa.list_(V_pa.int8())\nV_x = V_pa.scalar(5)\nV_d = V_pa.array(['a', 'b', 'a']).dictionary_encode()", "assert V.to_pydict() == {'a': [1, None], 's': ['x', 'y']} and V_a.to_pylist() == [[1], [2, 3]] and V_c.num_chunks == 2 and V_s == V.schema and str(V_t) == 'list<item: int8>' and V_x.as_py() == 5 and V_d.to_pylist() == ['a', 'b', 'a']", "pyarrow")
value("pd_arrow", PD + "V = V_pd.Series([1, None], dtype='int64[pyarrow]')\nV_s = V_pd.Series(['a', None], dtype='string[pyarrow]')", "assert V[0] == 1 and V.isna()[1] and str(V.dtype) == 'int64[pyarrow]' and V_s[0] == 'a' and V_s.isna()[1]", "pyarrow")
value("pl_frame", "import polars as V_pl\nV = V_pl.DataFrame({'a': [1, None], 's': ['x', 'y'], 'c': V_pl.Series(['k', 'k'], dtype=V_pl.Categorical)})\nV_s = V['s']", "assert V['a'].to_list() == [1, None] and V['c'].dtype == V_pl.Categorical and V_s.to_list() == ['x', 'y'] and V_s.name == 's'", "polars")
value("sp_sparse", "import scipy.sparse as V_sp\nV = V_sp.csr_matrix([[0, 1], [2, 0]])\nV_c = V_sp.coo_array([[0, 1]])\nV_l = V_sp.lil_matrix((2, 2))\nV_l[0, 1] = 3", "assert V.toarray().tolist() == [[0, 1], [2, 0]] and V_c.toarray().tolist() == [[0, 1]] and V_l.toarray()[0, 1] == 3 and (V @ V).nnz == 2", "scipy")
value("sk_model", "from sklearn.linear_model import LinearRegression\nV = LinearRegression().fit([[0], [1]], [1, 3])", "assert abs(V.predict([[2]])[0] - 5) < 1e-9", "sklearn")
value("sk_pipeline", "from sklearn.pipeline import make_pipeline as V_m\nfrom sklearn.preprocessing import StandardScaler\nfrom sklearn.ensemble import RandomForestClassifier\nV = V_m(StandardScaler(), RandomForestClassifier(5, random_state=0)).fit([[0], [1], [2], [3]], [0, 0, 1, 1])", "assert V.predict([[0], [3]]).tolist() == [0, 1]", "sklearn")
value("mpl_figure", "import matplotlib\nmatplotlib.use('Agg')\nfrom matplotlib.figure import Figure\nV = Figure()\nV_ax = V.subplots()\nV_ax.plot([1, 2], [3, 4])", "import io\nassert V_ax is V.axes[0] and V_ax.lines[0].get_ydata().tolist() == [3, 4]\nV.savefig(io.BytesIO())", "matplotlib")
