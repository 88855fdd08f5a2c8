"""What a wheel says about itself."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from email.parser import HeaderParser
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

#: The environment that a browser kernel's Python is, as far as markers ask for it.
_ENVIRONMENT = {
    "os_name": "posix",
    "sys_platform": "emscripten",
    "platform_system": "Emscripten",
    "platform_machine": "wasm32",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "python_version": "3.14",
    "python_full_version": "3.14.2",
    "extra": "",
}


def normalize(name: str) -> str:
    """A project's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def describe_wheel(file_name: str, content: bytes) -> dict[str, Any]:
    """Describe a wheel for a package index, and (`lock`) for pyodide-lock.json.

    `usable` is false for wheels that are built for another kind of machine.

    :raises ValueError: when the file is not a wheel.
    """
    parts = file_name.removesuffix(".whl").split("-")
    if len(parts) not in (5, 6):
        raise ValueError(f"{file_name} is not named as a wheel is.")
    name, version, platform = normalize(parts[0]), parts[1], parts[-1]
    try:
        Version(version)
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            names = wheel.namelist()
            metadata = next(n for n in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
            depends = _depends(wheel.read(metadata).decode("utf-8"))
    except (zipfile.BadZipFile, StopIteration, InvalidVersion) as error:
        raise ValueError(f"{file_name} is not a wheel.") from error
    digest = hashlib.sha256(content).hexdigest()
    return {
        "name": name,
        "version": version,
        "file_name": file_name,
        "sha256": digest,
        "usable": platform == "any" or platform.endswith("wasm32"),
        "lock": {
            "name": name,
            "version": version,
            "file_name": file_name,
            "install_dir": "site",
            "sha256": digest,
            "package_type": "package",
            "imports": _imports(names),
            "depends": depends,
            "unvendored_tests": False,
        },
    }


def lock_packages(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The packages of a lock file: the newest of each project.

    What a wheel needs and the folder has not is left out. It may have come with
    the kernel; else the import says what is missing.
    """
    newest: dict[str, dict[str, Any]] = {}
    for entry in sorted(entries, key=lambda entry: Version(entry["version"])):
        newest[entry["name"]] = entry
    return {
        name: {**entry, "depends": [other for other in entry["depends"] if other in newest]}
        for name, entry in newest.items()
    }


def _imports(names: list[str]) -> list[str]:
    """The top-level modules in a wheel."""
    found = set()
    for name in names:
        top, _, rest = name.partition("/")
        if rest and "." not in top:
            found.add(top)
        elif not rest and re.fullmatch(r"\w+(\.[\w-]+)?\.(py|so)", top):
            found.add(top.split(".")[0])
    return sorted(found)


def _depends(metadata: str) -> list[str]:
    """The projects that a wheel needs here."""
    found = []
    for text in HeaderParser().parsestr(metadata).get_all("Requires-Dist") or []:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            # Old wheels have requirements that no tool reads; pip skips them, too.
            continue
        if requirement.marker is None or requirement.marker.evaluate(_ENVIRONMENT):
            found.append(normalize(requirement.name))
    return found
