"""Failures with a code that programs can tell apart and a sentence that people can act on."""

from __future__ import annotations

import json
import uuid

#: Code -> HTTP status, of ERROR_RULES in packages/core/src/errors.ts (a test compares them).
STATUS_OF_CODE: dict[str, int] = {
    "UNREACHABLE": 503,
    "TIMED_OUT": 504,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "INVALID_REQUEST": 400,
    "CONFLICT": 409,
    "PAYLOAD_TOO_LARGE": 413,
    "VERSION_MISMATCH": 409,
    "NOT_RUNNING": 409,
    "ENVIRONMENT_NOT_FOUND": 404,
    "ENVIRONMENT_BROKEN": 422,
    "KERNEL_DIED_AT_START": 502,
    "START_FAILED": 502,
    "QUOTA_EXCEEDED": 403,
    "STATE_NOT_CARRIED": 409,
    "CAPTURE_FAILED": 502,
    "SNAPSHOT_NOT_FOUND": 404,
    "SNAPSHOT_CORRUPT": 422,
    "SNAPSHOT_UNTRUSTED": 403,
    "SNAPSHOT_VERSION": 422,
    "DISK_FULL": 507,
    "PORT_IN_USE": 409,
    "NO_NODE": 501,
    "CANCELLED": 499,
    "OUTPUT_CUT": 410,
    "INTERNAL": 500,
}

#: HTTP status -> code, for failures that arrive without one.
_CODE_OF_STATUS: dict[int, str] = {
    400: "INVALID_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "INVALID_REQUEST",
    409: "CONFLICT",
    411: "INVALID_REQUEST",
    413: "PAYLOAD_TOO_LARGE",
    503: "UNREACHABLE",
    504: "TIMED_OUT",
}

PROBLEM_CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """A failure: `code` from the table above, `message` a sentence with the cause and what to do."""

    def __init__(self, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        #: Seconds after which trying again makes sense, None when unknown.
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return STATUS_OF_CODE[self.code]


def code_of_status(status: int) -> str:
    """The code that fits an HTTP status best."""
    return _CODE_OF_STATUS.get(status, "INVALID_REQUEST" if status < 500 else "INTERNAL")


def problem_body(status: int, code: str, detail: str) -> bytes:
    """Give the body of an `application/problem+json` answer (RFC 9457)."""
    return json.dumps(
        {
            "type": "about:blank",
            "title": code.replace("_", " ").capitalize(),
            "status": status,
            "code": code,
            "detail": detail,
            "request_id": uuid.uuid4().hex,
        }
    ).encode()
