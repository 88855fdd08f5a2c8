"""Open a connection to a service, and say in a sentence why it can't be."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl

from tornado.iostream import IOStream, StreamClosedError
from tornado.tcpclient import TCPClient

from ..problems import Problem
from .target import Target

#: No message is held as a whole, so this bounds only heads and read-ahead. Bytes.
_MAX_BUFFER_BYTES = 16 * 1024 * 1024


async def open_stream(target: Target, timeout: float) -> IOStream:
    """Connect to the service, with TCP_NODELAY.

    @param timeout Seconds for name look-up, connection and TLS together.
    @raises Problem UNREACHABLE | TIMED_OUT | INVALID_REQUEST (the file of its authority can't be used)
    """
    client = TCPClient()
    try:
        stream = await asyncio.wait_for(
            client.connect(
                target.host,
                target.port,
                ssl_options=target.ssl_context(),
                max_buffer_size=_MAX_BUFFER_BYTES,
            ),
            timeout,
        )
    except (asyncio.TimeoutError, TimeoutError) as error:
        raise Problem(
            "TIMED_OUT",
            f"The runtime service {target.label} at {target.url} did not answer within {timeout:g} s: "
            "check that its machine is on, and that the network lets you through.",
            retry_after=5,
        ) from error
    except (OSError, StreamClosedError) as error:
        raise connection_problem(target, error) from error
    finally:
        client.close()
    try:
        stream.set_nodelay(True)
        _keep_alive(stream)
    except OSError as error:
        stream.close()
        raise connection_problem(target, error) from error
    return stream


def _keep_alive(stream: IOStream) -> None:
    """Have the system notice a machine that vanished without a word, after a minute and a half of silence.

    @raises OSError, also when the other side has hung up: a process that dies still takes connections for a moment.
    """
    connection = stream.socket
    if connection is None:
        raise ConnectionResetError(errno.ECONNRESET, "hung up at once")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def connection_problem(target: Target, error: BaseException) -> Problem:
    """The sentence for an error of the network."""
    cause: BaseException = getattr(error, "real_error", None) or error
    where = f"The runtime service {target.label} at {target.url}"
    if isinstance(cause, ssl.SSLCertVerificationError):
        text = (
            f"{where} shows a certificate that is not trusted ({cause.verify_message}): "
            f"check the URL, or run `jupyter runtimes login {target.name} {target.url} --ca-file FILE` with the "
            "certificate of the authority that signed it."
        )
    elif isinstance(cause, ssl.SSLError):
        text = f"{where} does not speak TLS as expected ({cause.reason or 'handshake failed'}): check http or https."
    elif isinstance(cause, socket.gaierror):
        text = f"{where} was not found: no machine has the name {target.host}; check the URL."
    elif isinstance(cause, ConnectionRefusedError):
        text = f"{where} refused the connection: nothing listens there; check the URL, and that the service runs."
    elif isinstance(cause, ConnectionResetError | BrokenPipeError | StreamClosedError):
        text = f"{where} closed the connection: it may be restarting; try again."
    else:
        reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else type(cause).__name__
        text = f"{where} is out of reach ({reason}): check the URL and the network."
    return Problem("UNREACHABLE", text, retry_after=1)
