"""What browser kernels need from the Jupyter Server: files, input and packages.

A browser kernel's Python runs in a web worker, where a call of `open()` or
`input()` can't wait for a promise. The worker makes synchronous requests to
these handlers instead.
"""

from .routes import handlers

__all__ = ["handlers"]
