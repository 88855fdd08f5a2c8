"""The source of one function: found where it was written, and compiled without running anything.

A function travels as the text of its own definition. Its code object is made by compiling that text
inside a skeleton of the scopes that it stood in, without decorators, defaults and annotations, so that
compiling is all that happens. Whatever is captured is compiled right away and compared with the running
code: a file that was edited since, or a second lambda on the line, can't slip in.
"""

from __future__ import annotations
import __future__

import ast
import hashlib
import linecache
import types
from collections.abc import Iterator
from typing import Any

from .refusal import Refused

FUTURES = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
_CO_NESTED = 0x10
_trees: dict[str, tuple[str, ast.Module]] = {}
#: Made-up file name of a restored function → its entry: its text alone does not say what it stood in.
_restored: dict[str, dict[str, Any]] = {}

#: What is kept of a function's source. ``scopes``: [kind, name] of the functions and classes around it.
Entry = dict


def entry_of(code: types.CodeType, module_globals: dict[str, Any] | None) -> Entry:
    """Find the source of ``code``. @throws Refused where there is none that compiles to the same code."""
    lines = linecache.getlines(code.co_filename, module_globals)
    if not lines:
        raise Refused(f"the source of {code.co_name} is not known", "define it in a cell or in a file")
    try:
        text, tree = _parse(code.co_filename, "".join(lines))
    except (SyntaxError, ValueError) as error:
        raise Refused(f"the source of {code.co_name} can't be read", "define it in a cell or in a file") from error
    features = [name for name, flag in FUTURES.items() if code.co_flags & flag]
    reason = "is not where it was compiled from"
    outer = _restored.get(code.co_filename, {"scopes": [], "imports": []})
    imported = _imported(tree) | set(outer["imports"])
    for node, inner in sorted(_candidates(tree, code), key=lambda item: _first_line(item[0]) != code.co_firstlineno):
        entry: Entry = {
            "name": code.co_name,
            "text": _text(text, node),
            "scopes": [*outer["scopes"], *inner],
            "free": list(code.co_freevars),
            "features": features,
            "imports": sorted(imported & _names(code)),
        }
        try:
            compiled = compile_entry(entry, "<check>")
        except (SyntaxError, ValueError, Refused, RecursionError):
            continue
        if same_code(code, compiled):
            return entry
        reason = "has changed since it was compiled"
    raise Refused(f"the source of {code.co_name} {reason}", "run its cell again")


def key_of(entry: Entry) -> str:
    """A name for an entry, by its content."""
    content = repr([entry[part] for part in ("name", "text", "scopes", "free", "features", "imports")])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _parse(filename: str, text: str) -> tuple[str, ast.Module]:
    known = _trees.get(filename)
    if known is None or known[0] != text:
        if len(_trees) > 200:
            _trees.clear()
        known = _trees[filename] = (text, ast.parse(text))
    return known


def _first_line(node: Any) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def _candidates(tree: ast.Module, code: types.CodeType) -> Iterator[tuple[Any, list[list[str]]]]:
    wanted: tuple[type, ...] = (ast.Lambda,) if code.co_name == "<lambda>" else (ast.FunctionDef, ast.AsyncFunctionDef)
    stack: list[tuple[ast.AST, list[list[str]]]] = [(tree, [])]
    while stack:
        node, scopes = stack.pop()
        inner = scopes
        if isinstance(node, wanted) and getattr(node, "name", code.co_name) == code.co_name:
            yield node, scopes
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            inner = [*scopes, ["def", getattr(node, "name", "<lambda>")]]
        elif isinstance(node, ast.ClassDef):
            inner = [*scopes, ["class", node.name]]
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            inner = scopes
        for child in ast.iter_child_nodes(node):
            stack.append((child, inner))


def _imported(tree: ast.Module) -> set[str]:
    """Names that an import binds at the level of the module."""
    names: set[str] = set()
    level: list[Any] = list(tree.body)
    while level:
        node = level.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((each.asname or each.name).split(".")[0] for each in node.names)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            level.extend(ast.iter_child_nodes(node))
    return names


