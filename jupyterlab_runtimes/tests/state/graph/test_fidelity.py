"""Awkward values, captured in one process and checked in another: none silently wrong."""

from __future__ import annotations

import sys

import pytest

from .interpreters import OTHERS, PYODIDES_WITH_LIBRARIES, run
from .values import VALUES


@pytest.fixture(scope="module")
def captured(tmp_path_factory):
    path = tmp_path_factory.mktemp("fidelity") / "bundle"
    return path, run(sys.executable, "capture", path)


def test_there_are_at_least_150_values():
    assert len(VALUES) >= 150


def test_the_plan_foresees_every_refusal(captured):
    _, report = captured
    told = {name: entry[0] == "skipped" for name, entry in report["plan"].items()}
    assert told == {name: entry[0] == "skipped" for name, entry in report["encoded"].items()}
    assert all(reason for outcome, reason, _ in report["plan"].values() if outcome == "skipped")


def test_none_is_wrong_and_what_can_move_is_restored(captured, tmp_path):
    path, report = captured
    found = run(sys.executable, "check", path)
    assert found["wrong"] == {}
    able = [name for name in report["made"] if not VALUES[name]["refused"]]
    assert {name: found["refused"].get(name) for name in able if name not in found["right"]} == {}
    assert len(found["right"]) >= 0.8 * len(report["made"])


def test_what_was_restored_can_be_captured_again(captured, tmp_path):
    path, _ = captured
    first = run(sys.executable, "check", path, tmp_path / "again")
    assert first["again"] == {}
    second = run(sys.executable, "check", tmp_path / "again")
    assert second["wrong"] == {}
    assert sorted(second["right"]) == sorted(first["right"])


@pytest.mark.parametrize("python", [*OTHERS, *PYODIDES_WITH_LIBRARIES])
def test_other_versions_of_python_restore_it_or_say_why_not(captured, python, tmp_path):
    path, _ = captured
    there = run(python, "check", path)
    assert there["wrong"] == {}
    run(python, "capture", tmp_path / "bundle")
    assert run(sys.executable, "check", tmp_path / "bundle")["wrong"] == {}
