"""Cases of `npm run bench state`: one process a case, which answers each word with seconds (or MiB) as JSON.

Words are `measure` and `baseline`; the first line says that the case is prepared.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from jupyterlab_runtimes import state
from jupyterlab_runtimes.state import capture
from jupyterlab_runtimes.state.capture.ways import choose

GIB = 1 << 30
#: Bytes of arrays in the cases that say so; a machine with less memory gets less.
SIZE = int(float(os.environ.get("JLR_BENCH_GIB", "1")) * GIB)


@contextlib.contextmanager
def clock(seconds: list[float]):
    """Time a block."""
    start = time.perf_counter()
    yield
    seconds.append(time.perf_counter() - start)


def numbers(size: int = SIZE):
    """Random floats: nothing that compresses."""
    return np.random.default_rng(1).random(size // 8)


def write(path: Path, *buffers) -> float:
    """Write and fsync a new file."""
    path.unlink(missing_ok=True)
    taken: list[float] = []
    with clock(taken), open(path, "wb", buffering=0) as file:
        for buffer in buffers:
            rest = memoryview(buffer).cast("B")
            while len(rest):
                rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    return taken[0]


def read(path: Path) -> float:
    """Read a file into fresh memory."""
    taken: list[float] = []
    with clock(taken), open(path, "rb", buffering=0) as file:
        memory = memoryview(np.empty(path.stat().st_size, np.uint8))
        done = 0
        while done < len(memory):
            done += file.readinto(memory[done:])
    return taken[0]


def check(holds: bool, what: object = "") -> None:
    """Figures of something that went wrong are worth nothing."""
    if not holds:
        raise ValueError(f"The case went wrong: {what}")


def say(value: object) -> None:
    """Answer with one line of JSON."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def save_case(folder: Path):
    """1 GiB of numpy into a store."""
    array = numbers()

    def measure() -> float:
        shutil.rmtree(folder / "store", ignore_errors=True)
        taken: list[float] = []
        with clock(taken):
            state.save(folder / "store", namespace={"array": array})
        return taken[0]

    return measure, lambda: write(folder / "plain", array)


def load_case(folder: Path):
    """1 GiB of numpy from a store, all of it verified."""
    return _load(folder, {})


def resume_case(folder: Path):
    """1 GiB of one's own until a cell can run."""
    return _load(folder, {"on_verified"})


def _load(folder: Path, ways: set[str]):
    array = numbers()
    write(folder / "plain", array)
    state.save(folder / "store", namespace={"array": array})
    expected = array[12345] + 1
    del array

    def measure() -> float:
        namespace: dict = {}
        done = threading.Event()
        taken: list[float] = []
        options = {"on_verified": lambda _: done.set()} if ways else {}
        with clock(taken):
            state.load(folder / "store", namespace=namespace, **options)
            exec("answer = array[12345] + 1", namespace)  # noqa: S102 - the cell
        check(namespace["answer"] == expected)
        if ways:
            done.wait()
        return taken[0]

    return measure, lambda: read(folder / "plain")


def _frame(dtype: str):
    import pandas

    rows = 2_000_000
    random = np.random.default_rng(2)
    cities = [f"city number {number}" for number in range(5000)]
    frame = pandas.DataFrame({"x": random.random(rows), "n": random.integers(0, 1000, rows)})
    frame["city"] = pandas.Series([cities[i] for i in random.integers(0, 5000, rows)], dtype=dtype)
    frame["code"] = pandas.Series([f"c{i:08d}" for i in random.integers(0, 10**8, rows)], dtype=dtype)
    return frame


def frame_save_case(folder: Path):
    """A frame with two object-dtype string columns, over in-band pickle 5."""
    frame = _frame("object")

    def baseline() -> float:
        taken: list[float] = []
        with clock(taken), open(folder / "pickle", "wb") as file:
            pickle.dump(frame, file, 5)
            file.flush()
            os.fsync(file.fileno())
        return taken[0]

    return _saving(folder, frame), baseline


def frame_load_case(folder: Path):
    """The same, read again."""
    frame = _frame("object")
    state.save(folder / "store", namespace={"frame": frame})
    with open(folder / "pickle", "wb") as file:
        pickle.dump(frame, file, 5)
    expected = frame["code"].iloc[-1]
    del frame

    def measure() -> float:
        namespace: dict = {}
        taken: list[float] = []
        with clock(taken):
            state.load(folder / "store", namespace=namespace)
        check(namespace["frame"]["code"].iloc[-1] == expected)
        return taken[0]

    def baseline() -> float:
        taken: list[float] = []
        with clock(taken), open(folder / "pickle", "rb") as file:
            frame = pickle.load(file)  # noqa: S301 - written above
        del frame
        return taken[0]

    return measure, baseline


