"""What a transfer has left to verify when cells of the target can use its big arrays already.

``{"done", "lost": [name], "error": {"code", "message"} | None}``: what was taken out of the namespace again, and why.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from ..problems import Problem

PENDING: dict[str, Any] = {"done": False, "lost": [], "error": None}
PASSED: dict[str, Any] = {"done": True, "lost": [], "error": None}

#: How it stands.
#: @raises Problem when that can't be learnt
Look = Callable[[], Awaitable[dict[str, Any]]]

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.02, 0.5
#: What says that the kernel has ended, or was restarted: with it went its variables.
_ENDED = frozenset({"NOT_RUNNING", "NOT_FOUND", "CANCELLED"})


async def until_verified(look: Look, stop: asyncio.Event, tell: Callable[[dict[str, Any]], None]) -> None:
    """Wait until all was looked at, damage or not: the bytes are needed so long. Never raises a Problem.

    @param tell Gets how it stands, each time.
    @param stop Set when nobody will ask any more.
    """
    wait = _FIRST_WAIT_S
    while True:
        try:
            found = await look()
        except Problem as problem:
            found = PASSED if problem.code in _ENDED else _failed(problem)
        tell(found)
        if found["done"] or stop.is_set():
            return
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
        wait = min(wait * 2, _LONGEST_WAIT_S)


def of_kernel(told: dict[str, Any]) -> dict[str, Any]:
    """The answer to the kernel's ``verified``."""
    error = {"code": told["code"], "message": told["message"]} if told["code"] else None
    return {"done": told["done"], "lost": told["lost"], "error": error}


def _failed(problem: Problem) -> dict[str, Any]:
    return {"done": True, "lost": [], "error": {"code": problem.code, "message": problem.message}}
