"""Streams and buffers into variables: into a staging dictionary, which the caller applies at once or not at all."""

from __future__ import annotations

import importlib
import io
import pickle
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import dispatch, modules, provenance, zones
from .collector import at_rest
from .context import Context, current, decoding
from .encoding import Encoding, Variable
from .makers import DATA, MAKERS, MODULE, sealed
from .refusal import Refused, TimedOut, sentence
from .timebox import Budget

RANDOM = "~random"


@dataclass
class Outcome:
    """What became of one name: restored, rebuilt or skipped, with ``reason`` and ``remedy``."""

    name: str
    outcome: str
    reason: str = ""
    remedy: str = ""


@dataclass
class Decoded:
    """All that was read, not yet in any namespace."""

    values: dict[str, Any] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    random: dict[str, Any] | None = None

    def outcome(self, name: str) -> Outcome:
        """Of one name. @throws KeyError"""
        for each in self.outcomes:
            if each.name == name:
                return each
        raise KeyError(name)


def apply(decoded: Decoded, namespace: dict[str, Any]) -> None:
    """Put everything into the namespace: one update. Then the random generators go on where they were."""
    namespace.update(decoded.values)
    if decoded.random is None:
        return
    random.setstate(decoded.random["random"])
    if "numpy" in decoded.random:
        try:
            importlib.import_module("numpy.random").set_state(decoded.random["numpy"])
        except ImportError:
            return  # whoever has no numpy has no state of it


def sources(encoding: Encoding, name: str | None = None) -> dict[str, str]:
    """The source that an encoding brings (or one variable of it): key → text, as a person should see it."""
    keys = encoding.sources if name is None else encoding.variable(name).sources
    found = {}
    for key in keys:
        entry = encoding.sources[key]
        found[key] = (
            entry.get("text") or f"# {entry['name']}: bytecode of {entry['python']}, whose source is not known\n"
        )
    return found


def decode(
    encoding: Encoding,
    source: Any,
    names: Iterable[str] | None = None,
    *,
    namespace: dict[str, Any],
    trust: str = "own",
    budget_s: float = 60.0,
) -> Decoded:
    """Read the variables, or those of ``names`` with what they need, without touching ``namespace``.

    ``trust='data'`` reads numbers, strings, containers, arrays and frames, and refuses all that could run code.
    ``namespace`` becomes the globals of restored functions. @throws KeyError for a name that is not there.
    """
    if trust not in ("own", "data"):
        raise ValueError(f"trust is 'own' or 'data', not {trust!r}")
    dispatch.load()
    by_name = {each.name: each for each in encoding.variables}
    wanted = list(by_name) if names is None else list(dict.fromkeys(names))
    for name in wanted:
        if name not in by_name:
            raise KeyError(f"the snapshot has no variable called {name}")
    decoded = Decoded()
    context = Context(namespace, encoding.sources, trust)
    reader = _Reader(encoding, source, context, budget_s)
    with decoding(context), at_rest():
        for name in _with_needs(encoding, wanted):
            outcome, value = reader.read(by_name[name])
            if name not in wanted:
                continue
            decoded.outcomes.append(outcome)
            if outcome.outcome != "skipped":
                decoded.values[name] = value
        if encoding.random is not None and names is None:
            decoded.random, outcome = reader.random(encoding.random)
            if outcome is not None:
                decoded.outcomes.append(outcome)
    return decoded


def _with_needs(encoding: Encoding, wanted: list[str]) -> list[str]:
    needed = set(wanted)
    for variable in reversed(encoding.variables):
        if variable.name in needed:
            needed.update(variable.needs)
    return [each.name for each in encoding.variables if each.name in needed]


class _Feed:
    """The file of an unpickler, into which what follows is put bit by bit."""

    def __init__(self) -> None:
        self.file: Any = io.BytesIO()

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size)

    def readline(self) -> bytes:
        return self.file.readline()

    def readinto(self, target: Any) -> int:
        return self.file.readinto(target)


