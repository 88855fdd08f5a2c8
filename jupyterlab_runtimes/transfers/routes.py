"""`jupyterlab-runtimes/transfers`: jobs of this server.

| request | answer |
|---|---|
| `POST transfers` `{source, target, names?, now?}` | 202, the job |
| `GET transfers` | `{transfers: [job]}`, the user's, those that are over included |
| `GET transfers/<id>` | the job |
| `DELETE transfers/<id>` | calls it off; one that is over is not listed any more |

A place is `{name, service, id}`: a runtime of a service, or, `service` being null, a kernel of this server.
"""

from __future__ import annotations

import json
from typing import Any

from tornado import web

from ..problems import Problem
from ..proxy.guard import GuardedHandler
from .job import Place
from .jobs import TransferJobs

LIST_ROUTE = r"jupyterlab-runtimes/transfers/?"
ONE_ROUTE = r"jupyterlab-runtimes/transfers/([0-9a-f]{32})"


class _Handler(GuardedHandler):
    def initialize(self, jobs: TransferJobs) -> None:
        """Take what the composition root made."""
        self._jobs = jobs

    def _answer(self, status: int, body: Any) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(body))


class TransfersHandler(_Handler):
    """See the module's docstring."""

    @web.authenticated
    async def get(self) -> None:
        """List."""
        jobs = self._jobs.list(self.current_user.username)
        self._answer(200, {"transfers": [job.model() for job in jobs]})

    @web.authenticated
    async def post(self) -> None:
        """Begin."""
        body = _object(self.request.body)
        names = body.get("names")
        if names is not None and not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
            raise Problem("INVALID_REQUEST", "`names` is a list of names, or is left out for all.")
        source, target = _place(body.get("source"), "source"), _place(body.get("target"), "target")
        job = self._jobs.start(source, target, names, body.get("now") is True, self.current_user.username)
        self._answer(202, job.model())


class TransferHandler(_Handler):
    """See the module's docstring."""

    @web.authenticated
    async def get(self, job_id: str) -> None:
        """Look."""
        self._answer(200, self._jobs.find(job_id).model())

    @web.authenticated
    async def delete(self, job_id: str) -> None:
        """Call off, or take note."""
        self._jobs.end(job_id)
        self.set_status(204)
        self.finish()


def _object(text: bytes) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise Problem("INVALID_REQUEST", f"The body is not JSON ({error}).") from error
    if not isinstance(body, dict):
        raise Problem("INVALID_REQUEST", "The body must be a JSON object.")
    return body


def _place(value: Any, key: str) -> Place:
    fields = value if isinstance(value, dict) else {}
    name, service, place_id = fields.get("name"), fields.get("service"), fields.get("id")
    if not isinstance(name, str) or not isinstance(place_id, str) or not (service is None or isinstance(service, str)):
        raise Problem("INVALID_REQUEST", f"`{key}` is {{name, service, id}}; `service` is null for a local kernel.")
    return Place(name[:200], service, place_id)
