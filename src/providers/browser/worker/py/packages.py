"""Packages: loaded when a cell imports them, installed by %pip."""

from __future__ import annotations

import re
import sys
from typing import Any

import pyodide_js

_wheels_url = ""
_index_url: str | None = None
_ready = False

_IMPORTS = re.compile(r"\b(?:import|from)\b")


def configure(wheels_url: str, index_url: str | None) -> None:
    """Remember where packages come from. Nothing is imported before it is used."""
    global _wheels_url, _index_url
    _wheels_url = wheels_url
    _index_url = index_url


def prepare_tools(code: str) -> None:
    """Set up micropip for a cell that may use it."""
    global _ready
    if _ready or "pip" not in code:
        return
    import micropip
    import piplite.piplite

    piplite.piplite._PIPLITE_URLS = [f"{_wheels_url}all.json"]
    if _index_url:
        base = _index_url.rstrip("/")
        # A folder of wheels has its index below; a package index is one itself.
        micropip.set_index_urls([f"{base}/simple/{{package_name}}/", f"{base}/{{package_name}}/"])
    _ready = True


async def load_imports(code: str) -> None:
    """Load what a cell imports and the distribution has, before it runs.

    A failure is told, and the cell runs: it may well handle the ImportError.
    """
    if not _IMPORTS.search(code):
        return
    problems: list[str] = []
    try:
        await pyodide_js.loadPackagesFromImports(code, messageCallback=_ignore, errorCallback=problems.append)
    except Exception as error:  # noqa: BLE001 - the cell is told, and runs
        problems.append(str(error))
    if problems:
        sys.stderr.write(f"{explain(problems)}\n")


def explain(problems: list[str]) -> str:
    """What went wrong and what to do, in a sentence each."""
    problem = " ".join(dict.fromkeys(problems)).rstrip(". ")
    return (
        f"A package could not be loaded: {problem}. Check the network, or name a mirror or a folder "
        "with wheels under Settings, Browser runtimes, Package source."
    )


def _ignore(_message: Any) -> None:
    """Progress is not worth a user's output area."""