class _Unpickler(pickle.Unpickler):
    """Resolves makers, and under own trust whatever can be imported."""

    def __init__(self, feed: _Feed, buffers: Iterator[Any], imports: list[Any], trust: str) -> None:
        super().__init__(feed, buffers=buffers)
        self.feed = feed
        self.imports = imports
        self.trust = trust

    def persistent_load(self, key: Any) -> Any:
        """Objects of earlier streams. Only the header asks for them."""
        return self.imports[key]

    def find_class(self, module: str, name: str) -> Any:
        """The allow-list is what is registered as data, and nothing that a stream says widens it."""
        if self.trust == "data":
            if module == MODULE and name in DATA:
                return sealed(name)
            raise Refused("needs your trust: it brings code", "look at its source, then trust it")
        if module == MODULE:
            if name not in MAKERS:
                raise Refused("it was written by a newer version of jupyterlab-runtimes", "update jupyterlab-runtimes")
            return MAKERS[name]
        if module == "__main__":
            return _attribute(current().namespace, name)
        return super().find_class(module, name)


def _attribute(namespace: dict[str, Any], name: str) -> Any:
    first, *rest = name.split(".")
    if first not in namespace:
        raise Refused(f"it refers to {name}, which is not there", f"define {first} first")
    found = namespace[first]
    for part in rest:
        found = getattr(found, part)
    return found


def _header(count: int) -> bytes:
    """A pickle that puts so many imports into the memo, and nothing else."""
    if not count:
        return b""
    each = b"".join(b"J" + place.to_bytes(4, "little") + b"Q\x940" for place in range(count))
    return b"\x80\x05" + each + b"N."


