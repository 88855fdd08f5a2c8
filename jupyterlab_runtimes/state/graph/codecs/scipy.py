"""scipy: sparse matrices and arrays by their parts; all else of it restores itself, in the same version."""

from __future__ import annotations

from typing import Any

from ..dispatch import reduces
from ..makers import maker
from ..session import Session

_PARTS = {
    "csr": ("data", "indices", "indptr"),
    "csc": ("data", "indices", "indptr"),
    "bsr": ("data", "indices", "indptr"),
    "dia": ("data", "offsets"),
}
_NAMES = [f"scipy.sparse._{form}.{form}_{kind}" for form in (*_PARTS, "coo") for kind in ("matrix", "array")]


@reduces(*_NAMES)
def reduce_sparse(session: Session, matrix: Any) -> Any:
    """Shape and arrays."""
    session.need("scipy")
    name = type(matrix).__name__
    form = name.split("_")[0]
    if form == "coo":
        places = matrix.coords if hasattr(matrix, "coords") else (matrix.row, matrix.col)
        parts = [matrix.data, tuple(places)]
    else:
        parts = [getattr(matrix, each) for each in _PARTS[form]]
    return sp_sparse, (name, tuple(matrix.shape), parts)


@maker("sp_sparse", data=True)
def sp_sparse(name: str, shape: Any, parts: Any) -> Any:
    """Scipy checks that all indices are within."""
    import scipy.sparse

    if f"scipy.sparse._{name.split('_')[0]}.{name}" not in _NAMES:
        raise ValueError(f"scipy has no sparse form {name}")
    made = getattr(scipy.sparse, name)(tuple(parts), shape=shape, copy=False)
    check = getattr(made, "check_format", None) or getattr(made, "_check", None)
    if check is not None:
        check(True) if check.__name__ == "check_format" else check()
    return made
