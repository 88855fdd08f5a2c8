"""`GET jupyterlab-runtimes/services`: which services there are, and how each one is."""

from __future__ import annotations

import json

from tornado import web

from .proxy.guard import GuardedHandler
from .upstream.registry import ServiceRegistry

ROUTE = r"jupyterlab-runtimes/services/?"


class ServicesHandler(GuardedHandler):
    """Lists the services, without waiting for any."""

    def initialize(self, registry: ServiceRegistry) -> None:
        """Take what the composition root made."""
        self._registry = registry

    @web.authenticated
    async def get(self) -> None:
        """Answer at once with what is known."""
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps({"services": self._registry.list()}))
