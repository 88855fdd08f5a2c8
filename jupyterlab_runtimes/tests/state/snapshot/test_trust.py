"""Whose a snapshot is, and who holds which key."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from jupyterlab_runtimes.state import SnapshotError, contents, load, save
from jupyterlab_runtimes.state.snapshot.places import open_snapshot
from jupyterlab_runtimes.state.trust.keys import key_id, own_key
from jupyterlab_runtimes.state.trust.senders import forget_sender, senders, trust_sender
from jupyterlab_runtimes.state.trust.sign import sign


@pytest.fixture
def from_ada(tmp_path):
    """A snapshot that another user has signed."""
    save(tmp_path / "ada", namespace={"f": 1})
    (path,) = (tmp_path / "ada" / "manifests").glob("*.json")
    path.write_bytes(sign(open_snapshot(path).manifest, b"a" * 32).to_bytes())
    return path


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_the_key_is_made_once_for_its_user_alone(data_folder):
    first = own_key(make=True)
    assert own_key(make=True) == first
    assert len(first) == 32
    assert stat.S_IMODE((data_folder / "state.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(data_folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in data_folder.iterdir()) == ["state.key"]


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_a_key_that_others_can_read_is_refused(data_folder, place):
    save(place, namespace={"a": 1})
    (data_folder / "state.key").chmod(0o644)
    with pytest.raises(SnapshotError, match="other users can read it: remove it"):
        load(place, namespace={})


def test_processes_that_start_together_agree_on_one_key(data_folder):
    program = "from jupyterlab_runtimes.state.trust.keys import own_key; print(own_key(make=True).hex())"
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    said = {each.communicate()[0] for each in started}
    assert len(said) == 1


def test_ones_own_is_restored_without_a_question(place):
    save(place, namespace={"f": 1})
    assert load(place, namespace={}).trust == "own"
    assert contents(place).trust == "own"


def test_a_new_key_makes_old_snapshots_foreign(place, data_folder):
    save(place, namespace={"f": 1})
    (data_folder / "state.key").unlink()
    assert load(place, namespace={}).trust == "foreign"


def test_a_sender_is_trusted_by_key_until_forgotten(from_ada):
    assert load(from_ada, namespace={}).trust == "foreign"
    trust_sender("Ada", b"a" * 32)
    namespace = {}
    assert load(from_ada, namespace=namespace).trust == "trusted"
    assert namespace == {"f": 1}
    assert contents(from_ada).sender == "Ada"
    assert [sender.name for sender in senders()] == ["Ada"]
    forget_sender(key_id(b"a" * 32))
    assert load(from_ada, namespace={}).trust == "foreign"


def test_data_alone_is_restored_when_that_is_asked_for_even_of_ones_own(place):
    save(place, namespace={"f": 1})
    namespace = {}
    report = load(place, namespace=namespace, trust="data")
    assert namespace == {}
    assert report.skipped[0].name == "f"


def test_a_kernel_holds_no_key_and_signs_nothing(tmp_path, data_folder):
    own_key(make=True)
    program = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(); shell.kernel = object()
import sys
import jupyterlab_runtimes.state as state
from jupyterlab_runtimes.tests.state.snapshot import pickled
sys.modules["jupyterlab_runtimes.state.graph"] = state.graph = pickled
from jupyterlab_runtimes.state.trust.keys import own_key
assert own_key(make=True) is None
state.save({str(tmp_path / "x.jrs")!r}, namespace={{"f": 1}})
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    opened = open_snapshot(tmp_path / "x.jrs")
    assert opened.manifest.signatures == ()
    opened.source.close()
    assert load(tmp_path / "x.jrs", namespace={}).trust == "foreign"
