"""What an HTTP request and its answer look like on the other side."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.tcpclient import TCPClient
from tornado.testing import bind_unused_port

from ..problems import Problem
from ..proxy.headers import ANSWER_HEADERS, HANDSHAKE_HEADERS, REQUEST_HEADERS, SWITCH_HEADERS
from ..upstream.connect import open_stream
from ..upstream.target import parse_target
from .conftest import PROXIED, problem_of
from .upstream_service import TOKEN

PAGE = f"{PROXIED}/tiny/runtimes/r1/page"


def test_lists_no_header_that_carries_credentials_or_acts_on_the_users_origin():
    passed = {name.lower() for name in REQUEST_HEADERS + ANSWER_HEADERS + HANDSHAKE_HEADERS + SWITCH_HEADERS}
    assert not passed & {
        "cookie",
        "set-cookie",
        "authorization",
        "proxy-authorization",
        "www-authenticate",
        "x-xsrftoken",
        "origin",
        "referer",
        "connection",
        "transfer-encoding",
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "clear-site-data",
        "refresh",
        "service-worker-allowed",
        "strict-transport-security",
        "content-security-policy",
    }


async def test_gives_the_service_its_token_and_nothing_of_the_user(call, upstream):
    response = await call(
        PAGE,
        headers={
            "Cookie": "session=secret",
            "X-XSRFToken": "secret",
            "Referer": "http://127.0.0.1/lab?token=secret",
            "X-Forwarded-User": "secret",
            "Connection": "X-Own",
            "X-Own": "secret",
            "Accept": "text/plain",
            "Last-Event-ID": "7",
            "Idempotency-Key": "k",
        },
    )
    assert response.code == 200
    headers = json.loads(response.body)["headers"]
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert "secret" not in json.dumps(headers)
    assert headers["Host"] == urlsplit(upstream.url).netloc
    assert (headers["Accept"], headers["Last-Event-Id"], headers["Idempotency-Key"]) == ("text/plain", "7", "k")


async def test_takes_everything_from_an_answer_that_could_act_on_the_users_origin(call):
    headers = (await call(PAGE)).headers
    for name in ("Clear-Site-Data", "Refresh"):
        assert name not in headers
    assert "stolen" not in str(headers.get_list("Set-Cookie"))  # Jupyter Server sets its own
    assert headers.get("Access-Control-Allow-Origin") != "*"
    assert headers.get_list("Content-Security-Policy") == ["frame-ancestors 'self'; sandbox"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Content-Type"] == "text/html"
    assert headers["Etag"] == '"v1"'


@pytest.mark.parametrize("path", [PAGE, f"{PROXIED}/tiny/nowhere", f"{PROXIED}/nobody/runtimes/r1/x"])
async def test_sandboxes_every_answer(call, path):
    headers = (await call(path)).headers
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_passes_bodies(call, upstream, method):
    response = await call(PAGE, method, body=b"\x00\xff" * 10, headers={"Content-Type": "application/x-own"})
    assert json.loads(response.body)["method"] == method
    assert upstream.bodies == [b"\x00\xff" * 10]


async def test_streams_a_long_body_without_knowing_its_length(call, upstream):
    async def produce(write):
        for _ in range(400):
            await write(b"z" * 65536)

    response = await call(PAGE, "POST", body_producer=produce)
    assert json.loads(response.body)["body_bytes"] == 400 * 65536


async def test_answers_a_head_request_and_an_unchanged_one(call):
    response = await call(PAGE, "HEAD")
    assert (response.code, response.body) == (200, b"")
    assert int(response.headers["Content-Length"]) > 0
    assert (await call(f"{PROXIED}/tiny/runtimes/r1/unchanged")).code == 304


class TestBound:
    @pytest.fixture
    def extension_config(self):
        return {"max_body_bytes": 1000}

    async def test_refuses_a_body_that_is_too_long(self, call, upstream):
        response = await call(PAGE, "POST", body=b"x" * 1001)
        assert problem_of(response)["code"] == "PAYLOAD_TOO_LARGE"
        assert upstream.requests == []
        assert (await call(PAGE, "POST", body=b"x" * 1000)).code == 200


async def test_passes_each_event_when_it_is_sent(call, upstream):
    first = asyncio.Event()
    pieces: list[bytes] = []

    def arrived(piece: bytes) -> None:
        pieces.append(piece)
        first.set()

    answer = asyncio.ensure_future(call(f"{PROXIED}/tiny/api/runtimes/v1/events", streaming_callback=arrived))
    await asyncio.wait_for(first.wait(), 5)
    assert b"".join(pieces) == b"event: runtime\ndata: 1\n\n"
    upstream.next_event.set()
    response = await answer
    assert b"".join(pieces).endswith(b"data: 2\n\n")
    assert response.headers["Content-Type"] == "text/event-stream"


async def test_ends_the_request_to_the_service_when_the_browser_leaves(server_url, jp_auth_header, upstream):
    parts = urlsplit(server_url)
    browser = await TCPClient().connect(parts.hostname, parts.port)
    token = jp_auth_header["Authorization"]
    path = f"{parts.path}{PROXIED}/tiny/api/runtimes/v1/events"
    await browser.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {token}\r\n\r\n".encode())
    await browser.read_until(b"data: 1\n\n")
    connection = upstream.requests[0].connection
    browser.close()
    for _ in range(100):
        if connection.stream is None or connection.stream.closed():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the service's connection is still open")


async def test_does_not_let_half_an_answer_look_whole(call, server_url, jp_auth_header):
    parts = urlsplit(server_url)
    browser = await TCPClient().connect(parts.hostname, parts.port)
    token = jp_auth_header["Authorization"]
    path = f"{parts.path}{PROXIED}/tiny/runtimes/r1/cut"
    await browser.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {token}\r\n\r\n".encode())
    head = await browser.read_until(b"\r\n\r\n")
    assert b"Content-Length: 1000" in head
    with pytest.raises(StreamClosedError):
        await asyncio.wait_for(browser.read_bytes(1000), 5)


class TestLocation:
    async def ask(self, call, to, status=302):
        return await call(f"{PROXIED}/tiny/runtimes/r1/location?status={status}&to={to}")

    async def test_maps_a_place_within_the_service(self, call, upstream, jp_base_url):
        inside = f"{jp_base_url}{PROXIED}/tiny/runtimes/r1/lab"
        for to in ("/runtimes/r1/lab?token=x", f"{upstream.url}/runtimes/r1/lab"):
            response = await self.ask(call, to.replace("?", "%3F"))
            assert (response.code, response.headers["Location"]) == (302, inside)
        assert (
            (await self.ask(call, "/api/runtimes/v1/runtimes/a", 202))
            .headers["Location"]
            .endswith(f"{PROXIED}/tiny/api/runtimes/v1/runtimes/a")
        )

    async def test_leads_nowhere_else(self, call):
        for to in ("http://elsewhere.example/", "//elsewhere.example/runtimes/r1/x", "/login", "/runtimes/r1/../x"):
            response = await self.ask(call, to)
            assert response.code == 400
            assert "Location" not in response.headers
            assert "Location" not in (await self.ask(call, to, 202)).headers


async def test_says_which_service_is_out_of_reach(call, upstream):
    await upstream.stop()
    response = await call(PAGE)
    problem = problem_of(response)
    assert (response.code, problem["code"]) == (503, "UNREACHABLE")
    assert "Tiny" in problem["detail"]
    assert "refused the connection" in problem["detail"]
    assert response.headers["Retry-After"] == "1"


async def test_gives_its_sentence_when_a_service_hangs_up_at_once():
    """As one does that dies: its system takes connections for a moment more, and resets them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        target = parse_target("tiny", "Tiny", f"http://127.0.0.1:{listening.getsockname()[1]}", "t")
        problems = []
        try:
            for _ in range(300):
                try:
                    (await open_stream(target, 5)).close()
                except Problem as problem:
                    problems.append(problem.code)
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
    assert set(problems) == {"UNREACHABLE"}


