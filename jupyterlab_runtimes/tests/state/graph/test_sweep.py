"""Objects of libraries, made by their public constructors: restored and used in a fresh process, or refused beforehand.

Runs for what is installed here; docs/state-libraries.md has all.
"""

from __future__ import annotations

import sys

import pytest

from .interpreters import PYODIDES_WITH_LIBRARIES, run
from .sweep import VALUES


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "bundle"
    return run(sys.executable, "capture", path, table="sweep"), run(sys.executable, "check", path, table="sweep")


def test_there_are_at_least_100_classes_of_eight_libraries():
    assert len(VALUES) >= 100
    assert len({each["library"] for each in VALUES.values()}) == 8


def test_what_is_restored_works_and_what_belongs_to_its_process_is_refused(swept):
    source, target = swept
    if not source["made"]:
        pytest.skip("none of the libraries is installed")
    assert target["wrong"] == {}
    assert source["unmade"] == {}
    assert {name: why for name, why in target["refused"].items() if not VALUES[name]["refused"]} == {}
    assert [name for name in target["right"] if VALUES[name]["refused"]] == []


def test_every_refusal_is_foreseen_with_its_reason(swept):
    source, target = swept
    skipped = {name: entry[1] for name, entry in target["outcomes"].items() if entry[0] == "skipped"}
    assert all(source["plan"][name][0] == "skipped" and source["plan"][name][1] for name in skipped)


if PYODIDES_WITH_LIBRARIES:

    @pytest.mark.parametrize("python", PYODIDES_WITH_LIBRARIES)
    def test_with_other_versions_of_the_libraries_none_is_wrong(python, tmp_path):
        for source, target in ((sys.executable, python), (python, sys.executable)):
            made = run(source, "capture", tmp_path / "bundle", table="sweep")["made"]
            found = run(target, "check", tmp_path / "bundle", table="sweep")
            assert found["wrong"] == {}
            assert all(found["refused"].values())
            assert len(found["right"]) + len(found["refused"]) == len(made) > 90
            assert len(found["right"]) > 60
