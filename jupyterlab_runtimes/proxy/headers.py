"""Which headers pass, by list: whatever else a browser or a gateway adds stays here."""

from __future__ import annotations

from tornado.httputil import HTTPHeaders

#: From the page to the service. No cookie, no authorization, no origin, nothing that names the user.
REQUEST_HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Cache-Control",
    "Content-Encoding",
    "Content-Language",
    "Content-Range",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Last-Event-Id",
    "Range",
    "User-Agent",
    "X-Request-Id",
)

#: From the service to the page. No cookie, no CORS, no policy, nothing that acts on the user's origin.
ANSWER_HEADERS = (
    "Accept-Ranges",
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Range",
    "Content-Type",
    "Etag",
    "Expires",
    "Last-Modified",
    "Retry-After",
    "Vary",
    "X-Accel-Buffering",
    "X-Request-Id",
)

#: Of the WebSocket handshake, to the service.
HANDSHAKE_HEADERS = (
    "Accept-Language",
    "Sec-Websocket-Extensions",
    "Sec-Websocket-Key",
    "Sec-Websocket-Protocol",
    "Sec-Websocket-Version",
    "User-Agent",
    "X-Request-Id",
)

#: Of the 101 answer, to the browser.
SWITCH_HEADERS = (
    "Sec-Websocket-Accept",
    "Sec-Websocket-Extensions",
    "Sec-Websocket-Protocol",
)


def pick(headers: HTTPHeaders, names: tuple[str, ...]) -> HTTPHeaders:
    """Copy the listed headers, repeated ones repeated."""
    picked = HTTPHeaders()
    for name in names:
        for value in headers.get_list(name):
            picked.add(name, value)
    return picked
