"""Fixtures: a Jupyter Server with this extension, and a small real service behind it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.testing import bind_unused_port
from traitlets.config import Config

from .upstream_service import TOKEN, UpstreamService

pytest_plugins = ["pytest_jupyter.jupyter_server"]

PROXIED = "jupyterlab-runtimes/services"


@pytest.fixture
def upstream(jp_asyncio_loop: Any) -> Iterator[UpstreamService]:
    """A service that listens on this machine, and remembers what it was asked."""
    sock, port = bind_unused_port()

    async def start() -> UpstreamService:
        return UpstreamService(sock, port)

    service = jp_asyncio_loop.run_until_complete(start())
    yield service
    jp_asyncio_loop.run_until_complete(service.stop())


@pytest.fixture
def extension_config() -> dict[str, Any]:
    """Settings of the extension; a test module overrides it."""
    return {}


@pytest.fixture
def jp_server_config(upstream: UpstreamService, extension_config: dict[str, Any], tmp_path: Path) -> Config:
    """A server with the extension, and the service under the name `tiny`."""
    settings = {
        "embedded": False,
        "data_dir": str(tmp_path / "runtimes"),
        "services": {"tiny": {"url": upstream.url, "token": TOKEN, "label": "Tiny"}},
        "services_file": str(tmp_path / "services.json"),
        "connect_timeout": 2.0,
        **extension_config,
    }
    return Config({"ServerApp": {"jpserver_extensions": {"jupyterlab_runtimes": True}}, "JupyterLabRuntimes": settings})


@pytest.fixture
def call(http_server_client: Any, jp_serverapp: Any, jp_base_url: str, jp_auth_header: dict[str, str]) -> Callable:
    """Send a request below the server's base URL exactly as it is given; never raises for a status."""

    async def send(path: str, method: str = "GET", **options: Any) -> HTTPResponse:
        headers = {**({} if options.pop("anonymous", False) else jp_auth_header), **options.pop("headers", {})}
        request = HTTPRequest(
            http_server_client.get_url(jp_base_url + path),
            method=method,
            headers=headers,
            follow_redirects=False,
            allow_nonstandard_methods=True,
            decompress_response=False,
            **{"request_timeout": 20, **options},
        )
        return await super(type(http_server_client), http_server_client).fetch(request, raise_error=False)

    return send


@pytest.fixture
def server_url(http_server_client: Any, jp_base_url: str) -> str:
    """The server's URL with its base path, for clients of other kinds."""
    return http_server_client.get_url(jp_base_url)


def problem_of(response: HTTPResponse) -> dict[str, Any]:
    """The problem that an answer carries."""
    assert response.headers["Content-Type"] == "application/problem+json"
    return json.loads(response.body)


class LabServer:
    """A real Jupyter Server in a process of its own, with folders of its own."""

    def __init__(self, folder: Path, app: str, settings: dict[str, Any]) -> None:
        self.folder = folder
        self.token = "t0ken"
        config = folder / "config"
        config.mkdir(parents=True)
        (folder / "root").mkdir()
        (folder / "root" / "note.txt").write_text("hello")
        (config / "jupyter_server_config.json").write_text(
            json.dumps(
                {
                    "ServerApp": {
                        "jpserver_extensions": {"jupyterlab_runtimes": True},
                        "root_dir": str(folder / "root"),
                        "open_browser": False,
                        "allow_root": True,
                        "port": 0,
                        "ip": "127.0.0.1",
                    },
                    "IdentityProvider": {"token": self.token},
                    "JupyterLabRuntimes": settings,
                }
            )
        )
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        self.log = folder / "server.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter", app, "--no-browser"], env=environment, stdout=log, stderr=log
            )
        self.url = self._url()

    def _url(self) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for info in (self.folder / "runtime").glob("jpserver-*.json"):
                url = json.loads(info.read_text() or "{}").get("url", "").replace("localhost", "127.0.0.1")
                if url and self._answers(url):
                    return url
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"the server did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    @staticmethod
    def _answers(url: str) -> bool:
        try:
            with urllib.request.urlopen(url + "api", timeout=5):
                return True
        except (OSError, ValueError):
            return False

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a GET with the server's token."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"token {self.token}"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def stop(self) -> None:
        """End the server as Ctrl-C would, and wait."""
        self.process.terminate()
        self.process.wait(timeout=40)


@pytest.fixture
def lab_server(tmp_path: Path) -> Iterator[Callable[..., LabServer]]:
    """Make real servers; they end with the test."""
    servers: list[LabServer] = []

    def make(app: str = "lab", name: str = "server", **settings: Any) -> LabServer:
        servers.append(LabServer(tmp_path / name, app, settings))
        return servers[-1]

    yield make
    for server in servers:
        if server.process.poll() is None:
            server.stop()
