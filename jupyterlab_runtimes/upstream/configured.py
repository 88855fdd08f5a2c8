"""Services that people configured: `services.json` (written by `jupyter runtimes login`) and the admin's trait."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..problems import Problem
from .target import Target, parse_target

#: The embedded service's name; nobody else may have it.
EMBEDDED_NAME = "embedded"
EMBEDDED_LABEL = "this computer"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")

#: What a name stands for: a usable target, or the sentence why it is none.
Entry = Target | Problem


class ServicesFile:
    """`services.json`, read again whenever it has changed.

    ``{"services": {"<name>": {"url": "https://…", "token": "…", "label": "…", "ca_file": "…"}}}``; `label` and
    `ca_file` may be left out. The file holds tokens: it counts only while nobody else can read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._entries: dict[str, Entry] = {}
        self._fault: Problem | None = None

    @property
    def fault(self) -> Problem | None:
        """Why the file as a whole can't be used."""
        return self._fault

    def read(self) -> dict[str, Entry]:
        """The services of the file as it is now; empty when there is none, or when it is refused (see `fault`)."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            self._seen, self._entries, self._fault = None, {}, None
            return self._entries
        except OSError as error:
            self._seen, self._entries = None, {}
            self._fault = self._unreadable(error)
            return self._entries
        seen = (found.st_mtime_ns, found.st_size, found.st_mode)
        if seen != self._seen:
            self._seen, self._entries, self._fault = seen, {}, None
            try:
                self._check_mode(found)
                self._entries = parse_services(_services_of(self.path.read_text(encoding="utf-8")))
            except Problem as problem:
                self._fault = problem
            except (OSError, ValueError) as error:
                self._fault = self._unreadable(error)
        return self._entries

    def _check_mode(self, found: os.stat_result) -> None:
        if sys.platform == "win32":  # the profile's access list protects it there
            return
        if found.st_uid != os.getuid():
            raise Problem("FORBIDDEN", f"{self.path} belongs to another user, so that its tokens are not used.")
        if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Problem(
                "FORBIDDEN",
                f"{self.path} holds tokens and other users can read it: run `chmod 600 {self.path}`, "
                "and make new tokens if the machine is shared.",
            )

    def _unreadable(self, error: Exception) -> Problem:
        return Problem("INVALID_REQUEST", f"{self.path} can't be read ({error}): mend it, or log in again.")


def shown_name(name: str) -> str:
    """A name as the page gets it: one that can't be a service's name becomes one that can."""
    if _NAME.fullmatch(name) and name != EMBEDDED_NAME:
        return name
    return "invalid-" + re.sub(r"[^a-z0-9]+", "-", name.lower())[:50].strip("-")


def _services_of(text: str) -> Mapping[str, Any]:
    content = json.loads(text)
    services = content.get("services") if isinstance(content, dict) else None
    if isinstance(services, list):
        services = {str(item.get("name")): item for item in services if isinstance(item, dict)}
    if not isinstance(services, dict):
        raise ValueError('it has no "services"')
    return services


def parse_services(services: Mapping[str, Any]) -> dict[str, Entry]:
    """Turn what was configured into targets; a mistake in one service leaves the others as they are."""
    return {name: _entry(name, value) for name, value in services.items()}


def _entry(name: str, value: Any) -> Entry:
    if not _NAME.fullmatch(name) or name == EMBEDDED_NAME:
        return Problem(
            "INVALID_REQUEST",
            f"{name!r} can't be the name of a runtime service: use lower-case letters, digits, - and _, "
            f"and not {EMBEDDED_NAME!r}.",
        )
    fields = value if isinstance(value, dict) else {}
    texts = {key: fields.get(key) for key in ("url", "token", "label", "ca_file")}
    if not texts["url"] or not all(text is None or isinstance(text, str) for text in texts.values()):
        return Problem("INVALID_REQUEST", f"The runtime service {name} is configured without a URL: log in again.")
    try:
        return parse_target(
            name, texts["label"] or name, texts["url"], texts["token"] or "", ca_file=texts["ca_file"] or None
        )
    except Problem as problem:
        return problem
