"""Which paths of a service the page may reach: the listed ones, in one spelling only."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from .. import problems
from ..upstream.target import Target

#: Characters of RFC 3986 in a path, percent-encodings included; no backslash, no control, nothing beyond ASCII.
_PLAIN = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_LISTED = (
    re.compile(r"api/runtimes/v1/[^/].*"),
    re.compile(r"runtimes/[A-Za-z0-9_-]{1,128}/.*"),
)
#: What answers with what opens a service, or takes it: for command line and servers alone.
_SECRET = re.compile(r"api/runtimes/v1/(?:tokens|parcels/[^/]+/(?:ticket|send))(?:/.*)?")
#: Query arguments that belong to the user's own Jupyter Server.
_OWN_ARGUMENTS = {"token", "_xsrf"}


def service_path(raw: str) -> str:
    """Check the raw (still percent-encoded) path below a service, and give it back with a slash in front.

    @raises Problem NOT_FOUND for everything that is not listed, climbs, or could be read in two ways.
    """
    if not _PLAIN.fullmatch(raw) or not any(listed.fullmatch(raw) for listed in _LISTED):
        raise _not_found()
    if _SECRET.fullmatch(unquote(raw)):
        raise problems.Problem(
            "NOT_FOUND", "Tokens of a runtime service are not for pages: use `jupyter runtimes tokens`."
        )
    segments = raw.split("/")
    if "" in segments[:-1] or any(_is_ambiguous(segment) for segment in segments):
        raise _not_found()
    return "/" + raw


def _is_ambiguous(segment: str) -> bool:
    """Whether decoding, once or more often, makes a dot segment or a separator of it."""
    for _ in range(4):
        if segment in {".", ".."} or any(mark in segment for mark in "/\\\0\r\n"):
            return True
        decoded = unquote(segment)
        if decoded == segment:
            return False
        segment = decoded
    return True


def _not_found() -> problems.Problem:
    return problems.Problem(
        "NOT_FOUND",
        "Only api/runtimes/v1/… and runtimes/<id>/… of a runtime service can be reached through Jupyter Server.",
    )


def service_query(raw: str) -> str:
    """The query without what belongs to the user's own Jupyter Server, with `?` in front; '' when nothing is left."""
    kept = [part for part in raw.split("&") if part and unquote(part.partition("=")[0]) not in _OWN_ARGUMENTS]
    return "?" + "&".join(kept) if kept else ""


def mapped_location(location: str, target: Target, proxied_base: str) -> str | None:
    """A service's Location as the page sees it; None when it leads anywhere else.

    @param proxied_base Path of this service under Jupyter Server, no slash at the end.
    """
    try:
        parts = urlsplit(location)
        if parts.scheme or parts.netloc:
            scheme = "https" if target.secure else "http"
            if parts.scheme != scheme or parts.netloc.lower() != target.authority.lower():
                return None
        if not parts.path.startswith(target.prefix + "/"):
            return None
        path = service_path(parts.path[len(target.prefix) + 1 :])
    except (ValueError, problems.Problem):
        return None
    return proxied_base + path + service_query(parts.query)
