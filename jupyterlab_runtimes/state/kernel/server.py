"""Answers requests of the page or the service: the kernel's side of the protocol.

=========  ===================================================  =======================================================
op         arguments (+ buffers)                                result (+ buffers)
=========  ===================================================  =======================================================
inspect    distributions?                                       see `facts.inspect`
describe   job, names?, deep?                                   the plan
capture    job, names?, folder?, durable?                       bytes, written, skipped, mid_cell, … (+ manifest)
read       capture, digest, offset, length                      (+ bytes)
release    capture
mark       capture                                              path, nonce: a file that a kernel nearby can read
nearby     path, nonce                                          nearby
receive    load (+ manifest)                                    missing: [{digest, offset}]
write      load, digest, offset (+ bytes)                       have
restore    job, load | folder, names?, trust, early?            the report, and whether something is verified later
           (+ manifest)
verified   job (of a restore)                                   done, lost: [name], code, message
discard    load
outcome    job                                                  what the job's own op would have answered
poll       job                                                  known, done, stage, bytes, total
cancel     job
=========  ===================================================  =======================================================

`describe`, `capture` and `restore` can answer ``{"pending": true}``: poll, and ask for the outcome. A browser captures
in two steps: it copies all bytes, then it answers so, and the platform hashes while cells run.
With ``early``, for manifests signed with a key of the user's own and where there are threads, a cell can run before big
arrays are verified; what turns out wrong is taken out of the namespace at once, and told in the notebook.
Replies are ``{"status": "ok", "result"}`` or ``{"status": "error", "code", "evalue"}``.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from ..capture import UnnamedCapture
from ..namespace import own_namespace
from ..snapshot.workers import HAS_THREADS
from . import engine, facts, staging
from .cells import is_cell_running
from .failures import StateError
from .jobs import KEPT, Awaited, Jobs, Later
from .resting import Resting
from .verification import Verification

if TYPE_CHECKING:
    from ..capture import Capture
    from .jobs import Job

#: A verification gets so long to end before its files go, seconds.
_CLOSING_S = 60.0

Reply = "tuple[dict[str, Any], list[Any]]"


class Server:
    """One kernel's states: those that leave, and those that arrive."""

    def __init__(self, namespace: Callable[[], dict[str, Any]]) -> None:
        self._namespace = namespace
        self._jobs = Jobs()
        self._resting = Resting()
        #: By the job that restored.
        self._verifications: dict[str, Verification] = {}
        self._ops: dict[str, Callable[[dict[str, Any], list[Any]], Any]] = {
            name[len("_do_") :]: getattr(self, name) for name in dir(self) if name.startswith("_do_")
        }

    def answer(self, op: str, args: dict[str, Any], buffers: list[Any], _tell: Any = None) -> Reply:
        """Answer one request; a failure is an answer, too."""
        try:
            if op not in self._ops:
                raise StateError("VERSION_MISMATCH", f"The kernel does not know '{op}': reload the page.")
            self._resting.touch(args.get("capture"), args.get("load"), args.get("job"))
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
        def work(job: Job) -> Later | Awaited | Reply:
            given = args.get("folder")
            folder = Path(given) if given else staging.make_folder()
            self._resting.begin_capture(args["job"], folder)
            try:
                names, durable = args.get("names"), bool(given) and args.get("durable", True)
                capture = engine.begin_capture(self._namespace(), names, folder, durable, is_cell_running(), job)
            except BaseException:
                self._resting.release(args["job"])
                raise
            pending = [each for each in self._verifications.values() if not each.is_over]
            if capture.captured is not None and not pending:
                return finish(capture, folder, pending, job)
            if isinstance(capture, UnnamedCapture):
                return Awaited(lambda job: name(capture, folder, pending, job))
            return Later(lambda job: finish(capture, folder, pending, job))

        async def name(capture: UnnamedCapture, folder: Path, pending: list[Verification], job: Job) -> Reply:
            try:
                await engine.name_chunks(capture, job)
            except BaseException:
                self._resting.release(args["job"])
                raise
            return finish(capture, folder, pending, job)

        def finish(capture: Capture, folder: Path, pending: list[Verification], job: Job) -> Reply:
            try:
                captured = engine.finish_capture(capture, job)
                for each in pending:
                    each.wait(job)
            except BaseException:
                self._resting.release(args["job"])
                raise
            self._resting.rest(args["job"])
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
        path = staging.chunk_path(self._resting.capture(args["capture"]), args["digest"])
        try:
            with open(path, "rb") as file:
                file.seek(args["offset"])
                return {}, [file.read(args["length"])]
        except FileNotFoundError:
            raise StateError("SNAPSHOT_NOT_FOUND", "This part of the capture is not there: capture again.") from None

    def _do_release(self, args: dict[str, Any], _: list[Any]) -> Reply:
        self._resting.release(args["capture"])
        return {}, []

    def _do_mark(self, args: dict[str, Any], _: list[Any]) -> Reply:
        path = self._resting.capture(args["capture"]) / "nearby"
        nonce = secrets.token_hex(32)
        path.write_text(nonce, encoding="ascii")
        return {"path": str(path), "nonce": nonce}, []

    def _do_nearby(self, args: dict[str, Any], _: list[Any]) -> Reply:
        return {"nearby": staging.holds(args["path"], args["nonce"])}, []

    def _do_receive(self, args: dict[str, Any], buffers: list[Any]) -> Reply:
        return {"missing": self._resting.receive(args["load"], buffers).missing()}, []

    def _do_write(self, args: dict[str, Any], buffers: list[Any]) -> Reply:
        return {"have": self._resting.load(args["load"]).write(args["digest"], args["offset"], buffers)}, []

    def _do_restore(self, args: dict[str, Any], buffers: list[Any]) -> Reply:
        def work(job: Job) -> Reply:
            if "folder" in args:
                folder, manifest = Path(args["folder"]), bytes(buffers[0])
            else:
                load = self._resting.load(args["load"])
                if load.missing():
                    raise StateError("CONFLICT", "Parts of the variables have not arrived yet.")
                self._resting.use(args["load"])
                folder, manifest = load.folder, load.manifest
            may_be_early = bool(args.get("early")) and args["trust"] == "own" and HAS_THREADS
            early = self._verification(args) if may_be_early else None
            try:
                result = engine.load(manifest, folder, args.get("names"), self._namespace(), args["trust"], job, early)
            except BaseException:
                if early is not None:
                    early.done()
                raise
            finally:
                if "load" in args:
                    self._resting.rest(args["load"])
            return {**result, "verifying": early is not None and not early.is_over}, []

        return _reply(self._jobs.run(args["job"], work))

    def _do_verified(self, args: dict[str, Any], _: list[Any]) -> Reply:
        verification = self._verifications.get(args["job"])
        if verification is None:
            raise StateError("NOT_FOUND", "The kernel knows nothing of this restore: begin again.")
        return verification.told(), []

    def _do_discard(self, args: dict[str, Any], _: list[Any]) -> Reply:
        self._resting.discard(args["load"])
        return {}, []

    def _do_poll(self, args: dict[str, Any], _: list[Any]) -> Reply:
        return self._jobs.poll(args["job"]), []

    def _do_cancel(self, args: dict[str, Any], _: list[Any]) -> Reply:
        self._jobs.cancel(args["job"])
        return {}, []

    def _do_close(self, _args: dict[str, Any], _: list[Any]) -> Reply:
        """Another version takes over."""
        self._jobs.wait_all(1.0)
        for verification in self._verifications.values():
            verification.wait_quietly(_CLOSING_S)
        self._resting.close()
        return {}, []

    def _verification(self, args: dict[str, Any]) -> Verification:
        while len(self._verifications) >= KEPT:
            del self._verifications[next(iter(self._verifications))]
        made = self._verifications[args["job"]] = Verification()
        if "load" in args:
            self._resting.read_by(args["load"], made)
        return made


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
