"""Whatever was done to a snapshot: it is found before anything of it runs, and the namespace stays as it was."""

from __future__ import annotations

import json
import os
import random
import shutil

import pytest

from jupyterlab_runtimes.state import SnapshotError, load, save
from jupyterlab_runtimes.state.snapshot.canonical import canonical
from jupyterlab_runtimes.state.snapshot.layout import MIB
from jupyterlab_runtimes.state.snapshot.places import open_snapshot
from jupyterlab_runtimes.state.trust import keys
from jupyterlab_runtimes.state.trust.sign import sign

FLIPS = 1000 if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG") else 100

ran = []


def run():
    ran.append("ran")


class Hostile:
    """Runs when it is unpickled."""

    def __reduce__(self):
        return run, ()


@pytest.fixture(autouse=True)
def _nothing_ran():
    ran.clear()
    yield
    ran.clear()


def variables():
    data = bytearray(random.Random(3).randbytes(5 * MIB))  # noqa: S311
    return {"hostile": Hostile(), "text": "text " * 5000, "big": data, "bytes": bytearray(b"small")}


@pytest.fixture
def saved(place):
    save(place, namespace=variables())
    return place


def files(place):
    return [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())


def refuses(place, *, codes=("SNAPSHOT_CORRUPT", "SNAPSHOT_VERSION"), **options):
    namespace = {"mine": 1}
    with pytest.raises(SnapshotError) as caught:
        load(place, namespace=namespace, **options)
    assert caught.value.code in codes
    assert caught.value.message.endswith((".", ")"))
    assert ran == []
    assert namespace == {"mine": 1}
    return caught.value


def test_it_runs_when_nothing_was_done_to_it(saved):
    load(saved, namespace={})
    assert ran == ["ran"]


def test_every_flipped_bit_is_found(saved, tmp_path):
    seed = random.Random(20261122)  # noqa: S311
    paths = [path for path in files(saved) if path.name != "reuse.json"]
    foreign = 0
    for number in range(FLIPS):
        # Every other flip hits what is small and matters most: the manifest, the index and the ends.
        path = seed.choice([p for p in paths if p.suffix == ".json"] or paths) if number % 2 else seed.choice(paths)
        size = path.stat().st_size
        is_end = path.suffix == ".jrs" and number % 2
        offset = seed.choice([seed.randrange(64), size - 1 - seed.randrange(4000)]) if is_end else seed.randrange(size)
        with open(path, "r+b") as file:
            file.seek(offset)
            before = file.read(1)
            file.seek(offset)
            file.write(bytes([before[0] ^ (1 << seed.randrange(8))]))
        try:
            namespace = {}
            report = load(saved, namespace=namespace)
            # A signature that is not ours any more: whose it is can't be known, and nothing that can run is touched.
            assert report.trust == "foreign", (path, offset)
            assert namespace == {}
            foreign += 1
        except SnapshotError as error:
            code = error.code
        else:
            code = "SNAPSHOT_CORRUPT"
        assert code in ("SNAPSHOT_CORRUPT", "SNAPSHOT_VERSION"), (path, offset)
        assert ran == [], (path, offset)
        with open(path, "r+b") as file:
            file.seek(offset)
            file.write(before)
    assert foreign < FLIPS / 5
    load(saved, namespace={})
    assert ran == ["ran"]


def test_a_file_that_was_cut_off_anywhere_is_refused(saved):
    seed = random.Random(7)  # noqa: S311
    for path in files(saved):
        whole = path.read_bytes()
        for length in {0, 1, 63, 64, len(whole) - 1, *(seed.randrange(len(whole)) for _ in range(5))}:
            if length < len(whole):
                path.write_bytes(whole[:length])
                if path.name != "reuse.json":
                    refuses(saved)
        path.write_bytes(whole + b"\n")
        if path.suffix in (".jrs", ".json") and path.name != "reuse.json":
            refuses(saved)
        path.write_bytes(whole)


def test_a_chunk_that_is_gone_is_told(tmp_path):
    save(tmp_path / "store", namespace=variables())
    for path in files(tmp_path / "store" / "chunks"):
        aside = path.rename(tmp_path / "aside")
        assert "missing" in refuses(tmp_path / "store").message
        aside.rename(path)


def test_an_old_manifest_is_not_played_back_as_a_new_one(tmp_path):
    old = save(tmp_path / "store", namespace={"hostile": Hostile(), "state": "old"})
    new = save(tmp_path / "store", namespace={"state": "new"})
    folder = tmp_path / "store" / "manifests"
    shutil.copy(folder / f"{old.id}.json", folder / f"{new.id}.json")
    assert old.id in refuses(folder / f"{new.id}.json").message