def _names(code: types.CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names(constant)
    return names


def _text(text: str, node: Any) -> str:
    if isinstance(node, ast.Lambda):
        return f"({ast.get_source_segment(text, node)})"
    lines = text.splitlines(keepends=True)
    first, last = _first_line(node) - 1, node.end_lineno
    indent = node.col_offset  # bytes, but nothing but blanks is before it
    if indent == 0:
        return "".join(lines[first:last])
    # Strings over several lines must keep their blanks: indentation is undone by a block around it.
    return "if 1:\n" + "".join(lines[first:last])


def compile_entry(entry: Entry, filename: str) -> types.CodeType:
    """The code object of an entry. Nothing of it is run. @throws SyntaxError where this Python can't read it."""
    tree = ast.parse(entry["text"])
    statement: Any = tree.body[0]
    if isinstance(statement, ast.If):
        statement = statement.body[0]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Lambda):
        arguments = statement.value.args
    elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = statement.args
        statement.decorator_list = []
        statement.returns = None
        if hasattr(statement, "type_params"):
            statement.type_params = []
    else:
        raise Refused(f"the source of {entry['name']} is not a function")
    arguments.defaults = []
    arguments.kw_defaults = [None] * len(arguments.kwonlyargs)
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]:
        if argument is not None:
            argument.annotation = None
    # The compiler treats attributes of imported names in a way of its own. These imports are compiled, not run.
    imports = [ast.Import(names=[ast.alias(name=name, asname=None)]) for name in entry["imports"]]
    module = ast.Module(body=[*imports, _in_scopes(statement, entry)], type_ignores=[])
    ast.fix_missing_locations(module)
    flags = 0
    for name in entry["features"]:
        flags |= FUTURES.get(name, 0)
    code = compile(module, filename, "exec", flags=flags, dont_inherit=True)
    for _, name in _path(entry):
        code = _inner(code, name)
    return _inner(code, entry["name"])


def _path(entry: Entry) -> list[list[str]]:
    scopes = [list(scope) for scope in entry["scopes"]]
    free = [name for name in entry["free"] if name != "__class__"]
    if free and not any(kind == "def" for kind, _ in scopes):
        scopes.insert(0, ["def", "<scope>"])
    if "__class__" in entry["free"] and not any(kind == "class" for kind, _ in scopes):
        scopes.append(["class", "<scope>"])
    return scopes


def _in_scopes(statement: Any, entry: Entry) -> Any:
    free = [name for name in entry["free"] if name != "__class__"]
    scopes = _path(entry)
    outermost = next((index for index, (kind, _) in enumerate(scopes) if kind == "def"), -1)
    for index in range(len(scopes) - 1, -1, -1):
        kind, name = scopes[index]
        body: list[Any] = [statement]
        if index == outermost and free:
            targets: list[Any] = [ast.Name(id=each, ctx=ast.Store()) for each in free]
            body.insert(0, ast.Assign(targets=targets, value=ast.Constant(value=None)))
        if kind == "class":
            statement = ast.ClassDef(name=name, bases=[], keywords=[], body=body, decorator_list=[])
        else:
            empty = ast.arguments(
                posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[], vararg=None, kwarg=None
            )
            statement = ast.FunctionDef(name=name, args=empty, body=body, decorator_list=[], returns=None)
        if hasattr(ast, "TypeVar"):
            statement.type_params = []
    return statement


def _inner(code: types.CodeType, name: str) -> types.CodeType:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType) and constant.co_name == name:
            return constant
    raise Refused(f"the source of {name} does not define it")


def same_code(one: types.CodeType, other: types.CodeType) -> bool:
    """Whether two code objects do the same, wherever they were written."""
    flags = one.co_flags ^ other.co_flags
    for flag in FUTURES.values():
        flags &= ~flag
    return (
        not flags & ~_CO_NESTED
        and one.co_code == other.co_code
        and one.co_argcount == other.co_argcount
        and one.co_posonlyargcount == other.co_posonlyargcount
        and one.co_kwonlyargcount == other.co_kwonlyargcount
        and one.co_names == other.co_names
        and one.co_varnames == other.co_varnames
        and one.co_cellvars == other.co_cellvars
        and one.co_freevars == other.co_freevars
        and getattr(one, "co_exceptiontable", b"") == getattr(other, "co_exceptiontable", b"")
        and len(one.co_consts) == len(other.co_consts)
        and all(map(_same_constant, one.co_consts, other.co_consts))
    )


def _same_constant(one: Any, other: Any) -> bool:
    if isinstance(one, types.CodeType) and isinstance(other, types.CodeType):
        return same_code(one, other)
    return type(one) is type(other) and repr(one) == repr(other)


def remember(entry: Entry, filename: str) -> None:
    """Keep a restored function's source where tracebacks, ``inspect`` and the next capture look for it."""
    text = entry["text"]
    _restored[filename] = entry
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
