"""Writing variables, each into its own stream with its own memo.

Where a variable has objects that an earlier stream brought, its pickler starts with those in its memo, and
the variable says from which streams and positions they must come. So no stream can spoil another, and a part
of the names can be read.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from typing import Any, Callable

from .dispatch import Table
from .probe import GraphPickler, Nothing, Trial
from .refusal import Refused
from .session import Session

#: Buffers below this are written into the stream, bytes.
IN_BAND = 4096
_PRUNED = 1 << 18  # streams up to this many bytes are looked through for the imports they really use


class Writer:
    """Writes the tried variables of one encoding in order."""

    def __init__(self, session: Session, table: Table, sink: Any, trials: list[Trial]) -> None:
        self.session = session
        self.table = table
        self.sink = sink
        seen: dict[int, int] = {}
        for trial in trials:
            if trial.refused is None:
                for key in trial.parts:
                    seen[key] = seen.get(key, 0) + 1
        self.shared = {key for key, count in seen.items() if count > 1}
        #: id of a shared object → (stream, position in its memo, the object)
        self.owned: dict[int, tuple[str, int, Any]] = {}

    def write(self, trial: Trial) -> tuple[list[list[Any]], list[int]]:
        """One variable's stream. @returns imports and buffers. @throws Refused, and what the sink raises."""
        mine = [key for key in trial.parts if key in self.shared] if self.shared else []
        imported = [key for key in mine if key in self.owned]
        root = id(trial.value)
        if root in self.owned and root in mine:
            imported = [root]
        elif len(imported) > 1:
            imported = self._used(trial, imported)
        exported = [key for key in mine if key not in self.owned]
        buffers: list[int] = []

        def take(buffer: pickle.PickleBuffer) -> bool:
            view = buffer.raw()
            if view.nbytes < IN_BAND:
                return True
            buffers.append(self.sink.buffer(view))
            return False

        stream = self.sink.stream(trial.name)
        try:
            pickler = self._pickler(_File(stream.write), take, imported)
            self.session.budget.renew()
            pickler.dump(trial.value)
        except BaseException:
            stream.discard()
            raise
        stream.commit()
        if exported:
            self._export(pickler, trial, exported)
        imports: dict[str, list[int]] = {}
        for key in imported:
            name, position, _ = self.owned[key]
            imports.setdefault(name, []).append(position)
        return _ordered(imports), buffers

    def _pickler(self, file: Any, take: Callable[[Any], bool], imported: list[int]) -> GraphPickler:
        pickler = GraphPickler(file, self.session, self.table, take)
        if imported:
            # In the order in which they are listed: by stream, then by position.
            imported.sort(key=lambda key: self.owned[key][:2])
            pickler.memo = {key: (place, self.owned[key][2]) for place, key in enumerate(imported)}
        return pickler

    def _used(self, trial: Trial, imported: list[int]) -> list[int]:
        scratch = _Bounded()
        try:
            self._pickler(scratch, lambda _: False, imported).dump(trial.value)
        except _TooLong:
            return imported
        used = set()
        for opcode, argument, _ in pickletools.genops(scratch.getvalue()):
            if opcode.name in ("BINGET", "LONG_BINGET") and argument < len(imported):  # type: ignore[operator]
                used.add(argument)
        return [key for place, key in enumerate(imported) if place in used]

    def _export(self, pickler: GraphPickler, trial: Trial, exported: list[int]) -> None:
        memo = pickler.memo.copy()
        for key in exported:
            if key in memo:
                self.owned[key] = (trial.name, memo[key][0], trial.parts[key])


def _ordered(imports: dict[str, list[int]]) -> list[list[Any]]:
    return [[name, imports[name]] for name in sorted(imports)]


class _TooLong(Exception):
    pass


class _Bounded(io.BytesIO):
    def write(self, data: Any) -> int:
        if self.tell() + len(data) > _PRUNED:
            raise _TooLong
        return super().write(data)


class _File:
    """All that a pickler needs of a file."""

    def __init__(self, write: Callable[[Any], int]) -> None:
        self.write = write


__all__ = ["Nothing", "Refused", "Writer"]