def test_a_signature_of_another_manifest_does_not_fit(tmp_path):
    first = save(tmp_path / "store", namespace={"hostile": Hostile()})
    second = save(tmp_path / "store", namespace={"state": 1})
    folder = tmp_path / "store" / "manifests"
    line = (folder / f"{first.id}.json").read_bytes().split(b"\n")[0]
    signature = (folder / f"{second.id}.json").read_bytes().split(b"\n")[1]
    (folder / f"{first.id}.json").write_bytes(line + b"\n" + signature + b"\n")
    assert "changed after it was signed" in refuses(folder / f"{first.id}.json", trust="accept").message


def test_a_hostile_pickle_in_any_slot_of_ones_own_snapshot_is_refused(tmp_path):
    """Every chunk, and every range of a chunk, replaced by somebody who has no key."""
    import pickle

    hostile = pickle.dumps(Hostile())
    save(tmp_path / "store", namespace={"text": "x" * 300, "big": bytearray(5 * MIB), "small": bytearray(b"s")})
    for path in files(tmp_path / "store" / "chunks"):
        whole = path.read_bytes()
        for replaced in (hostile, hostile + whole[len(hostile) :], whole[: len(whole) // 2] + hostile):
            path.write_bytes(replaced)
            refuses(tmp_path / "store")
            refuses(tmp_path / "store", trust="accept")
        path.write_bytes(whole)
    load(tmp_path / "store", namespace={})


@pytest.mark.parametrize("signed", ["by nobody", "by another", "with a forged mac"])
def test_a_foreign_manifest_runs_nothing_whatever_slot_is_hostile(tmp_path, monkeypatch, signed):
    save(tmp_path / "x.jrs", namespace={"hostile": Hostile(), "data": 1})
    opened = open_snapshot(tmp_path / "x.jrs")
    own = keys.own_key(make=False)
    opened.source.close()
    folder = tmp_path / "store"
    save(folder, namespace={"hostile": Hostile(), "data": 1})
    (path,) = (folder / "manifests").glob("*.json")
    manifest = open_snapshot(folder).manifest
    content = json.loads(manifest.line)
    content["graph"]["variables"][0]["outcome"] = "restored"
    forged = {
        "by nobody": manifest.signed(),
        "by another": sign(manifest, b"\1" * 32),
        "with a forged mac": manifest.signed({"scheme": "hmac-sha256", "key_id": keys.key_id(own), "mac": "0" * 64}),
    }[signed]
    path.write_bytes(forged.to_bytes())
    if signed == "with a forged mac":
        refuses(folder)
        return
    namespace = {}
    report = load(folder, namespace=namespace)
    assert report.trust == "foreign"
    assert [item.name for item in report.skipped] == ["hostile", "data"]
    assert ran == []
    load(folder, namespace={}, trust="accept")
    assert ran == ["ran"]


MALFORMED = [
    ("chunks", lambda c: c["chunks"].append(dict(c["chunks"][0]))),
    ("digest", lambda c: c["chunks"][0].update(digest="../../etc/passwd")),
    ("digest case", lambda c: c["chunks"][0].update(digest=c["chunks"][0]["digest"].upper())),
    ("size", lambda c: c["chunks"][0].update(size=True)),
    ("length", lambda c: c["chunks"][0].update(length=1 << 40)),
    ("negative", lambda c: c["chunks"][0].update(length=-1)),
    ("codec", lambda c: c["chunks"][0].update(codec="lzma")),
    ("outside", lambda c: c["streams"][0]["parts"][0].__setitem__(1, 1 << 30)),
    ("number", lambda c: c["streams"][0]["parts"][0].__setitem__(0, 99)),
    ("sum", lambda c: c["streams"][0].update(length=1)),
    ("twice", lambda c: c["streams"].append(dict(c["streams"][0]))),
    ("name", lambda c: c["streams"][0].update(name=None)),
    ("part", lambda c: c["buffers"].append({"length": 0, "parts": [[0]]})),
    ("list", lambda c: c.update(buffers={})),
    ("id", lambda c: c.update(id="../x")),
    ("graph", lambda c: c.update(graph=[])),
    ("format", lambda c: c.pop("format")),
]


@pytest.mark.parametrize(("what", "spoil"), MALFORMED, ids=[what for what, _ in MALFORMED])
def test_a_manifest_that_can_not_be_is_refused_even_when_its_code_would_be_accepted(tmp_path, what, spoil):
    save(tmp_path / "store", namespace={"hostile": Hostile(), "text": "x" * 300})
    (path,) = (tmp_path / "store" / "manifests").glob("*.json")
    content = json.loads(path.read_bytes().split(b"\n")[0])
    spoil(content)
    path.write_bytes(canonical(content) + b"\n")
    refuses(tmp_path / "store", trust="accept")


def test_deep_or_endless_json_is_refused(tmp_path):
    folder = tmp_path / "store" / "manifests"
    folder.mkdir(parents=True)
    for text in (b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b'{"id": 1e999}', b"{}\n{}\n{}\n"):
        (folder / "20261122t000000z-0.json").write_bytes(text)
        refuses(tmp_path / "store")
