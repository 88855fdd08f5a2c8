"""Messages from Python to the page."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pyodide.ffi import to_js

_port: Any = None
_kernel: Any = None


@dataclass
class Request:
    """A request as Jupyter's protocol has it."""

    content: dict[str, Any]
    metadata: dict[str, Any] = field(default_factory=dict)
    #: JavaScript's array of ArrayBuffers.
    raw_buffers: Any = None

    @property
    def buffers(self) -> list[memoryview]:
        """The binary parts, copied into Python."""
        return [memoryview(raw.to_bytes()) for raw in self.raw_buffers or ()]


@dataclass
class Reply:
    """A reply with binary parts."""

    content: dict[str, Any]
    buffers: list[Any] = field(default_factory=list)

    def to_js(self) -> Any:
        """As JavaScript wants it: content as JSON, then the parts, each copied once."""
        return to_js([encode(self.content), *(to_js(part) for part in self.buffers)])


def open_channel(port: Any, kernel: Any) -> None:
    """Use `port` from now on, and keep the parent where widgets look for it."""
    global _port, _kernel
    _port = port
    _kernel = kernel
    kernel._parent_header = {"header": {}}


def set_parent(header: str) -> None:
    """Make a request the one that output belongs to."""
    _kernel._parent_header = {"header": json.loads(header)}


def publish(
    msg_type: str,
    content: dict[str, Any],
    metadata: dict[str, Any] | None = None,
    buffers: list[bytes] | None = None,
) -> None:
    """Send one message to everybody who is connected to this kernel."""
    body = to_js(encode(content).encode("utf-8", "surrogatepass"))
    parts = [to_js(bytes(part)) for part in buffers or ()]
    _port.publish(msg_type, body, encode(metadata or {}), to_js(parts))


def encode(value: Any) -> str:
    """JSON as browsers read it: no NaN, bytes as base64."""
    try:
        return json.dumps(value, allow_nan=False, default=_encode_other, ensure_ascii=False)
    except (TypeError, ValueError):
        from pyodide_kernel.jsonutil import json_clean

        return json.dumps(json_clean(value), ensure_ascii=False)


def _encode_other(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b64encode(value).decode("ascii")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return list(value)
    if hasattr(value, "item"):
        # A number of numpy.
        return value.item()
    raise TypeError(f"{type(value).__name__} can't be sent as JSON")
