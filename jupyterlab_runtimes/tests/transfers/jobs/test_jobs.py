"""Jobs of servers, with real kernels, a real service, and a network that fails."""

from __future__ import annotations

import asyncio
import glob
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from ....transfers import service_parcel
from ..real_service import RealService
from .conftest import JOBS, MIB


def left() -> list[str]:
    """Folders of transfers that have something in them: of this process, in which the server runs."""
    return glob.glob(f"{tempfile.gettempdir()}/jupyterlab-runtimes-transfers-{os.getpid()}-*/*/*")


async def nothing_left(service: RealService) -> None:
    deadline = time.monotonic() + 20
    while left() or service.parcels():
        assert time.monotonic() < deadline, (left(), service.parcels())
        await asyncio.sleep(0.05)


BIG = "import os, hashlib; big = os.urandom(24 << 20); print(hashlib.sha256(big).hexdigest())"
SUM = "import hashlib; print(hashlib.sha256(big).hexdigest())"


@pytest.mark.parametrize("name", ["near", "far"])
async def test_a_local_kernel_gives_to_a_remote_one_and_takes_back(
    request, jobs, local, remote, runtime, service, proxy, name
):
    if name == "far":
        request.getfixturevalue("by_http")
    kernel_id, here = await local()
    there = await remote(runtime)
    digest = await here.run(BIG)
    await here.run("def twice(n): return 2 * n\nshared = [1]; pair = (shared, shared); gone = (i for i in [1])")
    job = await jobs.done(await jobs.begin(kernel_id, (name, runtime)))
    assert (job["state"], job["error"]) == ("done", None)
    assert job["transport"] == job["report"]["transport"] == {"near": "nearby", "far": "http"}[name]
    assert {"big", "twice", "pair", "shared"} <= set(job["report"]["restored"])
    assert [each["name"] for each in job["report"]["skipped"]] == ["gone"]
    assert await there.run(SUM) == digest
    assert await there.run("print(twice(4), pair[0] is pair[1] is shared)") == "8 True"
    if name == "far":
        assert proxy[0].sent > 24 * MIB
    await there.run("back = big[::-1]")
    job = await jobs.done(await jobs.begin((name, runtime), kernel_id, names=["back", "twice"]))
    assert (job["state"], job["error"]) == ("done", None)
    assert job["transport"] == {"near": "nearby", "far": "http"}[name]
    assert await here.run("print(back[::-1] == big)") == "True"
    await nothing_left(service)


ARRAY = "import numpy; array = numpy.arange(4 << 20); small = [1, 2]"


def flip_a_byte(folder: Path) -> None:
    """In the middle of the first chunk of ``array``."""
    big = (each for each in folder.glob("chunks/*/*") if each.stat().st_size >= MIB)
    path = next(each for each in big if not any(each.read_bytes()[:8]))
    with open(path, "r+b") as file:
        file.seek(path.stat().st_size // 2)
        (byte,) = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))


@pytest.mark.parametrize("way", ["to a runtime", "to a local kernel"])
async def test_big_arrays_are_in_use_before_they_are_verified(jobs, local, remote, runtime, service, way):
    kernel_id, here = await local()
    await here.run(ARRAY)
    other_id, there = (None, await remote(runtime)) if way == "to a runtime" else await local()
    job_id = await jobs.begin(kernel_id, other_id or ("near", runtime), names=["array", "small"])
    job = await jobs.done(job_id)
    assert (job["state"], sorted(job["report"]["restored"])) == ("done", ["array", "small"])
    assert await there.run("print(int(array.sum()), small)") == f"{sum(range(4 << 20))} [1, 2]"
    assert await jobs.verified(job_id) == {"done": True, "lost": [], "error": None}
    await there.run("array[:] = 7")
    assert await here.run("print(int(array[-1]))") == str((4 << 20) - 1)
    await nothing_left(service)


