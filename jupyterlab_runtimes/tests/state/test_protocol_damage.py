"""What was damaged, cut, swapped or forged on its way through the kernel protocol: found before anything of it runs."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import random
from pathlib import Path

import pytest

from jupyterlab_runtimes.state.snapshot.canonical import canonical

from .test_kernel_protocol import Asker

FLIPS = 1000 if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG") else 60
REFUSED = ("SNAPSHOT_CORRUPT", "SNAPSHOT_VERSION")

ran = []


def run():
    ran.append("ran")
    return "ran"


class Hostile:
    """Runs when it is restored."""

    def __reduce__(self):
        return run, ()


@pytest.fixture(autouse=True)
def _nothing_ran():
    ran.clear()
    yield
    ran.clear()


class Captured:
    """A state that a kernel has captured: its manifest, its folder, and its chunks in the manifest's order."""

    def __init__(self):
        noise = random.Random(5)  # noqa: S311
        variables = {"hostile": Hostile(), "text": "text " * 5000, "small": bytearray(noise.randbytes(60_000))}
        self.asker = Asker(**variables, big=bytearray(noise.randbytes(300_000)))
        result, (manifest,) = self.asker.ask("capture", job="c")
        assert result["skipped"] == []
        self.folder = Path(result["folder"])
        self.manifest = bytes(manifest)
        self.chunks = [chunk["digest"] for chunk in self.content()["chunks"]]
        self.whole = {digest: self.path(digest).read_bytes() for digest in self.chunks}

    def content(self):
        return json.loads(self.manifest.partition(b"\n")[0])

    def path(self, digest):
        return self.folder / "chunks" / digest[:2] / digest


@pytest.fixture(scope="module")
def captured():
    made = Captured()
    yield made
    made.asker.ask("close")


def refused(target, code):
    assert code in REFUSED
    assert ran == []
    assert target.namespace == {"mine": 1}


def send(target, manifest, chunks, load):
    """Give a kernel these chunks, and answer what it refused."""
    target.ask("receive", manifest, load=load)
    for digest, data in chunks.items():
        answer, said = target.ask("write", data, load=load, digest=digest, offset=0)
        if not isinstance(answer, dict):
            assert said.endswith((".", ")"))
            return answer
    return None


def test_it_runs_when_nothing_was_done_to_it(captured):
    target = Asker(mine=1)
    assert send(target, captured.manifest, captured.whole, "l") is None
    target.ask("restore", job="r", load="l", trust="own")
    assert ran == ["ran"]
    assert target.namespace["text"] == "text " * 5000


def test_every_flipped_byte_that_arrives_is_found(captured):
    seed = random.Random(20261122)  # noqa: S311
    target = Asker(mine=1)
    for number in range(FLIPS):
        digest = seed.choice(captured.chunks)
        data = bytearray(captured.whole[digest])
        data[seed.randrange(len(data))] ^= 1 << seed.randrange(8)
        refused(target, send(target, captured.manifest, {**captured.whole, digest: bytes(data)}, f"l{number}"))
        assert target.ask("restore", job=f"r{number}", load=f"l{number}", trust="own")[0] == "CONFLICT"
        refused(target, "SNAPSHOT_CORRUPT")
        target.ask("discard", load=f"l{number}")


@pytest.mark.parametrize("early", [False, True])
def test_every_flipped_byte_of_a_folder_that_is_read_is_found(captured, early):
    seed = random.Random(7)  # noqa: S311
    target = Asker(mine=1)
    for number in range(FLIPS):
        digest = seed.choice(captured.chunks)
        data = bytearray(captured.whole[digest])
        if number % 5 == 0:
            del data[seed.randrange(len(data)) :]
        else:
            data[seed.randrange(len(data))] ^= 1 << seed.randrange(8)
        captured.path(digest).write_bytes(data)
        args = {"folder": str(captured.folder), "trust": "own", "early": early}
        refused(target, target.ask("restore", captured.manifest, job=f"r{number}", **args)[0])
        captured.path(digest).write_bytes(captured.whole[digest])


def test_no_flip_in_the_manifest_of_another_makes_its_code_run(captured):
    seed = random.Random(11)  # noqa: S311
    for number in range(FLIPS):
        data = bytearray(captured.manifest)
        data[seed.randrange(len(data))] ^= 1 << seed.randrange(8)
        target = Asker(mine=1)
        args = {"job": f"r{number}", "folder": str(captured.folder), "trust": "foreign"}
        answer, _ = target.ask("restore", bytes(data), **args)
        assert ran == []
        assert isinstance(answer, dict) or answer in (*REFUSED, "SNAPSHOT_NOT_FOUND")
        assert set(target.namespace) <= {"mine", "text", "small", "big"}


def test_a_hostile_pickle_in_the_place_of_any_chunk_is_refused(captured):
    hostile = pickle.dumps(Hostile())
    target = Asker(mine=1)
    for number, (digest, whole) in enumerate(captured.whole.items()):
        padded = hostile + whole[len(hostile) :]
        for data in (hostile, padded):
            captured.path(digest).write_bytes(data)
            args = {"job": f"r{number} {len(data)}", "folder": str(captured.folder), "trust": "own"}
            refused(target, target.ask("restore", captured.manifest, **args)[0])
        captured.path(digest).write_bytes(whole)


def test_a_hostile_pickle_in_any_slot_of_a_forged_manifest_does_not_run(captured, tmp_path):
    """Its digests fit: whoever made it has made all of it, but has no key."""
    hostile = pickle.dumps(Hostile())
    for number, (digest, whole) in enumerate(captured.whole.items()):
        data = hostile + whole[len(hostile) :]
        forged = hashlib.sha256(data).hexdigest()
        path = tmp_path / str(number) / "chunks" / forged[:2] / forged
        for other, content in captured.whole.items():
            place = tmp_path / str(number) / "chunks" / other[:2] / other
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        content = captured.content()
        chunk = next(each for each in content["chunks"] if each["digest"] == digest)
        chunk["digest"] = forged
        if chunk["codec"] == "raw":
            chunk["length"] = chunk["size"] = len(data)
        target = Asker(mine=1)
        args = {"job": "r", "folder": str(tmp_path / str(number)), "trust": "foreign"}
        target.ask("restore", canonical(content) + b"\n", **args)
        assert ran == []
        assert set(target.namespace) <= {"mine", "text", "small", "big"}


def test_chunks_of_another_state_do_not_fit(captured):
    other = Asker(text="something else", big=bytearray(400_000))
    result, (manifest,) = other.ask("capture", job="c")
    target = Asker(mine=1)
    args = {"job": "r", "folder": result["folder"], "trust": "own"}
    assert target.ask("restore", captured.manifest, **args)[0] in (*REFUSED, "SNAPSHOT_NOT_FOUND")
    refused(target, "SNAPSHOT_CORRUPT")
    # A load that has begun is not given another manifest, whose chunks it would take for its own.
    target.ask("receive", captured.manifest, load="l")
    target.ask("receive", manifest, load="l")
    digest = json.loads(bytes(manifest).partition(b"\n")[0])["chunks"][0]["digest"]
    assert target.ask("write", b"x", load="l", digest=digest, offset=0)[0] == "INVALID_REQUEST"
    other.ask("close")
