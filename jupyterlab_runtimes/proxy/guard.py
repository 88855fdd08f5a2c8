"""What every route of this extension asks first, and how it says no."""

from __future__ import annotations

from http.client import responses
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web

from ..problems import PROBLEM_CONTENT_TYPE, Problem, code_of_status, problem_body

_ACTIONS = {"GET": "read", "HEAD": "read"}


class GuardedHandler(WebSocketMixin, JupyterHandler):
    """Jupyter's own authentication, authorization, XSRF and Origin checks, before anything else happens.

    They hold even where `ServerApp.allow_unauthenticated_access` is on.
    """

    auth_resource = "jupyterlab-runtimes"

    @property
    def is_websocket(self) -> bool:
        """Whether the browser asks for a WebSocket."""
        return self.request.headers.get("Upgrade", "").lower() == "websocket"

    async def prepare(self) -> None:  # type: ignore[override]
        """Let only users of this Jupyter Server in, from its own pages."""
        await super().prepare()
        if self.request.method == "OPTIONS":  # a preflight carries no credentials, and does nothing
            return
        user = self.current_user
        if user is None:
            raise web.HTTPError(403, "Log in to this Jupyter Server first.")
        if not self.check_origin():
            raise web.HTTPError(403, "Requests from another origin are not allowed.")
        action = "execute" if self.is_websocket else _ACTIONS.get(self.request.method or "", "write")
        if not await ensure_async(self.authorizer.is_authorized(self, user, action, self.auth_resource)):
            raise web.HTTPError(403, f"You may not {action} on {self.auth_resource} of this Jupyter Server.")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a problem (RFC 9457)."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, Problem):
            self.set_status(error.status)
            code, detail = error.code, error.message
            if error.retry_after is not None:
                self.set_header("Retry-After", str(error.retry_after))
        else:
            code = code_of_status(status_code)
            detail = error.log_message if isinstance(error, web.HTTPError) else None
            detail = detail or responses.get(status_code, "Unknown failure")
        self.set_header("Content-Type", PROBLEM_CONTENT_TYPE)
        self.set_header("Cache-Control", "no-store")
        self.finish(problem_body(self.get_status(), code, detail))

    def log_exception(self, *args: Any) -> None:
        """A problem is an answer, not a fault of this server; who found it out has logged it once."""
        error = args[1] if len(args) > 1 else None
        if isinstance(error, Problem):
            self.log.debug("%s: %s", error.code, error.message)
            return
        super().log_exception(*args)

    def get_login_url(self) -> str:
        """There is nothing to redirect a program to."""
        raise web.HTTPError(403, "Log in to this Jupyter Server first.")
