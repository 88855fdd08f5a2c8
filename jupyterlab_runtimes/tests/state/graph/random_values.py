"""Random object graphs as a table for ``runner.py``: between interpreters with other versions of numpy and pandas
(``portable…``), or without (``none…``).
"""

from __future__ import annotations

COUNT = 10_000
VALUES = {
    f"{arrays}{seed}": {
        "make": f"V = __import__('random_graphs').graph({seed}, '{arrays}')[0]",
        "check": f"assert not (found := __import__('random_graphs').difference({seed}, V, '{arrays}')), found",
    }
    for arrays in ("portable", "none")
    for seed in range(COUNT)
}
