"""A small real HTTP and WebSocket service that answers as a runtime service would, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

from tornado import web
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.websocket import WebSocketHandler

TOKEN = "s3rvice-token"


class UpstreamService:
    """Listens at `url`; `requests` has every request in order."""

    def __init__(self, sock: socket.socket, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[HTTPServerRequest] = []
        self.bodies: list[bytes] = []
        self.identity = {"version": "0.1.0", "api_version": "1.0", "pid": 1}
        self.identity_status = 200
        self.token = TOKEN
        self.answers = asyncio.Event()
        self.answers.set()
        self.next_event = asyncio.Event()
        self.socket_requests: list[HTTPServerRequest] = []
        self.sockets: list[_Socket] = []
        self.closes: list[tuple[int | None, str | None]] = []
        application = web.Application(
            [
                (r"/api/runtimes/v1/service", _Identity, {"service": self}),
                (r"/api/runtimes/v1/events", _Events, {"service": self}),
                (r"/runtimes/r1/socket", _Socket, {"service": self}),
                (r"/runtimes/r1/cut", _Cut, {"service": self}),
                (r"/runtimes/r1/location", _Location, {"service": self}),
                (r"/runtimes/r1/unchanged", _Unchanged, {"service": self}),
                (r".*", _Echo, {"service": self}),
            ],
            websocket_max_message_size=64 * 1024 * 1024,
        )
        self.server = HTTPServer(application, max_body_size=256 * 1024 * 1024)
        self.server.add_socket(sock)

    async def stop(self) -> None:
        self.token = TOKEN
        self.answers = asyncio.Event()
        self.answers.set()
        self.next_event.set()
        self.server.stop()
        for handler in self.sockets:
            if handler.ws_connection is not None:
                handler.ws_connection.stream.close()  # type: ignore[attr-defined]
        await self.server.close_all_connections()


class _Handler(web.RequestHandler):
    def initialize(self, service: UpstreamService) -> None:
        self.service = service

    def prepare(self) -> None:
        self.service.requests.append(self.request)


class _Identity(_Handler):
    async def get(self) -> None:
        await self.service.answers.wait()
        if self.request.headers.get("Authorization") != f"Bearer {self.service.token}":
            self.set_status(401)
            return
        self.set_status(self.service.identity_status)
        self.write(self.service.identity)


class _Echo(_Handler):
    """Says what it got, with headers that must not pass."""

    def answer(self) -> None:
        self.set_header("Set-Cookie", "stolen=1; Path=/")
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Clear-Site-Data", '"*"')
        self.set_header("Content-Security-Policy", "default-src *")
        self.set_header("Refresh", "0; url=http://elsewhere.example/")
        self.set_header("Content-Type", "text/html")
        self.set_header("ETag", '"v1"')
        self.service.bodies.append(self.request.body)
        self.write(
            json.dumps(
                {
                    "method": self.request.method,
                    "uri": self.request.uri,
                    "headers": dict(self.request.headers.get_all()),
                    "body_bytes": len(self.request.body),
                }
            )
        )

    get = head = post = put = patch = delete = answer


class _Events(_Handler):
    """One event at once, a second when the test says so."""

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        self.write("event: runtime\ndata: 1\n\n")
        await self.flush()
        await self.service.next_event.wait()
        self.write("event: runtime\ndata: 2\n\n")


class _Cut(_Handler):
    """Hangs up in the middle of its answer."""

    async def get(self) -> None:
        self.set_header("Content-Length", "1000")
        self.write("x" * 100)
        await self.flush()
        self.request.connection.stream.close()  # type: ignore[attr-defined]


class _Location(_Handler):
    def get(self) -> None:
        self.set_status(int(self.get_argument("status", "302")))
        self.set_header("Location", self.get_argument("to"))


class _Unchanged(_Handler):
    def get(self) -> None:
        self.set_status(304)


class _Socket(WebSocketHandler):
    """Echoes; `send <n>` sends n bytes, `close <code> <reason>` closes."""

    def initialize(self, service: UpstreamService) -> None:
        self.service = service

    def check_origin(self, origin: str) -> bool:
        return True

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return subprotocols[-1] if subprotocols else None

    def get_compression_options(self) -> dict[str, Any] | None:
        return {} if self.get_argument("compress", None) else None

    async def get(self, *args: Any, **kwargs: Any) -> None:
        self.service.socket_requests.append(self.request)
        if self.request.headers.get("Authorization") != f"Bearer {self.service.token}":
            raise web.HTTPError(401)
        self.set_header("Set-Cookie", "stolen=1")
        await super().get(*args, **kwargs)

    def open(self, *args: str, **kwargs: str) -> None:
        self.service.sockets.append(self)
        if self.get_argument("greet", None):
            self.write_message("welcome")

    def on_message(self, message: str | bytes) -> None:
        if isinstance(message, str) and message.startswith("send "):
            self.write_message(b"y" * int(message.split()[1]), binary=True)
        elif isinstance(message, str) and message.startswith("close "):
            _, code, reason = message.split(" ", 2)
            self.close(int(code), reason)
        else:
            self.write_message(message, binary=isinstance(message, bytes))

    def on_close(self) -> None:
        self.service.closes.append((self.close_code, self.close_reason))
