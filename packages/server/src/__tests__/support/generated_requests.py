"""What Schemathesis generates, where it would take the ground from under what it generates next."""

import re
import uuid
from typing import Any

import schemathesis

KEY = re.compile(r"[\x21-\x7e]{1,160}")
DAY_S = 86_400


@schemathesis.hook
def map_headers(_context: Any, headers: Any) -> Any:
    """A new request has a new key, else it is answered as one of an earlier scenario was. What is no key stays."""
    for name, value in (headers or {}).items():
        if name.lower() == "idempotency-key" and KEY.fullmatch(str(value)):
            headers[name] = f"{value}-{uuid.uuid4().hex}"
    return headers


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """The runtime that is driven lives until the end, whatever idle time it is given."""
    if isinstance(body, dict):
        seconds = body.get("idle_timeout_seconds")
        if type(seconds) is int and 0 < seconds < DAY_S:
            body["idle_timeout_seconds"] = DAY_S
    return body
