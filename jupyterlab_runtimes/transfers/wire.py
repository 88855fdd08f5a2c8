"""One connection of a thread to a runtime service: kept open, made anew when it breaks."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from ..problems import STATUS_OF_CODE, Problem, code_of_status
from ..upstream.connect import connection_problem
from ..upstream.target import Target

_API = "/api/runtimes/v1"
_BLOCK_BYTES = 16 * 1024
_READ_BYTES = 1024 * 1024
#: An answer that is no piece of a chunk and longer than this is none of ours, bytes.
_MAX_ANSWER_BYTES = 64 * 1024 * 1024

#: Called with the bytes that are about to go; may wait.
BeforeBlock = Callable[[int], None]


class Wire:
    """Used by one thread at a time; `close` may come from any."""

    def __init__(self, target: Target, timeout: float) -> None:
        """@param timeout Seconds without a byte after which the connection counts as lost."""
        self._target = target
        self._timeout = timeout
        self._connection: http.client.HTTPConnection | None = None

    def json(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        """Ask and answer in JSON.

        @param path Below the interface's base.
        @param key What is asked twice under one key is done once.
        @raises Problem the service's own | UNREACHABLE | TIMED_OUT
        """
        payload = None if body is None else json.dumps(body).encode()
        return self.ask(method, path, payload, "application/json", key)

    def ask(self, method: str, path: str, payload: bytes | None, content_type: str, key: str = "") -> Any:
        """Send bytes; the answer is JSON, or nothing."""
        answer = self._exchange(method, path, payload, content_type, key)
        return json.loads(answer) if answer else None

    def read(self, path: str) -> bytes:
        """Read a small answer whole."""
        return self._exchange("GET", path, None, "", "")

    def send_range(
        self, path: str, file: BinaryIO, start: int, count: int, size: int, before_block: BeforeBlock | None
    ) -> None:
        """Put a range of a file.

        @param size Of the whole file.
        @param before_block Holds each block back until it may go; None where nothing does.
        """

        def body(connection: http.client.HTTPConnection) -> None:
            done = 0
            while done < count:
                block = min(_BLOCK_BYTES if before_block else count, count - done)
                if before_block is not None:
                    before_block(block)
                sent = connection.sock.sendfile(file, start + done, block)
                if sent <= 0:
                    raise Problem("SNAPSHOT_CORRUPT", "A part of the variables is shorter than it was: try again.")
                done += sent

        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(count),
            "Content-Range": f"bytes {start}-{max(start, start + count - 1)}/{size}",
        }
        self._run("PUT", path, headers, body, lambda response: response.read())

    def put_bytes(self, path: str, data: bytes, start: int, size: int) -> None:
        """Put a range that is in memory.

        @param size Of the whole chunk.
        """
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(data)),
            "Content-Range": f"bytes {start}-{max(start, start + len(data) - 1)}/{size}",
        }
        self._run("PUT", path, headers, lambda connection: connection.send(data), lambda response: response.read())

    def receive_range(self, path: str, start: int, count: int) -> Iterator[bytes]:
        """Get a range, piece by piece."""
        headers = {"Range": f"bytes={start}-{start + count - 1}"}
        try:
            response = self._begin("GET", path, headers, None)
            left = count
            while left:
                piece = response.read1(min(_READ_BYTES, left))
                if not piece:
                    raise ConnectionResetError("the answer is shorter than it says")
                left -= len(piece)
                yield piece
            response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._problem(error) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection; a thread that waits for it is woken."""
        connection, self._connection = self._connection, None
        if connection is not None:
            if connection.sock is not None:
                with contextlib.suppress(OSError):  # it is closed already
                    connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _exchange(self, method: str, path: str, payload: bytes | None, content_type: str, key: str) -> bytes:
        headers = {"Accept": "application/json", **({"Idempotency-Key": key} if key else {})}
        if payload is not None:
            headers |= {"Content-Type": content_type, "Content-Length": str(len(payload))}

        def body(connection: http.client.HTTPConnection) -> None:
            if payload:
                connection.send(payload)

        return self._run(method, path, headers, body, lambda response: response.read(_MAX_ANSWER_BYTES))

    def _run(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: Callable[[http.client.HTTPConnection], None],
        take: Callable[[http.client.HTTPResponse], bytes],
    ) -> bytes:
        try:
            return take(self._begin(method, path, headers, body))
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._problem(error) from error
        except BaseException:
            self.close()
            raise

    def _begin(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: Callable[[http.client.HTTPConnection], None] | None,
    ) -> http.client.HTTPResponse:
        connection = self._connection = self._connection or self._open()
        connection.putrequest(method, self._target.prefix + _API + path, skip_accept_encoding=True)
        for name, value in {**headers, "Authorization": f"Bearer {self._target.token}"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        if body is not None:
            try:
                body(connection)
            except (BrokenPipeError, ConnectionResetError):
                # What the service says before it hangs up is more than that it has.
                return self._checked(connection.getresponse())
        return self._checked(connection.getresponse())

    def _checked(self, response: http.client.HTTPResponse) -> http.client.HTTPResponse:
        if response.status < 300:
            return response
        text = response.read(_MAX_ANSWER_BYTES)
        raise problem_of(response.status, text, self._target)

    def _open(self) -> http.client.HTTPConnection:
        target = self._target
        context = target.ssl_context()
        connection = (
            http.client.HTTPConnection(target.host, target.port, timeout=self._timeout)
            if context is None
            else http.client.HTTPSConnection(target.host, target.port, timeout=self._timeout, context=context)
        )
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _problem(self, error: BaseException) -> Problem:
        if isinstance(error, TimeoutError):
            return Problem(
                "TIMED_OUT",
                f"The runtime service {self._target.label} at {self._target.url} has been silent for "
                f"{self._timeout:g} s: check that its machine is on, and that the network lets you through.",
            )
        if isinstance(error, http.client.HTTPException):
            return connection_problem(self._target, ConnectionResetError())
        return connection_problem(self._target, error)


def problem_of(status: int, text: bytes, target: Target) -> Problem:
    """The problem that an answer tells."""
    try:
        body = json.loads(text)
        code, detail = body["code"], body["detail"]
    except (ValueError, KeyError, TypeError):
        code, detail = "", ""
    if status == 401:
        return Problem("UNAUTHORIZED", f"{target.label} refused the token: run `jupyter runtimes login {target.name}`.")
    if code not in STATUS_OF_CODE:
        code = code_of_status(status)
    return Problem(code, detail or f"The runtime service {target.label} answered with HTTP {status}: see its log.")
