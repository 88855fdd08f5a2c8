"""Bounds of what passes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProxyLimits:
    """Times in seconds, sizes in bytes."""

    #: Also until the answer's head of a WebSocket, and of a service that has not answered well yet.
    connect_timeout: float
    #: Until an answer's head; its body may take for ever (server-sent events).
    answer_timeout: float
    max_body_bytes: int
