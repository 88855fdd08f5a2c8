"""The paths of the browser kernels' part."""

from __future__ import annotations

from jupyter_server.utils import url_path_join

from .files import FilesHandler
from .inputs import InputHandler
from .packages import PackagesHandler


def handlers(base_url: str) -> list[tuple]:
    """Return tornado's rules for `<base_url>/jupyterlab-runtimes/browser/…`."""
    root = url_path_join(base_url, "jupyterlab-runtimes", "browser")
    return [
        (root + r"/files/(.*)", FilesHandler),
        (root + r"/input/([0-9a-f-]{36})", InputHandler),
        (root + r"/packages/(.*)", PackagesHandler),
    ]
