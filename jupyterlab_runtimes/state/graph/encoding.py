"""What an encoding says of itself: JSON, kept in the snapshot's manifest beside the streams."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

#: The version of this form. A decoder reads its own and all older ones.
VERSION = 1


@dataclass
class Variable:
    """One name. ``outcome``: carried, rebuilt (by a named recipe) or skipped, with ``reason`` and ``remedy``."""

    name: str
    type: str
    size_bytes: int | None
    outcome: str
    reason: str = ""
    remedy: str = ""
    #: Other names that share objects with this one.
    shares: list[str] = field(default_factory=list)
    #: Streams that must be decoded before, in their order.
    needs: list[str] = field(default_factory=list)
    #: [stream, positions in its memo] for each object that an earlier stream brings.
    imports: list[list[Any]] = field(default_factory=list)
    #: Indices of its buffers, in the order in which the stream asks for them.
    buffers: list[int] = field(default_factory=list)
    secret_like: bool = False
    #: Why it looks like a secret, '' where it does not; never any part of its value.
    secret_reason: str = ""
    #: Distributions that must be there: {module, name, version, exact}.
    requires: list[dict[str, Any]] = field(default_factory=list)
    #: Keys of ``Encoding.sources``; ``code`` says that it can't come as data alone.
    sources: list[str] = field(default_factory=list)
    code: bool = False
    modules: list[str] = field(default_factory=list)
    #: Global names that its functions look up in the namespace.
    globals: list[str] = field(default_factory=list)
    same_python: bool = False
    #: Classes of Python's own library whose attributes it has: in another Python version it counts as rebuilt.
    library: list[str] = field(default_factory=list)


@dataclass
class Encoding:
    """A whole graph. Streams that begin with ``~`` belong to no variable."""

    variables: list[Variable] = field(default_factory=list)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: The user's own modules: {name, stream, size_bytes, files}.
    modules: list[dict[str, Any]] = field(default_factory=list)
    requires: list[dict[str, Any]] = field(default_factory=list)
    python: str = ""
    #: {stream, buffers} of the state of the global random generators, or None.
    random: dict[str, Any] | None = None
    version: int = VERSION

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Encoding:
        """From plain values; fields of newer minors are left aside. @throws ValueError for a newer form."""
        if value.get("version", 0) > VERSION:
            raise ValueError(
                f"the graph is of version {value['version']}, and this can read {VERSION}: update jupyterlab-runtimes"
            )
        known = {each.name for each in dataclasses.fields(Variable)}
        variables = [Variable(**{k: v for k, v in each.items() if k in known}) for each in value["variables"]]
        own = {each.name for each in dataclasses.fields(cls)}
        rest = {k: v for k, v in value.items() if k in own and k != "variables"}
        return cls(variables=variables, **rest)

    def variable(self, name: str) -> Variable:
        """One of them. @throws KeyError"""
        for each in self.variables:
            if each.name == name:
                return each
        raise KeyError(name)
