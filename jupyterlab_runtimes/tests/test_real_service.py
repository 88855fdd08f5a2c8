"""End to end: a real Jupyter Server, the real service, a real kernel."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

from ..embedded.processes import is_running
from .conftest import LabServer

BUNDLE = Path(__file__).parents[1] / "service" / "service.mjs"
API = "jupyterlab-runtimes/services/embedded/api/runtimes/v1"

pytestmark = [
    pytest.mark.skipif(not BUNDLE.is_file(), reason="the service is not built (npm run build)"),
    pytest.mark.skipif(sys.platform == "win32", reason="ends processes by POSIX signals"),
]


class Page:
    """What the page does, over HTTP and WebSocket."""

    def __init__(self, server: LabServer) -> None:
        self.server = server

    async def ask(self, path: str, method: str = "GET", body: Any = None) -> HTTPResponse:
        request = HTTPRequest(
            self.server.url + path,
            method=method,
            headers={"Authorization": f"token {self.server.token}", "Content-Type": "application/json"},
            body=None if body is None else json.dumps(body),
            allow_nonstandard_methods=True,
            request_timeout=60,
        )
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def embedded(self) -> dict[str, Any]:
        services = json.loads((await self.ask("jupyterlab-runtimes/services")).body)["services"]
        return next(service for service in services if service["embedded"])

    async def ready(self, seconds: float = 40) -> dict[str, Any]:
        return await eventually(self.embedded, lambda service: service["status"] == "ok", seconds)

    async def launch(self) -> dict[str, Any]:
        environments = json.loads((await self.ask(f"{API}/environments")).body)["items"]
        body = {"environment_name": environments[0]["name"]}
        response = await self.ask(f"{API}/runtimes", "POST", body)
        assert response.code == 202, response.body
        path = f"{API}/runtimes/{json.loads(response.body)['id']}"

        async def runtime() -> dict[str, Any]:
            return json.loads((await self.ask(path)).body)

        return await eventually(runtime, lambda model: model["state"] == "running" and model["kernel"], 60)

    async def channel(self, runtime: dict[str, Any]) -> WebSocketClientConnection:
        path = f"runtimes/{runtime['id']}/api/kernels/{runtime['kernel']['id']}/channels?session_id={uuid.uuid4().hex}"
        url = f"{self.server.url.replace('http', 'ws', 1)}jupyterlab-runtimes/services/embedded/{path}"
        request = HTTPRequest(url, headers={"Authorization": f"token {self.server.token}"})
        return await websocket_connect(request, max_message_size=64 * 1024 * 1024)

    async def execute(self, channel: WebSocketClientConnection, code: str) -> str:
        """The text that a cell printed."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3", "session": "s"}
        header |= {"username": "u", "date": "2026-01-01T00:00:00Z"}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await channel.write_message(json.dumps({**message, "buffers": []}))
        text, missing = "", {"idle", "execute_reply"}
        while missing:
            raw = await asyncio.wait_for(channel.read_message(), 40)
            assert raw is not None, "the channel was closed"
            if not isinstance(raw, str):
                continue
            answer = json.loads(raw)
            if answer.get("parent_header", {}).get("msg_id") != header["msg_id"]:
                continue
            kind = answer["header"]["msg_type"]
            if kind == "stream":
                text += answer["content"]["text"]
            elif kind == "status":
                missing.discard(answer["content"]["execution_state"])
            missing.discard(kind)
        return text


async def eventually(ask: Callable[[], Any], good: Callable[[Any], Any], seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    value: Any = None
    while time.monotonic() < deadline:
        value = await ask()
        if good(value):
            return value
        await asyncio.sleep(0.1)
    raise AssertionError(f"it stayed {value}")


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """Everything that runs with this data folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(data_dir) in argument for argument in process.info["cmdline"] or []):
            found.append(process)
    return found


@pytest.fixture
def data_dir(tmp_path: Path):
    folder = tmp_path / "runtimes"
    yield folder
    for process in processes_of(folder):
        process.kill()


async def test_runs_a_cell_and_ends_with_the_server(lab_server, data_dir):
    server = lab_server("server", data_dir=str(data_dir), stop_service_with_server=True)
    page = Page(server)
    await page.ready()
    runtime = await page.launch()
    channel = await page.channel(runtime)
    assert await page.execute(channel, "print(6 * 7)") == "42\n"
    assert len(await page.execute(channel, "print('x' * 3_000_000)")) == 3_000_001
    response = await page.ask(f"jupyterlab-runtimes/services/embedded/runtimes/{runtime['id']}/api/status")
    assert response.code == 200
    assert "sandbox" in response.headers["Content-Security-Policy"]
    server.stop()
    await eventually(lambda: asyncio.to_thread(processes_of, data_dir), lambda left: left == [], 15)


async def test_finds_its_runtimes_again_after_sigkill_and_after_a_new_server(lab_server, data_dir):
    first = lab_server("server", "first", data_dir=str(data_dir))
    page = Page(first)
    await page.ready()
    runtime = await page.launch()
    channel = await page.channel(runtime)
    assert await page.execute(channel, "a = 1; print(a)") == "1\n"

    old = json.loads((data_dir / "service.json").read_text())["pid"]
    os.kill(old, signal.SIGKILL)
    assert await asyncio.wait_for(channel.read_message(), 5) is None
    response = await page.ask(f"{API}/runtimes")
    assert response.code in {200, 503}
    await eventually(lambda: page.ask(f"{API}/runtimes"), lambda answer: answer.code == 200, 20)
    channel = await page.channel(runtime)
    assert await page.execute(channel, "a += 1; print(a)") == "2\n"

    first.stop()
    second = Page(lab_server("server", "second", data_dir=str(data_dir), stop_service_with_server=True))
    await second.ready()
    channel = await second.channel(runtime)
    assert await second.execute(channel, "a += 1; print(a)") == "3\n"
    assert is_running(json.loads((data_dir / "service.json").read_text())["pid"])
