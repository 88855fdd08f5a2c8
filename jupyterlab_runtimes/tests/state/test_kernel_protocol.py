"""The kernel's side of moving states, without a kernel: requests in, replies out."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_runtimes.state.kernel import staging
from jupyterlab_runtimes.state.kernel.server import Server

STATE = Path(__file__).parents[2] / "state"


class Asker:
    """One namespace behind a server."""

    def __init__(self, **namespace):
        self.namespace = namespace
        self.server = Server(lambda: self.namespace)

    def ask(self, op, *buffers, **args):
        content, parts = self.server.answer(op, args, list(buffers))
        if content["status"] != "ok":
            return content["code"], content["evalue"]
        if content["result"].get("pending"):
            self.server._jobs.outcome(args["job"]).done.wait(30)
            return self.ask("outcome", job=args["job"])
        return content["result"], parts


@pytest.fixture
def source():
    asker = Asker(words=["größe", 2], big=bytes(range(256)) * 40_000)
    yield asker
    asker.ask("close")


@pytest.fixture
def target():
    asker = Asker(mine=1)
    yield asker
    asker.ask("close")


def move_chunks(source, target, manifest, capture="c", load="l"):
    """Bring what is missing, in pieces of 1 MB."""
    sizes = {chunk["digest"]: chunk["size"] for chunk in json.loads(manifest.partition(b"\n")[0])["chunks"]}
    for each in target.ask("receive", manifest, load=load)[0]["missing"]:
        for offset in range(each["offset"], sizes[each["digest"]], 1_000_000):
            length = min(1_000_000, sizes[each["digest"]] - offset)
            _, (piece,) = source.ask("read", capture=capture, digest=each["digest"], offset=offset, length=length)
            target.ask("write", piece, load=load, digest=each["digest"], offset=offset)


def test_a_state_arrives_in_pieces_and_leaves_no_file(source, target):
    result, (manifest,) = source.ask("capture", job="c")
    assert result["skipped"] == []
    move_chunks(source, target, manifest)
    report, _ = target.ask("restore", job="r", load="l", trust="own")
    assert sorted(report["restored"]) == ["big", "words"]
    assert target.namespace["words"] == ["größe", 2]
    assert target.namespace["big"] == source.namespace["big"]
    folders = [Path(result["folder"]), target.server._loads["l"].folder]
    source.ask("release", capture="c")
    target.ask("discard", load="l")
    assert not any(folder.exists() for folder in folders)


def test_bytes_that_changed_on_the_way_are_refused_and_can_come_again(source, target):
    _, (manifest,) = source.ask("capture", job="c", names=["big"])
    missing = target.ask("receive", manifest, load="l")[0]["missing"]
    sizes = {chunk["digest"]: chunk["size"] for chunk in json.loads(manifest.partition(b"\n")[0])["chunks"]}
    digest = missing[0]["digest"]
    code, _ = target.ask("write", bytes(sizes[digest]), load="l", digest=digest, offset=0)
    assert code == "SNAPSHOT_CORRUPT"
    assert target.ask("restore", job="too early", load="l", trust="own")[0] == "CONFLICT"
    move_chunks(source, target, manifest)
    assert target.ask("restore", job="r", load="l", trust="own")[0]["restored"] == ["big"]


def test_a_piece_that_comes_twice_or_too_early_does_no_harm(source, target):
    _, (manifest,) = source.ask("capture", job="c", names=["big"])
    digest = target.ask("receive", manifest, load="l")[0]["missing"][0]["digest"]
    _, (piece,) = source.ask("read", capture="c", digest=digest, offset=0, length=1000)
    assert target.ask("write", piece, load="l", digest=digest, offset=500)[0] == "INVALID_REQUEST"
    for _ in range(2):
        assert target.ask("write", piece, load="l", digest=digest, offset=0)[0] == {"have": 1000}
    assert target.ask("receive", load="l")[0]["missing"][0] == {"digest": digest, "offset": 1000}


def test_a_job_that_was_cancelled_before_its_turn_never_begins(source):
    source.ask("cancel", job="c")
    assert source.ask("poll", job="c")[0]["known"] is False
    assert source.ask("capture", job="c")[0] == "CANCELLED"


def test_a_job_that_is_asked_for_again_is_not_done_again(target, source):
    _, (manifest,) = source.ask("capture", job="c", names=["words"])
    move_chunks(source, target, manifest)
    target.ask("restore", job="r", load="l", trust="own")
    target.namespace["words"] = "changed since"
    assert target.ask("restore", job="r", load="l", trust="own")[0]["restored"] == ["words"]
    assert target.namespace["words"] == "changed since"


def test_files_tell_who_is_near(source, target, tmp_path):
    source.ask("capture", job="c", names=["words"])
    mark, _ = source.ask("mark", capture="c")
    assert target.ask("nearby", **mark)[0] == {"nearby": True}
    elsewhere = tmp_path / "nearby"
    elsewhere.write_text(hashlib.sha256().hexdigest())
    assert target.ask("nearby", path=str(elsewhere), nonce=mark["nonce"])[0] == {"nearby": False}
    assert target.ask("nearby", path=str(tmp_path / "none"), nonce=mark["nonce"])[0] == {"nearby": False}


def test_what_is_unknown_is_said(target):
    assert target.ask("frobnicate")[0] == "VERSION_MISMATCH"
    assert target.ask("read", capture="none", digest="", offset=0, length=1)[0] == "SNAPSHOT_NOT_FOUND"
    assert target.ask("receive", b'{"chunks": [{"digest": "../../x", "size": 1}]}\n', load="l")[0] == "SNAPSHOT_CORRUPT"


@pytest.mark.skipif(sys.platform == "win32", reason="a process id says nothing there")
def test_folders_of_kernels_that_were_killed_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(staging.tempfile, "tempdir", str(tmp_path))
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    orphan = tmp_path / f"{staging.PREFIX}{child.pid}-x"
    orphan.mkdir()
    staging._remove_orphans()
    assert not orphan.exists()


def test_the_boot_code_installs_another_version_in_the_place_of_the_old_one():
    """In a process of its own: it changes what can be imported."""
    script = f"""
import json, pathlib, sys
sys.modules["IPython"] = shell = type(sys)("IPython")
handlers = {{}}
kernel = type("Kernel", (), {{"shell_handlers": handlers, "control_handlers": {{}}}})()
shell.get_ipython = lambda: type("Shell", (), {{"kernel": kernel, "user_ns": {{}}}})()
folder = pathlib.Path({str(STATE)!r})
files = {{path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.py")}}
space = {{"__name__": "boot"}}
exec(files["kernel/boot.py"], space)
exec(files["kernel/boot.py"], {{"__name__": "boot"}})
boot = sys.modules["_jupyterlab_runtimes_state_boot"].boot
say = lambda op, args={{}}, buffers=(): boot.answer({{"op": op, "args": args}}, list(buffers))[0]
assert say("inspect")["status"] == "error"
for digest in ("one", "two"):
    assert say("install", {{"digest": digest}}, [json.dumps(files).encode()])["status"] == "ok"
    assert say("hello")["result"] == {{"digest": digest}}
    assert say("inspect")["result"]["python"]["platform"] == sys.platform
assert len([f for f in sys.meta_path if type(f).__name__ == "Sources"]) == 1
assert not [name for name in sys.modules if name.startswith("jupyterlab_runtimes")]
assert list(handlers) == ["runtimes_state_request"]
print("fine")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("fine\n", "")
