"""Where a runtime service is, and what opens its door."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from ..problems import Problem

_TOKEN = re.compile(r"[\x21-\x7e]+")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*")


@dataclass(frozen=True)
class Target:
    """One service: its place in the network, and the token that this server adds to each request."""

    name: str
    label: str
    secure: bool
    host: str
    port: int
    #: Path under which the service answers: '' or '/some/prefix', no slash at the end.
    prefix: str
    #: Never shown, logged or sent to the page.
    token: str = field(repr=False)
    #: PEM file of the authority that signed the service's certificate, None for the system's.
    ca_file: str | None = None

    @property
    def authority(self) -> str:
        """`host:port` as the Host header and messages have it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.secure else 80
        return host if self.port == default else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The service's URL, for messages."""
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.prefix}"

    def ssl_context(self) -> ssl.SSLContext | None:
        """TLS settings, None for plain HTTP.

        @raises Problem INVALID_REQUEST when the authority's file cannot be used.
        """
        if not self.secure:
            return None
        try:
            return _ssl_context(self.ca_file, Path(self.ca_file).stat().st_mtime_ns if self.ca_file else 0)
        except OSError as error:
            reason = "there is no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
            raise Problem(
                "INVALID_REQUEST",
                f"The file {self.ca_file} that vouches for the runtime service {self.label} can't be used ({reason}): "
                f"run `jupyter runtimes login {self.name} {self.url} --ca-file FILE` again.",
            ) from error


@lru_cache(maxsize=32)
def _ssl_context(ca_file: str | None, changed_at: int) -> ssl.SSLContext:
    """@param changed_at When the file was written, so that another content is another context."""
    return ssl.create_default_context(cafile=ca_file)


def parse_target(name: str, label: str, url: str, token: str, ca_file: str | None = None) -> Target:
    """Make a target from what a person configured.

    @raises Problem INVALID_REQUEST with a sentence that names the service and its mistake.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise Problem("INVALID_REQUEST", f"The URL of the runtime service {label} is not valid ({error}).") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Problem(
            "INVALID_REQUEST",
            f"The URL of the runtime service {label} must begin with http:// or https:// and name a machine.",
        )
    prefix = parts.path.rstrip("/")
    if parts.username or parts.password or parts.query or parts.fragment or not _PREFIX.fullmatch(prefix):
        raise Problem(
            "INVALID_REQUEST",
            f"The URL of the runtime service {label} must have a plain path, without user, query or fragment.",
        )
    if not _TOKEN.fullmatch(token):
        raise Problem(
            "UNAUTHORIZED",
            f"There is no usable token for the runtime service {label}: run `jupyter runtimes login {name}`.",
        )
    secure = parts.scheme == "https"
    return Target(
        name=name,
        label=label,
        secure=secure,
        host=parts.hostname,
        port=port or (443 if secure else 80),
        prefix=prefix,
        token=token,
        ca_file=ca_file,
    )
