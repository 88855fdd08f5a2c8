"""Compile Python sources with the very Python that will run them.

Runs in Pyodide at build time, see compile.mjs. The byte code is marked as
never to be checked against its source, because the files have no true times.
"""

from __future__ import annotations

import marshal
from importlib.util import MAGIC_NUMBER

#: PEP 552: hash-based, not checked.
_FLAGS = (0b01).to_bytes(4, "little")


def compile_source(source: bytes, filename: str) -> bytes | None:
    """Return the .pyc of a source, None where it is not valid Python.

    Packages ship templates and files for other Pythons, which nobody imports.
    """
    try:
        code = compile(source, filename, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError):
        return None
    return MAGIC_NUMBER + _FLAGS + bytes(8) + marshal.dumps(code)
