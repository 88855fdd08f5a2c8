"""User code within bounds: so many seconds, and its output swallowed."""

from __future__ import annotations

import contextlib
import ctypes
import io
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, Callable

from .refusal import TimedOut

#: Before Python 3.12 a loop that is one line is traced once.
_SPARING = sys.version_info < (3, 12)


class _Silence(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Swallow what is printed: a capture must not write into a cell."""
    nothing = _Silence()
    with contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
        yield


class Budget:
    """Seconds that the user's own code may take for one variable, all its calls together."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.left = seconds

    def renew(self) -> None:
        """Start with the next variable."""
        self.left = self.seconds

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call user code. @throws TimedOut, and whatever the code raises."""
        if self.left <= 0:
            raise TimedOut
        start = time.monotonic()
        try:
            with silence(), _limit(self.left):
                return function(*args)
        finally:
            self.left -= time.monotonic() - start


def _limit(seconds: float) -> contextlib.AbstractContextManager[None]:
    if (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and sys.platform != "emscripten"
    ):
        return _by_signal(seconds)
    if sys.platform == "emscripten":
        return _by_trace(seconds)
    return _by_thread(seconds)


def _expire(*_: Any) -> None:
    raise TimedOut


@contextlib.contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _expire)
    started = time.monotonic()
    rest, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
    try:
        yield
    finally:
        while True:  # the timer goes on ticking until user code that catches everything is left
            try:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before if before is not None else signal.SIG_DFL)
                break
            except TimedOut:
                continue
        if rest:
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, rest - (time.monotonic() - started)), interval)


@contextlib.contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    """Where no signal can be had: an exception set in this thread. It ends Python code, not a blocking call."""
    target = ctypes.c_ulong(threading.get_ident())
    done = threading.Event()
    fired = threading.Lock()

    def watch() -> None:
        if not done.wait(seconds):
            with fired:
                if not done.is_set():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(TimedOut))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with fired:
            done.set()


@contextlib.contextmanager
def _by_trace(seconds: float) -> Iterator[None]:
    """In WebAssembly there are neither threads nor timers: the interpreter looks at the clock in each line."""
    end = time.monotonic() + seconds

    def trace(frame: Any, _event: str, _arg: Any) -> Any:
        if _SPARING:
            frame.f_trace_opcodes = True
        if time.monotonic() > end:
            raise TimedOut
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
