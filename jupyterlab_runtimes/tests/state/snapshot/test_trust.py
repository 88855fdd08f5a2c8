"""Whose a snapshot is, and who holds which key."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from jupyterlab_runtimes.state import SnapshotError, contents, load, save
from jupyterlab_runtimes.state.snapshot.places import open_snapshot
from jupyterlab_runtimes.state.trust import ed25519
from jupyterlab_runtimes.state.trust.keys import own_key
from jupyterlab_runtimes.state.trust.senders import forget_sender, senders, trust_sender
from jupyterlab_runtimes.state.trust.sign import own_fingerprint, sign

ADA = b"a" * 32


@pytest.fixture
def from_ada(tmp_path):
    """A snapshot that another user has signed."""
    save(tmp_path / "ada", namespace={"f": 1})
    (path,) = (tmp_path / "ada" / "manifests").glob("*.json")
    path.write_bytes(sign(open_snapshot(path).manifest, ADA, for_others=True).to_bytes())
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
    assert contents(from_ada).fingerprint == own_fingerprint(ADA)
    trust_sender("Ada", own_fingerprint(ADA))
    namespace = {}
    assert load(from_ada, namespace=namespace).trust == "trusted"
    assert namespace == {"f": 1}
    assert contents(from_ada).sender == "Ada"
    assert [sender.name for sender in senders()] == ["Ada"]
    forget_sender(own_fingerprint(ADA))
    assert load(from_ada, namespace={}).trust == "foreign"


def test_a_trusted_senders_name_on_another_manifest_is_refused(from_ada, tmp_path):
    trust_sender("Ada", own_fingerprint(ADA))
    _line, signatures, _ = from_ada.read_bytes().split(b"\n")
    other = save(tmp_path / "other", namespace={"f": 2})
    path = tmp_path / "other" / "manifests" / f"{other.id}.json"
    forged = path.read_bytes().split(b"\n")[0]
    path.write_bytes(forged + b"\n" + signatures + b"\n")
    with pytest.raises(SnapshotError, match="changed after it was signed"):
        load(path, namespace={})
    assert load(from_ada, namespace={}).trust == "trusted"


def test_what_is_saved_for_others_is_ones_own_here(place):
    save(place, namespace={"f": 1}, for_others=True)
    assert load(place, namespace={}).trust == "own"


def test_a_fingerprint_that_is_none_is_refused():
    with pytest.raises(SnapshotError, match="32 hexadecimal digits: ask Ada"):
        trust_sender("Ada", "abc")


def test_ed25519_is_that_of_rfc_8032():
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = ed25519.public_key(seed)
    assert public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = ed25519.sign(seed, b"\x72")
    assert signature.hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert ed25519.verify(public, b"\x72", signature)
    for position in range(64):
        changed = bytearray(signature)
        changed[position] ^= 1
        assert not ed25519.verify(public, b"\x72", bytes(changed))


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
from jupyterlab_runtimes.state.trust import ed25519
from jupyterlab_runtimes.state.trust.keys import own_key
assert own_key(make=True) is None
state.save({str(tmp_path / "x.jrs")!r}, namespace={{"f": 1}})
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    opened = open_snapshot(tmp_path / "x.jrs")
    assert opened.manifest.signatures == ()
    opened.source.close()
    assert load(tmp_path / "x.jrs", namespace={}).trust == "foreign"
