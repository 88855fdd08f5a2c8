"""`jupyterlab-runtimes/services/<name>/<path>`: the page's way to a service."""

from __future__ import annotations

from typing import Any

from jupyter_server._tz import utcnow
from jupyter_server.auth.decorator import allow_unauthenticated
from tornado import web
from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError

from ..problems import PROBLEM_CONTENT_TYPE, Problem, code_of_status, problem_body
from ..upstream.exchange import Exchange, TruncatedAnswer
from ..upstream.registry import ServiceRegistry
from ..upstream.target import Target
from .guard import GuardedHandler
from .headers import ANSWER_HEADERS, HANDSHAKE_HEADERS, REQUEST_HEADERS, pick
from .limits import ProxyLimits
from .paths import mapped_location, service_path, service_query
from .splice import Splice, shake_hands

ROUTE = r"jupyterlab-runtimes/services/([^/]+)/(.*)"
_METHODS_WITH_CHUNKED_BODY = {"POST", "PUT", "PATCH"}


@web.stream_request_body
class ServiceProxyHandler(GuardedHandler):
    """Passes listed paths to a configured service, with the service's token in place of the user's credentials."""

    def initialize(self, registry: ServiceRegistry, limits: ProxyLimits) -> None:
        """Take what the composition root made."""
        self._registry = registry
        self._limits = limits
        self._exchange: Exchange | None = None
        self._target: Target | None = None
        self._path = ""

    @property
    def content_security_policy(self) -> str:
        """A page of another machine never runs with this server's origin."""
        return "frame-ancestors 'self'; sandbox"

    def set_default_headers(self) -> None:
        """Nothing from a service is sniffed, or included by other sites."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Referrer-Policy", "no-referrer")

    def _raw_parts(self) -> tuple[str, str]:
        """Service name and path as they came, still percent-encoded."""
        below = self.request.path.split("/jupyterlab-runtimes/services/", 1)[1]
        name, _, path = below.partition("/")
        return name, path

    async def prepare(self) -> None:  # type: ignore[override]
        """Check the request, and send its head on."""
        await super().prepare()
        if self.request.method == "OPTIONS":
            return
        name, raw = self._raw_parts()
        self._path = service_path(raw) + service_query(self.request.query)
        self._target = self._registry.target(name)
        if self.is_websocket:
            return
        headers = pick(self.request.headers, REQUEST_HEADERS)
        headers.update(self._body_headers())
        try:
            self._exchange = await Exchange.open(
                self._target, self.request.method or "GET", self._path, headers, self._limits.connect_timeout
            )
        except Problem as problem:
            raise self._registry.unreachable(self._target, problem) from problem

    def _body_headers(self) -> dict[str, str]:
        """How the body's end is marked, checked against the bound.

        @raises Problem INVALID_REQUEST | PAYLOAD_TOO_LARGE
        """
        length = self.request.headers.get("Content-Length")
        if "Transfer-Encoding" in self.request.headers:
            if length is not None or self.request.method not in _METHODS_WITH_CHUNKED_BODY:
                raise Problem(
                    "INVALID_REQUEST", f"A {self.request.method} request needs a Content-Length for its body."
                )
            self.request.connection.set_max_body_size(self._limits.max_body_bytes)  # type: ignore[union-attr]
            return {}
        if length is None:
            return {"Content-Length": "0"} if self.request.method in _METHODS_WITH_CHUNKED_BODY else {}
        if not (length.isascii() and length.isdigit()):
            raise Problem("INVALID_REQUEST", "The request's Content-Length is not a number.")
        if int(length) > self._limits.max_body_bytes:
            raise Problem(
                "PAYLOAD_TOO_LARGE",
                f"A request to a runtime service may have {self._limits.max_body_bytes} bytes and this one has "
                f"{length}: send less, or raise JupyterLabRuntimes.max_body_bytes.",
            )
        self.request.connection.set_max_body_size(self._limits.max_body_bytes)  # type: ignore[union-attr]
        return {"Content-Length": str(int(length))}

    async def data_received(self, chunk: bytes) -> None:
        """Pass a piece of the body on."""
        if self._exchange is not None:
            await self._exchange.write(chunk)

    @web.authenticated
    async def get(self, _name: str, _path: str) -> None:
        """Pass a request, or a WebSocket, on."""
        if self.is_websocket:
            await self._splice()
        else:
            await self._relay()

    @web.authenticated
    async def _request(self, _name: str, _path: str) -> None:
        await self._relay()

    head = post = put = patch = delete = _request

    @allow_unauthenticated
    def options(self, _name: str, _path: str) -> None:
        """A preflight changes nothing: the CORS headers are those that the server's settings give."""
        self.set_status(204)
        self.finish()

    async def _relay(self) -> None:
        exchange, target = self._exchange, self._target
        if exchange is None or target is None:
            raise web.HTTPError(500, "The request was not prepared.")
        exchange.finish()
        try:
            line, headers = await exchange.head(self._patience(target))
        except Problem as problem:
            raise self._registry.unreachable(target, problem) from problem
        if line.code == 401:
            raise self._registry.not_accepted(target)
        self.set_status(line.code)
        self._set_answer_headers(target, headers)
        try:
            async for chunk in exchange.body():
                self.write(chunk)
                await self.flush()
            if not self._headers_written:
                await self.flush()
            self.finish()
        except StreamClosedError:
            return  # the browser has gone; on_finish ends the rest
        except TruncatedAnswer:
            # Ending the answer properly would make half of it look whole.
            self.log.warning("The runtime service %s hung up in the middle of an answer", target.label)
            self._auto_finish = False
            self._close_exchange()
            self.request.connection.close()  # type: ignore[union-attr]

    def _patience(self, target: Target) -> float:
        """How long an answer's head may take, seconds: long only for a service that is known to answer."""
        limits = self._limits
        return limits.answer_timeout if self._registry.is_good(target) else limits.connect_timeout

    def _set_answer_headers(self, target: Target, headers: HTTPHeaders) -> None:
        self.clear_header("Content-Type")
        for name, value in pick(headers, ANSWER_HEADERS).get_all():
            self.add_header(name, value)
        if "Content-Length" in headers and "Transfer-Encoding" not in headers:
            self.set_header("Content-Length", headers["Content-Length"])
        location = headers.get("Location")
        if location is None:
            return
        base = f"{self.base_url.rstrip('/')}/jupyterlab-runtimes/services/{target.name}"
        mapped = mapped_location(location, target, base)
        if mapped is not None:
            self.set_header("Location", mapped)
        elif 300 <= self.get_status() < 400:
            self.clear()
            raise Problem(
                "INVALID_REQUEST",
                f"The runtime service {target.label} redirects to another place, which is not followed.",
            )

    async def _splice(self) -> None:
        target = self._target
        if target is None:
            raise web.HTTPError(500, "The request was not prepared.")
        handshake_headers = pick(self.request.headers, HANDSHAKE_HEADERS)
        try:
            handshake = await shake_hands(target, self._path, handshake_headers, self._limits.connect_timeout)
        except Problem as problem:
            raise self._registry.unreachable(target, problem) from problem
        if not handshake.switched:
            handshake.stream.close()
            self._refuse(target, handshake.line.code)
            return
        browser = self.detach()
        splice = Splice(browser, handshake.stream, self._on_input)
        self._registry.splices.add(splice)
        try:
            await browser.write(handshake.head_for_browser(HTTPHeaders()))
            await splice.run()
        except StreamClosedError:
            self.log.debug("The browser left before its WebSocket was open")
        finally:
            splice.close()
            self._registry.splices.discard(splice)

    def _refuse(self, target: Target, status: int) -> None:
        """Say that the service wants no WebSocket there."""
        if status == 401:
            raise self._registry.not_accepted(target)
        status = status if 400 <= status < 600 else 502
        self.set_status(status)
        self.set_header("Content-Type", PROBLEM_CONTENT_TYPE)
        detail = f"The runtime service {target.label} refused the WebSocket (HTTP {status})."
        self.finish(problem_body(status, code_of_status(status), detail))

    def _on_input(self, chunk: bytes) -> None:
        """Count what the page sends as activity; not the pongs that it sends by itself (RFC 6455, 5.5.3)."""
        if chunk[0] != 0x8A:
            self.settings["api_last_activity"] = utcnow()

    def on_connection_close(self) -> None:
        """The browser has gone: the service need not go on."""
        self._close_exchange()
        super().on_connection_close()

    def on_finish(self) -> None:
        """Leave no connection behind."""
        self._close_exchange()
        super().on_finish()

    def _close_exchange(self) -> None:
        if self._exchange is not None:
            self._exchange.close()

    def compute_etag(self) -> Any:
        """The service's own is passed on."""
        return None
