"""A Jupyter Server extension of the benches alone: takes bytes to the disk, and does nothing else with them."""

from __future__ import annotations

import tempfile
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

ROUTE = "bench-upload"
_MAX_BYTES = 4 << 30


@web.stream_request_body
class UploadHandler(JupyterHandler):
    """`POST bench-upload`: 204 when all of it is in a file, which goes then."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Let bytes go to the disk as they come."""
        await super().prepare()
        self.request.connection.set_max_body_size(_MAX_BYTES)  # type: ignore[union-attr]
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed when the request is over

    def data_received(self, chunk: bytes) -> None:
        """Take what has come."""
        self._file.write(chunk)

    @web.authenticated
    async def post(self) -> None:
        """All has come."""
        wanted = int(self.request.headers["Content-Length"])
        if self._file.tell() != wanted:
            raise web.HTTPError(400, f"{self._file.tell()} of {wanted} bytes have come.")
        self.set_status(204)
        self.finish()

    def on_finish(self) -> None:
        """Leave nothing behind."""
        self._file.close()


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "bench_upload"}]


def _load_jupyter_server_extension(server: Any) -> None:
    route = url_path_join(server.web_app.settings["base_url"], ROUTE)
    server.web_app.add_handlers(".*$", [(route, UploadHandler)])
