"""The service's process: start it detached, see whether it lives, read what it said last."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import psutil

LOG_NAME = "service.log"
#: A log of this size is put aside (one older log is kept) before a service starts. Bytes.
_MAX_LOG_BYTES = 8 * 1024 * 1024
_LAST_LINES = 5
_LAST_CHARS = 800
#: Secrets of this Jupyter Server, which the service and its kernels have no use for.
_OWN_SECRETS = ("JUPYTER_TOKEN", "JPY_API_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_SESSION_NAME", "JPY_PARENT_PID")


def start_detached(arguments: list[str], data_dir: Path) -> subprocess.Popen[bytes]:
    """Start a process that outlives this one, with its output appended to the data folder's log.

    @raises OSError
    """
    with _open_log(data_dir) as log:
        environment = {name: value for name, value in os.environ.items() if name not in _OWN_SECRETS}
        flags = 0
        if sys.platform == "win32":
            flags = (
                subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW | subprocess.CREATE_BREAKAWAY_FROM_JOB
            )
        options = {
            "stdin": subprocess.DEVNULL,
            "stdout": log,
            "stderr": subprocess.STDOUT,
            "cwd": data_dir,
            "env": environment,
            "start_new_session": True,
        }
        try:
            return subprocess.Popen(arguments, creationflags=flags, **options)  # type: ignore[call-overload]
        except PermissionError:
            if sys.platform != "win32":
                raise
            # A job object that lets nothing out: the service then ends with whoever holds the job.
            flags &= ~subprocess.CREATE_BREAKAWAY_FROM_JOB
            return subprocess.Popen(arguments, creationflags=flags, **options)  # type: ignore[call-overload]


def _open_log(data_dir: Path) -> IO[bytes]:
    path = data_dir / LOG_NAME
    if path.exists() and path.stat().st_size > _MAX_LOG_BYTES:
        os.replace(path, path.with_suffix(".log.1"))
    return open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600))


def log_size(data_dir: Path) -> int:
    """Bytes in the log; 0 where there is none."""
    try:
        return (data_dir / LOG_NAME).stat().st_size
    except OSError:
        return 0


def last_words(data_dir: Path, since: int) -> str:
    """The last lines of the log after `since` bytes, cut to what fits into a message; '' when there are none."""
    try:
        with open(data_dir / LOG_NAME, "rb") as log:
            log.seek(since if since <= log_size(data_dir) else 0)
            text = log.read(_MAX_LOG_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-_LAST_LINES:])[-_LAST_CHARS:]


def is_running(pid: int) -> bool:
    """Whether a process of that id lives; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.AccessDenied:
        return True
    except (psutil.NoSuchProcess, ValueError):
        return False
