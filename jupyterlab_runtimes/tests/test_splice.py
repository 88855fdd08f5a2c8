"""WebSockets through the proxy, against a real WebSocket service."""

from __future__ import annotations

import asyncio
import base64
import os
from urllib.parse import urlsplit

import pytest
from tornado.httpclient import HTTPClientError
from tornado.tcpclient import TCPClient

from .conftest import PROXIED

SOCKET = (PROXIED, "tiny", "runtimes", "r1", "socket")


async def test_passes_30_mb_messages_both_ways(jp_ws_fetch):
    socket = await jp_ws_fetch(*SOCKET, max_message_size=64 * 1024 * 1024)
    sent = os.urandom(1024 * 1024) * 30
    await socket.write_message(sent, binary=True)
    assert await socket.read_message() == sent
    await socket.write_message("send 30000000")
    assert len(await socket.read_message()) == 30_000_000
    socket.close()


async def test_keeps_the_order_of_many_small_messages(jp_ws_fetch):
    socket = await jp_ws_fetch(*SOCKET)
    for number in range(2000):
        await socket.write_message(str(number))
    assert [await socket.read_message() for _ in range(2000)] == [str(number) for number in range(2000)]
    socket.close()


async def test_passes_the_services_choice_of_protocol_and_compression(jp_ws_fetch, upstream):
    socket = await jp_ws_fetch(*SOCKET, subprotocols=["a.example", "v1.kernel.websocket.jupyter.org"])
    assert socket.selected_subprotocol == "v1.kernel.websocket.jupyter.org"
    socket.close()
    compressed = await jp_ws_fetch(*SOCKET, params={"compress": "1"}, compression_options={})
    await compressed.write_message("a" * 100_000)
    assert await compressed.read_message() == "a" * 100_000
    compressed.close()
    assert "permessage-deflate" in upstream.socket_requests[1].headers["Sec-WebSocket-Extensions"]


async def test_passes_close_codes_both_ways(jp_ws_fetch, upstream):
    socket = await jp_ws_fetch(*SOCKET)
    await socket.write_message("close 4321 because")
    assert await socket.read_message() is None
    assert (socket.close_code, socket.close_reason) == (4321, "because")

    other = await jp_ws_fetch(*SOCKET)
    await other.write_message("x")
    await other.read_message()
    other.close(4000, "done")
    for _ in range(100):
        if (4000, "done") in upstream.closes:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"the service heard {upstream.closes}")


async def open_raw(server_url, jp_auth_header, *, query: str = "", more: bytes = b""):
    """A WebSocket handshake by hand, with bytes right behind it."""
    parts = urlsplit(server_url)
    stream = await TCPClient().connect(parts.hostname, parts.port)
    key = base64.b64encode(os.urandom(16)).decode()
    head = (
        f"GET {parts.path}{'/'.join(SOCKET)}{query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Authorization: {jp_auth_header['Authorization']}\r\nCookie: a=secret\r\n"
        f"Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await stream.write(head.encode() + more)
    return stream, await stream.read_until(b"\r\n\r\n")


async def test_loses_nothing_that_was_sent_right_behind_the_handshake(server_url, jp_auth_header):
    # The frame "hello" from a client, masked with zeros.
    stream, _ = await open_raw(server_url, jp_auth_header, more=b"\x81\x85\0\0\0\0hello")
    assert await asyncio.wait_for(stream.read_bytes(7), 5) == b"\x81\x05hello"
    stream.close()


async def test_loses_nothing_that_the_service_sent_right_behind_its_answer(server_url, jp_auth_header):
    stream, _ = await open_raw(server_url, jp_auth_header, query="?greet=1")
    assert await asyncio.wait_for(stream.read_bytes(9), 5) == b"\x81\x07welcome"
    stream.close()


async def test_takes_cookies_from_both_heads_and_adds_the_token(server_url, jp_auth_header, upstream):
    stream, head = await open_raw(server_url, jp_auth_header)
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"cookie" not in head.lower()
    assert b"sec-websocket-accept" in head.lower()
    assert "Cookie" not in upstream.socket_requests[0].headers
    assert upstream.socket_requests[0].headers["Authorization"].startswith("Bearer ")
    stream.close()


async def test_ends_the_services_side_when_the_browser_vanishes(server_url, jp_auth_header, upstream):
    stream, _ = await open_raw(server_url, jp_auth_header)
    stream.close()
    for _ in range(100):
        if upstream.closes:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the service's socket is still open")


async def test_ends_the_browsers_side_when_the_service_vanishes(jp_ws_fetch, upstream):
    socket = await jp_ws_fetch(*SOCKET)
    await upstream.stop()
    assert await asyncio.wait_for(socket.read_message(), 5) is None


async def test_ends_every_socket_when_the_server_stops(jp_ws_fetch, jp_serverapp):
    sockets = [await jp_ws_fetch(*SOCKET) for _ in range(3)]
    await jp_serverapp.cleanup_extensions()
    for socket in sockets:
        assert await asyncio.wait_for(socket.read_message(), 5) is None


async def test_passes_the_services_refusal_on(jp_ws_fetch):
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch(PROXIED, "tiny", "runtimes", "r1", "page")
    assert refused.value.code == 502


async def test_says_503_when_the_service_is_out_of_reach(jp_ws_fetch, upstream):
    await upstream.stop()
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch(*SOCKET)
    assert refused.value.code == 503


async def test_reads_no_faster_than_the_other_side_takes(server_url, jp_auth_header, jp_serverapp):
    """A browser that does not read: the service's 60 MB must not pile up in Jupyter Server."""
    import psutil

    stream, _ = await open_raw(server_url, jp_auth_header)
    before = psutil.Process().memory_info().rss
    command = b"send 60000000"
    await stream.write(b"\x81" + bytes([0x80 | len(command)]) + b"\0\0\0\0" + command)
    await asyncio.sleep(1.0)
    registry = jp_serverapp.extension_manager.extension_points["jupyterlab_runtimes"].app._registry
    (splice,) = registry.splices
    assert splice._browser._write_buffer is not None
    assert len(splice._browser._write_buffer) < 1024 * 1024
    assert psutil.Process().memory_info().rss - before < 500 * 1024 * 1024
    received = 0
    while received < 60_000_010:
        received += len(await asyncio.wait_for(stream.read_bytes(1 << 20, partial=True), 10))
    assert received == 60_000_010
    stream.close()
