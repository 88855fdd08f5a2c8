# ruff: noqa: BLE001, S102
"""Capture the awkward values in one interpreter, check them in another.

    python runner.py capture <state/graph> <bundle> [<names of values>…]
    python runner.py check   <state/graph> <bundle> [<bundle to capture it into again>]

Prints one JSON object. Any Python from 3.9 on, with or without numpy and others; no test library.
The graph is loaded as a private module under another name, as kernels do.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import linecache
import os
import re
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bundle

VALUES = importlib.import_module(os.environ.get("JLR_TABLE", "values")).VALUES


def private_graph(folder):
    spec = importlib.util.spec_from_file_location(
        "_private_graph", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["_private_graph"] = module
    spec.loader.exec_module(module)
    return module


def run(code, name, namespace):
    code = re.sub(r"\bV(?=\b|_)", f"v_{name}", code)
    filename = f"<cell {name}>"
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    exec(compile(code, filename, "exec", dont_inherit=True), namespace)


def usable(value):
    for need in value.get("needs", ()):
        if need.startswith("py3."):
            if sys.version_info < tuple(map(int, need[2:].split("."))):
                return False
        elif importlib.util.find_spec(need) is None:
            return False
    return True


def capture(folder, path, only):
    graph = private_graph(folder)
    namespace = sys.modules["__main__"].__dict__
    report = {"python": sys.version.split()[0], "made": [], "unmade": {}, "plan": {}, "encoded": {}}
    before, created = set(namespace), {}
    for name, value in VALUES.items():
        if (only and name not in only) or not usable(value):
            continue
        had = set(namespace)
        try:
            run(value["make"], name, namespace)
            created[name] = [each for each in namespace if each not in had and not each.startswith("__")]
        except Exception as error:
            report["unmade"][name] = repr(error)
            continue
        report["made"].append(name)
    names = [name for name in graph.user_names(namespace) if name not in before]
    options = graph.Options(budget_s=1.0)
    plan = graph.describe(namespace, names, deep=True, options=options)
    for entry in plan.entries:
        report["plan"][entry.name] = [entry.outcome, entry.reason, entry.remedy]
    memory = bundle.Memory()
    encoding = graph.encode(namespace, names, memory, options=options)
    for variable in encoding.variables:
        report["encoded"][variable.name] = [variable.outcome, variable.reason]
    encoded = json.loads(json.dumps(encoding.to_json()))
    encoded["made"] = created
    bundle.save(path, encoded, memory)
    return report


def check(folder, path, onward=None):
    graph = private_graph(folder)
    namespace = sys.modules["__main__"].__dict__
    encoded, source = bundle.load(path)
    made = encoded.pop("made")
    encoding = graph.Encoding.from_json(encoded)
    decoded = graph.decode(encoding, source, namespace=namespace)
    graph.apply(decoded, namespace)
    report = {"python": sys.version.split()[0], "right": [], "refused": {}, "wrong": {}, "outcomes": {}}
    if onward is not None:
        # Captured again before anything of it was used.
        memory = bundle.Memory()
        again = graph.encode(namespace, list(decoded.values), memory, options=graph.Options(budget_s=1.0))
        report["again"] = {
            each.name: [each.outcome, each.reason] for each in again.variables if each.outcome == "skipped"
        }
        bundle.save(onward, {**json.loads(json.dumps(again.to_json())), "made": made}, memory)
    for each in decoded.outcomes:
        report["outcomes"][each.name] = [each.outcome, each.reason, each.remedy]
    for name in made:
        own = [each for each in decoded.outcomes if each.name in made[name]]
        if len(own) < len(made[name]):
            report["refused"][name] = "did not come along"
            continue
        skipped = [each for each in own if each.outcome == "skipped"]
        if skipped:
            report["refused"][name] = "; ".join(f"{each.name}: {each.reason}" for each in skipped)
            continue
        try:
            run(VALUES[name]["check"], name, namespace)
        except BaseException:
            report["wrong"][name] = traceback.format_exc(limit=-3)
        else:
            report["right"].append(name)
    return report


def main(arguments):
    mode, folder, path, *only = arguments
    report = capture(folder, path, only) if mode == "capture" else check(folder, path, *only)
    sys.__stdout__.write(json.dumps(report) + "\n")
    sys.__stdout__.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
