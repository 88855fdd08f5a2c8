"""Variables that move whole: described, saved, loaded. Standard library only, Python >= 3.9."""

from __future__ import annotations

from .api import contents, describe, load, save
from .report import Item, Report
from .snapshot.errors import SnapshotError

__all__ = ["Item", "Report", "SnapshotError", "contents", "describe", "load", "save"]
