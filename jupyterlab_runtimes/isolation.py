"""Cross-origin isolation of the page, by response headers.

With both headers `crossOriginIsolated` is true in the page: SharedArrayBuffer is there, and with it the interrupt
of a browser kernel. The price: the page is cut off from windows of other origins, and embedded content of other
origins loads without credentials (`credentialless`) or only with their consent (`require-corp`).

Source: https://developer.mozilla.org/docs/Web/API/Window/crossOriginIsolated
"""

from __future__ import annotations

from typing import Any


def isolate(settings: dict[str, Any], embedder_policy: str) -> None:
    """Add the headers to everything that Jupyter's handlers answer: pages, workers and static files alike.

    A worker's script needs the policy too, or the browser refuses the worker. What the administrator has set stays.

    @param settings Of the tornado application.
    @param embedder_policy `credentialless` or `require-corp`.
    """
    headers = settings.setdefault("headers", {})
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Embedder-Policy", embedder_policy)
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
