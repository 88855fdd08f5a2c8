"""Which variables look like secrets: by their names, and by what is in them. No part of a value is ever repeated.

Patterns of tokens are those that their issuers publish for scanners, so that a hit is seldom a mistake.
"""

from __future__ import annotations

import functools
import re
import types
from itertools import islice
from typing import Any

from .dispatch import type_name

_NAME = re.compile(
    r"(^|_)(token|passw(or)?d|passwd|pwd|secret|credentials?|api_?key|access_?key|private_?key|key|auth|cookie|bearer|pat)s?($|_|\d)"
)
_NUMBER_NAME = re.compile(r"(^|_)(passw(or)?d|passwd|pwd|secret)s?($|_|\d)")
#: A name inside of something says it of any text; other names that ``_NAME`` knows (`key`, `token`) of long ones only.
_SURE_NAME = re.compile(
    r"(^|_)(passw(or)?d|passwd|pwd|secret|(api|access|private|secret)_?key|(api|access|auth|bearer|refresh)_?token)s?($|_|\d)"
)
_LONG = re.compile(r"\S{16,}")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

#: (what it is, one literal that each has in it, the whole).
_TOKENS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (what, marks, re.compile(pattern))
    for what, marks, pattern in (
        ("a private key", ("PRIVATE KEY",), r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----"),
        ("an AWS access key", ("AKIA", "ASIA"), r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
        ("a GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[A-Za-z0-9]{36}"),
        ("a GitHub token", ("github_pat_",), r"\bgithub_pat_[A-Za-z0-9_]{22}"),
        ("a GitLab token", ("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20}"),
        ("a Slack token", ("xox",), r"\bxox[abeoprs]-[A-Za-z0-9-]{10}"),
        ("a Google API key", ("AIza",), r"\bAIza[A-Za-z0-9_-]{35}"),
        ("a Hugging Face token", ("hf_",), r"\bhf_[A-Za-z0-9]{30}"),
        ("an API key", ("sk-",), r"\bsk-[A-Za-z0-9_-]{20}"),
        ("a Stripe key", ("k_live_", "k_test_"), r"\b[rs]k_(live|test)_[A-Za-z0-9]{16}"),
        ("a SendGrid key", ("SG.",), r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{32}"),
        ("an npm token", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}"),
        ("a PyPI token", ("pypi-AgE",), r"\bpypi-AgE[A-Za-z0-9_-]{40}"),
        ("a JSON web token", ("eyJ",), r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8}"),
        ("an Azure key", ("AccountKey=", "SharedAccessKey="), r"\b(Account|SharedAccess)Key=[A-Za-z0-9+/]{20}"),
        ("a bearer token", ("Bearer ",), r"\bBearer [A-Za-z0-9._~+/-]{16}"),
        ("an address with a password", ("://",), r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]*:[^\s/:@]+@"),
        ("a password", ("assword=", "asswd=", "PWD=", "pwd="), r"(?i)(^|[;&?\s])(password|passwd|pwd)=[^;&\s]{3}"),
    )
)
#: Of one variable: characters, values, how deep into containers, and members of each.
_CHARACTERS, _VALUES, _DEPTH, _MEMBERS = 1 << 14, 200, 4, 100
#: Values of these kinds hold no secret, whatever they are called.
_HARMLESS = (bool, float, complex, type(None), type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)
_PLAIN = frozenset({bool, int, float, complex, type(None), types.ModuleType, types.BuiltinFunctionType, range, slice})
_DESCRIPTORS = (types.GetSetDescriptorType, types.MemberDescriptorType)
_LIBRARIES = ("numpy.", "pandas.", "polars.", "pyarrow.", "scipy.", "torch.")


@functools.lru_cache(maxsize=1024)
def secret_like(name: str) -> bool:
    """Whether a name is one that secrets are usually given."""
    return _NAME.search(_plain(name)) is not None


def name_secret(name: str, value: Any) -> str:
    """The reason that the name alone gives; '' where it gives none, or the value is of a kind that holds no secret."""
    return "its name is one that secrets are given" if secret_like(name) and _can_be_secret(name, value) else ""


def secret_reason(name: str, value: Any) -> str:
    """Why a variable looks like a secret, a sentence without its value; '' where it does not.

    Looks into strings, containers, attributes and functions' constants, so far, and runs no code of the user's.
    """
    reason = name_secret(name, value)
    if not reason:
        look = _Look()
        look.into(value, _DEPTH)
        reason = look.found
    return reason


class _Look:
    """One look into a value, with an end."""

    def __init__(self) -> None:
        self.found = ""
        self._characters = _CHARACTERS
        self._values = _VALUES
        self._seen: set[int] = set()

    def into(self, value: Any, depth: int) -> None:
        self._values -= 1
        kind = type(value)
        if kind is str:
            self._text(value)
        elif kind in (bytes, bytearray):
            self._text(bytes(value[: self._characters]).decode("latin-1"))
        elif depth and kind not in _PLAIN and id(value) not in self._seen:
            self._seen.add(id(value))
            if kind is dict:
                self._entries(value, depth)
            elif kind in (list, tuple, set, frozenset):
                self._members(value, depth)
            elif kind is types.FunctionType:
                self._members((*value.__code__.co_consts, *(value.__defaults__ or ()), value.__kwdefaults__), depth)
            elif issubclass(kind, type):
                if type_name(value).startswith("__main__."):
                    self._entries(dict(_of_class(value)), depth)
            elif not type_name(kind).startswith(_LIBRARIES):
                self._entries(_attributes(value), depth)

    def _entries(self, entries: dict[Any, Any], depth: int) -> None:
        for key, value in _some(entries.items()):
            if self._is_over():
                return
            name = key.decode("latin-1") if type(key) is bytes else key
            if type(name) is str and type(value) in (str, bytes) and _names_secret(name, value):
                self.found = "the name of something in it is one that secrets are given"
                return
            self.into(value, depth - 1)

    def _members(self, members: Any, depth: int) -> None:
        for member in _some(members):
            if self._is_over():
                return
            self.into(member, depth - 1)

    def _text(self, text: str) -> None:
        text = text[: self._characters]
        self._characters -= len(text)
        for what, marks, pattern in _TOKENS:
            if any(mark in text for mark in marks) and pattern.search(text):
                self.found = f"it holds what looks like {what}"
                return

    def _is_over(self) -> bool:
        return bool(self.found) or self._characters <= 0 or self._values <= 0


def _plain(name: str) -> str:
    return _CAMEL.sub("_", name).lower()


def _names_secret(name: str, value: str | bytes) -> bool:
    if not secret_like(name):
        return False
    if _SURE_NAME.search(_plain(name)):
        return len(value) > 3
    text = value if isinstance(value, str) else value[:256].decode("latin-1")
    return len(text) <= 4096 and _LONG.fullmatch(text) is not None


def _can_be_secret(name: str, value: Any) -> bool:
    kind = type(value)
    if kind is int:
        return _NUMBER_NAME.search(_plain(name)) is not None
    if kind in (str, bytes, bytearray, list, tuple, dict, set, frozenset):
        return bool(value)
    return not issubclass(kind, _HARMLESS) and not type_name(kind).startswith(_LIBRARIES)


def _attributes(value: Any) -> dict[Any, Any]:
    """An object's own ``__dict__``, by Python's own descriptor; empty where a class has another."""
    for base in type.__dict__["__mro__"].__get__(type(value)):
        found = _of_class(base).get("__dict__")
        if found is not None:
            own = found.__get__(value) if type(found) in _DESCRIPTORS else None
            return own if type(own) is dict else {}
    return {}


def _of_class(cls: type) -> Any:
    return type.__dict__["__dict__"].__get__(cls)


def _some(members: Any) -> list[Any]:
    try:
        return list(islice(members, _MEMBERS))
    except RuntimeError:  # it changes in another thread
        return []
