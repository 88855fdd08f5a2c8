"""Which names of a namespace are the user's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MISSING = object()
_HISTORY = re.compile(r"_+|_i+|_i?\d+|_[io]h|_dh|__.*")
#: What IPython and the kernel put into a namespace that has no ``user_ns_hidden``.
_IPYTHON = ("In", "Out", "get_ipython", "exit", "quit", "open", "display")


def user_names(namespace: Mapping[str, Any], hidden: Mapping[str, Any] | None = None) -> list[str]:
    """The user's own names, in the order in which they were made.

    ``hidden`` is IPython's ``user_ns_hidden``: a name in it is skipped only while it still holds IPython's object,
    so that a user's own ``open`` or ``exit`` moves. Without it, IPython's own are told by where they come from.
    """
    names = []
    for name, value in list(namespace.items()):
        if not isinstance(name, str) or _HISTORY.fullmatch(name):
            continue
        if hidden is not None:
            if hidden.get(name, _MISSING) is value:
                continue
        elif name in _IPYTHON and _is_ipythons(name, value, namespace):
            continue
        names.append(name)
    return names


def _is_ipythons(name: str, value: Any, namespace: Mapping[str, Any]) -> bool:
    if name in ("In", "Out"):
        return value is namespace.get("_ih" if name == "In" else "_oh", _MISSING)
    owner = type(value) if name in ("exit", "quit") else value
    try:
        module = owner.__module__ or ""
    except Exception:  # noqa: BLE001 - a user's object that refuses attributes is the user's
        return False
    return isinstance(module, str) and module.split(".")[0] in ("IPython", "ipykernel", "_pyodide", "_io", "io")