class TestSilentService:
    """A service that takes connections and says nothing."""

    @pytest.fixture
    def silent(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"

    @pytest.fixture
    def extension_config(self, silent):
        return {"services": {"tiny": {"url": silent, "token": "t"}}, "answer_timeout": 0.5, "connect_timeout": 0.5}

    async def test_is_not_waited_for_longer_than_set(self, call, jp_ws_fetch):
        response = await call(PAGE)
        assert (response.code, problem_of(response)["code"]) == (504, "TIMED_OUT")
        with pytest.raises(Exception, match="504"):
            await jp_ws_fetch(PROXIED, "tiny", "runtimes", "r1", "socket")

    async def test_keeps_no_connection_of_the_browser_once_it_is_known_to_hang(self, call, jp_ws_fetch):
        await call(PAGE)
        started = asyncio.get_running_loop().time()
        assert (await call(PAGE)).code == 504
        with pytest.raises(Exception, match="504"):
            await jp_ws_fetch(PROXIED, "tiny", "runtimes", "r1", "socket")
        assert asyncio.get_running_loop().time() - started < 0.3

    async def test_holds_no_other_request_up(self, call):
        slow = [asyncio.ensure_future(call(PAGE)) for _ in range(5)]
        started = asyncio.get_running_loop().time()
        assert (await call("api/status")).code == 200
        assert asyncio.get_running_loop().time() - started < 0.4
        await asyncio.gather(*slow)


class TestTls:
    """A service behind https, with a certificate of one's own."""

    @pytest.fixture
    def certificate(self, tmp_path: Path) -> Path:
        path = tmp_path / "service.pem"
        certify = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
        certify += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", str(tmp_path / "cert.pem")]
        subprocess.run(certify, check=True, capture_output=True)
        path.write_text(path.read_text() + (tmp_path / "cert.pem").read_text())
        return path

    @pytest.fixture
    def secure_url(self, upstream, certificate: Path, jp_asyncio_loop) -> str:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        sock, port = bind_unused_port()

        async def start() -> HTTPServer:
            server = HTTPServer(upstream.server.request_callback, ssl_options=context)
            server.add_socket(sock)
            return server

        server = jp_asyncio_loop.run_until_complete(start())
        yield f"https://127.0.0.1:{port}"
        server.stop()

    @pytest.fixture
    def extension_config(self, secure_url, certificate):
        return {
            "services": {
                "known": {"url": secure_url, "token": TOKEN, "ca_file": str(certificate)},
                "unknown": {"url": secure_url, "token": TOKEN, "label": "Unknown"},
                "gone": {"url": secure_url, "token": TOKEN, "ca_file": str(certificate.with_name("none.pem"))},
                "empty": {"url": secure_url, "token": TOKEN, "ca_file": __file__},
            }
        }

    async def test_is_reached_by_http_and_websocket(self, call, jp_ws_fetch):
        assert (await call(f"{PROXIED}/known/runtimes/r1/page")).code == 200
        web_socket = await jp_ws_fetch(PROXIED, "known", "runtimes", "r1", "socket")
        await web_socket.write_message("send 3000000")
        assert len(await web_socket.read_message()) == 3_000_000
        web_socket.close()

    async def test_is_refused_when_nobody_vouches_for_it(self, call):
        problem = problem_of(await call(f"{PROXIED}/unknown/runtimes/r1/page"))
        assert problem["code"] == "UNREACHABLE"
        assert "certificate" in problem["detail"]
        assert "--ca-file" in problem["detail"]

    @pytest.mark.parametrize(("name", "reason"), [("gone", "No such file"), ("empty", "no certificate in it")])
    async def test_tells_of_a_file_of_its_authority_that_is_none(self, call, name, reason):
        problem = problem_of(await call(f"{PROXIED}/{name}/runtimes/r1/page"))
        assert problem["code"] == "INVALID_REQUEST"
        assert reason in problem["detail"]
