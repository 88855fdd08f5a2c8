"""A capture whose bytes are copied at once, and hashed by the platform while cells run: as browsers have it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from jupyterlab_runtimes.state.capture import Way
from jupyterlab_runtimes.state.kernel import engine, staging
from jupyterlab_runtimes.state.kernel.server import Server

MIB = 1 << 20


class Platform:
    """Hashes files when it is let, and counts them."""

    def __init__(self):
        self.may_go_on = asyncio.Event()
        self.hashed: list[int] = []
        self.failure: Exception | None = None

    async def hash_file(self, path):
        await self.may_go_on.wait()
        if self.failure:
            raise self.failure
        data = path.read_bytes()
        self.hashed.append(len(data))
        return hashlib.sha256(data).hexdigest()


class Kernel:
    """One namespace behind a server that stands still while it captures."""

    def __init__(self, **namespace):
        self.namespace = namespace
        self.server = Server(lambda: self.namespace)

    def ask(self, op, *buffers, **args):
        content, parts = self.server.answer(op, args, list(buffers))
        return (content["result"], parts) if content["status"] == "ok" else (content["code"], content["evalue"])

    async def outcome(self, job):
        await self.server._jobs.outcome(job).task
        return self.ask("outcome", job=job)


@pytest.fixture
def platform(monkeypatch):
    made = Platform()
    monkeypatch.setattr(engine, "platform_hash", lambda: made.hash_file)
    monkeypatch.setattr(engine, "choose", lambda _: Way(False, "It has one thread."))
    return made


def in_loop(work):
    """Run a test in an event loop."""

    def test(platform):
        asyncio.run(work(platform))

    test.__name__, test.__doc__ = work.__name__, work.__doc__
    return test


def array(mib, seed=1):
    """Bytes that can't be compressed, and lie in buffers of their own."""
    return np.random.default_rng(seed).integers(0, 256, mib * MIB, dtype=np.uint8)


def captured_folder(server, job="c"):
    return server._resting.capture(job)


def restored(result, manifest):
    target = Kernel()
    report, _ = target.ask("restore", manifest, job="r", folder=result["folder"], trust="own")
    assert report["skipped"] == []
    return target.namespace


def assert_only_named_chunks(folder):
    files = [path for path in (folder / "chunks").rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


@in_loop
async def test_equal_parts_become_one_and_each_is_under_its_digest(platform):
    part = array(8)
    source = Kernel(one=np.concatenate([part, part]), two=part.copy(), small={"a": 1})
    assert source.ask("capture", job="c") == ({"pending": True}, [])
    platform.may_go_on.set()
    result, (manifest,) = await source.outcome("c")
    chunks = json.loads(manifest.partition(b"\n")[0])["chunks"]
    assert sorted(chunk["size"] for chunk in chunks)[1:] == [8 * MIB]
    assert platform.hashed == [8 * MIB] * 3
    assert result["bytes"] == result["written"] == sum(chunk["size"] for chunk in chunks)
    assert_only_named_chunks(Path(result["folder"]))
    there = restored(result, manifest)
    assert all(np.array_equal(each, part) for each in (*there["one"].reshape(2, -1), there["two"]))
    assert there["small"] == {"a": 1}
    source.ask("close")


@in_loop
async def test_what_a_cell_changes_right_after_the_first_step_is_captured_as_it_was(platform):
    before = array(8)
    source = Kernel(data=before.copy(), items=[1])
    assert source.ask("capture", job="c")[0] == {"pending": True}
    source.namespace["data"][:] = 0
    source.namespace["items"].append(2)
    platform.may_go_on.set()
    result, (manifest,) = await source.outcome("c")
    there = restored(result, manifest)
    assert np.array_equal(there["data"], before)
    assert there["items"] == [1]
    source.ask("close")


@in_loop
async def test_called_off_while_it_is_hashed_it_leaves_no_folder(platform):
    source = Kernel(data=array(40))
    source.ask("capture", job="c")
    folder = captured_folder(source.server)
    await asyncio.sleep(0)
    source.ask("cancel", job="c")
    platform.may_go_on.set()
    assert (await source.outcome("c"))[0] == "CANCELLED"
    assert not folder.exists()
    assert len(platform.hashed) < 5


@in_loop
async def test_a_failure_while_it_is_hashed_is_told_and_leaves_no_folder(platform):
    source = Kernel(data=array(4))
    source.ask("capture", job="c")
    folder = captured_folder(source.server)
    platform.failure = OSError(28, "No space left on device")
    platform.may_go_on.set()
    assert (await source.outcome("c"))[0] == "DISK_FULL"
    assert not folder.exists()


@in_loop
async def test_a_closed_server_ends_what_is_being_hashed(platform):
    source = Kernel(data=array(4))
    source.ask("capture", job="c")
    folder = captured_folder(source.server)
    source.ask("close")
    platform.may_go_on.set()
    assert (await source.outcome("c"))[0] in ("CANCELLED", "CAPTURE_FAILED", "SNAPSHOT_NOT_FOUND")
    assert not folder.exists()


@in_loop
async def test_what_is_small_is_answered_at_once(platform):
    source = Kernel(words=["größe", 2])
    result, (manifest,) = source.ask("capture", job="c")
    assert restored(result, manifest)["words"] == ["größe", 2]
    assert platform.hashed == []
    source.ask("close")


@in_loop
async def test_a_later_snapshot_of_a_store_hashes_only_what_is_new(platform):
    source = Kernel(data=array(32))
    platform.may_go_on.set()
    place = str(staging.make_folder() / "store")
    source.ask("capture", job="first", folder=place)
    await source.outcome("first")
    assert len(platform.hashed) == 4
    source.namespace["data"][8 * MIB : 9 * MIB] = 0
    source.ask("capture", job="second", folder=place)
    result, (manifest,) = await source.outcome("second")
    assert len(platform.hashed) == 5
    assert result["written"] < 9 * MIB
    assert np.array_equal(restored(result, manifest)["data"], source.namespace["data"])
    assert_only_named_chunks(Path(place))
    source.ask("close")


def test_without_the_platforms_hash_all_is_done_in_one_step(monkeypatch):
    monkeypatch.setattr(engine, "choose", lambda _: Way(False, "It has one thread."))
    source = Kernel(data=array(4))
    result, (manifest,) = source.ask("capture", job="c")
    assert np.array_equal(restored(result, manifest)["data"], source.namespace["data"])
    source.ask("close")
