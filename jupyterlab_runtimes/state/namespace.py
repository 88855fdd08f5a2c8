"""The caller's own variables."""

from __future__ import annotations

import sys
from typing import Any


def own_namespace() -> dict[str, Any]:
    """IPython's user namespace where there is one, else that of ``__main__``."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is not None:
        return shell.user_ns
    return vars(sys.modules["__main__"])
