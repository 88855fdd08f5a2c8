"""A full disk or a killed writer leaves what was there before, whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from jupyterlab_runtimes.state import SnapshotError, load, save
from jupyterlab_runtimes.state.snapshot.layout import MIB

KILLS = 100 if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG") else 6

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")

WRITER = """
import os, sys, random
import jupyterlab_runtimes.state as state
from jupyterlab_runtimes.tests.state.snapshot import pickled
sys.modules["jupyterlab_runtimes.state.graph"] = state.graph = pickled
print("ready", flush=True)
number = 0
while True:
    number += 1
    data = bytearray(random.Random(number).randbytes(1 << 16) * (20 << 4))
    data[:8] = number.to_bytes(8, "little")
    state.save(sys.argv[1], namespace={"number": number, "data": data, "text": str(number) * 100_000})
    print(number, flush=True)
"""


def whole(place):
    """Load all of it, and answer which snapshot it is."""
    namespace = {}
    load(place, namespace=namespace)
    number = namespace["number"]
    assert int.from_bytes(namespace["data"][:8], "little") == number
    assert namespace["data"][1 << 16 :][8:1000] == namespace["data"][8:1000]
    assert namespace["text"] == str(number) * 100_000
    return number


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_writer_leaves_the_old_snapshot_or_the_new_one(place, number):
    seed = random.Random(number)  # noqa: S311
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(place)], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout.readline() == "ready\n"
        assert writer.stdout.readline() == "1\n"
        time.sleep(seed.random() * 1.5)
    finally:
        os.kill(writer.pid, signal.SIGKILL)
        said = writer.stdout.read().split()
        writer.wait()
    last = int(said[-1]) if said else 1
    assert whole(place) in (last, last + 1)
    save(
        place,
        namespace={"number": 7, "data": bytearray((7).to_bytes(8, "little") + bytes(1 << 17)), "text": "7" * 100_000},
    )
    assert whole(place) == 7


def test_a_full_disk_leaves_the_old_snapshot_and_says_so(place):
    save(place, namespace={"state": "old"})
    before = sorted(path for path in place.parent.rglob("*") if path.is_file())
    program = """
import os, resource, signal, sys
import jupyterlab_runtimes.state as state
from jupyterlab_runtimes.tests.state.snapshot import pickled
sys.modules["jupyterlab_runtimes.state.graph"] = state.graph = pickled
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))
try:
    state.save(sys.argv[1], namespace={"state": "new", "big": bytearray(os.urandom(32 << 20))})
except state.SnapshotError as error:
    print(error.code, error.message)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(place)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("DISK_FULL The snapshot can't be written to")
    assert "make room" in done.stdout
    namespace = {}
    load(place, namespace=namespace)
    assert namespace == {"state": "old"}
    assert sorted(path for path in place.parent.rglob("*") if path.is_file()) == before


def test_cancelling_leaves_the_old_snapshot_and_nothing_else(place):
    save(place, namespace={"state": "old"})
    manifests = sorted(place.parent.rglob("*.json")) + sorted(place.parent.rglob("*.jrs"))

    class StopThis(Exception):
        pass

    def stop(count):
        if count > 20 * MIB:
            raise StopThis

    with pytest.raises(StopThis):
        save(place, namespace={"big": bytearray(os.urandom(64 * MIB))}, on_progress=stop)
    assert sorted(place.parent.rglob("*.json")) + sorted(place.parent.rglob("*.jrs")) == manifests
    assert not list(place.parent.rglob("*.part"))
    namespace = {}
    load(place, namespace=namespace)
    assert namespace == {"state": "old"}


def test_a_folder_that_is_not_there_and_one_that_may_not_be_written_are_told(tmp_path):
    with pytest.raises(SnapshotError, match="check the path") as caught:
        save(tmp_path / "no" / "x.jrs", namespace={"a": 1})
    assert caught.value.code == "SNAPSHOT_NOT_FOUND"
    with pytest.raises(SnapshotError, match="check the path"):
        load(tmp_path / "none.jrs", namespace={})
    (tmp_path / "other.jrs").write_bytes(b"PK\3\4 something else entirely" * 9)
    with pytest.raises(SnapshotError, match="is no snapshot"):
        load(tmp_path / "other.jrs", namespace={})


def test_what_a_killed_writer_left_is_swept_after_a_day(tmp_path):
    save(tmp_path / "store", namespace={"a": 1})
    folder = next((tmp_path / "store" / "chunks").iterdir())
    old, young = folder / "x.part", folder / "y.part"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    save(tmp_path / "store", namespace={"a": 2})
    assert not old.exists()
    assert young.exists()
