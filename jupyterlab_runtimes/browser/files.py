"""Files of the Jupyter Server for a browser kernel's Python.

Everything goes through the server's contents manager, so that its root, its
rules about hidden files and its storage (which need not be a disk) hold.
Unlike the contents API this one moves bytes as they are, and names errors as
Python does.

| request | answer |
|---|---|
| `GET  files/<path>?stat=1` | `{type, size, mtime, writable}` |
| `GET  files/<path>?list=1` | `{entries: [{name, type, size, mtime, writable}]}` |
| `GET  files/<path>` | the file's bytes |
| `PUT  files/<path>` | body = the file's bytes; answers its stat |
| `POST files/<path>?mkdir=1` | answers the folder's stat |
| `POST files/<path>?rename=<path>` | over an existing file, as POSIX has it |
| `DELETE files/<path>` | a file, or an empty folder |

Errors: `{errno, message}`, `errno` being a name of Python's `errno` module.
"""

from __future__ import annotations

import errno
import json
from base64 import b64decode, b64encode
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

#: What the contents manager's HTTP errors mean in Python.
_ERRNO_OF_STATUS = {
    400: "EINVAL",
    403: "EACCES",
    404: "ENOENT",
    409: "EEXIST",
    413: "EFBIG",
    507: "ENOSPC",
}


class FilesHandler(APIHandler):
    """See the module's docstring."""

    auth_resource = "contents"

    @web.authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Read a file, list a folder, or describe either."""
        if self.get_query_argument("stat", ""):
            self.finish(json.dumps(_stat(await self._model(path))))
        elif self.get_query_argument("list", ""):
            model = await self._model(path, content=True, type="directory")
            entries = [{"name": item["name"], **_stat(item)} for item in model["content"]]
            self.finish(json.dumps({"entries": entries}))
        else:
            model = await self._model(path, content=True, type="file", format="base64")
            self.set_header("X-Content-Type-Options", "nosniff")
            self.finish(b64decode(model["content"]), set_content_type="application/octet-stream")

    @web.authenticated
    @authorized
    async def put(self, path: str) -> None:
        """Write a file whole."""
        content = b64encode(self.request.body).decode("ascii")
        model = {"type": "file", "format": "base64", "content": content}
        self.finish(json.dumps(_stat(await self._save(model, path))))

    @web.authenticated
    @authorized
    async def post(self, path: str) -> None:
        """Make a folder, or rename something."""
        if self.get_query_argument("mkdir", ""):
            if await self._exists(path):
                raise web.HTTPError(409)
            self.finish(json.dumps(_stat(await self._save({"type": "directory"}, path))))
        elif target := self.get_query_argument("rename", ""):
            await self._rename(path, target)
            self.set_status(204)
            self.finish()
        else:
            raise web.HTTPError(400)

    @web.authenticated
    @authorized
    async def delete(self, path: str) -> None:
        """Remove a file or an empty folder."""
        await self._call("delete", path)
        self.set_status(204)
        self.finish()

    async def _rename(self, path: str, target: str) -> None:
        if not await self._exists(target):
            await self._call("rename", path, target)
            return
        old = await self._model(path, content=False)
        new = await self._model(target, content=False)
        if "directory" in (old["type"], new["type"]):
            raise web.HTTPError(409)
        # The usual way to replace a file in one go: write another, rename it.
        model = await self._model(path, content=True, type="file", format="base64")
        await self._save({"type": "file", "format": "base64", "content": model["content"]}, target)
        await self._call("delete", path)

    async def _exists(self, path: str) -> bool:
        manager = self.contents_manager
        return await ensure_async(manager.file_exists(path)) or await ensure_async(manager.dir_exists(path))

    async def _model(self, path: str, content: bool = False, **options: Any) -> dict[str, Any]:
        return await self._call("get", path, content=content, **options)

    async def _save(self, model: dict[str, Any], path: str) -> dict[str, Any]:
        await self._call("save", model, path)
        return await self._model(path)

    async def _call(self, method: str, *arguments: Any, **options: Any) -> Any:
        return await ensure_async(getattr(self.contents_manager, method)(*arguments, **options))

    def write_error(self, status_code: int, **options: Any) -> None:
        """Answer with Python's name for the error."""
        error = options.get("exc_info", (None, None, None))[1]
        code = getattr(error, "errno", None)
        name = errno.errorcode.get(code, "") if isinstance(code, int) else ""
        self.set_header("Content-Type", "application/json")
        self.finish(
            json.dumps(
                {
                    "errno": name or _ERRNO_OF_STATUS.get(status_code, "EIO"),
                    "message": str(getattr(error, "log_message", None) or error or ""),
                }
            )
        )


def _stat(model: dict[str, Any]) -> dict[str, Any]:
    modified = model.get("last_modified")
    return {
        "type": "directory" if model["type"] == "directory" else "file",
        "size": model.get("size") or 0,
        "mtime": modified.timestamp() * 1000 if modified else 0,
        "writable": bool(model.get("writable", True)),
    }
