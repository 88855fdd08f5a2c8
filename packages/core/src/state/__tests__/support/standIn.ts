/** A graph that only pickles: moving bytes is what these specs look at. */
import { createHash } from 'node:crypto';

import type { IStateSources } from '../../sources.js';

const GRAPH = `
import pickle, time

def describe(namespace, names=None, deep=False):
    return {"variables": [_row(name, namespace[name]) for name in _names(namespace, names)]}

def encode(namespace, names, sink):
    rows, kept, views = [], {}, []
    for name in _names(namespace, names):
        value = namespace[name]
        try:
            pickle.dumps(value, 5, buffer_callback=lambda b: None)
        except Exception as error:
            rows.append(dict(_row(name, value), outcome="skipped", reason=str(error), remedy=""))
        else:
            kept[name] = value
            rows.append(_row(name, value))
    data = pickle.dumps({n: pickle.PickleBuffer(v) if type(v) is bytes else v for n, v in kept.items()}, 5, buffer_callback=views.append)
    stream = sink.stream("all")
    stream.write(data)
    stream.commit()
    return {"variables": rows, "buffers": [sink.buffer(view.raw()) for view in views],
            "bytes": [n for n, v in kept.items() if type(v) is bytes]}

class Result:
    pass

def decode(graph, source, names, namespace, trust):
    result = Result()
    with source.stream("all") as stream:
        values = pickle.loads(stream.read(), buffers=[source.buffer(i) for i in graph["buffers"]])
    for name in graph["bytes"]:
        values[name] = bytes(values[name])
    result.values = values
    result.rows = [row for row in graph["variables"] if names is None or row["name"] in names]
    time.sleep(namespace.get("pause_s", 0))
    return result

def apply(result, namespace):
    namespace.update(result.values)

def _names(namespace, names):
    hidden = {"In", "Out", "exit", "quit", "get_ipython", "open"}
    return list(names) if names is not None else [n for n in namespace if n[0] != "_" and n not in hidden]

def _row(name, value):
    return {"name": name, "type": type(value).__name__, "size_bytes": 0, "outcome": "restored"}
`;

/** The package with that graph in the place of its own. */
export function withStandIn(sources: IStateSources): IStateSources {
  const files = Object.fromEntries(
    Object.entries(sources.files).filter(([path]) => !path.startsWith('graph/'))
  );
  files['graph/__init__.py'] = GRAPH;
  const digest = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  return { digest, files };
}
