"""What is rebuilt by a named recipe: files by path and position, locks fresh."""

from __future__ import annotations

import functools
import io
import itertools
import logging
import os
import queue
import sys
import threading
from typing import Any

from .context import current
from .dispatch import reduces
from .makers import maker
from .refusal import Refused
from .session import Session

_STANDARD = ("stdin", "stdout", "stderr")


@reduces("_io.TextIOWrapper", "_io.BufferedReader", "_io.BufferedWriter", "_io.BufferedRandom", "_io.FileIO")
def reduce_file(session: Session, file: Any) -> Any:
    """Path, mode and position; what was not written yet is written first, as ``tell`` does."""
    for name in _STANDARD:
        if file is getattr(sys, name) or file is getattr(sys, f"__{name}__"):
            return standard_stream, (name,)
    path = file.name
    if not isinstance(path, (str, bytes)):
        raise Refused("the file was opened by a handle, not by a path", "open it by its path")
    if file.closed:
        raise Refused("the file is closed", "open it again on the target")
    path = os.path.abspath(os.fsdecode(path))
    if not os.path.isfile(path):
        raise Refused(f"{path} is not a plain file", "open it again on the target")
    text = isinstance(file, io.TextIOWrapper)
    raw = file.buffer.raw if text else getattr(file, "raw", file)
    mode = raw.mode
    try:
        place = file.tell()
    except OSError as error:
        raise Refused(f"the position in {path} can't be told: {error}", "open it again on the target") from error
    form = (file.encoding, file.errors, file.newlines if isinstance(file.newlines, str) else None) if text else None
    session.note(f"the file {path} is opened again at its position")
    return reopen, (type(file).__name__, path, mode, place, form, os.path.getsize(path))


@maker("file")
def reopen(kind: str, path: str, mode: str, place: int, form: Any, size: int) -> Any:
    """Open the same path again without cutting it. @throws Refused where it is not there."""
    if not os.path.isfile(path):
        raise Refused(f"the file {path} is not on this machine", "bring the file, or open another one")
    plain = mode.replace("b", "")
    writing = "r" if plain == "rb" or plain == "r" else ("a" if plain.startswith("a") else "r+")
    if plain.startswith("a") and "+" in plain:
        writing = "a+"
    if form is not None:
        encoding, errors, _ = form
        file: Any = open(path, writing, encoding=encoding, errors=errors)  # noqa: SIM115 - it is the user's
    else:
        buffering = 0 if kind == "FileIO" else -1
        file = open(path, writing + "b", buffering)  # noqa: SIM115 - it is the user's
    file.seek(place)
    if os.path.getsize(path) != size:
        current().note(f"the file {path} has another size than it had")
    return file


@maker("standard_stream")
def standard_stream(name: str) -> Any:
    """The target's own."""
    return current().streams[name]


@reduces("_io.StringIO")
def reduce_string_file(session: Session, file: io.StringIO) -> Any:
    """Content and position."""
    if file.closed:
        raise Refused("the text in it was given up when it was closed")
    return string_file, (file.getvalue(), file.tell())


@maker("string_io", data=True)
def string_file(text: str, place: int) -> Any:
    """Without translation of line ends."""
    file = io.StringIO(newline="")
    file.write(text)
    file.seek(place)
    return file


@reduces("_io.BytesIO")
def reduce_bytes_file(session: Session, file: io.BytesIO) -> Any:
    """Content and position."""
    if file.closed:
        raise Refused("the bytes in it were given up when it was closed")
    return bytes_file, (file.getvalue(), file.tell())


@maker("bytes_io", data=True)
def bytes_file(content: bytes, place: int) -> Any:
    """With its position."""
    file = io.BytesIO(content)
    file.seek(place)
    return file


@reduces("_thread.lock", "_thread.RLock", "threading._RLock", "_thread.LockType")
def reduce_lock(session: Session, lock: Any) -> Any:
    """Fresh, of the same kind; one that is held can't be."""
    kind = "Lock" if type(lock).__name__ in ("lock", "LockType") else "RLock"
    held = lock.locked() if hasattr(lock, "locked") else repr(lock).startswith("<locked")
    if held:
        raise Refused("the lock is held", "release it first")
    session.note(f"a fresh {kind} stands in its place")
    return make_lock, (kind,)


