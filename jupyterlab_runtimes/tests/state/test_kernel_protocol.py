"""The kernel's side of moving states, without a kernel: requests in, replies out."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from jupyterlab_runtimes.state.kernel import engine, resting, staging
from jupyterlab_runtimes.state.kernel.server import Server
from jupyterlab_runtimes.state.snapshot import verify

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
    folders = [Path(result["folder"]), target.server._resting.load("l").folder]
    source.ask("release", capture="c")
    target.ask("discard", load="l")
    assert not any(folder.exists() for folder in folders)


def test_what_a_page_that_has_gone_has_left_takes_no_room_for_long(source, target, monkeypatch):
    folders = []
    for name in ("left", "read"):
        result, (manifest,) = source.ask("capture", job=name)
        folders.append(Path(result["folder"]))
    target.ask("receive", manifest, load="l")
    folders.append(target.server._resting.load("l").folder)
    clock = time.monotonic
    monkeypatch.setattr(resting.time, "monotonic", lambda: clock() + 3000)
    source.ask("mark", capture="read")
    assert all(folder.exists() for folder in folders)
    monkeypatch.setattr(resting.time, "monotonic", lambda: clock() + 6000)
    for asker in (source, target):
        asker.ask("poll", job="another")
    assert [folder.exists() for folder in folders] == [False, True, False]
    assert (
        source.ask("mark", capture="left")[0]
        == target.ask("restore", job="r", load="l", trust="own")[0]
        == "SNAPSHOT_NOT_FOUND"
    )


def test_what_is_restored_from_is_not_left(source, target, monkeypatch):
    _, (manifest,) = source.ask("capture", job="c")
    move_chunks(source, target, manifest)
    clock = time.monotonic
    work = engine.load

    def load_for_long(*args):
        monkeypatch.setattr(resting.time, "monotonic", lambda: clock() + 6000)
        target.ask("poll", job="r")
        return work(*args)

    monkeypatch.setattr(engine, "load", load_for_long)
    assert sorted(target.ask("restore", job="r", load="l", trust="own")[0]["restored"]) == ["big", "words"]


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


class Gate:
    """Lets verification wait for a word."""

    def __init__(self, monkeypatch):
        self.open = threading.Event()
        self._check = verify._check
        monkeypatch.setattr(verify, "_check", self)

    def __call__(self, source, chunk):
        if threading.current_thread().name.startswith("snapshot") and self.is_late():
            assert self.open.wait(60)
        return self._check(source, chunk)

    @staticmethod
    def is_late():
        return any(each.name == "snapshot-verification" for each in threading.enumerate())


def arrived(source, target, **names):
    """A state that is whole in the target, and not restored yet: the path of its largest chunk."""
    _, (manifest,) = source.ask("capture", job="c", **names)
    move_chunks(source, target, manifest)
    chunks = target.server._resting.load("l").folder / "chunks"
    return max((path for path in chunks.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)


def damage(path):
    with open(path, "r+b") as file:
        file.seek(5000)
        byte = file.read(1)[0]
        file.seek(5000)
        file.write(bytes([byte ^ 1]))


def told(target, job="r"):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found, _ = target.ask("verified", job=job)
        if found["done"]:
            return found
        time.sleep(0.01)
    raise AssertionError("the verification does not end")


needs_mapping = pytest.mark.skipif(sys.platform == "win32", reason="several files can't be mapped as one there")


@pytest.fixture
def arrays():
    numpy = pytest.importorskip("numpy")
    asker = Asker(words=["größe", 2], big=numpy.arange(1_500_000.0))
    yield asker
    asker.ask("close")


@needs_mapping
def test_ones_own_state_is_used_before_its_big_buffers_are_verified(arrays, target, monkeypatch):
    gate = Gate(monkeypatch)
    arrived(arrays, target)
    report, _ = target.ask("restore", job="r", load="l", trust="own", early=True)
    assert report["verifying"] is True
    assert (target.namespace["big"] == arrays.namespace["big"]).all()
    assert target.ask("verified", job="r")[0] == {"done": False, "lost": [], "code": "", "message": ""}
    folder = target.server._resting.load("l").folder
    target.ask("discard", load="l")
    assert folder.exists()
    gate.open.set()
    assert told(target) == {"done": True, "lost": [], "code": "", "message": ""}
    assert_soon(lambda: not folder.exists())
    assert (target.namespace["big"] == arrays.namespace["big"]).all()


@needs_mapping
def test_what_turns_out_damaged_is_taken_away_under_all_its_names_and_told(arrays, target, monkeypatch, capsys):
    arrays.namespace["holder"] = {"inside": arrays.namespace["big"]}
    arrays.namespace["other"] = arrays.namespace["big"] + 1
    gate = Gate(monkeypatch)
    damage(arrived(arrays, target, names=["big", "holder", "words"]))
    target.ask("restore", job="r", load="l", trust="own", early=True)
    namespace = target.namespace
    namespace.update(mine_too=namespace["big"], other=namespace["big"] + 1)
    gate.open.set()
    found = told(target)
    assert found["code"] == "SNAPSHOT_CORRUPT"
    assert sorted(found["lost"]) == ["big", "holder", "mine_too"]
    assert sorted(namespace) == ["mine", "other", "words"]
    assert all(name in found["message"] for name in found["lost"])
    assert found["message"] in capsys.readouterr().err


@needs_mapping
def test_only_what_holds_the_damage_is_taken_away(arrays, target, monkeypatch):
    arrays.namespace["other"] = arrays.namespace["big"] + 1
    gate = Gate(monkeypatch)
    damage(arrived(arrays, target))
    target.ask("restore", job="r", load="l", trust="own", early=True)
    wrong = [name for name in ("big", "other") if (target.namespace[name] != arrays.namespace[name]).any()]
    assert len(wrong) == 1
    gate.open.set()
    assert told(target)["lost"] == wrong
    assert sorted([*target.namespace, *wrong]) == ["big", "mine", "other", "words"]


@needs_mapping
@pytest.mark.parametrize("trust", ["own", "foreign"])
def test_without_the_askers_word_everything_is_verified_first(arrays, target, trust):
    damage(arrived(arrays, target))
    options = {"early": True} if trust == "foreign" else {}
    assert target.ask("restore", job="r", load="l", trust=trust, **options)[0] == "SNAPSHOT_CORRUPT"
    assert target.namespace == {"mine": 1}


@needs_mapping
def test_streams_are_verified_first_in_any_case(arrays, target):
    """They are pickles: whatever could run is not looked at before it was found to be what was signed."""
    _, (manifest,) = arrays.ask("capture", job="c")
    move_chunks(arrays, target, manifest)
    content = json.loads(manifest.partition(b"\n")[0])
    for number in {part[0] for stream in content["streams"] for part in stream["parts"]}:
        digest = content["chunks"][number]["digest"]
        path = target.server._resting.load("l").folder / "chunks" / digest[:2] / digest
        path.write_bytes(bytes(path.stat().st_size))
    assert target.ask("restore", job="r", load="l", trust="own", early=True)[0] == "SNAPSHOT_CORRUPT"
    assert target.namespace == {"mine": 1}


@needs_mapping
@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_capture_of_what_is_not_verified_yet_waits_for_it(arrays, target, monkeypatch, is_damaged, capsys):
    gate = Gate(monkeypatch)
    path = arrived(arrays, target)
    if is_damaged:
        damage(path)
    target.ask("restore", job="r", load="l", trust="own", early=True)
    first, _ = target.server.answer("capture", {"job": "again"}, [])
    assert first["result"] == {"pending": True}
    gate.open.set()
    outcome = target.ask("capture", job="again")[0]
    if is_damaged:
        assert outcome == "SNAPSHOT_CORRUPT"
    else:
        assert outcome["skipped"] == []
    assert target.ask("capture", job="later")[0]["skipped"] == []


def assert_soon(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


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
