"""A folder of wheels as a package source for browser kernels.

For places without a network: the user names a folder of the Jupyter Server in
the settings, and this serves it as micropip and Pyodide expect it.

| request below `packages/<folder>/` | answer |
|---|---|
| `simple/<name>/` | the project's wheels, PEP 503: of the JSON of PEP 691, micropip takes no relative addresses |
| `pyodide-lock.json` | the folder's own, else one made from its wheels |
| `<file>` | the file |
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.escape import url_escape, xhtml_escape

from .wheels import describe_wheel, lock_packages, normalize

_LOCK = "pyodide-lock.json"
_SERVED = re.compile(r".*\.(whl|zip|tar\.gz|tar|json|metadata)$")

#: What was read from a wheel, by path and time.
_cache: dict[tuple[str, str], dict[str, Any]] = {}


class PackagesHandler(APIHandler):
    """See the module's docstring."""

    auth_resource = "contents"

    @web.authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Serve a file of the folder, or what is made from its wheels."""
        if match := re.fullmatch(r"(.*?)/?simple/([^/]+)/?", path):
            await self._serve_project(match[1], normalize(match[2]))
            return
        folder, _, name = path.rpartition("/")
        if not _SERVED.fullmatch(name):
            raise web.HTTPError(404)
        manager = self.contents_manager
        if name == _LOCK and not await ensure_async(manager.file_exists(path)):
            wheels = [wheel["lock"] for wheel in await self._wheels(folder) if wheel["usable"]]
            self.finish(json.dumps({"packages": lock_packages(wheels)}))
            return
        content = await self._read(path)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(content, set_content_type="application/octet-stream")

    async def _serve_project(self, folder: str, name: str) -> None:
        wheels = [wheel for wheel in await self._wheels(folder) if wheel["name"] == name]
        if not wheels:
            raise web.HTTPError(404, f"There is no wheel of {name} in {folder or 'the folder'}.")
        links = "".join(
            f'<a href="../../{url_escape(wheel["file_name"], plus=False)}#sha256={wheel["sha256"]}">'
            f"{xhtml_escape(wheel['file_name'])}</a><br>"
            for wheel in wheels
        )
        page = f"<!DOCTYPE html><html><head><title>{xhtml_escape(name)}</title></head><body>{links}</body></html>"
        # Under a name that no browser takes for a page of this server.
        self.finish(page, set_content_type="application/vnd.pypi.simple.v1+html")

    async def _wheels(self, folder: str) -> list[dict[str, Any]]:
        model = await ensure_async(self.contents_manager.get(folder, content=True, type="directory"))
        wheels = []
        for item in model["content"]:
            if item["name"].endswith(".whl"):
                key = (item["path"], str(item["last_modified"]))
                if key not in _cache:
                    try:
                        _cache[key] = describe_wheel(item["name"], await self._read(item["path"]))
                    except ValueError as error:
                        self.log.warning("A package source has a broken wheel: %s", error)
                        continue
                wheels.append(_cache[key])
        return wheels

    async def _read(self, path: str) -> bytes:
        model = await ensure_async(self.contents_manager.get(path, content=True, type="file", format="base64"))
        return b64decode(model["content"])
