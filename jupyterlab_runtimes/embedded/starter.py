"""Have exactly one service run for a data folder: adopt the one that runs, replace an older one, or start ours."""

from __future__ import annotations

import asyncio
import errno
import re
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from packaging.version import InvalidVersion, Version

from ..problems import STATUS_OF_CODE, Problem
from ..upstream.ask import ask
from ..upstream.identify import identify
from .node import find_node
from .processes import LOG_NAME, is_running, last_words, log_size, start_detached
from .record import ServiceRecord, read_record

#: How a service says why it ends (packages/server/src/main.ts).
_OWN_SENTENCE = re.compile(r"(?:^|\n)([A-Z_]+): (.+)$")
#: SERVICE_NODE_ARGUMENTS in packages/core/src/contract/service.ts.
_NODE_ARGUMENTS = ("--max-semi-space-size=16",)
_POLL_S = 0.05
#: A cold start takes 1 s; a machine under load gets time.
_START_S = 60.0
_ANSWER_S = 5.0
#: An older service closes its connections and journals before it goes.
_STOP_S = 20.0


@dataclass(frozen=True)
class StarterOptions:
    """What a service is started with."""

    data_dir: Path
    bundle: Path
    #: Python whose ipykernel the built-in environment uses.
    python: str
    #: Where runtimes have their files.
    root_dir: str
    #: '' for the usual search.
    node_path: str
    #: Version of the bundle.
    version: str
    #: What else the service is told on its command line.
    arguments: tuple[str, ...] = ()