@pytest.mark.parametrize("way", ["to a runtime", "to a local kernel"])
async def test_what_is_found_damaged_is_taken_out_again_and_told(
    jobs, local, remote, runtime, service, monkeypatch, way
):
    from ....transfers import job as module

    kernel_id, here = await local()
    await here.run(ARRAY + "; other = numpy.arange(1, 1 << 24)")
    other_id, there = (None, await remote(runtime)) if way == "to a runtime" else await local()
    await there.run("small = None")
    capture = module.Job._capture

    async def capture_badly(self: Any, source: Any, folder: Path) -> bytes:
        manifest = await capture(self, source, folder)
        flip_a_byte(folder)
        return manifest

    monkeypatch.setattr(module.Job, "_capture", capture_badly)
    job_id = await jobs.begin(kernel_id, other_id or ("near", runtime), names=["array", "other", "small"])
    assert (await jobs.done(job_id))["state"] == "done"
    found = await jobs.verified(job_id)
    assert (found["lost"], found["error"]["code"]) == (["array"], "SNAPSHOT_CORRUPT")
    assert "array" in found["error"]["message"]
    said = await there.run("print('array' in globals(), small)")
    assert said.startswith("False [1, 2]")
    assert "taken out of the namespace: array" in said
    # What is whole stays.
    assert await there.run("print(int(other[-1]))") == str((1 << 24) - 1)
    if way == "to a runtime":
        assert any("array" in note for note in service.ask(f"/runtimes/{runtime['id']}")["notes"])
    assert await here.run("print(len(array))") == str(4 << 20)
    await nothing_left(service)


async def test_goes_on_where_a_connection_was_cut(by_http, jobs, local, remote, runtime, service, proxy):
    wire, _ = proxy
    kernel_id, here = await local()
    there = await remote(runtime)
    digest = await here.run(BIG)
    wire.cut_after = [3 * MIB, 9 * MIB + 1, 15 * MIB, 15 * MIB + 5]
    job = await jobs.done(await jobs.begin(kernel_id, ("far", runtime), names=["big"]))
    assert (job["state"], job["error"], wire.cuts) == ("done", None, 4)
    assert await there.run(SUM) == digest
    # Of what was under way when a connection broke, only what had not arrived is sent again.
    assert wire.sent < 32 * MIB
    wire.sent = wire.received = wire.cuts = 0
    wire.cut_after = [2 * MIB, 9 * MIB, 17 * MIB]
    job = await jobs.done(await jobs.begin(("far", runtime), kernel_id, names=["big"]))
    assert (job["state"], job["error"], wire.cuts) == ("done", None, 3)
    assert await here.run(SUM) == digest
    assert wire.received < 36 * MIB
    await nothing_left(service)


async def test_goes_on_when_nobody_asks_for_it(by_http, jobs, local, remote, runtime, service):
    kernel_id, here = await local()
    there = await remote(runtime)
    digest = await here.run(BIG)
    await here.begin("import time; time.sleep(2)")
    job_id = await jobs.begin(kernel_id, ("far", runtime), names=["big"])
    await there.run("big = b''")
    # No page from here on: what it would see is looked at in the other kernel alone.
    deadline = time.monotonic() + 60
    while await there.run(SUM) != digest:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)
    # It comes back, and finds it.
    assert (await jobs.done(job_id))["report"]["restored"] == ["big"]
    # A second page that looks on sees how it ended, too.
    await jobs.cancel(job_id)
    assert (await jobs.look(job_id))["state"] == "done"


@pytest.mark.parametrize("stage", ["capture", "move"])
async def test_leaves_nothing_behind_when_it_is_called_off(
    by_http, jobs, local, remote, runtime, service, proxy, stage
):
    wire, _ = proxy
    kernel_id, here = await local()
    there = await remote(runtime)
    await there.run("big = 7")
    await here.run(BIG)
    if stage == "capture":
        await here.begin("import time; time.sleep(3)")
    else:
        wire.hold_after = 2 * MIB
    job_id = await jobs.begin(kernel_id, ("far", runtime), names=["big"])
    await jobs.until(job_id, lambda job: job["stage"] == stage and (stage == "capture" or wire.sent >= 2 * MIB))
    await jobs.cancel(job_id)
    job = await jobs.done(job_id)
    assert (job["state"], job["error"]["code"]) == ("cancelled", "CANCELLED")
    assert await there.run("print(big)") == "7"
    await nothing_left(service)


