"""Where a module comes from: Python itself, a distribution, or the user's own files."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import sys
import sysconfig
from types import ModuleType

_ALIASES = {
    "sklearn": "scikit-learn",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "yaml": "PyYAML",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "mpl_toolkits": "matplotlib",
    "IPython": "ipython",
}


def _folders(*keys: str) -> list[str]:
    paths = sysconfig.get_paths()
    return [os.path.realpath(paths[key]) for key in keys if key in paths]


_STDLIB = _folders("stdlib", "platstdlib")


def origin(module: ModuleType) -> str:
    """``stdlib``, ``distribution``, ``user`` (files of one's own) or ``made`` (no file at all)."""
    name = module.__dict__.get("__name__")
    top = str(name).split(".")[0]
    known = getattr(sys, "stdlib_module_names", sys.builtin_module_names)
    file = module.__dict__.get("__file__")
    if top in known and top != "__main__" and top not in ("test",):
        return "stdlib"
    if isinstance(file, str):
        return file_origin(file)
    spec = module.__dict__.get("__spec__")
    if spec is None:
        return "made"
    if hasattr(spec.loader, "runtimes_files"):
        return "user"
    search = list(getattr(module, "__path__", None) or [])
    return file_origin(os.path.join(search[0], "__init__.py")) if search else "stdlib"


@functools.lru_cache(maxsize=4096)
def file_origin(file: str) -> str:
    """The same for the file that a module or a function comes from."""
    path = os.path.realpath(file)
    parts = path.replace(os.sep, "/").split("/")
    if "site-packages" in parts or "dist-packages" in parts:
        return "distribution"
    if any(path.startswith(folder + os.sep) for folder in _STDLIB) or ".zip/" in path.replace(os.sep, "/"):
        return "stdlib"
    return "user"


@functools.lru_cache(maxsize=1)
def _distributions() -> dict[str, list[str]]:
    table = getattr(importlib.metadata, "packages_distributions", None)
    return dict(table()) if table else {}


@functools.lru_cache(maxsize=1024)
def distribution(top: str) -> tuple[str, str] | None:
    """Name and version of the distribution that brings the top-level module ``top``, or None."""
    for name in (_ALIASES.get(top, top), top):
        try:
            return name, importlib.metadata.version(name)
        except (importlib.metadata.PackageNotFoundError, ValueError):
            continue
    for name in _distributions().get(top, []):
        return name, importlib.metadata.version(name)
    version = getattr(sys.modules.get(top), "__version__", None)
    return (top, version) if isinstance(version, str) else None
