"""Ask a service who it is, and whether we understand each other."""

from __future__ import annotations

from dataclasses import dataclass

from ..problems import Problem
from .ask import ask
from .target import Target

#: Major version of the contract in packages/core/src/contract that this extension and its page speak.
API_MAJOR = 1


@dataclass(frozen=True)
class Identity:
    """What `GET /api/runtimes/v1/service` tells."""

    version: str
    pid: int


def not_accepted(target: Target) -> Problem:
    """The sentence for a service that does not take our token."""
    return Problem(
        "UNAUTHORIZED",
        f"The runtime service {target.label} does not accept the token (wrong or expired): "
        f"run `jupyter runtimes login {target.name}`.",
    )


async def identify(target: Target, *, timeout: float) -> Identity:
    """Ask a service for its identity, with our token.

    @param timeout Seconds.
    @raises Problem UNREACHABLE | TIMED_OUT | UNAUTHORIZED | NOT_FOUND | VERSION_MISMATCH | INTERNAL
    """
    answer = await ask(target, "GET", "/api/runtimes/v1/service", timeout=timeout)
    if answer.status in {401, 403}:
        raise not_accepted(target)
    if answer.status >= 500:
        raise Problem(
            "UNREACHABLE" if answer.status in {502, 503, 504} else "INTERNAL",
            f"The runtime service {target.label} at {target.url} has a failure of its own "
            f"(HTTP {answer.status}): see its log.",
            retry_after=5,
        )
    api_version = answer.json.get("api_version") if isinstance(answer.json, dict) else None
    if answer.status != 200 or not isinstance(api_version, str):
        raise Problem(
            "NOT_FOUND",
            f"What answers at {target.url} is not a runtime service (HTTP {answer.status}): "
            f"check the URL of {target.label}.",
        )
    version = str(answer.json.get("version", "of unknown version"))
    if api_version.split(".")[0] != str(API_MAJOR):
        raise Problem(
            "VERSION_MISMATCH",
            f"The runtime service {target.label} is version {version} with interface {api_version}, and this "
            f"JupyterLab needs interface {API_MAJOR}.x: bring both to the same version of jupyterlab_runtimes.",
        )
    pid = answer.json.get("pid")
    return Identity(version=version, pid=pid if isinstance(pid, int) else 0)
