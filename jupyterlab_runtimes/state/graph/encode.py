"""Variables into streams and buffers: first each is tried, then all that can go are written."""

from __future__ import annotations

import pickle
import platform
import sys
import types
from collections.abc import Iterable
from typing import Any

from . import dispatch, provenance
from .collector import at_rest
from .encoding import Encoding, Variable
from .makers import published
from .names import user_names
from .probe import Trial, attempt, new_table
from .refusal import Refused, sentence
from .secrets import secret_reason
from .session import Facts, Options, Session
from .sizes import size_of, type_label
from .write import Writer

RANDOM = "~random"


def encode(
    namespace: dict[str, Any], names: Iterable[str] | None, sink: Any, *, options: Options | None = None
) -> Encoding:
    """Encode the user's names of ``namespace``, or those of ``names``, into ``sink``.

    A variable that can't go is reported with its reason and harms no other. @throws what the sink raises.
    """
    options = options or Options()
    chosen = _chosen(namespace, names, options)
    session = Session(namespace, options)
    encoding = Encoding(python=platform.python_version())
    dispatch.load()
    with published(), at_rest():
        try:
            table = new_table()
            trials = [attempt(session, table, name, namespace[name]) for name in _in_order(chosen, namespace)]
            if options.random:
                trials.append(_random_trial(session, table))
            writer = Writer(session, table, sink, trials)
            sharing = _sharing(trials)
            for trial in trials:
                _write(writer, trial, encoding, sharing)
            _write_modules(session, sink, encoding)
        finally:
            session.close()
    order = {name: index for index, name in enumerate(chosen)}
    encoding.sources = {key: session.sources[key] for each in encoding.variables for key in each.sources}
    encoding.requires = _union(encoding.variables)
    # Variables are listed in the order of their streams: what is needed comes first.
    del order
    return encoding


def foresee(namespace: dict[str, Any], names: Iterable[str] | None, options: Options) -> list[tuple[Trial, Variable]]:
    """Try everything and write nothing: what ``encode`` would say of each name."""
    chosen = _chosen(namespace, names, options)
    session = Session(namespace, options)
    dispatch.load()
    with published(), at_rest():
        try:
            table = new_table()
            trials = [attempt(session, table, name, namespace[name]) for name in chosen]
            sharing = _sharing(trials)
            return [(trial, _variable(trial, sharing)) for trial in trials]
        finally:
            session.close()


def _chosen(namespace: dict[str, Any], names: Iterable[str] | None, options: Options) -> list[str]:
    if names is None:
        return user_names(namespace, options.hidden)
    chosen = list(dict.fromkeys(names))
    missing = [name for name in chosen if name not in namespace]
    if missing:
        raise KeyError(f"there is no variable called {', '.join(missing)}")
    return chosen


def _in_order(names: list[str], namespace: dict[str, Any]) -> list[str]:
    """Classes before functions before all else, so that what hangs on them finds them."""

    def rank(name: str) -> int:
        value = namespace[name]
        return 0 if issubclass(type(value), type) else 1 if type(value) is types.FunctionType else 2

    return sorted(names, key=rank)


def _sharing(trials: list[Trial]) -> dict[str, list[str]]:
    holders: dict[int, list[str]] = {}
    first: dict[int, str] = {}
    for trial in trials:
        if trial.refused is not None:
            continue
        for key in trial.parts:
            if key in first:
                holders.setdefault(key, [first[key]]).append(trial.name)
            else:
                first[key] = trial.name
    shares: dict[str, dict[str, None]] = {}
    for names in {tuple(each) for each in holders.values()}:
        for name in names:
            shares.setdefault(name, {}).update(dict.fromkeys(names))
    return {
        name: [other for other in others if other != name and not other.startswith("~")]
        for name, others in shares.items()
    }


def _variable(trial: Trial, sharing: dict[str, list[str]]) -> Variable:
    facts: Facts = trial.facts
    size = trial.size or size_of(trial.value)
    made = Variable(trial.name, type_label(trial.value), size, "carried")
    made.secret_reason = secret_reason(trial.name, trial.value)
    made.secret_like = bool(made.secret_reason)
    made.shares = sharing.get(trial.name, [])
    made.sources = list(facts.sources)
    made.modules = list(facts.modules)
    made.globals = sorted(facts.globals)
    made.code = facts.code
    made.library = list(facts.library)
    made.same_python = facts.same_python
    made.requires = [_requirement(top, exact) for top, exact in facts.needs.items()]
    if trial.refused is not None:
        made.outcome, made.reason, made.remedy = "skipped", trial.refused.reason, trial.refused.remedy
    elif facts.notes:
        made.outcome, made.reason = "rebuilt", "; ".join(facts.notes)
    return made


def _requirement(top: str, exact: bool) -> dict[str, Any]:
    found = provenance.distribution(top)
    name, version = found if found is not None else (top, "")
    return {"module": top, "name": name, "version": version, "exact": exact}


def _union(variables: list[Variable]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for variable in variables:
        if variable.outcome == "skipped":
            continue
        for each in variable.requires:
            known = found.setdefault(each["module"], dict(each))
            known["exact"] = known["exact"] or each["exact"]
    return list(found.values())


def _write(writer: Writer, trial: Trial, encoding: Encoding, sharing: dict[str, list[str]]) -> None:
    made = _variable(trial, sharing)
    if trial.refused is None:
        writer.session.facts = Facts()
        try:
            made.imports, made.buffers = writer.write(trial)
        except (RecursionError, Refused, pickle.PicklingError) as error:
            trial.refused = (
                error if isinstance(error, Refused) else Refused(f"it changed while it was captured: {sentence(error)}")
            )
            made.outcome, made.reason, made.remedy = "skipped", trial.refused.reason, trial.refused.remedy
        made.needs = [name for name, _ in made.imports]
    if trial.name == RANDOM:
        encoding.random = {"stream": RANDOM, "buffers": made.buffers}
    else:
        encoding.variables.append(made)


def _random_trial(session: Session, table: Any) -> Trial:
    import random

    state: dict[str, Any] = {"random": random.getstate()}
    numpy: Any = sys.modules.get("numpy.random")
    if numpy is not None and hasattr(numpy, "get_state"):
        state["numpy"] = numpy.get_state(legacy=False)
    return attempt(session, table, RANDOM, state)


def _write_modules(session: Session, sink: Any, encoding: Encoding) -> None:
    used = {name for variable in encoding.variables if variable.outcome != "skipped" for name in variable.modules}
    for name in session.modules:
        if name not in used:
            continue
        files = session.modules[name]
        stream = sink.stream(f"~module/{name}")
        try:
            stream.write(pickle.dumps(files, 5))
        except BaseException:
            stream.discard()
            raise
        stream.commit()
        size = sum(map(len, files.values()))
        encoding.modules.append({"name": name, "stream": f"~module/{name}", "size_bytes": size, "files": sorted(files)})
