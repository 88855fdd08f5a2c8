"""Answers to `input()` for browser kernels in pages that share no memory.

The worker asks for an answer and is kept waiting; the page hands it over.
Either may come first.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

#: A proxy between would cut a longer wait, seconds.
_WAIT_SECONDS = 20.0
#: An answer that nobody fetches is forgotten, seconds.
_KEEP_SECONDS = 300.0
#: More questions at once are refused: nobody can answer so many.
_LIMIT = 1000


@dataclass
class _Question:
    answer: asyncio.Future[str | None]
    touched: float = field(default_factory=time.monotonic)


#: By user and request id. The ids are the worker's random UUIDs.
_questions: dict[tuple[str, str], _Question] = {}


class InputHandler(APIHandler):
    """`GET` waits for what `PUT {"value": …}` brings; a null value stops the cell."""

    auth_resource = "contents"

    @web.authenticated
    @authorized
    async def get(self, request_id: str) -> None:
        """Answer `{value}`, or 204 when none has come in a while: ask again then."""
        question = self._question(request_id)
        try:
            value = await asyncio.wait_for(asyncio.shield(question.answer), _WAIT_SECONDS)
        except asyncio.TimeoutError:
            self.set_status(204)
            self.finish()
            return
        del _questions[self._key(request_id)]
        self.finish(json.dumps({"value": value}))

    @web.authenticated
    @authorized
    async def put(self, request_id: str) -> None:
        """Hand over an answer; the first one counts."""
        body = self.get_json_body() or {}
        value = body.get("value")
        if value is not None and not isinstance(value, str):
            raise web.HTTPError(400, "An answer is a string, or null.")
        question = self._question(request_id)
        if not question.answer.done():
            question.answer.set_result(value)
        self.set_status(204)
        self.finish()

    def _question(self, request_id: str) -> _Question:
        now = time.monotonic()
        for key in [k for k, q in _questions.items() if now - q.touched > _KEEP_SECONDS]:
            del _questions[key]
        key = self._key(request_id)
        if key not in _questions:
            if len(_questions) >= _LIMIT:
                raise web.HTTPError(429, "Too many cells are waiting for an answer.")
            _questions[key] = _Question(asyncio.get_running_loop().create_future())
        question = _questions[key]
        question.touched = now
        return question

    def _key(self, request_id: str) -> tuple[str, str]:
        return (self.current_user.username, request_id)