def arrow_save_case(folder: Path):
    """A frame with two Arrow string columns, over out-of-band pickle 5."""
    frame = _frame("str")

    def baseline() -> float:
        taken: list[float] = []
        with clock(taken):
            buffers: list[pickle.PickleBuffer] = []
            stream = pickle.dumps(frame, 5, buffer_callback=buffers.append)
            write(folder / "plain", stream, *(buffer.raw() for buffer in buffers if buffer.raw().nbytes))
        return taken[0]

    return _saving(folder, frame), baseline


def _saving(folder: Path, frame):
    def measure() -> float:
        shutil.rmtree(folder / "store", ignore_errors=True)
        taken: list[float] = []
        with clock(taken):
            report = state.save(folder / "store", namespace={"frame": frame})
        check(not report.skipped, report)
        return taken[0]

    return measure


def second_case(folder: Path):
    """After a change of 8 MB in 1 GiB, over the first."""
    array = numbers()
    state.save(folder / "store", namespace={"array": array})
    changes = iter(range(1, 1000))

    def measure() -> float:
        start = (next(changes) * 7 << 20) % (len(array) - (1 << 20))
        array[start : start + (1 << 20)] += 1
        taken: list[float] = []
        with clock(taken):
            report = state.save(folder / "store", namespace={"array": array})
        check(report.bytes_written <= 16 << 20, report.bytes_written)
        return taken[0]

    def baseline() -> float:
        taken: list[float] = []
        with clock(taken):
            state.save(folder / "other", namespace={"array": array})
        shutil.rmtree(folder / "other")
        return taken[0]

    return measure, baseline


def describe_case(folder: Path):
    """500 names with 1 GiB in arrays and frames."""
    import pandas

    namespace: dict = {f"array{n}": numbers(SIZE // 8) for n in range(4)}
    namespace.update({f"frame{n}": pandas.DataFrame({"x": numbers(SIZE // 8)}) for n in range(4)})
    for number in range(492):
        namespace[f"v{number}"] = [number, str(number), {"a": [number] * 100}, (number, "x"), 1.5][number % 5]

    def measure() -> float:
        taken: list[float] = []
        with clock(taken):
            plan = state.describe(namespace)
        check(len(plan.entries) == 500)
        return taken[0]

    return measure, lambda: 0.3


def stall_arrays_case(folder: Path):
    """While arrays are captured."""
    return _stall(folder, {"array": numbers(SIZE)}, 0.05)


def stall_objects_case(folder: Path):
    """While Python objects are captured: lists of floats, 24 + 8 bytes each."""
    lists = {f"list{n}": list(np.random.default_rng(n).random(SIZE // 32 // 16)) for n in range(16)}
    gc.freeze()
    return _stall(folder, lists, 0.15)


def _stall(folder: Path, namespace: dict, most: float):
    def measure() -> float:
        way = choose(namespace)
        check(way.forks, way)
        # Somebody's cell is running meanwhile: what it misses is the stall, not only what fork took.
        worst = 0.0
        last = time.perf_counter()
        under_way = capture.start(folder / "store", namespace)
        end = last + 1.0
        while (now := time.perf_counter()) < end:
            worst, last = max(worst, now - last), now
        under_way.cancel()
        with contextlib.suppress(state.SnapshotError):
            under_way.wait()
        return worst

    return measure, lambda: most


def memory_case(folder: Path):
    """Extra memory at its peak while 1 GiB is saved, MiB."""
    program = """
import resource, sys
import numpy as np
from jupyterlab_runtimes import state
array = np.random.default_rng(1).random(int(sys.argv[2]) // 8)
state.save(sys.argv[1] + "/warm", namespace={"a": 1})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
state.save(sys.argv[1] + "/store", namespace={"array": array})
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""

    def measure() -> float:
        shutil.rmtree(folder / "store", ignore_errors=True)
        command = [sys.executable, "-c", program, str(folder), str(SIZE)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    return measure, lambda: 64.0


def main() -> None:
    """Serve one case until the input ends."""
    case = globals()[f"{sys.argv[1].replace('-', '_')}_case"]
    with tempfile.TemporaryDirectory(prefix="bench-state-") as name:
        os.environ["JUPYTERLAB_RUNTIMES_DATA_DIR"] = str(Path(name) / "data")
        measure, baseline = case(Path(name))
        say({"ready": True})
        for line in sys.stdin:
            say({"measure": measure, "baseline": baseline}[line.strip()]())
            gc.collect()


if __name__ == "__main__":
    main()