class ServiceStarter:
    """Starts or adopts the service of a data folder. Any number of starters, in any processes, end up with one."""

    def __init__(self, options: StarterOptions, log: Callable[[str], None]) -> None:
        self._options = options
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    async def ensure(self) -> ServiceRecord:
        """Give the running service, after starting it where none runs.

        @raises Problem NO_NODE | START_FAILED | DISK_FULL | TIMED_OUT | VERSION_MISMATCH
        """
        try:
            self._options.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            async with self._alone():
                return await self._adopt() or await self._start()
        except OSError as error:
            raise self._file_problem(error) from error

    async def stop(self, runtimes: str) -> None:
        """Ask the running service to stop, and wait until it is gone; nothing happens where none runs.

        @param runtimes `keep` for the next service to adopt them, or `terminate`.
        @raises Problem TIMED_OUT when it is still there after 20 s.
        """
        record = read_record(self._options.data_dir)
        if record is None or not self._is_running(record.pid):
            return
        with suppress(Problem):  # an answer cut short by its end is no failure: whether it has gone is what counts
            await ask(
                record.target, "POST", "/api/runtimes/v1/service:stop", body={"runtimes": runtimes}, timeout=_ANSWER_S
            )
        deadline = asyncio.get_running_loop().time() + _STOP_S
        while self._is_running(record.pid):
            if asyncio.get_running_loop().time() > deadline:
                raise Problem(
                    "TIMED_OUT",
                    f"The runtime service of this computer (process {record.pid}) was asked to stop and is still there "
                    f"after {_STOP_S:g} s: end that process.",
                )
            await asyncio.sleep(_POLL_S)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        lock = FileLock(self._options.data_dir / "starter.lock")
        deadline = asyncio.get_running_loop().time() + _START_S + _STOP_S
        while True:
            try:
                lock.acquire(timeout=0)
                break
            except Timeout as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise Problem(
                        "TIMED_OUT",
                        "Another Jupyter Server has been starting the runtime service of this computer for too long: "
                        f"see {self._options.data_dir / LOG_NAME}, and end that server if it hangs.",
                    ) from error
            await asyncio.sleep(_POLL_S)
        try:
            yield
        finally:
            lock.release()

    async def _adopt(self) -> ServiceRecord | None:
        record = read_record(self._options.data_dir)
        if record is None or not self._is_running(record.pid):
            return None
        try:
            identity = await identify(record.target, timeout=_ANSWER_S)
            if not _is_older(identity.version, self._options.version):
                return record
        except Problem as problem:
            if problem.code == "TIMED_OUT":
                raise Problem(
                    "TIMED_OUT",
                    f"The runtime service of this computer (process {record.pid}) does not answer: "
                    "end that process, and it is started again.",
                ) from problem
            if problem.code != "VERSION_MISMATCH":
                return None  # whatever lives under that number is not the service of this folder
            if not _is_older(record.version, self._options.version):
                raise Problem(
                    "VERSION_MISMATCH",
                    f"A runtime service of version {record.version} runs on this computer, which this JupyterLab "
                    f"({self._options.version}) does not understand: update jupyterlab_runtimes here, "
                    "or give this server a JupyterLabRuntimes.data_dir of its own.",
                ) from problem
        self._log(f"Replacing runtime service {record.version} by {self._options.version}; its runtimes go on.")
        await self.stop("keep")
        return None

    async def _start(self) -> ServiceRecord:
        options = self._options
        if not options.bundle.is_file():
            raise Problem(
                "START_FAILED", f"{options.bundle} is missing: install jupyterlab_runtimes again, or build it."
            )
        node = await asyncio.to_thread(find_node, options.node_path)
        since = log_size(options.data_dir)
        arguments = [node, *_NODE_ARGUMENTS, str(options.bundle)]
        arguments += ["--data-dir", str(options.data_dir), "--host", "127.0.0.1"]
        arguments += ["--port", "0", "--python", options.python, "--root-dir", options.root_dir, "--embedded"]
        arguments += options.arguments
        process = start_detached(arguments, options.data_dir)
        self._process = process
        self._log(f"Started the runtime service, process {process.pid}, log {options.data_dir / LOG_NAME}.")
        try:
            return await self._ready(process, since)
        except BaseException:
            if process.poll() is None:
                process.terminate()
            raise

    async def _ready(self, process: subprocess.Popen[bytes], since: int) -> ServiceRecord:
        deadline = asyncio.get_running_loop().time() + _START_S
        while True:
            code = process.poll()
            if code is not None:
                raise self._ended(code, since)
            record = read_record(self._options.data_dir)
            if record is not None and record.pid == process.pid:
                try:
                    await identify(record.target, timeout=_ANSWER_S)
                    return record
                except Problem as problem:
                    if problem.code not in {"UNREACHABLE", "TIMED_OUT"}:
                        raise
            if asyncio.get_running_loop().time() > deadline:
                raise Problem(
                    "START_FAILED",
                    f"The runtime service of this computer did not become ready within {_START_S:g} s: "
                    f"see {self._options.data_dir / LOG_NAME}.",
                )
            await asyncio.sleep(_POLL_S)

    def _ended(self, code: int, since: int) -> Problem:
        words = last_words(self._options.data_dir, since)
        log = self._options.data_dir / LOG_NAME
        own = _OWN_SENTENCE.search(words)
        if own and own[1] in STATUS_OF_CODE and own[1] != "INTERNAL":
            return Problem(own[1], own[2])
        if "ENOSPC" in words:
            return _disk_full(self._options.data_dir)
        said = f"; its log ends: {words.replace(chr(10), ' / ')}" if words else ""
        return Problem(
            "START_FAILED",
            f"The runtime service of this computer ended while it started (exit code {code}); see {log}{said}",
        )

    def _file_problem(self, error: OSError) -> Problem:
        if errno.errorcode.get(error.errno or 0) in {"ENOSPC", "EDQUOT"}:
            return _disk_full(self._options.data_dir)
        return Problem(
            "START_FAILED",
            f"The runtime service of this computer can't be started from {self._options.data_dir} "
            f"({error.strerror or error}): make that folder writable, or set JupyterLabRuntimes.data_dir.",
        )

    def _is_running(self, pid: int) -> bool:
        if self._process is not None and self._process.pid == pid:
            return self._process.poll() is None
        return is_running(pid)


def _disk_full(data_dir: Path) -> Problem:
    return Problem(
        "DISK_FULL",
        f"The disk of {data_dir} is full, so that the runtime service can't run: free some space there.",
    )


def _is_older(version: str, than: str) -> bool:
    try:
        return Version(version) < Version(than)
    except InvalidVersion:
        return False
