"""`jupyterlab-runtimes/senders`: whose snapshots may bring code, by the fingerprints of their keys.

| request | answer |
|---|---|
| `GET senders` | `{senders: [{name, fingerprint}]}` |
| `POST senders` `{name, fingerprint}` | 201, the sender; one of that fingerprint is renamed |
| `DELETE senders/<fingerprint>` | 204, also where it is not there |

The list belongs to the account of this server, and plain scripts heed it, too. No secret is in it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tornado import web

from .problems import Problem
from .proxy.guard import GuardedHandler
from .state.snapshot.errors import SnapshotError
from .state.trust.senders import Sender, forget_sender, senders, trust_sender

LIST_ROUTE = r"jupyterlab-runtimes/senders/?"
ONE_ROUTE = r"jupyterlab-runtimes/senders/([0-9a-f]{32})"

_LONGEST_NAME = 200


class _Handler(GuardedHandler):
    def initialize(self, folder: Path) -> None:
        """Take what the composition root made."""
        self._folder = folder

    def _answer(self, status: int, body: Any) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(body))


class SendersHandler(_Handler):
    """See the module's docstring."""

    @web.authenticated
    async def get(self) -> None:
        """List."""
        self._answer(200, {"senders": [_model(each) for each in _told(lambda: senders(self._folder))]})

    @web.authenticated
    async def post(self) -> None:
        """Trust."""
        try:
            body = json.loads(self.request.body)
            name, fingerprint = body["name"].strip(), body["fingerprint"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Problem("INVALID_REQUEST", "The body is `{name, fingerprint}`, both texts.") from error
        if not name or len(name) > _LONGEST_NAME or not isinstance(fingerprint, str):
            raise Problem("INVALID_REQUEST", f"A sender has a name of at most {_LONGEST_NAME} characters.")
        self._answer(201, _model(_told(lambda: trust_sender(name, fingerprint, self._folder))))


class SenderHandler(_Handler):
    """See the module's docstring."""

    @web.authenticated
    async def delete(self, fingerprint: str) -> None:
        """Trust no longer."""
        _told(lambda: forget_sender(fingerprint, self._folder))
        self.set_status(204)
        self.finish()


def _model(sender: Sender) -> dict[str, str]:
    return {"name": sender.name, "fingerprint": sender.fingerprint}


def _told(work: Any) -> Any:
    try:
        return work()
    except SnapshotError as error:
        raise Problem(error.code, str(error)) from error
