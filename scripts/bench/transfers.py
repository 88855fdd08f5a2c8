"""Cases of `npm run bench state` about bytes between servers: a real Jupyter Server, a real service, real kernels.

Words and answers are those of state.py.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from jupyterlab_runtimes.tests.conftest import LabServer
from jupyterlab_runtimes.tests.transfers.real_service import RealService

GIB = 1 << 30
SIZE = int(float(os.environ.get("JLR_BENCH_GIB", "1")) * GIB)
#: The link of the issue, and how much goes over it.
MBIT, DELAY_MS, LOSS_PERCENT = 20, 50, 1
LINK_BYTES = 128_000_000
_HERE = Path(__file__).parent


class World:
    """A Jupyter Server, a service, a kernel on either side."""

    def __init__(self, folder: Path, prefix: list[str] | None = None, address: str = "127.0.0.1") -> None:
        self.service = RealService(folder / "data", prefix or [], address)
        services = {"far": {"url": self.service.url, "token": self.service.token, "label": "Far"}}
        self.server = LabServer(folder / "lab", "server", {"embedded": False, "services": services})
        self._loop = asyncio.new_event_loop()
        self.runtime = self.service_ask("/runtimes", "POST", {"environment_name": "python"})
        while self.runtime["state"] != "running":
            time.sleep(0.2)
            self.runtime = self.service_ask(f"/runtimes/{self.runtime['id']}")
        self.kernel_id = self.ask("api/kernels", "POST", {"name": "python3"})["id"]
        self._local = self._connect(f"api/kernels/{self.kernel_id}/channels")
        ingress = f"runtimes/{self.runtime['id']}/api/kernels/{self.runtime['kernel']['id']}/channels"
        self._remote = self._connect(f"jupyterlab-runtimes/services/far/{ingress}")

    def service_ask(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """Ask the service through the Jupyter Server, as the page does."""
        return self.ask(f"jupyterlab-runtimes/services/far/api/runtimes/v1{path}", method, body)

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """Ask the Jupyter Server in JSON."""
        request = urllib.request.Request(  # noqa: S310 - our own
            self.server.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.server.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - our own
            text = answer.read()
        return json.loads(text) if text else None

    def here(self, code: str) -> float:
        """Run a cell in the local kernel; seconds."""
        return self._run(self._local, code)

    def there(self, code: str) -> float:
        """Run a cell in the remote kernel; seconds."""
        return self._run(self._remote, code)

    def move(self, names: list[str], back: bool = False, meanwhile: Any = lambda: time.sleep(0.02)) -> float:
        """Transfer until a cell of the target can use it; seconds. `verify` has to follow."""
        local = {"name": "here", "service": None, "id": self.kernel_id}
        remote = {"name": "there", "service": "far", "id": self.runtime["id"]}
        source, target = (remote, local) if back else (local, remote)
        begun = time.perf_counter()
        job = self.ask("jupyterlab-runtimes/transfers", "POST", {"source": source, "target": target, "names": names})
        while job["state"] == "running":
            meanwhile()
            job = self.ask(f"jupyterlab-runtimes/transfers/{job['id']}")
        taken = time.perf_counter() - begun
        if job["state"] != "done" or job["report"]["restored"] != names:
            raise ValueError(f"The case went wrong: {job}")
        self.transport, self._job_id = job["transport"], job["id"]
        return taken

    def verify(self) -> float:
        """Wait until all that was moved is verified; seconds."""
        begun = time.perf_counter()
        while not (found := self.ask(f"jupyterlab-runtimes/transfers/{self._job_id}")["verification"])["done"]:
            time.sleep(0.02)
        if found["error"] is not None:
            raise ValueError(f"The case went wrong: {found}")
        return time.perf_counter() - begun

    def close(self) -> None:
        """End all of it."""
        self.server.stop()
        self.service.stop()

    def _connect(self, path: str) -> Any:
        url = self.server.url.replace("http", "ws", 1) + path
        request = HTTPRequest(url, headers={"Authorization": f"token {self.server.token}"})

        async def connect() -> Any:
            return await websocket_connect(request)

        return self._loop.run_until_complete(connect())

    def _run(self, socket: Any, code: str) -> float:
        return self._loop.run_until_complete(self._execute(socket, code))

    async def _execute(self, socket: Any, code: str) -> float:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3", "session": "s"}
        header |= {"username": "u", "date": "2026-01-01T00:00:00Z"}
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        begun = time.perf_counter()
        await socket.write_message(json.dumps({**message, "buffers": []}))
        while True:
            answer = json.loads(await asyncio.wait_for(socket.read_message(), 120))
            if answer["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            if answer["header"]["msg_type"] == "error":
                raise ValueError(answer["content"])
            if answer["content"].get("execution_state") == "idle":
                return time.perf_counter() - begun


def transfer_case(folder: Path):
    """As the product does it on one machine: files. Until a cell of the target can use it."""
    return _local_to_remote(folder, "nearby", None)


def transfer_verified_case(folder: Path):
    """The same until all of it is verified, too."""
    return _local_to_remote(folder, "nearby", None, until_verified=True)


def transfer_http_case(folder: Path):
    """As if the service were on another machine: its folders are not seen here."""
    (folder / "hidden").mkdir()
    (folder / "data").mkdir(mode=0o700)
    script = 'mount --make-rprivate / && mount --bind "$0" "$1" && shift && exec "$@"'
    prefix = ["unshare", "-m", "sh", "-c", script, str(folder / "hidden"), str(folder / "data")]
    return _local_to_remote(folder, "http", prefix)


def _local_to_remote(folder: Path, transport: str, prefix: list[str] | None, until_verified: bool = False):
    world = World(folder, prefix)
    world.here(f"import numpy; array = numpy.random.default_rng(1).random({SIZE // 8})")
    _write(folder / "plain", SIZE)

    def measure() -> float:
        world.there("array = None")
        taken = world.move(["array"]) + world.there("array[-1]")
        if world.transport != transport:
            raise ValueError(f"It went by {world.transport}.")
        verifying = world.verify()
        return taken + verifying if until_verified else taken

    return measure, lambda: _copy(folder), world.close


def _write(path: Path, size: int) -> None:
    with open(path, "wb") as file:
        for _ in range(size // (8 << 20)):
            file.write(os.urandom(8 << 20))


def _copy(folder: Path) -> float:
    """Copy the file through loopback HTTP."""
    command = [sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    server = subprocess.Popen([sys.executable, "-u", *command[1:]], stdout=subprocess.PIPE, text=True)
    try:
        port = int(server.stdout.readline().split("port ")[1].split()[0])
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/plain")
        answer = connection.getresponse()
        with open(folder / "copy", "wb") as file:
            while piece := answer.read(1 << 20):
                file.write(piece)
        return time.perf_counter() - begun
    finally:
        server.kill()
        server.wait()
        (folder / "copy").unlink(missing_ok=True)


def _link_case(folder: Path):
    command = [sys.executable, str(_HERE / "link.py"), str(MBIT), str(DELAY_MS), str(LOSS_PERCENT)]
    link = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    said = link.stdout.readline()
    if not said:
        raise ValueError("No link can be made here: network namespaces need root, and netem or TUN devices.")
    made = json.loads(said)
    sys.stderr.write(f"The link is made by {made['by']}.\n")
    (folder / "hidden").mkdir()
    (folder / "data").mkdir(mode=0o700)
    script = 'mount --make-rprivate / && mount --bind "$0" "$1" && shift && exec "$@"'
    prefix = ["nsenter", "-t", str(made["pid"]), "-n"]
    prefix += ["unshare", "-m", "sh", "-c", script, str(folder / "hidden"), str(folder / "data")]
    world = World(folder, prefix, made["address"])
    world.here(f"import os; x = os.urandom({LINK_BYTES})")

    def close() -> None:
        world.close()
        link.stdin.close()
        link.wait()

    return world, close


def transfer_link_case(folder: Path):
    """Seconds at line rate, over seconds: what is measured is the inverse of the share of the line's rate."""
    world, close = _link_case(folder)

    def measure() -> float:
        world.there("x = None")
        return world.move(["x"], meanwhile=lambda: time.sleep(0.2)) + world.verify()

    return measure, lambda: LINK_BYTES * 8 / (MBIT * 1e6), close


def transfer_echo_case(folder: Path):
    """A cell's echo while variables travel over the link, over its time while nothing does. Medians."""
    world, close = _link_case(folder)

    def measure() -> float:
        echoes: list[float] = []
        world.move(["x"], meanwhile=lambda: echoes.append(world.there("print(1)")))
        world.verify()
        return statistics.median(echoes)

    def baseline() -> float:
        return statistics.median(world.there("print(1)") for _ in range(40))

    return measure, baseline, close


def say(value: object) -> None:
    """Answer with one line of JSON."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve one case until the input ends."""
    case = globals()[f"{sys.argv[1].replace('-', '_')}_case"]
    with tempfile.TemporaryDirectory(prefix="bench-transfer-") as name:
        measure, baseline, close = case(Path(name))
        try:
            say({"ready": True})
            for line in sys.stdin:
                say({"measure": measure, "baseline": baseline}[line.strip()]())
        finally:
            close()


if __name__ == "__main__":
    main()
