"""history_request, from what this session ran."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .channel import Request


def make_handlers(shell: Any) -> dict[str, Callable[[Request], Awaitable[dict[str, Any]]]]:
    """Answer history_request. Nothing outlives the page, so there is one session: 0."""

    async def handle(request: Request) -> dict[str, Any]:
        content = request.content
        manager = shell.history_manager
        inputs = manager.input_hist_raw if content.get("raw", True) else manager.input_hist_parsed
        lines = [(0, number, text) for number, text in enumerate(inputs) if number > 0]
        kind = content.get("hist_access_type", "tail")
        if kind == "range":
            start, stop = content.get("start", 1), content.get("stop")
            lines = [line for line in lines if line[1] >= start and (not stop or line[1] < stop)]
        elif kind == "search":
            pattern = content.get("pattern") or "*"
            lines = [line for line in lines if fnmatchcase(line[2], pattern)]
            if content.get("unique"):
                lines = list({line[2]: line for line in lines}.values())
        if kind != "range" and (limit := content.get("n")):
            lines = lines[-limit:]
        if content.get("output"):
            outputs = manager.output_hist_reprs
            lines = [(s, n, (text, outputs.get(n))) for s, n, text in lines]
        return {"status": "ok", "history": lines}

    return {"history_request": handle}
