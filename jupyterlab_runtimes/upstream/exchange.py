"""One HTTP request to a service, streamed both ways with back-pressure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream, StreamClosedError, UnsatisfiableReadError

from ..problems import Problem
from .connect import connection_problem, open_stream
from .target import Target

#: Answers are streamed, never held: no bound on their length.
_NO_BOUND_BYTES = 1 << 62
_END = object()
_TRUNCATED = object()


class TruncatedAnswer(Exception):
    """The service ended the connection before its answer was complete; the argument is why."""


class Exchange:
    """A request under way: `open`, `write`*, `finish`, `head`, `body`; `close` at any time."""

    def __init__(self, target: Target, stream: IOStream) -> None:
        self._target = target
        self._connection = HTTP1Connection(
            stream,
            is_client=True,
            params=HTTP1ConnectionParameters(no_keep_alive=True, max_body_size=_NO_BOUND_BYTES),
        )
        self._stream = stream
        self._delegate = _Delegate()
        self._reading: asyncio.Future[Any] | None = None

    @classmethod
    async def open(cls, target: Target, method: str, path: str, headers: HTTPHeaders, timeout: float) -> Exchange:
        """Connect, and send the head of a request.

        @param path Below the service's URL, with query, starting with a slash.
        @param headers Of the request; Host, Authorization and Connection are added.
        @param timeout Seconds for connecting.
        @raises Problem UNREACHABLE | TIMED_OUT
        """
        exchange = cls(target, await open_stream(target, timeout))
        headers["Host"] = target.authority
        headers["Authorization"] = f"Bearer {target.token}"
        headers["Connection"] = "close"
        line = RequestStartLine(method, target.prefix + path, "HTTP/1.1")
        try:
            await exchange._connection.write_headers(line, headers)
        except StreamClosedError as error:
            exchange.close()
            raise connection_problem(target, error) from error
        exchange._reading = asyncio.ensure_future(exchange._read())
        return exchange

    async def write(self, chunk: bytes) -> None:
        """Send a piece of the body; what is sent after the service has hung up is dropped, its answer says why."""
        try:
            await self._connection.write(chunk)
        except StreamClosedError:
            return

    def finish(self) -> None:
        """Say that the body is complete."""
        self._connection.finish()

    async def head(self, timeout: float) -> tuple[ResponseStartLine, HTTPHeaders]:
        """Wait for the answer's head.

        @param timeout Seconds.
        @raises Problem UNREACHABLE | TIMED_OUT
        """
        try:
            return await asyncio.wait_for(asyncio.shield(self._delegate.head), timeout)
        except (asyncio.TimeoutError, TimeoutError) as error:
            raise Problem(
                "TIMED_OUT",
                f"The runtime service {self._target.label} did not answer within {timeout:g} s: "
                "it may be overloaded; try again.",
                retry_after=5,
            ) from error
        except TruncatedAnswer as error:
            raise connection_problem(self._target, error.args[0]) from error

    async def body(self) -> AsyncIterator[bytes]:
        """The answer's body as it arrives; the service is read no faster than this is.

        @raises TruncatedAnswer
        """
        while True:
            piece = await self._delegate.pieces.get()
            self._delegate.pieces.task_done()
            if piece is _END:
                return
            if piece is _TRUNCATED:
                raise TruncatedAnswer(StreamClosedError())
            yield piece

    def close(self) -> None:
        """End the exchange, whatever it is doing."""
        if self._reading is not None:
            self._reading.cancel()
        self._stream.close()

    async def _read(self) -> None:
        try:
            await self._connection.read_response(self._delegate)
        except (StreamClosedError, UnsatisfiableReadError) as error:
            self._delegate.failed(error)
        finally:
            self._delegate.on_connection_close()


class _Delegate(HTTPMessageDelegate):
    """Hands the answer over, one piece at a time."""

    def __init__(self) -> None:
        self.head: asyncio.Future[tuple[ResponseStartLine, HTTPHeaders]] = asyncio.get_running_loop().create_future()
        self.pieces: asyncio.Queue[Any] = asyncio.Queue()
        self._ended = False

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        if isinstance(start_line, ResponseStartLine) and start_line.code >= 200 and not self.head.done():
            self.head.set_result((start_line, headers))

    async def data_received(self, chunk: bytes) -> None:
        self.pieces.put_nowait(chunk)
        await self.pieces.join()  # nothing more is read from the service until this is taken

    def finish(self) -> None:
        self._end(_END)

    def on_connection_close(self) -> None:
        self.failed(StreamClosedError())

    def failed(self, error: Exception) -> None:
        """Nothing more comes; a second call changes nothing."""
        if not self.head.done():
            self.head.set_exception(TruncatedAnswer(error))
            self.head.exception()  # seen: nobody may be waiting any more
        self._end(_TRUNCATED)

    def _end(self, mark: object) -> None:
        if self._ended:
            return
        self._ended = True
        self.pieces.put_nowait(mark)
