"""States on their way between a browser kernel and a local one: the page's own way by HTTP."""

from __future__ import annotations

import shutil
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..problems import Problem
from .area import Area, mark
from .chunks import Chunks

#: At a time; others are refused.
_MAX_PARCELS = 16
#: A parcel that nobody has asked for in so long ends, seconds.
_IDLE_S = 15 * 60.0


@dataclass
class Parcel:
    """One folder, and what belongs into it."""

    id: str
    folder: Path
    mark: str
    chunks: Chunks | None = None
    touched: float = field(default_factory=time.monotonic)

    def model(self) -> dict[str, Any]:
        """For the page, as the service's parcels are."""
        return {"id": self.id, "folder": str(self.folder), "mark": self.mark}

    @property
    def content(self) -> Chunks:
        """@raises Problem CONFLICT before there is a manifest."""
        if self.chunks is None:
            raise Problem("CONFLICT", "This parcel has no manifest yet: send one first.")
        return self.chunks


class Parcels:
    """All of this server. An id is random, and who knows it may use it."""

    def __init__(self, area: Area) -> None:
        self._area = area
        self._parcels: dict[str, Parcel] = {}

    def create(self) -> Parcel:
        """@raises Problem QUOTA_EXCEEDED"""
        self.prune()
        if len(self._parcels) >= _MAX_PARCELS:
            raise Problem(
                "QUOTA_EXCEEDED",
                f"{_MAX_PARCELS} transfers are under way already: wait until one has ended, or cancel one.",
            )
        folder = self._area.make()
        _, nonce = mark(folder)
        parcel = Parcel(uuid.uuid4().hex, folder, nonce)
        self._parcels[parcel.id] = parcel
        return parcel

    def find(self, parcel_id: str) -> Parcel:
        """@raises Problem NOT_FOUND"""
        parcel = self._parcels.get(parcel_id)
        if parcel is None:
            raise Problem(
                "NOT_FOUND",
                "What was on its way is not there any more (it ended, or the server was restarted): begin again.",
            )
        parcel.touched = time.monotonic()
        return parcel

    def describe(self, parcel_id: str, manifest: bytes) -> dict[str, Any]:
        """Say what belongs into it, or ask again what is missing.

        @raises Problem SNAPSHOT_CORRUPT | CONFLICT (it has another manifest) | DISK_FULL
        """
        parcel = self.find(parcel_id)
        if parcel.chunks is None:
            chunks = Chunks(parcel.folder, manifest)
            lacking = sum(chunks.sizes[digest] for digest in chunks.missing())
            self._area.need(lacking)
            parcel.chunks = chunks
        elif parcel.chunks.manifest != manifest:
            raise Problem("CONFLICT", "This parcel has another manifest: make a new one.")
        missing = parcel.chunks.missing()
        return {"missing": [{"digest": digest, "have": have} for digest, have in missing.items()]}

    def remove(self, parcel_id: str) -> None:
        """@raises Problem NOT_FOUND"""
        parcel = self.find(parcel_id)
        del self._parcels[parcel_id]
        shutil.rmtree(parcel.folder, ignore_errors=True)

    def prune(self) -> None:
        """End those that nobody asks for any more."""
        now = time.monotonic()
        for parcel in [each for each in self._parcels.values() if now - each.touched > _IDLE_S]:
            self.remove(parcel.id)
