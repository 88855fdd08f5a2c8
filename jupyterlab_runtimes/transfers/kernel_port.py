"""A kernel, asked about its state: what packages/core/src/state does for the page, for jobs without one."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..problems import STATUS_OF_CODE, Problem
from .kernel_link import KernelLink
from .sources import Sources

_REQUEST = "runtimes_state_request"
_POLL_S = 0.2
#: Nobody waits much longer than needed for a job that goes on by itself, seconds.
_LONGEST_WAIT_S = 0.05

#: Stage, bytes, all bytes (0 while that is not known).
OnProgress = Callable[[int, int], None]
Answer = tuple[dict[str, Any], list[bytes]]


class KernelPort:
    """Installs what is needed when it is first asked."""

    def __init__(self, link: KernelLink, sources: Sources, name: str) -> None:
        self._link = link
        self._sources = sources
        self._name = name
        self._installed = False

    async def request(
        self, op: str, arguments: dict[str, Any], buffers: Sequence[bytes] = (), channel: str = "control"
    ) -> Answer:
        """Ask once.

        @raises Problem with the kernel's own code and sentence | NOT_RUNNING | STATE_NOT_CARRIED (not Python)
        """
        if not self._installed:
            await self._install()
            self._installed = True
        return await self._ask(op, arguments, buffers, channel)

    async def reads(self, mark: Path, nonce: str) -> bool:
        """Whether the kernel can read a file of this server's."""
        result, _ = await self.request("nearby", {"path": str(mark), "nonce": nonce})
        return bool(result["nearby"])

    async def run(
        self,
        op: str,
        arguments: dict[str, Any],
        *,
        stop: asyncio.Event,
        on_progress: OnProgress,
        buffers: Sequence[bytes] = (),
        channel: str = "shell",
        job: str | None = None,
    ) -> Answer:
        """Do something long. Called off too late it is done all the same, and says so by its result.

        @param stop Set when it is to end.
        @param job The id of it, for those who ask about it later.
        @raises Problem CANCELLED: nothing was done, and nothing will be | what `request` raises
        """
        job = job or uuid.uuid4().hex
        work = asyncio.ensure_future(self._finish(op, {**arguments, "job": job}, buffers, channel))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not work.done() and not stop.is_set():
                await asyncio.wait([work, stopping], timeout=_POLL_S, return_when=asyncio.FIRST_COMPLETED)
                if not work.done() and not stop.is_set():
                    await self._tell(job, work, stopping, on_progress)
            if not work.done():
                await self.request("cancel", {"job": job})
                known, _ = await self.request("poll", {"job": job})
                if not known["known"]:
                    # It waits for a cell to end; when its turn comes, it will not begin.
                    raise Problem("CANCELLED", "It was cancelled; nothing has changed.")
            return await work
        finally:
            stopping.cancel()
            if not work.done():
                work.cancel()

    def close(self) -> None:
        """Let go of the kernel."""
        self._link.close()

    async def _tell(
        self, job: str, work: asyncio.Future[Answer], stopping: asyncio.Future[Any], on_progress: OnProgress
    ) -> None:
        poll = asyncio.ensure_future(self.request("poll", {"job": job}))
        await asyncio.wait([poll, work, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not poll.done():
            poll.cancel()
            return
        # How the job ends says more than how asking about it failed.
        if poll.exception() is None and not work.done():
            state, _ = poll.result()
            if state["known"] and not state["done"]:
                on_progress(state["bytes"], state["total"])

    async def _finish(self, op: str, arguments: dict[str, Any], buffers: Sequence[bytes], channel: str) -> Answer:
        answer = await self.request(op, arguments, buffers, channel)
        wait = 0.01
        while answer[0].get("pending"):
            state, _ = await self.request("poll", {"job": arguments["job"]})
            if state["done"] or not state["known"]:
                return await self.request("outcome", {"job": arguments["job"]})
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_S)
        return answer

    async def _ask(self, op: str, arguments: dict[str, Any], buffers: Sequence[bytes], channel: str) -> Answer:
        content, parts = await self._link.ask(channel, _REQUEST, {"op": op, "args": arguments}, buffers)
        if content.get("status") != "ok":
            raise self._failure(content)
        return content.get("result") or {}, [bytes(part) for part in parts]

    def _failure(self, content: dict[str, Any]) -> Problem:
        code, text = content.get("code"), str(content.get("evalue", ""))
        if code in STATUS_OF_CODE and code != "INTERNAL":
            return Problem(str(code), text)
        return Problem(
            "INTERNAL",
            f"The kernel of {self._name} could not do that ({text}): nothing has changed; try fewer variables.",
        )

    async def _install(self) -> None:
        await self._boot()
        hello, _ = await self._ask("hello", {}, (), "control")
        if hello["digest"] != self._sources.digest:
            text = json.dumps(self._sources.files).encode()
            await self._ask("install", {"digest": self._sources.digest}, [text], "control")

    async def _boot(self) -> None:
        """Let the kernel listen: the one piece of code that it is given to run, silently and without a name."""
        info, _ = await self._link.ask("control", "kernel_info_request", {})
        language = (info.get("language_info") or {}).get("name")
        if language != "python":
            raise Problem(
                "STATE_NOT_CARRIED",
                f"Variables can be moved between Python kernels, and {self._name} runs "
                f"{language or 'something else'}: start a Python runtime instead.",
            )
        subshell = None
        if "kernel subshells" in (info.get("supported_features") or []):
            made, _ = await self._link.ask("control", "create_subshell_request", {})
            subshell = made.get("subshell_id")
        try:
            await self._execute_boot(subshell)
        finally:
            if subshell is not None:
                await self._link.ask("control", "delete_subshell_request", {"subshell_id": subshell})

    async def _execute_boot(self, subshell: str | None) -> None:
        scope = '{"__name__": "_jupyterlab_runtimes_state_boot"}'
        text = json.dumps(self._sources.files["kernel/boot.py"])
        reply, _ = await self._link.ask(
            "shell",
            "execute_request",
            {
                "code": f'__import__("builtins").exec({text}, {scope})',
                "silent": True,
                "store_history": False,
                "stop_on_error": False,
                "user_expressions": {},
                "allow_stdin": False,
            },
            subshell_id=subshell,
        )
        if reply.get("status") != "ok":
            reason = reply.get("evalue") or "its kernel is getting over an error; try again."
            raise Problem("STATE_NOT_CARRIED", f"The variables of {self._name} can't be moved: {reason}")