class _Reader:
    def __init__(self, encoding: Encoding, source: Any, context: Context, budget_s: float) -> None:
        self.source = source
        self.encoding = encoding
        self.context = context
        self.budget = Budget(budget_s)
        self.open: dict[str, _Unpickler] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.installed: dict[str, str] = {}

    def read(self, variable: Variable) -> tuple[Outcome, Any]:
        """One variable; whatever goes wrong is its own."""
        self.context.notes = [variable.reason] if variable.outcome == "rebuilt" and variable.reason else []
        value = None
        try:
            self._before(variable)
            if variable.library and self.encoding.python.split(".")[:2] != list(map(str, sys.version_info[:2])):
                self.context.note(
                    f"made from the attributes that Python {self.encoding.python} gives {', '.join(variable.library)}"
                )
            self.budget.renew()
            value = self._load(variable)
            outcome = Outcome(
                variable.name, "rebuilt" if self.context.notes else "restored", "; ".join(self.context.notes)
            )
        except Refused as refused:
            outcome = Outcome(variable.name, "skipped", refused.reason, refused.remedy)
        except TimedOut:
            outcome = Outcome(variable.name, "skipped", f"its own code took longer than {self.budget.seconds:g} s")
        except (MemoryError, KeyboardInterrupt):
            raise
        except ImportError as error:
            outcome = Outcome(variable.name, "skipped", sentence(error), _install(variable))
        except BaseException as error:  # noqa: BLE001 - whatever its own code raises is about this variable
            outcome = Outcome(variable.name, "skipped", f"it could not be put together: {sentence(error)}")
        self.outcomes[variable.name] = outcome
        if outcome.outcome == "skipped":
            self.open.pop(variable.name, None)
        return outcome, value

    def _before(self, variable: Variable) -> None:
        if variable.outcome == "skipped":
            raise Refused(variable.reason, variable.remedy)
        for name in variable.needs:
            if self.outcomes[name].outcome == "skipped":
                raise Refused(
                    f"it shares objects with {name}, which is not there: {self.outcomes[name].reason}",
                    self.outcomes[name].remedy,
                )
        if self.context.trust == "data":
            if variable.code:
                raise Refused("needs your trust: it brings code", "look at its source, then trust it")
        else:
            for top in variable.modules:
                self._install_module(top)
        for each in variable.requires:
            _check(each)

    def _install_module(self, top: str) -> None:
        if top not in self.installed:
            entry = next((each for each in self.encoding.modules if each["name"] == top), None)
            if entry is None:
                raise Refused(f"the module {top} did not come along", f"bring {top}.py")
            with self.source.stream(entry["stream"]) as stream:
                files = _plain_files(stream)
            self.installed[top] = "came" if modules.install(top, files) else "there"
        if self.installed[top] == "came":
            modules.note_installed(top)

    def _load(self, variable: Variable) -> Any:
        imports = []
        for name, positions in variable.imports:
            imports.extend(self._positions(name, positions))
        return self._unpickle(variable.name, variable.buffers, imports)

    def _unpickle(self, name: str, buffers: list[int], imports: list[Any]) -> Any:
        feed = _Feed()
        unpickler = _Unpickler(feed, (self.source.buffer(index) for index in buffers), imports, self.context.trust)
        if imports:
            feed.file = io.BytesIO(_header(len(imports)))
            unpickler.load()
        unpickler.imports = []
        stream = self.source.stream(name)
        try:
            feed.file = stream
            value = self.budget.call(unpickler.load) if self.context.trust == "own" else unpickler.load()
        finally:
            stream.close()
            feed.file = io.BytesIO()
        self.open[name] = unpickler
        return value

    def _positions(self, name: str, positions: list[int]) -> list[Any]:
        """Objects out of the memo of a stream that was read."""
        unpickler = self.open[name]
        wanted = b"".join(b"j" + position.to_bytes(4, "little") for position in positions)
        unpickler.feed.file = io.BytesIO(b"\x80\x05](" + wanted + b"e.")
        found = unpickler.load()
        unpickler.feed.file = io.BytesIO()
        return list(found)

    def random(self, entry: dict[str, Any]) -> tuple[dict[str, Any] | None, Outcome | None]:
        """State of the global generators, or why there is none; without numpy here, there is none to set."""
        self.budget.renew()
        try:
            found = self._unpickle(RANDOM, entry["buffers"], [])
            return _random_state(found), None
        except ImportError:
            return None, None
        except Refused as refused:
            reason, remedy = refused.reason, refused.remedy
        except TimedOut:
            reason, remedy = f"reading it took longer than {self.budget.seconds:g} s", ""
        except (MemoryError, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - a bad stream is no reason to lose the variables
            reason, remedy = f"it could not be put together: {sentence(error)}", ""
        return None, Outcome(RANDOM, "skipped", f"the random generators stay as they are: {reason}", remedy)


def _random_state(found: Any) -> dict[str, Any]:
    """Tried on generators of our own. @throws what they say of it."""
    if not isinstance(found, dict):
        raise Refused("it holds something else")
    random.Random().setstate(found["random"])  # noqa: S311 - only to see whether it is a state
    if "numpy" in found:
        importlib.import_module("numpy.random").RandomState().set_state(found["numpy"])
    return found


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise Refused("the files of a module hold something else")


def _plain_files(stream: Any) -> dict[str, bytes]:
    files = _PlainUnpickler(stream).load()
    if not isinstance(files, dict) or not all(type(k) is str and type(v) is bytes for k, v in files.items()):
        raise Refused("the files of a module hold something else")
    return files


def _check(requirement: dict[str, Any]) -> None:
    top, name, version = requirement["module"], requirement["name"], requirement["version"]
    if not _is_there(top):
        wanted = f"{name}=={version}" if requirement["exact"] and version else name
        raise Refused(f"it needs {name}, which is not installed here", f"install {wanted}")
    if requirement["exact"]:
        here = provenance.distribution(top)
        if here is None or (version and here[1] != version):
            there = here[1] if here is not None else "none"
            raise Refused(
                f"only {name} {version} itself can restore it, and here is {there}", f"install {name}=={version}"
            )


def _is_there(top: str) -> bool:
    if sys.modules.get(top) is not None:
        return True
    try:
        found = importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        found = False
    return found or (top == zones.DISTRIBUTION and zones.has_zones())


def _install(variable: Variable) -> str:
    names = [each["name"] for each in variable.requires]
    return f"install {', '.join(names)}" if names else ""
