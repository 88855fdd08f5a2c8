"""Saving and loading from plain Python."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading

import pytest

from jupyterlab_runtimes.state import SnapshotError, contents, load, save
from jupyterlab_runtimes.state import restore as restoring
from jupyterlab_runtimes.state.snapshot import verify as verification
from jupyterlab_runtimes.state.snapshot.layout import MIB


def test_a_report_names_what_was_carried_and_what_was_not(place):
    report = save(place, namespace={"a": [1, 2], "f": lambda: 1})
    assert [item.name for item in report.restored] == ["a"]
    assert report.skipped[0].name == "f"
    assert "pickle" in report.skipped[0].reason
    assert "1 variable saved" in repr(report)
    assert "skipped f: " in repr(report)


def test_chosen_names_alone_are_saved_and_loaded(place):
    save(place, ["a", "b"], {"a": 1, "b": 2, "c": 3})
    namespace = {}
    report = load(place, ["b"], namespace)
    assert namespace == {"b": 2}
    assert [item.name for item in report.restored] == ["b"]
    with pytest.raises(SnapshotError, match="has no 'c'"):
        load(place, ["c"], namespace)


def test_a_chosen_name_needs_only_its_own_chunks(tmp_path):
    numpy = pytest.importorskip("numpy")
    save(tmp_path / "store", namespace={"a": 1, "big": numpy.frombuffer(os.urandom(20 * MIB), "u1")})
    report = load(tmp_path / "store", ["a"], {})
    assert report.bytes_verified < 1000


def test_a_snapshot_is_listed_without_its_chunks(tmp_path):
    saved = save(tmp_path / "store", namespace={"a": 1, "big": bytearray(5 * MIB)})
    for path in (tmp_path / "store" / "chunks").rglob("*"):
        if path.is_file():
            path.unlink()
    listed = contents(tmp_path / "store")
    assert listed.id == saved.id
    assert [(item.name, item.type) for item in listed.variables] == [("a", "int"), ("big", "bytearray")]
    assert "big: bytearray" in repr(listed)


def test_a_folder_gives_its_newest_snapshot_and_each_by_its_id(tmp_path):
    first = save(tmp_path / "store", namespace={"a": 1})
    save(tmp_path / "store", namespace={"a": 2})
    namespace = {}
    load(tmp_path / "store", namespace=namespace)
    assert namespace == {"a": 2}
    load(first.path, namespace=namespace)
    assert namespace == {"a": 1}


def test_ones_own_arrays_can_be_used_before_they_are_verified(place):
    numpy = pytest.importorskip("numpy")
    save(place, namespace={"a": numpy.arange(3 * MIB), "b": "code"})
    done, said = threading.Event(), []
    namespace = {}
    report = load(place, namespace=namespace, on_verified=lambda failure: (said.append(failure), done.set()))
    assert report.bytes_verified < MIB
    assert (namespace["a"] == numpy.arange(3 * MIB)).all()
    assert done.wait(20)
    assert said == [None]


def test_a_failure_of_the_later_verification_is_told(tmp_path):
    numpy = pytest.importorskip("numpy")
    save(tmp_path / "store", namespace={"a": numpy.arange(3 * MIB)})
    big = max((path for path in (tmp_path / "store" / "chunks").rglob("*")), key=lambda path: path.stat().st_size)
    with open(big, "r+b") as file:
        file.seek(5000)
        file.write(b"\xff")
    done, said = threading.Event(), []
    namespace = {"b": 1}
    load(tmp_path / "store", namespace=namespace, on_verified=lambda failure: (said.append(failure), done.set()))
    assert done.wait(20)
    assert said[0].code == "SNAPSHOT_CORRUPT"
    assert said[0].names == ("a",)
    assert namespace == {"b": 1}
    with pytest.raises(SnapshotError):
        load(tmp_path / "store", namespace={})


def test_what_can_not_be_read_again_stays_and_is_told(tmp_path, monkeypatch):
    numpy = pytest.importorskip("numpy")
    save(tmp_path / "store", namespace={"a": numpy.arange(3 * MIB), "b": numpy.ones(3 * MIB), "c": 1})
    _before_verification(monkeypatch, lambda: shutil.rmtree(tmp_path / "store" / "chunks"))
    namespace, said = _load_and_wait(tmp_path / "store")
    assert [failure.code for failure in said] == ["SNAPSHOT_NOT_FOUND"]
    assert said[0].names == ()
    assert "Not verified: a, b. Nothing speaks against it" in said[0].message
    assert sorted(namespace) == ["a", "b", "c"]
    assert (namespace["a"] == numpy.arange(3 * MIB)).all()
    assert (namespace["b"] == numpy.ones(3 * MIB)).all()


def test_too_many_open_files_are_no_damage(tmp_path, monkeypatch):
    numpy = pytest.importorskip("numpy")
    save(tmp_path / "store", namespace={"a": numpy.arange(3 * MIB)})

    def refused(_source, _chunk):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    _before_verification(monkeypatch, lambda: monkeypatch.setattr(verification, "_check", refused))
    namespace, said = _load_and_wait(tmp_path / "store")
    assert "Too many open files" in said[0].message
    assert list(namespace) == ["a"]


def _before_verification(monkeypatch, action):
    real = restoring.verify_in_background

    def after_action(*args):
        action()
        real(*args)

    monkeypatch.setattr(restoring, "verify_in_background", after_action)


def _load_and_wait(place):
    done, said, namespace = threading.Event(), [], {}
    load(place, namespace=namespace, on_verified=lambda failure: (said.append(failure), done.set()))
    assert done.wait(20)
    return namespace, said


def test_a_loaded_array_is_private_and_writeable(place):
    numpy = pytest.importorskip("numpy")
    save(place, namespace={"a": numpy.zeros(3 * MIB)})
    first, second = {}, {}
    load(place, namespace=first)
    first["a"][:] = 1
    load(place, namespace=second)
    assert second["a"].sum() == 0
    save(place, namespace=first)  # over the file that it is mapped from
    assert first["a"].sum() == 3 * MIB
    assert second["a"].sum() == 0


def test_the_namespace_of_a_script_is_its_own(tmp_path):
    program = """
import sys
import jupyterlab_runtimes.state as state
from jupyterlab_runtimes.tests.state.snapshot import pickled
sys.modules["jupyterlab_runtimes.state.graph"] = state.graph = pickled
a = 5
state.save(sys.argv[1], ["a"])
a = 6
state.load(sys.argv[1])
print(a)
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "x.jrs")], capture_output=True, text=True)
    assert done.stdout == "5\n", done.stderr


def test_a_wrong_word_of_trust_is_refused(place):
    save(place, namespace={"a": 1})
    with pytest.raises(SnapshotError, match="not 'full'"):
        load(place, namespace={}, trust="full")
