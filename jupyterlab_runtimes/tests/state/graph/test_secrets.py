"""What looks like a secret is pointed out before it leaves, with a reason that does not repeat it."""

from __future__ import annotations

import base64
import io
import os
import random
import string
import types

import pytest

from jupyterlab_runtimes.state.graph import Options, describe, encode, secret_like, secret_reason

from . import bundle

_R = random.Random(5)  # noqa: S311
_LETTERS = string.ascii_letters + string.digits


def letters(count: int) -> str:
    """Random ones: nothing here was ever anybody's."""
    return "".join(_R.choices(_LETTERS, k=count))


SECRETS = {
    "a private key": "x\n-----BEGIN OPENSSH PRIVATE " + "KEY-----\n" + letters(40),
    "an AWS access key": "AK" + "IA" + letters(16).upper(),
    "a GitHub token": "gh" + "p_" + letters(36),
    "a GitLab token": "glp" + "at-" + letters(20),
    "a Slack token": "xo" + "xb-" + letters(20),
    "a Google API key": "AI" + "za" + letters(35),
    "a Hugging Face token": "h" + "f_" + letters(34),
    "an API key": "s" + "k-" + letters(40),
    "a Stripe key": "s" + "k_live_" + letters(24),
    "a SendGrid key": "S" + "G." + letters(22) + "." + letters(43),
    "an npm token": "np" + "m_" + letters(36),
    "a PyPI token": "pypi-" + "AgE" + letters(60),
    "a JSON web token": "ey" + "J" + letters(20) + ".ey" + "J" + letters(20) + "." + letters(20),
    "an Azure key": "AccountName=a;Account" + "Key=" + base64.b64encode(b"x" * 40).decode(),
    "a bearer token": "Authorization: Bearer " + letters(30),
    "an address with a password": "postgresql://anna:" + letters(9) + "@db.example/app",
    "a password": "host=db user=anna pass" + "word=" + letters(9),
}


@pytest.mark.parametrize(
    "name", ["token", "GITHUB_TOKEN", "dbPassword", "api_key", "apiKey", "aws_secret", "password1"]
)
def test_names_of_secrets_are_known(name):
    assert secret_like(name)
    assert secret_reason(name, "abc") == "its name is one that secrets are given"


@pytest.mark.parametrize("name", ["monkey", "keyboard", "passage", "author", "path"])
def test_other_names_are_not(name):
    assert not secret_like(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secrets", os),
        ("sort_key", len),
        ("key", lambda row: row),
        ("max_tokens", 512),
        ("password", ""),
        ("Token", int),
    ],
)
def test_a_name_says_nothing_of_what_can_hold_no_secret(name, value):
    assert secret_reason(name, value) == ""


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize(
    "within",
    [
        lambda text: text,
        lambda text: text.encode(),
        lambda text: ["a", {"b": (1, text)}],
        lambda text: types.SimpleNamespace(settings={"x": text}),
        lambda text: eval(f"lambda: {text!r}"),  # noqa: S307 - our own text
    ],
    ids=["text", "bytes", "containers", "object", "function"],
)
def test_what_looks_like_a_secret_is_found_in_a_value_and_not_repeated(kind, within):
    text = SECRETS[kind]
    reason = secret_reason("x", within(text))
    assert reason == f"it holds what looks like {kind}"
    for length in range(8, len(text)):
        assert text[-length:] not in reason


@pytest.mark.parametrize(
    "value",
    [
        {"password": "hunter2"},
        [{"db": {"dbPassword": b"hunter2"}}],
        types.SimpleNamespace(api_key="0123"),
        {"key": letters(40)},
        type("C", (), {"__module__": "__main__", "API_KEY": "0123"}),
    ],
)
def test_names_inside_of_a_value_count(value):
    assert secret_reason("settings", value) == "the name of something in it is one that secrets are given"


def test_a_copy_of_the_environment_is_pointed_out(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "0123456789")
    for name in [each for each in os.environ if each != "SOME_API_KEY"]:
        monkeypatch.delenv(name)
    for environment in (os.environ, dict(os.environ)):
        assert secret_reason("environment", environment) != ""


@pytest.mark.parametrize(
    "value",
    [
        {"key": "value", "token": "the", "author": "Anna"},
        "https://example.org/a:b@c",
        "see https://example.org:8080/@anna and mail anna@example.org",
        "a password is needed: ask for it",
        "task-force sk-learn npm_config AKIAKI",
        list(range(10_000)),
        b"\x00" * 5000,
        io.StringIO,
        random.Random(1),  # noqa: S311
    ],
)
def test_ordinary_values_are_not(value):
    assert secret_reason("x", value) == ""


def test_a_look_ends_and_runs_no_code_of_the_users():
    ran = []

    class Nosy:
        def __getattribute__(self, name):
            ran.append(name)
            raise RuntimeError(name)

        @property
        def __dict__(self):
            ran.append("dict")
            return {}

    tree: list = []
    for _ in range(50):
        tree = [tree] * 100
    tree.append(tree)
    assert secret_reason("x", [Nosy(), tree]) == ""
    assert ran == []


def test_plans_and_what_is_written_say_so():
    namespace = {"settings": {"url": SECRETS["an address with a password"]}, "token": "x", "n": 5}
    expected = {
        "settings": "it holds what looks like an address with a password",
        "token": "its name is one that secrets are given",
        "n": "",
    }
    plans = [describe(namespace), describe(namespace, deep=True), describe(namespace, seconds=-1.0)]
    for plan in plans[:2]:
        assert {each.name: each.secret_reason for each in plan.entries} == expected
        assert {each.name: each.secret_like for each in plan.entries} == {
            name: bool(why) for name, why in expected.items()
        }
        assert "it may be a secret: its name" in str(plan)
    assert [each.secret_like for each in plans[2].entries] == [False, True, False]
    encoding = encode(namespace, None, bundle.Memory(), options=Options(random=False))
    assert {each.name: each.secret_reason for each in encoding.variables} == expected
