"""`jupyterlab-runtimes/parcels`: the service's calls of that name, as far as a page needs them for local kernels.

| request | answer |
|---|---|
| `POST parcels` | 201, `{id, folder, mark}`; a kernel that can read `mark` in the folder shares our files |
| `PUT parcels/<id>/manifest` | `{missing: [{digest, have: [[from, to]]}]}`; sent again, what is still missing |
| `PUT parcels/<id>/chunks/<digest>` | 204; from where `Content-Range` says; what came of a broken request is kept |
| `GET parcels/<id>/chunks/<digest>` | the bytes, or those of `Range: bytes=a-b` |
| `DELETE parcels/<id>` | 204 |
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from tornado import web

from ..problems import Problem
from ..proxy.guard import GuardedHandler
from .intake import Intake
from .parcels import Parcels

_ID = r"([0-9a-f]{32})"
LIST_ROUTE = r"jupyterlab-runtimes/parcels/?"
ONE_ROUTE = rf"jupyterlab-runtimes/parcels/{_ID}"
MANIFEST_ROUTE = rf"jupyterlab-runtimes/parcels/{_ID}/manifest"
CHUNK_ROUTE = rf"jupyterlab-runtimes/parcels/{_ID}/chunks/([0-9a-f]{{64}})"

_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-\d{1,15}/(?:\d{1,15}|\*)")
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})")
_MAX_PIECE_BYTES = 64 * 1024 * 1024
_READ_BYTES = 1024 * 1024


class _Handler(GuardedHandler):
    def initialize(self, parcels: Parcels) -> None:
        """Take what the composition root made."""
        self._parcels = parcels

    def _answer(self, status: int, body: Any) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(body))

    def _done(self) -> None:
        self.set_status(204)
        self.finish()


class ParcelsHandler(_Handler):
    """See the module's docstring."""

    @web.authenticated
    async def post(self) -> None:
        """Make one."""
        self._answer(201, self._parcels.create().model())


class ParcelHandler(_Handler):
    """See the module's docstring."""

    @web.authenticated
    async def delete(self, parcel_id: str) -> None:
        """Take it away."""
        self._parcels.remove(parcel_id)
        self._done()


class ManifestHandler(_Handler):
    """See the module's docstring."""

    @web.authenticated
    async def put(self, parcel_id: str) -> None:
        """Say what belongs into it."""
        self._answer(200, self._parcels.describe(parcel_id, self.request.body))


@web.stream_request_body
class ChunkHandler(_Handler):
    """See the module's docstring."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Let bytes go to the disk as they come."""
        self._intake: Intake | None = None
        await super().prepare()
        if self.request.method != "PUT":
            return
        self.request.connection.set_max_body_size(_MAX_PIECE_BYTES)  # type: ignore[union-attr]
        found = _CONTENT_RANGE.fullmatch(self.request.headers.get("Content-Range", ""))
        if found is None:
            raise Problem("INVALID_REQUEST", "Say where the bytes belong: Content-Range: bytes 0-1023/4096.")
        parcel_id, digest = self.path_args
        self._intake = Intake(self._parcels.find(parcel_id).content.begin(digest, int(found[1])))

    async def data_received(self, chunk: bytes) -> None:
        """Take what has come."""
        if self._intake is not None:
            await self._intake.take(chunk)

    @web.authenticated
    async def put(self, parcel_id: str, digest: str) -> None:
        """All has come."""
        content = self._parcels.find(parcel_id).content
        if self._intake is not None:
            await self._intake.finish()
        content.finish(digest)
        self._done()

    @web.authenticated
    async def get(self, parcel_id: str, digest: str) -> None:
        """Send it, no faster than it is taken."""
        path = self._parcels.find(parcel_id).content.path(digest)
        size = path.stat().st_size
        start, end = 0, size
        if "Range" in self.request.headers:
            found = _RANGE.fullmatch(self.request.headers["Range"])
            start, end = (int(found[1]), int(found[2]) + 1) if found else (1, 0)
            if start >= end or end > size:
                raise Problem("INVALID_REQUEST", f"This chunk has {size} bytes: ask for one range of them.")
            self.set_status(206)
            self.set_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Length", str(end - start))
        while start < end:
            piece = await asyncio.to_thread(_read, path, start, min(_READ_BYTES, end - start))
            start += len(piece) or end
            self.write(piece)
            await self.flush()
        self.finish()

    def on_connection_close(self) -> None:
        """What has come so far is kept."""
        self._break_off()
        super().on_connection_close()

    def on_finish(self) -> None:
        """Leave no file open."""
        self._break_off()
        super().on_finish()

    def _break_off(self) -> None:
        intake, self._intake = self._intake, None
        if intake is not None:
            intake.break_off()

    def compute_etag(self) -> Any:
        """Bytes by digest need none."""
        return None


def _read(path: Path, start: int, count: int) -> bytes:
    with open(path, "rb") as file:
        file.seek(start)
        return file.read(count)
