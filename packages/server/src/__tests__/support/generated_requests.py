"""What Schemathesis generates, where it would be answered as something else was before."""

import re
import uuid
from typing import Any

import schemathesis

KEY = re.compile(r"[\x21-\x7e]{1,160}")


@schemathesis.hook
def map_headers(_context: Any, headers: Any) -> Any:
    """A new request has a new key, else it is answered as one of an earlier scenario was. What is no key stays."""
    for name, value in (headers or {}).items():
        if name.lower() == "idempotency-key" and KEY.fullmatch(str(value)):
            headers[name] = f"{value}-{uuid.uuid4().hex}"
    return headers
