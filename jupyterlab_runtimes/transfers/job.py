"""Variables from one server's kernel to another's: the servers do it, whether a page looks on or not."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Generic, TypeVar

from ..problems import Problem
from ..upstream.target import Target
from .area import Area, mark
from .chunks import Chunks, chunk_sizes
from .kernel_port import KernelPort
from .move import move_all
from .pace import Pace
from .service_parcel import ServiceParcel, hand_over, is_nearby
from .verification import PASSED, PENDING, Look, of_kernel, until_verified

#: A service is asked so often how far it is, seconds.
_POLL_S = 0.1
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """A kernel of this server, or a runtime of a service."""

    name: str
    #: None for a kernel of this server.
    service: str | None
    #: The kernel's or the runtime's.
    id: str

    def model(self) -> dict[str, Any]:
        """As the page named it."""
        return {"name": self.name, "service": self.service, "id": self.id}


@dataclass
class Ports:
    """What a job needs from the server."""

    area: Area
    executor: Executor
    open_kernel: Callable[[str, str], KernelPort]
    #: Raises Problem.
    target_of: Callable[[str], Target]


@dataclass
class Job:
    """One transfer. `model` is how it is at any time; `run` never raises."""

    source: Place
    target: Place
    names: list[str] | None
    now: bool
    user: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.state = "running"
        self.stage, self.bytes, self.total = "capture", 0, 0
        self.transport: str | None = None
        self.problem: Problem | None = None
        self.report: dict[str, Any] | None = None
        #: What comes of verifying big arrays, which cells of the target can use meanwhile; None before they are there.
        self.verification: dict[str, Any] | None = None
        self.created_at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._captured: dict[str, Any] = {}
        self._stop = threading.Event()
        self._stopping = asyncio.Event()

    def model(self) -> dict[str, Any]:
        """For the page."""
        problem = self.problem
        return {
            "id": self.id,
            "state": self.state,
            "stage": self.stage,
            "bytes": self.bytes,
            "total_bytes": self.total,
            "transport": self.transport,
            "error": None if problem is None else {"code": problem.code, "message": problem.message},
            "report": self.report,
            "verification": self.verification,
            "source": self.source.model(),
            "target": self.target.model(),
            "created_at": self.created_at,
        }

    def cancel(self) -> None:
        """End it; what it has begun is taken back. Too late, and it is done all the same."""
        self._stop.set()
        self._stopping.set()

    async def run(self, ports: Ports) -> None:
        """Do all of it."""
        self._ports = ports
        try:
            await self._way()()
        except Problem as problem:
            self.problem = problem
            self.state = "cancelled" if problem.code == "CANCELLED" else "failed"
        except Exception as error:  # noqa: BLE001 - who asks for the job hears of it
            self.problem = Problem("INTERNAL", f"Variables could not be moved ({type(error).__name__}: {error}).")
            self.state = "failed"

    async def _conclude(self, restored: dict[str, Any], look: Look) -> None:
        """The target has it: the job is done, and stays, with what is read yet, until all of it is verified."""
        skipped = self._captured["skipped"]
        names = {each["name"] for each in skipped}
        self.report = {
            "restored": restored["restored"],
            "rebuilt": restored["rebuilt"],
            # Both ends may have something to say about a name; the source saw it first.
            "skipped": [*skipped, *(each for each in restored["skipped"] if each["name"] not in names)],
            "bytes": self._captured["bytes"],
            "mid_cell": self._captured["mid_cell"],
            "transport": self.transport,
        }
        self._tell_verified(PENDING)
        self.state = "done"
        await until_verified(look, self._stopping, self._tell_verified)

    def _way(self) -> Callable[[], Awaitable[None]]:
        if self.source.service is None:
            return self._local_to_local if self.target.service is None else self._local_to_service
        if self.target.service is None:
            return self._service_to_local
        return self._within_service if self.source.service == self.target.service else self._service_to_service

    async def _local_to_local(self) -> None:
        with self._folder() as folder, self._kernel(self.source) as source, self._kernel(self.target) as target:
            await self._meet(folder, source, target)
            manifest = await self._capture(source, folder.path)
            self.transport = "nearby"
            await self._restore(target, folder.path, manifest)

    async def _local_to_service(self) -> None:
        with self._folder() as folder, self._kernel(self.source) as source:
            await self._meet(folder, source)
            # A service that is away is told before anything else is done.
            with self._parcel(self.target) as parcel:
                model = await self._call(lambda: parcel.create(None))
                chunks = Chunks(folder.path, await self._capture(source, folder.path))
                nearby = await self._call(lambda: is_nearby(parcel.target, model))
                self.transport = "nearby" if nearby else "http"
                if nearby:
                    await self._call(lambda: hand_over(chunks, Path(model["folder"])))
                await self._move(parcel, lambda pace: parcel.push_road(chunks, pace))
                await self._restore_there(parcel)

    async def _service_to_local(self) -> None:
        with self._folder() as folder, self._kernel(self.target) as target, self._parcel(self.source) as parcel:
            await self._meet(folder, target)
            model = await self._capture_there(parcel)
            manifest = await self._call(parcel.manifest)
            where = Path(model["folder"])
            if is_nearby(parcel.target, model) and await target.reads(where / "mark", model["mark"]):
                self.transport = "nearby"
                await self._restore(target, where, manifest)
                return
            self.transport = "http"
            chunks = Chunks(folder.path, manifest)
            self._ports.area.need(chunks.total)
            await self._move(parcel, lambda pace: parcel.pull_road(chunks, pace))
            await self._restore(target, folder.path, manifest)

    async def _within_service(self) -> None:
        with self._parcel(self.source) as parcel:
            await self._capture_there(parcel)
            self.transport = "nearby"
            await self._restore_there(parcel)

    async def _service_to_service(self) -> None:
        with self._parcel(self.source) as source, self._parcel(self.target) as target:
            await self._call(lambda: target.create(None))
            await self._capture_there(source)
            self.transport = "straight"
            if not await self._send_straight(source, target):
                self.transport = "http"
                manifest = await self._call(source.manifest)
                sizes = chunk_sizes(manifest)
                await self._move(target, lambda pace: source.relay_road(target, manifest, sizes, pace), source)
            await self._restore_there(target)

    async def _send_straight(self, source: ServiceParcel, target: ServiceParcel) -> bool:
        """Let the one service send it to the other, where it may and can; else it goes through here, from where it is.

        @raises Problem CANCELLED
        """
        self._tell("move", 0, 0)
        try:
            ticket = await self._call(target.ticket)
            model = await self._call(lambda: source.send(target, ticket))
            await self._until(source, model, "move", "sending")
        except Problem as problem:
            if problem.code == "CANCELLED":
                raise
            return False
        return True

    async def _meet(self, folder: _Folder, *ports: KernelPort) -> None:
        """See that kernels read our folder: on other machines, or in containers, they may not.

        @raises Problem CONFLICT
        """
        path, nonce = mark(folder.path)
        for port in ports:
            if not await port.reads(path, nonce):
                raise Problem("CONFLICT", "The kernel does not share this Jupyter Server's files.")

    async def _capture(self, source: KernelPort, folder: Path) -> bytes:
        self._tell("capture", 0, 0)
        result, buffers = await source.run(
            "capture",
            {"folder": str(folder), "durable": False, **({} if self.names is None else {"names": self.names})},
            stop=self._stopping,
            on_progress=lambda count, total: self._tell("capture", count, total),
            channel="control" if self.now else "shell",
        )
        self._captured = result
        return buffers[0]

    async def _restore(self, target: KernelPort, folder: Path, manifest: bytes) -> None:
        """The kernel checks all that is decoded before, and big arrays while cells run."""
        self._tell("restore", 0, 0)
        job = uuid.uuid4().hex
        names = {} if self.names is None else {"names": self.names}
        restored, _ = await target.run(
            "restore",
            {"folder": str(folder), "trust": "own", "early": True, **names},
            stop=self._stopping,
            on_progress=lambda count, total: self._tell("restore", count, total),
            buffers=[manifest],
            job=job,
        )

        async def look() -> dict[str, Any]:
            if not restored["verifying"]:
                return PASSED
            told, _ = await target.request("verified", {"job": job})
            return of_kernel(told)

        await self._conclude(restored, look)

    async def _capture_there(self, parcel: ServiceParcel) -> dict[str, Any]:
        self._tell("capture", 0, 0)
        names = {} if self.names is None else {"names": self.names}
        capture = {"runtime_id": self.source.id, "now": self.now, **names}
        model = await self._call(lambda: parcel.create(capture))
        model = await self._until(parcel, model, "capture", "capturing")
        self._captured = model["captured"]
        return model

    async def _restore_there(self, parcel: ServiceParcel) -> None:
        self._tell("restore", 0, 0)
        self._check()
        model = await self._call(lambda: parcel.restore(self.target.id, self.names))
        restored = await self._until(parcel, model, "restore", "restoring")

        async def look() -> dict[str, Any]:
            return (await self._call(parcel.look))["verification"]

        await self._conclude(restored["report"], look)

    async def _until(self, parcel: ServiceParcel, model: dict[str, Any], stage: str, state: str) -> dict[str, Any]:
        wait = 0.02
        while model["state"] == state:
            self._tell(stage, model["bytes"], model["total_bytes"])
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
            self._check()
            wait = min(wait * 1.5, _POLL_S)
            model = await self._call(parcel.look)
        if model["error"] is not None:
            raise Problem(model["error"]["code"], model["error"]["message"])
        return model

    async def _move(self, far: ServiceParcel, road: Callable[[Pace], Any], *others: ServiceParcel) -> None:
        def move() -> None:
            pace = Pace()
            for parcel in (far, *others):
                parcel.first_looks(pace)
            move_all(road(pace), pace, self._stop, lambda count, total: self._tell("move", count, total))

        self._tell("move", 0, 0)
        await self._call(move)

    async def _call(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._ports.executor, work)

    def _tell(self, stage: str, count: int, total: int) -> None:
        self.stage, self.bytes, self.total = stage, count, total

    def _tell_verified(self, found: dict[str, Any]) -> None:
        self.verification = found

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Problem("CANCELLED", "It was cancelled; nothing has changed.")

    def _folder(self) -> _Folder:
        return _Folder(self._ports.area)

    def _kernel(self, place: Place) -> _Closing[KernelPort]:
        return _Closing(self._ports.open_kernel(place.id, place.name), lambda port: port.close())

    def _parcel(self, place: Place) -> _Closing[ServiceParcel]:
        parcel = ServiceParcel(self._ports.target_of(place.service or ""), self._stop)
        return _Closing(parcel, lambda each: self._ports.executor.submit(each.close))


class _Folder:
    """A folder of the area, for as long as it is needed."""

    def __init__(self, area: Area) -> None:
        self.path = area.make()

    def __enter__(self) -> _Folder:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class _Closing(Generic[T]):
    """Something to be let go of, whatever happens."""

    def __init__(self, thing: T, close: Callable[[T], Any]) -> None:
        self._thing = thing
        self._close = close

    def __enter__(self) -> T:
        return self._thing

    def __exit__(self, *_: object) -> None:
        self._close(self._thing)
