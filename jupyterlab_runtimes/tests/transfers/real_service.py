"""A real runtime service in a process of its own, and a proxy in front of it that can be made to fail."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...embedded.node import find_node

BUNDLE = Path(__file__).parents[2] / "service" / "service.mjs"
API = "/api/runtimes/v1"


class RealService:
    """Answers on a port of this machine; `stop` ends it with all its runtimes."""

    def __init__(
        self, folder: Path, prefix: Sequence[str] = (), host: str = "127.0.0.1", options: Sequence[str] = ()
    ) -> None:
        """Start it, and wait until it listens.

        @param prefix A command that runs it elsewhere, where `folder` may be another one's name, `hidden` beside it.
        """
        assert BUNDLE.is_file(), "the service is not built (npm run build)"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder = folder.parent / "hidden" if prefix else folder
        command = [*prefix, find_node(), str(BUNDLE), "--data-dir", str(folder), "--python", sys.executable]
        command += ["--host", host, *options]
        self._log = open(folder.with_suffix(".log"), "wb")  # noqa: SIM115 - closed by stop
        self.process = subprocess.Popen(
            [*command, "--root-dir", str(folder.parent), "--embedded"], stdout=self._log, stderr=self._log
        )
        deadline = time.monotonic() + 60
        while not (self.folder / "service.json").is_file():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(folder.with_suffix(".log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)
        self.url: str = json.loads((self.folder / "service.json").read_text())["url"]
        self.token = (self.folder / "token").read_text()

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """Ask in JSON."""
        request = urllib.request.Request(
            self.url + API + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def launch(self, name: str) -> dict[str, Any]:
        """A runtime that runs."""
        body = {"environment_name": "python", "given_name": name}
        runtime = self.ask("/runtimes", "POST", body)
        deadline = time.monotonic() + 90
        while runtime["state"] != "running":
            assert time.monotonic() < deadline, runtime
            time.sleep(0.1)
            runtime = self.ask(f"/runtimes/{runtime['id']}")
        return runtime

    def parcels(self) -> list[str]:
        """What is on its disk of states in transit."""
        return [path.name for path in (self.folder / "parcels").glob("*")]

    def stop(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            self.ask("/service:stop", "POST", {"runtimes": "terminate"})
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


class Proxy:
    """Hands bytes on, until it is told to cut connections."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self._to = (host, int(port))
        self._server: asyncio.Server | None = None
        self.connections = 0
        self.cuts = 0
        #: Bytes that went to the service, and came from it.
        self.sent = 0
        self.received = 0
        #: Connections are cut when so many bytes more have passed, one after the other.
        self.cut_after: list[int] = []
        #: Nobody is let through.
        self.is_down = False
        #: From so many bytes on, what carries bulk is not handed on any more.
        self.hold_after: int | None = None
        self._released = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> str:
        """@returns Its URL."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """End it."""
        assert self._server is not None
        self._server.close()
        self._released.set()
        self.cut()

    def cut(self) -> None:
        """Reset every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.is_down:
            writer.transport.abort()
            return
        to_reader, to_writer = await asyncio.open_connection(*self._to, limit=1 << 20)
        pair = {writer, to_writer}
        self._writers |= pair
        try:
            await asyncio.gather(self._pipe(reader, to_writer, "sent"), self._pipe(to_reader, writer, "received"))
        except OSError:
            pass  # one of both has gone
        finally:
            for each in pair:
                each.transport.abort()
            self._writers -= pair

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        mine = 0
        while data := await reader.read(64 * 1024):
            mine += len(data)
            if self.hold_after is not None and mine > 512 * 1024 and self.sent + self.received > self.hold_after:
                await self._released.wait()
            setattr(self, way, getattr(self, way) + len(data))
            if self.cut_after and self.sent + self.received >= self.cut_after[0]:
                self.cut_after.pop(0)
                self.cuts += 1
                raise ConnectionResetError
            writer.write(data)
            await writer.drain()
        writer.close()
