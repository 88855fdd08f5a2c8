"""A failure that the asker can tell apart."""

from __future__ import annotations


class StateError(Exception):
    """Carries a code of the product's table and a sentence for users (see docs/errors.md)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Cancelled(StateError):
    """The asker has changed their mind."""

    def __init__(self) -> None:
        super().__init__("CANCELLED", "It was cancelled; nothing has changed.")