@maker("lock")
def make_lock(kind: str) -> Any:
    """As ``threading`` makes it."""
    return threading.RLock() if kind == "RLock" else threading.Lock()


@reduces("threading.Event", "threading.Semaphore", "threading.BoundedSemaphore", "threading.Barrier")
def reduce_signal(session: Session, obj: Any) -> Any:
    """Fresh, in the same state."""
    kind = type(obj).__name__
    inner = getattr(obj, "_cond", None)
    if inner is not None and len(getattr(inner, "_waiters", ())):
        raise Refused("a thread waits for it", "let the thread end first")
    state = {"Event": lambda: (obj.is_set(),), "Barrier": lambda: (obj.parties,)}.get(
        kind, lambda: (obj._value, getattr(obj, "_initial_value", None))
    )()
    session.note(f"a fresh {kind} stands in its place")
    return make_signal, (kind, *state)


@maker("signal")
def make_signal(kind: str, value: Any, most: Any = None) -> Any:
    """As ``threading`` makes it."""
    if kind == "Event":
        event = threading.Event()
        if value:
            event.set()
        return event
    if kind == "BoundedSemaphore":
        made = threading.BoundedSemaphore(most)
        made._value = value
        return made
    return getattr(threading, kind)(value)


@reduces("threading.Condition")
def reduce_condition(session: Session, obj: Any) -> Any:
    """Around the same lock."""
    if len(obj._waiters):
        raise Refused("a thread waits for it", "let the thread end first")
    return make_condition, (obj._lock,)


@maker("condition")
def make_condition(lock: Any) -> Any:
    """As ``threading`` makes it."""
    return threading.Condition(lock)


@reduces("queue.Queue", "queue.LifoQueue", "queue.PriorityQueue")
def reduce_queue(session: Session, obj: Any) -> Any:
    """What waits in it, and how many tasks are not done."""
    if obj.mutex.locked() or any(len(each._waiters) for each in (obj.not_empty, obj.not_full, obj.all_tasks_done)):
        raise Refused("a thread waits for it", "let the thread end first")
    return (
        make_queue,
        (type(obj).__name__, obj.maxsize),
        (list(obj.queue), obj.unfinished_tasks),
        None,
        None,
        fill_queue,
    )


@maker("queue")
def make_queue(kind: str, limit: int) -> Any:
    """Empty."""
    return getattr(queue, kind)(limit)


@maker("queue_fill")
def fill_queue(obj: Any, state: Any) -> None:
    """What waited in it."""
    obj.queue.extend(state[0])
    obj.unfinished_tasks = state[1]


@reduces("functools.cached_property")
def reduce_cached_property(session: Session, obj: Any) -> Any:
    """The function and the name; older versions of Python keep a lock in it."""
    return make_cached_property, (), (obj.func, obj.attrname, obj.__doc__), None, None, fill_cached_property


@maker("cached_property")
def make_cached_property() -> Any:
    """Filled later."""
    return functools.cached_property(_nothing)


def _nothing(_: Any) -> None:
    return None


@maker("cached_property_fill")
def fill_cached_property(obj: Any, state: Any) -> None:
    """Function, name, doc."""
    obj.func, obj.attrname, obj.__doc__ = state
    obj.__module__ = getattr(state[0], "__module__", None)


@reduces("logging.Logger", "logging.RootLogger")
def reduce_logger(session: Session, logger: logging.Logger) -> Any:
    """The logger of that name, with its level; handlers stay."""
    session.note("the logger of that name is the target's; its handlers stay behind")
    return make_logger, (None if isinstance(logger, logging.RootLogger) else logger.name, logger.level)


@maker("logger")
def make_logger(name: str | None, level: int) -> Any:
    """As ``logging`` finds it."""
    logger = logging.getLogger(name)
    if level and name:
        logger.setLevel(level)
    return logger


@reduces("itertools.count")
def reduce_count(session: Session, v: Any) -> Any:
    """Where it stands, which only its text tells from Python 3.14 on."""
    text = repr(v)[len("count(") : -1]
    try:
        parts = [int(each) for each in text.split(",")]
    except ValueError:
        raise Refused("the position of itertools.count can't be told", "make it again") from None
    return make_count, tuple(parts)


@maker("count", data=True)
def make_count(*parts: int) -> Any:
    """From where it stood."""
    return itertools.count(*parts)
