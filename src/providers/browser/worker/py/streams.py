"""sys.stdout and sys.stderr."""

from __future__ import annotations

import io
import sys

from . import channel


class KernelStream(io.TextIOBase):
    """Text for the page. Sent at once: nothing else could send it later,
    because a computing cell leaves no time to anybody. The page joins what
    comes in quick succession.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self._send = channel._port.stream

    encoding = "utf-8"
    errors = "replace"

    def write(self, text: str) -> int:
        """Send text; returns its length."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._send(self.name, text)
        return len(text)

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def isatty(self) -> bool:
        """Say that nobody is there to see control codes."""
        return False

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Stay open: user code that closes stdout would silence the kernel."""


def install() -> None:
    """Replace the streams of this process."""
    import pyodide_kernel

    sys.stdout = pyodide_kernel.stdout_stream = KernelStream("stdout")
    sys.stderr = pyodide_kernel.stderr_stream = KernelStream("stderr")
