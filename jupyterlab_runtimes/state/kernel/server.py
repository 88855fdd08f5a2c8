"""Answers requests of the page or the service: the kernel's side of the protocol.

=========  ===================================================  =======================================================
op         arguments (+ buffers)                                result (+ buffers)
=========  ===================================================  =======================================================
inspect    distributions?                                       see `facts.inspect`
describe   job, names?, deep?                                   the plan
capture    job, names?, folder?                                 bytes, written, skipped, mid_cell, … (+ manifest)
read       capture, digest, offset, length                      (+ bytes)
release    capture
mark       capture                                              path, nonce: a file that a kernel nearby can read
nearby     path, nonce                                          nearby
receive    load (+ manifest)                                    missing: [{digest, offset}]
write      load, digest, offset (+ bytes)                       have
restore    job, load | folder, names?, trust (+ manifest)       the report
discard    load
outcome    job                                                  what the job's own op would have answered
poll       job                                                  known, done, stage, bytes, total
cancel     job
=========  ===================================================  =======================================================

`describe`, `capture` and `restore` can answer ``{"pending": true}``: poll, and ask for the outcome.
Replies are ``{"status": "ok", "result"}`` or ``{"status": "error", "code", "evalue"}``.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from ..namespace import own_namespace
from . import engine, facts, staging
from .cells import is_cell_running
from .failures import StateError
from .incoming import Incoming
from .jobs import Jobs, Later

if TYPE_CHECKING:
    from ..capture import Capture
    from .jobs import Job

Reply = "tuple[dict[str, Any], list[Any]]"


class Server:
    """One kernel's states: those that leave, and those that arrive."""

    def __init__(self, namespace: Callable[[], dict[str, Any]]) -> None:
        self._namespace = namespace
        self._jobs = Jobs()
        self._captures: dict[str, Path] = {}
        self._loads: dict[str, Incoming] = {}
        self._ops: dict[str, Callable[[dict[str, Any], list[Any]], Any]] = {
            name[len("_do_") :]: getattr(self, name) for name in dir(self) if name.startswith("_do_")
        }

    def answer(self, op: str, args: dict[str, Any], buffers: list[Any], _tell: Any = None) -> Reply:
        """Answer one request; a failure is an answer, too."""
        try:
            if op not in self._ops:
                raise StateError("VERSION_MISMATCH", f"The kernel does not know '{op}': reload the page.")
            result, parts = self._ops[op](args, buffers)
            return {"status": "ok", "result": result}, parts
        except StateError as error:
            return _failed(error.code, error.message)
        except MemoryError:
            return _failed("CAPTURE_FAILED", "The kernel has not enough memory for that: choose fewer variables.")

    def _do_inspect(self, args: dict[str, Any], _: list[Any]) -> Reply:
        return facts.inspect(args.get("distributions") or ()), []

    def _do_describe(self, args: dict[str, Any], _: list[Any]) -> Reply:
        def work(job: Job) -> Reply:
            return engine.describe(self._namespace(), args.get("names"), bool(args.get("deep")), job), []

        return _reply(self._jobs.run(args["job"], work))

    def _do_capture(self, args: dict[str, Any], _: list[Any]) -> Reply:
        def work(job: Job) -> Later:
            given = args.get("folder")
            folder = self._captures[args["job"]] = Path(given) if given else staging.make_folder()
            try:
                capture = engine.begin_capture(self._namespace(), args.get("names"), folder, is_cell_running(), job)
            except BaseException:
                self._release(args["job"])
                raise
            if capture.captured is not None:
                return finish(capture, folder, job)
            return Later(lambda job: finish(capture, folder, job))

        def finish(capture: Capture, folder: Path, job: Job) -> Reply:
            try:
                captured = engine.finish_capture(capture, job)
            except BaseException:
                self._release(args["job"])
                raise
            result = {
                "folder": str(folder),
                "bytes": captured.bytes,
                "written": captured.written,
                "skipped": captured.skipped,
                "mid_cell": captured.mid_cell,
                "stall_ms": round(captured.stall_s * 1000),
                "stall_reason": captured.stall_reason,
            }
            return result, [captured.manifest]

        return _reply(self._jobs.run(args["job"], work))

    def _do_outcome(self, args: dict[str, Any], _: list[Any]) -> Reply:
        return _reply(self._jobs.outcome(args["job"]))

    def _do_read(self, args: dict[str, Any], _: list[Any]) -> Reply:
        path = staging.chunk_path(self._capture(args), args["digest"])
        try:
            with open(path, "rb") as file:
                file.seek(args["offset"])
                return {}, [file.read(args["length"])]
        except FileNotFoundError:
            raise StateError("SNAPSHOT_NOT_FOUND", "This part of the capture is not there: capture again.") from None

    def _do_release(self, args: dict[str, Any], _: list[Any]) -> Reply:
        self._release(args["capture"])
        return {}, []

    def _do_mark(self, args: dict[str, Any], _: list[Any]) -> Reply:
        path = self._capture(args) / "nearby"
        nonce = secrets.token_hex(32)
        path.write_text(nonce, encoding="ascii")
        return {"path": str(path), "nonce": nonce}, []

    def _do_nearby(self, args: dict[str, Any], _: list[Any]) -> Reply:
        return {"nearby": staging.holds(args["path"], args["nonce"])}, []

    def _do_receive(self, args: dict[str, Any], buffers: list[Any]) -> Reply:
        load = self._loads.get(args["load"])
        if load is None:
            load = self._loads[args["load"]] = Incoming(bytes(buffers[0]))
        return {"missing": load.missing()}, []

    def _do_write(self, args: dict[str, Any], buffers: list[Any]) -> Reply:
        return {"have": self._load(args).write(args["digest"], args["offset"], buffers)}, []

    def _do_restore(self, args: dict[str, Any], buffers: list[Any]) -> Reply:
        def work(job: Job) -> Reply:
            if "folder" in args:
                folder, manifest = Path(args["folder"]), bytes(buffers[0])
            else:
                load = self._load(args)
                if load.missing():
                    raise StateError("CONFLICT", "Parts of the variables have not arrived yet.")
                folder, manifest = load.folder, load.manifest
            namespace = self._namespace()
            return engine.load(manifest, folder, args.get("names"), namespace, args["trust"], job), []

        return _reply(self._jobs.run(args["job"], work))

    def _do_discard(self, args: dict[str, Any], _: list[Any]) -> Reply:
        load = self._loads.pop(args["load"], None)
        if load is not None:
            load.close()
        return {}, []

    def _do_poll(self, args: dict[str, Any], _: list[Any]) -> Reply:
        return self._jobs.poll(args["job"]), []

    def _do_cancel(self, args: dict[str, Any], _: list[Any]) -> Reply:
        self._jobs.cancel(args["job"])
        return {}, []

    def _do_close(self, _args: dict[str, Any], _: list[Any]) -> Reply:
        """Another version takes over."""
        self._jobs.wait_all(1.0)
        for load in self._loads.values():
            load.close()
        staging.remove_all()
        return {}, []

    def _release(self, capture: str) -> None:
        folder = self._captures.pop(capture, None)
        if folder is not None:
            staging.remove_folder(folder)

    def _capture(self, args: dict[str, Any]) -> Path:
        folder = self._captures.get(args["capture"])
        if folder is None:
            raise StateError("SNAPSHOT_NOT_FOUND", "This capture is not there any more: capture again.")
        return folder

    def _load(self, args: dict[str, Any]) -> Incoming:
        load = self._loads.get(args["load"])
        if load is None:
            raise StateError("SNAPSHOT_NOT_FOUND", "What had arrived is not there any more: begin again.")
        return load


def make() -> Callable[..., Reply]:
    """Serve the notebook of this kernel."""
    return Server(own_namespace).answer


def _reply(job: Job) -> Reply:
    if not job.done.is_set():
        return {"pending": True}, []
    if job.error is not None:
        raise job.error
    return job.result


def _failed(code: str, message: str) -> Reply:
    return {"status": "error", "code": code, "ename": code, "evalue": message, "traceback": []}, []
