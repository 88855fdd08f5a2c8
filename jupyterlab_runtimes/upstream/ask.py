"""Small questions to a service: JSON in, JSON out, within a time-box."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from tornado.httputil import HTTPHeaders

from ..problems import Problem
from .exchange import Exchange, TruncatedAnswer
from .target import Target

_MAX_ANSWER_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back; `json` is None where the body is no JSON."""

    status: int
    json: Any


async def ask(target: Target, method: str, path: str, *, body: Any = None, timeout: float = 5.0) -> Answer:
    """Send a request and read its answer.

    @param path Below the service's URL.
    @param timeout Seconds, for everything together.
    @raises Problem UNREACHABLE | TIMED_OUT
    """
    try:
        return await asyncio.wait_for(_ask(target, method, path, body, timeout), timeout)
    except (asyncio.TimeoutError, TimeoutError) as error:
        raise Problem(
            "TIMED_OUT",
            f"The runtime service {target.label} at {target.url} did not answer within {timeout:g} s: "
            "check that its machine is on and not overloaded.",
            retry_after=5,
        ) from error


async def _ask(target: Target, method: str, path: str, body: Any, timeout: float) -> Answer:
    headers = HTTPHeaders({"Accept": "application/json"})
    payload = b"" if body is None else json.dumps(body).encode()
    if body is not None:
        headers["Content-Type"] = "application/json"
        headers["Content-Length"] = str(len(payload))
    exchange = await Exchange.open(target, method, path, headers, timeout)
    try:
        if payload:
            await exchange.write(payload)
        exchange.finish()
        line, _ = await exchange.head(timeout)
        data = bytearray()
        try:
            async for piece in exchange.body():
                data += piece
                if len(data) > _MAX_ANSWER_BYTES:
                    break
        except TruncatedAnswer:
            data.clear()
    finally:
        exchange.close()
    try:
        return Answer(line.code, json.loads(data) if data else None)
    except ValueError:
        return Answer(line.code, None)
