"""A real kernel is captured in the middle of a cell, goes on, and answers afterwards."""

from __future__ import annotations

import queue
import sys
import time

import pytest

from jupyterlab_runtimes.state import load
from jupyterlab_runtimes.state.snapshot.folder import Folder
from jupyterlab_runtimes.state.snapshot.manifest import parse_manifest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forks")

CELL = """
import random
from jupyterlab_runtimes.state.capture import start
numbers = list(range(100_000)); word = "before"; random.seed(3)
capture = start(FOLDER, globals(), ["numbers", "word", "double"], mid_cell=True)
print("forked", capture.way.forks)
word = "after"; numbers.clear()
captured = capture.wait()
with open(FOLDER + "/manifest", "wb") as file:
    file.write(captured.manifest.to_bytes())
print("stood still", capture.stall_s < 2)
"""


def run(client, code):
    """Run a cell and give what it printed."""
    client.execute(code)
    printed = []
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])
        elif message["msg_type"] == "error":
            raise AssertionError("\n".join(message["content"]["traceback"]))
        elif message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return "".join(printed)
    raise TimeoutError(code)


@pytest.fixture
def _pickled_graph():
    """The real graph."""


def test_a_kernel_goes_on_while_a_child_writes(tmp_path):
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3")
    try:
        run(client, "def double(x):\n    return 2 * x\n")
        for _ in range(3):
            assert run(client, f"FOLDER = {str(tmp_path)!r}\n{CELL}") == "forked True\nstood still True\n"
        assert run(client, "print(word, len(numbers))") == "after 0\n"
        manager.restart_kernel(now=True)  # it finds its ports free
        client.wait_for_ready(timeout=60)
        assert run(client, "print(6 * 7)") == "42\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    manifest = parse_manifest((tmp_path / "manifest").read_bytes())
    assert manifest.mid_cell
    Folder(tmp_path).keep(manifest)
    namespace = {}
    report = load(tmp_path, namespace=namespace, trust="accept")
    assert not report.skipped
    assert namespace["word"] == "before"
    assert namespace["numbers"] == list(range(100_000))
    assert namespace["double"](21) == 42
