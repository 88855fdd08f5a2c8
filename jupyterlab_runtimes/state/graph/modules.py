"""Modules: by import; those of the user's own files bring their files."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import os
import sys
import types
from typing import Any

from .context import current
from .dispatch import reduces
from .makers import maker
from .refusal import Refused
from .session import Session


@reduces("builtins.module")
def reduce_module(session: Session, module: types.ModuleType) -> Any:
    """The module that is imported there under the same name."""
    name = module.__name__
    if name == "__main__" or module.__dict__ is session.namespace:
        return main_module, ()
    if sys.modules.get(name) is not module:
        raise Refused(f"the module {name} is not the one that an import finds", "import it again")
    origin = session.origin(name)
    if origin == "made":
        raise Refused(f"the module {name} was made in this process and has no file", "put its content in a file")
    session.need(name)
    if origin == "user":
        carry_module(session, name)
    return import_module, (name,)


@maker("module")
def import_module(name: str) -> types.ModuleType:
    """What ``import name`` finds."""
    return importlib.import_module(name)


@maker("main")
def main_module() -> types.ModuleType:
    """The notebook's own module."""
    return sys.modules["__main__"]


def carry_module(session: Session, name: str) -> None:
    """Bring the files of a user's module, once, as the whole of its top-level package.

    @throws Refused where it is too large or has no source.
    """
    top = name.split(".")[0]
    session.facts.code = True
    session.facts.modules[top] = None
    if top in session.modules:
        return
    if not session.options.modules:
        raise Refused(f"the module {top} is a file of your own, and files are not carried", "carry them as well")
    session.modules[top] = _files(top, session.options.module_bytes)


def _files(top: str, most: int) -> dict[str, bytes]:
    module: Any = sys.modules[top]
    loader = getattr(module.__spec__, "loader", None)
    if hasattr(loader, "runtimes_files"):
        return dict(loader.runtimes_files)
    found: dict[str, bytes] = {}
    folders = list(getattr(module, "__path__", []))
    if not folders:
        return {f"{top}.py": _read(module.__file__, top)}
    total = 0
    for folder in folders:
        for base, below, files in os.walk(folder):
            below[:] = [each for each in below if each != "__pycache__" and not each.startswith(".")]
            for file in files:
                if file.endswith((".py", ".pyi", ".json", ".txt", ".toml", ".yaml", ".yml", ".csv")):
                    path = os.path.join(base, file)
                    total += os.path.getsize(path)
                    if total > most:
                        raise Refused(
                            f"the package {top} is larger than {most >> 20} MiB", f"install {top} on the target"
                        )
                    relative = os.path.relpath(path, folder).replace(os.sep, "/")
                    with open(path, "rb") as stream:
                        found[f"{top}/{relative}"] = stream.read()
    return found


def _read(file: str | None, top: str) -> bytes:
    if not file or not file.endswith(".py"):
        raise Refused(f"the module {top} is compiled and has no source", f"install {top} on the target")
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise Refused(f"the file of the module {top} can't be read: {error.strerror}", "save it again") from error


class CarriedLoader(importlib.abc.InspectLoader):
    """Imports from files that came with a snapshot; ``runtimes_files`` lets them move on from here."""

    def __init__(self, files: dict[str, bytes], path: str) -> None:
        self.runtimes_files = files
        self.path = path

    def get_source(self, fullname: str) -> str:
        """The text, which tracebacks and ``inspect`` ask for."""
        return importlib.util.decode_source(self.runtimes_files[self.path])

    def is_package(self, fullname: str) -> bool:
        """Whether it has modules below it."""
        return self.path.endswith("/__init__.py")

    def get_data(self, path: str) -> bytes:
        """A file beside the modules, as ``pkgutil.get_data`` asks for it."""
        return self.runtimes_files[path.replace(os.sep, "/").split("<carried>/", 1)[-1]]

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module, which is what an import does."""
        name = f"<carried>/{self.path}"
        text = self.get_source(module.__name__)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - an import of it


class CarriedFinder(importlib.abc.MetaPathFinder):
    """Finds what came with a snapshot, after all that is installed."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """A spec without a file on disk."""
        stem = fullname.replace(".", "/")
        for candidate in (f"{stem}/__init__.py", f"{stem}.py"):
            if candidate in self.files:
                loader = CarriedLoader(self.files, candidate)
                spec = importlib.machinery.ModuleSpec(
                    fullname, loader, origin=f"<carried>/{candidate}", is_package=loader.is_package(fullname)
                )
                if spec.submodule_search_locations is not None:
                    spec.submodule_search_locations.append(f"<carried>/{stem}")
                return spec
        return None


def install(top: str, files: dict[str, bytes]) -> bool:
    """Let ``import top`` find carried files; an installed module of that name goes first. True if it was needed."""
    try:
        spec = sys.modules[top].__spec__ if top in sys.modules else importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        spec = None
    if spec is not None or top in sys.modules:
        if not _same(spec, top, files):
            current().note(f"the module {top} that is here has another content than the one that came along")
        return False
    sys.meta_path.append(CarriedFinder(files))
    importlib.invalidate_caches()
    return True


def _same(spec: Any, top: str, files: dict[str, bytes]) -> bool:
    """Whether what is installed is what came along, by the text of its first file."""
    came = files.get(f"{top}/__init__.py", files.get(f"{top}.py"))
    loader = getattr(spec, "loader", None)
    try:
        here = loader.get_source(top) if hasattr(loader, "get_source") else None
    except (ImportError, OSError):
        here = None
    return came is not None and here is not None and here == importlib.util.decode_source(came)


def note_installed(top: str) -> None:
    """Say it in the report of the variable at hand."""
    current().note(f"the module {top} was imported from the files that came along")
