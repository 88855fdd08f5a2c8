"""Packages: loaded when a cell imports them, installed by %pip."""

from __future__ import annotations

import functools
import importlib.metadata
import re
import sys
from typing import TYPE_CHECKING, Any

import pyodide_js

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_wheels_url = ""
_index_url: str | None = None
_ready = False

_IMPORTS = re.compile(r"\b(?:import|from)\b")
#: A requirement by name, with extras, version and marker behind it or nothing.
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:[\[<>=!~;,]|$)")


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
    micropip.install = _checked(micropip.install)
    _ready = True


def _checked(install: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """micropip.install that fails where a package did not arrive.

    What Pyodide's own distribution has is loaded by Pyodide, which writes a
    failure to the console and goes on.
    """

    @functools.wraps(install)
    async def checked(requirements: str | list[str], *args: Any, **kwargs: Any) -> Any:
        try:
            result = await install(requirements, *args, **kwargs)
        except ValueError as error:
            raise RuntimeError(explain([str(error)])) from None
        wanted = [requirements] if isinstance(requirements, str) else requirements
        missing = [name for name in map(_name_of, wanted) if name and not _is_installed(name)]
        if missing:
            raise RuntimeError(explain([f"{', '.join(missing)} did not arrive"]))
        return result

    return checked


def _name_of(requirement: str) -> str | None:
    """The distribution's name; None for a wheel's address, which says its failure itself."""
    found = None if requirement.endswith(".whl") else _NAME.match(requirement)
    return found[1] if found else None


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


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
