"""Functions and classes, nineteen constructs, from each interpreter at hand into each: none is refused, none is wrong.

JLR_PYTHONS=/path/to/python3.10:/path/to/python3.13:pyodide pytest -k constructs
"""

from __future__ import annotations

import sys

import pytest

from .interpreters import OTHERS, run
from .values import VALUES

CONSTRUCTS = (
    *("function", "lambdas", "closure", "nonlocal_pair", "recursive", "decorated", "default_side_effect"),
    *("generator_function", "async_function", "partial", "class", "inherit", "slots", "dataclass", "enum", "abc"),
    *("metaclass", "redefined", "local_class"),
)
PYTHONS = [sys.executable, *OTHERS]


def test_there_are_nineteen_constructs():
    assert len(set(CONSTRUCTS) & set(VALUES)) == 19


@pytest.fixture(scope="module")
def captured(tmp_path_factory):
    known = {}

    def capture(python):
        if python not in known:
            path = tmp_path_factory.mktemp("constructs") / "bundle"
            report = run(python, "capture", path, *CONSTRUCTS)
            assert sorted(report["made"]) == sorted(CONSTRUCTS)
            known[python] = path
        return known[python]

    return capture


@pytest.mark.parametrize("target", PYTHONS)
@pytest.mark.parametrize("source", PYTHONS)
def test_all_constructs_go_from_one_interpreter_into_the_other(captured, source, target):
    found = run(target, "check", captured(source))
    assert found["wrong"] == {}
    assert found["refused"] == {}
    assert sorted(found["right"]) == sorted(CONSTRUCTS)
