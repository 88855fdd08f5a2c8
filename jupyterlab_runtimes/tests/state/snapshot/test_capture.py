"""Captures of a process that goes on, and of one that has to stand still."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time

import pytest

from jupyterlab_runtimes.state import SnapshotError, load
from jupyterlab_runtimes.state.capture import Way, choose, start
from jupyterlab_runtimes.state.capture import child as children
from jupyterlab_runtimes.state.snapshot.folder import Folder

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forks")

FORK = Way(True)


def restored(folder, captured):
    Folder(folder).keep(captured.manifest)
    namespace = {}
    load(folder, namespace=namespace, trust="accept")
    return namespace


def test_a_child_writes_while_the_process_goes_on(tmp_path):
    namespace = {"numbers": list(range(1000)), "text": "before"}
    capture = start(tmp_path, namespace, way=FORK)
    namespace["numbers"].append(-1)
    namespace["text"] = "after"
    captured = capture.wait()
    assert captured.way.forks
    assert not captured.manifest.signatures
    assert restored(tmp_path, captured) == {"numbers": list(range(1000)), "text": "before"}


def test_a_capture_in_the_middle_of_a_cell_says_so(tmp_path):
    captured = start(tmp_path, {"a": 1}, way=FORK, mid_cell=True).wait()
    assert captured.manifest.mid_cell
    assert captured.report.mid_cell
    assert "middle of a running cell" in repr(captured.report)


def test_the_random_state_is_that_of_the_process_and_not_the_childs(tmp_path):
    random.seed(5)
    state = random.getstate()

    class Asks:
        def __reduce__(self):
            return tuple, (random.getstate(),)

    captured = start(tmp_path, {"state": Asks()}, way=FORK).wait()
    assert restored(tmp_path, captured)["state"] == state
    assert random.getstate() == state


class Prints:
    def __reduce__(self):
        sys.stderr.write("complained by user code")
        os.write(1, b"written by user code")
        return int, (1,)


def test_a_child_prints_nothing(tmp_path, capfd):
    start(tmp_path, {"a": Prints()}, way=FORK).wait()
    assert capfd.readouterr() == ("", "")


class HoldsALock:
    """Waits for a lock that another thread had at the fork, and that nobody gives back in the child."""

    lock = threading.Lock()

    def __reduce__(self):
        with self.lock:
            return int, (1,)


def test_a_hung_child_is_ended_and_told(tmp_path):
    HoldsALock.lock.acquire()
    try:
        capture = start(tmp_path, {"a": 1, "hung": HoldsALock()}, way=FORK, patience_s=1.0)
        pid = capture._pid
        with pytest.raises(SnapshotError, match="was silent for 1 s, and was ended") as caught:
            capture.wait()
        assert caught.value.code == "CAPTURE_FAILED"
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    finally:
        HoldsALock.lock.release()


class Dies:
    def __reduce__(self):
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(10)


def test_a_child_that_dies_is_told_and_leaves_the_process_alone(tmp_path):
    with pytest.raises(SnapshotError, match="died \\(SIGSEGV\\)"):
        start(tmp_path, {"a": Dies()}, way=FORK).wait()


class Leaves:
    def __reduce__(self):
        raise SystemExit(0)


def test_a_child_never_runs_what_comes_after_the_fork(tmp_path):
    before = len(os.listdir(tmp_path))
    with pytest.raises(SnapshotError, match="SystemExit"):
        start(tmp_path / "store", {"a": Leaves()}, way=FORK).wait()
    assert len(os.listdir(tmp_path)) == before + 1


def test_cancelling_ends_the_child(tmp_path):
    capture = start(tmp_path, {"hung": HoldsALock(), "big": bytearray(1 << 26)}, way=FORK)
    pid = capture._pid
    capture.cancel()
    with pytest.raises(SnapshotError, match="cancelled"):
        capture.wait()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_a_progress_callback_raises_ends_the_capture(tmp_path):
    class StopThis(Exception):
        pass

    def stop(_):
        raise StopThis

    capture = start(tmp_path, {"big": bytearray(os.urandom(1 << 26))}, way=FORK)
    pid = capture._pid
    with pytest.raises(StopThis):
        capture.wait(stop)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_full_disk_is_told_by_the_child(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(SnapshotError, match="can't be written"):
        start(tmp_path / "file", {"a": 1}, way=FORK).wait()


def test_a_process_that_stands_still_says_why_first(tmp_path):
    said = []
    way = Way(False, "The kernel stands still while it is captured, because of a test.")
    capture = start(tmp_path, {"a": 1}, way=way, on_stall=said.append)
    assert said == [way.reason]
    assert restored(tmp_path, capture.wait()) == {"a": 1}
    assert capture.stall_s > 0


def test_a_process_forks_unless_something_speaks_against_it(monkeypatch):
    assert choose({}).forks
    monkeypatch.setitem(sys.modules, "polars", object())
    assert "polars has threads" in choose({}).reason
    monkeypatch.delitem(sys.modules, "polars")

    class Cuda:
        @staticmethod
        def is_initialized():
            return True

    monkeypatch.setitem(sys.modules, "torch.cuda", Cuda)
    assert "CUDA" in choose({}).reason
    monkeypatch.delitem(sys.modules, "torch.cuda")
    monkeypatch.setattr("jupyterlab_runtimes.state.capture.ways._available_bytes", lambda: 1 << 20)
    assert "1 MiB are free" in choose({}).reason


def test_a_child_lets_go_of_sockets_and_keeps_files(tmp_path):
    import socket

    with socket.socket() as listening, open(tmp_path / "file", "w") as file:
        listening.bind(("127.0.0.1", 0))
        pid = os.fork()
        if pid == 0:
            children._close_sockets(-1)
            try:
                os.fstat(listening.fileno())
            except OSError:
                os.fstat(file.fileno())
                os._exit(0)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
