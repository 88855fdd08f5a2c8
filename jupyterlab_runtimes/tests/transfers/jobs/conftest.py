"""Fixtures: a Jupyter Server with two real services behind it, of which one may send straight to the other."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect
from traitlets.config import Config

from ..real_service import Proxy, RealService

MIB = 1 << 20
JOBS = "jupyterlab-runtimes/transfers"


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealService]:
    """To which `service` may send straight."""
    made = RealService(tmp_path_factory.mktemp("peer") / "data")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, peer: RealService) -> Iterator[RealService]:
    made = RealService(tmp_path_factory.mktemp("service") / "data", options=["--peers", peer.url])
    yield made
    made.stop()


@pytest.fixture(scope="module")
def runtime(service: RealService) -> dict[str, Any]:
    return service.launch("far")


@pytest.fixture
def proxy(service: RealService, jp_asyncio_loop: Any) -> Iterator[tuple[Proxy, str]]:
    made = Proxy(service.url)
    url = jp_asyncio_loop.run_until_complete(made.start())
    yield made, url
    jp_asyncio_loop.run_until_complete(made.stop())


@pytest.fixture
def jp_server_config(service: RealService, peer: RealService, proxy: tuple[Proxy, str], tmp_path: Path) -> Config:
    services = {
        "near": {"url": service.url, "token": service.token, "label": "Near"},
        "far": {"url": proxy[1], "token": service.token, "label": "Far"},
        "peer": {"url": peer.url, "token": peer.token, "label": "Peer"},
        "gone": {"url": "http://127.0.0.1:9", "token": "t", "label": "Gone"},
    }
    settings = {"embedded": False, "services": services, "services_file": str(tmp_path / "services.json")}
    return Config({"ServerApp": {"jpserver_extensions": {"jupyterlab_runtimes": True}}, "JupyterLabRuntimes": settings})


@pytest.fixture
def by_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the service were on another machine."""
    from ....transfers import job

    monkeypatch.setattr(job, "is_nearby", lambda *_: False)


class Kernel:
    """A kernel whose cells a test runs."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def run(self, code: str) -> str:
        """What a cell prints."""
        message = await self._send(code)
        text = ""
        while True:
            answer = await self._answer(message)
            if answer["header"]["msg_type"] == "stream":
                text += answer["content"]["text"]
            elif answer["header"]["msg_type"] == "error":
                raise AssertionError(answer["content"])
            elif answer["content"].get("execution_state") == "idle":
                return text.strip()

    async def begin(self, code: str) -> None:
        """Begin a cell; it runs."""
        message = await self._send(code)
        while (await self._answer(message))["header"]["msg_type"] != "execute_input":
            pass

    async def _answer(self, message: str) -> dict[str, Any]:
        while True:
            answer = json.loads(await asyncio.wait_for(self._socket.read_message(), 60))
            if answer["parent_header"].get("msg_id") == message:
                return answer

    async def _send(self, code: str) -> str:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3", "session": "s"}
        header |= {"username": "u", "date": "2026-01-01T00:00:00Z"}
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await self._socket.write_message(json.dumps({**message, "buffers": []}))
        return header["msg_id"]


@pytest.fixture
def sockets(jp_asyncio_loop: Any) -> Iterator[list[Any]]:
    """Closed after the test."""
    opened: list[Any] = []
    yield opened
    for socket in opened:
        socket.close()
    jp_asyncio_loop.run_until_complete(asyncio.sleep(0.05))


@pytest.fixture
def local(call: Callable, server_url: str, jp_auth_header: dict[str, str], sockets: list[Any]) -> Callable:
    async def start() -> tuple[str, Kernel]:
        response = await call("api/kernels", "POST", body=json.dumps({"name": "python3"}))
        kernel_id = json.loads(response.body)["id"]
        url = f"{server_url.replace('http', 'ws', 1)}api/kernels/{kernel_id}/channels"
        socket = await websocket_connect(HTTPRequest(url, headers=jp_auth_header), max_message_size=64 * MIB)
        sockets.append(socket)
        return kernel_id, Kernel(socket)

    return start


@pytest.fixture
def remote(service: RealService, sockets: list[Any]) -> Callable:
    async def connect(runtime: dict[str, Any], service: RealService = service) -> Kernel:
        url = f"{service.url.replace('http', 'ws', 1)}/runtimes/{runtime['id']}/api/kernels/{runtime['kernel']['id']}"
        request = HTTPRequest(f"{url}/channels", headers={"Authorization": f"Bearer {service.token}"})
        socket = await websocket_connect(request, max_message_size=64 * MIB)
        sockets.append(socket)
        return Kernel(socket)

    return connect


class Jobs:
    """What the page does."""

    def __init__(self, call: Callable) -> None:
        self._call = call

    async def begin(self, source: Any, target: Any, **options: Any) -> str:
        def place(each: Any) -> dict[str, Any]:
            if isinstance(each, str):
                return {"name": "here", "service": None, "id": each}
            return {"name": "there", "service": each[0], "id": each[1]["id"]}

        body = {"source": place(source), "target": place(target), **options}
        response = await self._call(JOBS, "POST", body=json.dumps(body))
        assert response.code == 202, response.body
        return json.loads(response.body)["id"]

    async def look(self, job_id: str) -> dict[str, Any]:
        response = await self._call(f"{JOBS}/{job_id}")
        assert response.code == 200, response.body
        return json.loads(response.body)

    async def until(self, job_id: str, good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + 90
        while not good(job := await self.look(job_id)):
            assert time.monotonic() < deadline, job
            assert job["state"] == "running", job
            await asyncio.sleep(0.01)
        return job

    async def done(self, job_id: str) -> dict[str, Any]:
        return await self.until(job_id, lambda job: job["state"] != "running")

    async def verified(self, job_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while not (found := (await self.look(job_id))["verification"])["done"]:
            assert time.monotonic() < deadline, found
            await asyncio.sleep(0.01)
        return found

    async def cancel(self, job_id: str) -> None:
        assert (await self._call(f"{JOBS}/{job_id}", "DELETE")).code == 204


@pytest.fixture
def jobs(call: Callable) -> Jobs:
    return Jobs(call)
