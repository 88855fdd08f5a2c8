"""A WebSocket from the page to a service: the handshake by head, everything after it byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tornado.httputil import HTTPHeaders, HTTPInputError, ResponseStartLine, parse_response_start_line
from tornado.iostream import IOStream, StreamClosedError, UnsatisfiableReadError

from ..problems import Problem
from ..upstream.connect import connection_problem, open_stream
from ..upstream.target import Target
from .headers import SWITCH_HEADERS, pick

_CHUNK_BYTES = 64 * 1024
_MAX_HEAD_BYTES = 64 * 1024
#: After one side ended, how long the other may take to hear its last bytes. Seconds.
_LAST_BYTES_S = 2.0


@dataclass(frozen=True)
class Handshake:
    """A service's answer to an upgrade; `stream` is open, and stands right behind the head."""

    line: ResponseStartLine
    headers: HTTPHeaders
    stream: IOStream

    @property
    def switched(self) -> bool:
        """Whether the service speaks WebSocket from here on."""
        return self.line.code == 101 and self.headers.get("Upgrade", "").lower() == "websocket"

    def head_for_browser(self, extra: HTTPHeaders) -> bytes:
        """The 101 answer as the browser gets it."""
        headers = pick(self.headers, SWITCH_HEADERS)
        headers["Upgrade"] = "websocket"
        headers["Connection"] = "Upgrade"
        for name, value in extra.get_all():
            headers.add(name, value)
        return _head("HTTP/1.1 101 Switching Protocols", headers)


async def shake_hands(target: Target, path: str, headers: HTTPHeaders, timeout: float) -> Handshake:
    """Ask a service for a WebSocket.

    @param path Below the service's URL, with query.
    @param headers The browser's handshake headers that may pass.
    @param timeout Seconds, for connecting and again for the answer.
    @raises Problem UNREACHABLE | TIMED_OUT
    """
    stream = await open_stream(target, timeout)
    headers["Host"] = target.authority
    headers["Authorization"] = f"Bearer {target.token}"
    headers["Upgrade"] = "websocket"
    headers["Connection"] = "Upgrade"
    try:
        await stream.write(_head(f"GET {target.prefix}{path} HTTP/1.1", headers))
        raw = await asyncio.wait_for(stream.read_until_regex(b"\r?\n\r?\n", max_bytes=_MAX_HEAD_BYTES), timeout)
        first, _, rest = raw.decode("latin-1").partition("\n")
        return Handshake(parse_response_start_line(first.rstrip("\r")), HTTPHeaders.parse(rest), stream)
    except (asyncio.TimeoutError, TimeoutError) as error:
        stream.close()
        raise Problem(
            "TIMED_OUT",
            f"The runtime service {target.label} did not answer within {timeout:g} s: it may be overloaded; try again.",
        ) from error
    except (StreamClosedError, UnsatisfiableReadError, HTTPInputError) as error:
        stream.close()
        raise connection_problem(target, error) from error


def _head(line: str, headers: HTTPHeaders) -> bytes:
    lines = [line, *(f"{name}: {value}" for name, value in headers.get_all()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


class Splice:
    """Two connections made one; ends when either side ends, or when closed."""

    def __init__(self, browser: IOStream, service: IOStream, on_input: Callable[[bytes], None]) -> None:
        self._browser = browser
        self._service = service
        self._on_input = on_input

    async def run(self) -> None:
        """Pass bytes both ways, no faster than either side takes them, until one side ends."""
        self._browser.set_nodelay(True)
        self._service.set_nodelay(True)
        pumps = {
            asyncio.ensure_future(_pump(self._browser, self._service, self._on_input)),
            asyncio.ensure_future(_pump(self._service, self._browser, None)),
        }
        try:
            ended, rest = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if rest and not any(pump.result() for pump in ended):
                # A side does not listen any more: what it had said before still goes out.
                await asyncio.wait(rest, timeout=_LAST_BYTES_S)
        finally:
            self.close()
            await asyncio.gather(*pumps, return_exceptions=True)

    def close(self) -> None:
        """End both sides."""
        self._browser.close()
        self._service.close()


async def _pump(source: IOStream, sink: IOStream, on_chunk: Callable[[bytes], None] | None) -> bool:
    """Pass bytes on until a side ends.

    @returns Whether everything that the source ever said has been passed on.
    """
    while True:
        try:
            chunk = await source.read_bytes(_CHUNK_BYTES, partial=True)
        except StreamClosedError:
            return True
        if on_chunk is not None:
            on_chunk(chunk)
        try:
            await sink.write(chunk)
        except StreamClosedError:
            return False
