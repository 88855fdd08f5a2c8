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


#: By request id: a random UUID of the worker, which nobody else knows. Not by user:
#: Jupyter Server makes up a new one for every request that has a token and no cookie.
_questions: dict[str, _Question] = {}


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
        _questions.pop(request_id, None)
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
        for old in [key for key, question in _questions.items() if now - question.touched > _KEEP_SECONDS]:
            del _questions[old]
        if request_id not in _questions:
            if len(_questions) >= _LIMIT:
                raise web.HTTPError(429, "Too many cells are waiting for an answer.")
            _questions[request_id] = _Question(asyncio.get_running_loop().create_future())
        question = _questions[request_id]
        question.touched = now
        return question
