"""Runtimes for JupyterLab: the built labextension, and the Jupyter Server extension beside it."""

from __future__ import annotations

from typing import Any

try:
    from ._version import __version__
except ImportError:  # a source tree that nobody installed yet
    __version__ = "0.0.0.dev0"

__all__ = ["__version__"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where `jupyter labextension develop` finds the built labextension."""
    return [{"src": "labextension", "dest": "jupyterlab-runtimes"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What Jupyter Server loads."""
    from .extension import JupyterLabRuntimes

    return [{"module": "jupyterlab_runtimes.extension", "app": JupyterLabRuntimes}]
