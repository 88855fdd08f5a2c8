"""The Python package that goes into kernels, as text: the same as the page and the service have."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "state"


@dataclass(frozen=True)
class Sources:
    """Texts by path below the package; `digest` names this version of them."""

    digest: str
    files: dict[str, str]


@lru_cache(maxsize=1)
def state_sources() -> Sources:
    """Read the package as scripts/state/sources.mjs does, so that both sides see the same version."""
    paths = {path.relative_to(_FOLDER).as_posix(): path for path in _FOLDER.rglob("*.py")}
    files = {
        name: path.read_bytes().decode("utf-8")
        for name, path in sorted(paths.items())
        if "tests" not in name.split("/")[:-1]
    }
    text = json.dumps(files, ensure_ascii=False, separators=(",", ":"))
    return Sources(hashlib.sha256(text.encode()).hexdigest(), files)
