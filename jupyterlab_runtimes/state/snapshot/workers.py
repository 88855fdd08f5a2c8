"""Threads that hash, compress and write, where there are threads; hashlib, zlib and files let go of the interpreter."""

from __future__ import annotations

import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable

#: Pyodide has none.
HAS_THREADS = sys.platform not in ("emscripten", "wasi")
#: Some wait for the disk while others hash.
_THREADS = max(3, min(8, (os.cpu_count() or 1) + 2))


class _Inline:
    """Where there are no threads, work is done when it is handed in."""

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future:
        future: Future = Future()
        try:
            future.set_result(work(*arguments))
        except Exception as error:  # noqa: BLE001 - it is told to whoever asks for the result
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True, **_: Any) -> None:
        """There is nothing to end."""


def workers() -> Any:
    """A pool with ``submit`` and ``shutdown``."""
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="snapshot") if HAS_THREADS else _Inline()
