"""One encoding: what is known of the objects met, and of the variable at hand."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Callable

from . import provenance
from .refusal import Refused
from .timebox import Budget


@dataclass
class Options:
    """How a graph is encoded. ``budget_s``: seconds for the user's own code in one variable, together."""

    random: bool = True
    modules: bool = True
    budget_s: float = 5.0
    #: IPython's ``user_ns_hidden``, by which its own names are told from the user's.
    hidden: dict[str, Any] | None = None
    #: Largest package of the user's own files that is carried, bytes.
    module_bytes: int = 8 << 20


@dataclass
class Facts:
    """What is learnt about one variable while it is tried."""

    #: top-level module → does only the same version restore it?
    needs: dict[str, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    sources: dict[str, None] = field(default_factory=dict)
    modules: dict[str, None] = field(default_factory=dict)
    globals: dict[str, None] = field(default_factory=dict)
    #: Classes of the standard library whose attributes travel: another Python version may have others.
    library: dict[str, None] = field(default_factory=dict)
    code: bool = False
    same_python: bool = False

    def add(self, other: Facts) -> None:
        """Take over what holds for a part."""
        for top, exact in other.needs.items():
            self.needs[top] = self.needs.get(top, False) or exact
        self.notes.extend(note for note in other.notes if note not in self.notes)
        self.sources.update(other.sources)
        self.modules.update(other.modules)
        self.globals.update(other.globals)
        self.library.update(other.library)
        self.code = self.code or other.code
        self.same_python = self.same_python or other.same_python


class Session:
    """Shared by all variables of one encoding. Nothing of it outlives that."""

    def __init__(self, namespace: dict[str, Any], options: Options) -> None:
        self.namespace = namespace
        self.options = options
        name = namespace.get("__name__")
        self.main_names = {"__main__", name} if isinstance(name, str) else {"__main__"}
        self.budget = Budget(options.budget_s)
        self.facts = Facts()
        #: id → (object kept alive, its reduction, facts): user code and costly codecs run once.
        self.reduced: dict[int, tuple[Any, Any, Facts]] = {}
        #: ids of functions and classes that are carried, not named.
        self.by_value: dict[int, Any] = {}
        #: source key → entry, as it goes into the encoding.
        self.sources: dict[str, dict[str, Any]] = {}
        #: name of a user's module → {path: bytes}
        self.modules: dict[str, dict[str, bytes]] = {}
        #: per-codec state, e.g. the owners of numpy memory.
        self.codecs: dict[str, Any] = {}
        self.keep: list[Any] = []
        #: class → what is the same for all its objects
        self.kinds: dict[type, Any] = {}
        self._slotnames: list[type] = []
        self._origins: dict[str, str] = {}

    # -- facts about the variable at hand

    def note(self, text: str) -> None:
        """The variable is rebuilt rather than carried, in this respect."""
        if text not in self.facts.notes:
            self.facts.notes.append(text)

    def need(self, module: str, *, exact: bool = False) -> None:
        """The variable needs the distribution that brings ``module``; ``exact``: in this very version."""
        top = module.split(".")[0]
        if self.origin(top) == "distribution":
            self.facts.needs[top] = self.facts.needs.get(top, False) or exact

    def origin(self, module_name: str) -> str:
        """Where a module comes from, by its name: see ``provenance.origin``; ``main`` for the namespace's own."""
        if module_name in self.main_names:
            return "main"
        known = self._origins.get(module_name)
        if known is None:
            module = sys.modules.get(module_name)
            known = provenance.origin(module) if isinstance(module, ModuleType) else "missing"
            self._origins[module_name] = known
        return known

    def once(self, obj: Any, make: Callable[[], Any]) -> Any:
        """The reduction of ``obj``, made once; what was learnt in making it holds for each variable that has it."""
        known = self.reduced.get(id(obj))
        if known is None:
            outer, self.facts = self.facts, Facts()
            try:
                value = make()
            finally:
                learnt, self.facts = self.facts, outer
            known = self.reduced[id(obj)] = (obj, value, learnt)
        self.facts.add(known[2])
        return known[1]

    def runs_code(self, cls: type) -> bool:
        """Whether taking an object of ``cls`` apart may run code of its own; so for classes not looked at too."""
        known = self.kinds.get(cls)
        return known is None or known.runs_code

    # -- leaving no trace

    def watch_slotnames(self, cls: type) -> None:
        """``object.__reduce_ex__`` leaves ``__slotnames__`` on a class: remember to take it away again."""
        if cls.__flags__ & 512 and "__slotnames__" not in cls.__dict__:  # 512: a heap type
            self._slotnames.append(cls)

    def close(self) -> None:
        """Take away what was left on users' classes."""
        for cls in self._slotnames:
            if "__slotnames__" in cls.__dict__:
                type.__delattr__(cls, "__slotnames__")
        self._slotnames.clear()


def refuse(reason: str, remedy: str = "") -> Any:
    """Raise, as an expression."""
    raise Refused(reason, remedy)
