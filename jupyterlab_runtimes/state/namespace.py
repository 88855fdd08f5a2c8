"""The caller's own variables."""

from __future__ import annotations

import sys
from typing import Any


def own_namespace() -> dict[str, Any]:
    """IPython's user namespace where there is one, else that of ``__main__``."""
    shell = ipython_shell()
    return vars(sys.modules["__main__"]) if shell is None else shell.user_ns


def hidden_names() -> dict[str, Any] | None:
    """What IPython has put there itself; None where there is no IPython."""
    return getattr(ipython_shell(), "user_ns_hidden", None)


def ipython_shell() -> Any:
    """The running IPython, None where there is none. Never imports it."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