async def test_says_in_a_sentence_why_a_service_is_not_reached(jobs, local, monkeypatch):
    monkeypatch.setattr(service_parcel, "FRUITLESS_ROUNDS", 2)
    kernel_id, here = await local()
    await here.run("x = 1")
    body = {"id": "r" + "0" * 26}
    job = await jobs.done(await jobs.begin(kernel_id, ("gone", body)))
    assert (job["state"], job["error"]["code"]) == ("failed", "UNREACHABLE")
    assert "Gone" in job["error"]["message"]
    assert "refused the connection" in job["error"]["message"]
    assert left() == []


async def test_tells_that_a_kernel_ended_on_the_way(jobs, call, local, runtime):
    kernel_id, here = await local()
    # Interrupted, the cell would end, and the transfer go on.
    await here.begin("import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)")
    job_id = await jobs.begin(kernel_id, ("near", runtime))
    await asyncio.sleep(0.5)
    await call(f"api/kernels/{kernel_id}/restart", "POST", body="{}")
    job = await jobs.done(job_id)
    assert (job["state"], job["error"]["code"]) == ("failed", "NOT_RUNNING")
    assert left() == []


async def test_two_local_kernels_and_two_runtimes_exchange_without_a_page(jobs, local, remote, runtime, service):
    first, one = await local()
    second, two = await local()
    await one.run("x = [1, 2]")
    job = await jobs.done(await jobs.begin(first, second, names=["x"]))
    assert (job["state"], job["transport"]) == ("done", "nearby")
    assert await two.run("print(x)") == "[1, 2]"
    other = await asyncio.to_thread(service.launch, "other")
    await (await remote(runtime)).run("y = {'a': 1}")
    job = await jobs.done(await jobs.begin(("near", runtime), ("near", other), names=["y"]))
    assert (job["state"], job["error"], job["transport"]) == ("done", None, "nearby")
    assert await (await remote(other)).run("print(y)") == "{'a': 1}"
    # Two services, as far as this server knows.
    await (await remote(runtime)).run("import os; y = os.urandom(3 << 20)")
    job = await jobs.done(await jobs.begin(("near", runtime), ("far", other), names=["y"]))
    assert (job["state"], job["error"], job["transport"]) == ("done", None, "http")
    assert await (await remote(other)).run("print(len(y))") == str(3 << 20)
    await nothing_left(service)


async def test_two_services_exchange_straight_where_they_may(jobs, remote, runtime, service, peer, monkeypatch):
    def relay(*_: Any) -> None:
        raise AssertionError("it goes through this server")

    there = await asyncio.to_thread(peer.launch, "there")
    near, far = await remote(runtime), await remote(there, peer)
    digest = await near.run(BIG)
    with monkeypatch.context() as patched:
        patched.setattr(service_parcel.ServiceParcel, "relay_road", relay)
        job_id = await jobs.begin(("near", runtime), ("peer", there), names=["big"])
        job = await jobs.done(job_id)
        assert (job["state"], job["error"], job["transport"]) == ("done", None, "straight")
    assert await far.run(SUM) == digest
    assert job["report"]["bytes"] > 5 * MIB
    # The other way nobody has allowed: through this server, then.
    job = await jobs.done(await jobs.begin(("peer", there), ("near", runtime), names=["big"]))
    assert (job["state"], job["error"], job["transport"]) == ("done", None, "http")
    await nothing_left(service)
    await nothing_left(peer)


async def test_has_no_token_in_what_the_page_reads(jobs, call, local, runtime, service):
    kernel_id, _ = await local()
    job = await jobs.done(await jobs.begin(kernel_id, ("near", runtime), names=[]))
    assert service.token not in json.dumps(job)
    assert (await call(JOBS, anonymous=True)).code == 403
