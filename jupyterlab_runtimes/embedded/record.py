"""`service.json` in a data folder: where its running service listens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ..problems import Problem
from ..upstream.configured import EMBEDDED_LABEL, EMBEDDED_NAME
from ..upstream.target import Target, parse_target


@dataclass(frozen=True)
class ServiceRecord:
    """What a service wrote when it began to listen (ServiceFileSchema in packages/core/src/contract/service.ts)."""

    target: Target
    pid: int
    version: str


def read_record(data_dir: Path) -> ServiceRecord | None:
    """The record of a data folder; None where there is none, or only a half-written one."""
    try:
        content = json.loads((data_dir / "service.json").read_text(encoding="utf-8"))
        token = Path(content["token_file"]).read_text(encoding="utf-8").strip()
        return ServiceRecord(
            target=parse_target(EMBEDDED_NAME, EMBEDDED_LABEL, content["url"], token),
            pid=int(content["pid"]),
            version=str(content["version"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Problem):
        return None
