"""What a store's writer knows by fingerprints. Decides reuse within one store; nobody trusts it."""

from __future__ import annotations

import json
from pathlib import Path

from .codec import CODECS
from .durable import write_file
from .ports import Chunk


class Reuse:
    """The file ``reuse.json`` of a store. One that can't be read counts as empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._chunks: dict[str, Chunk] = _read(path)
        self._learned = False

    def find(self, key: str) -> Chunk | None:
        return self._chunks.get(key)

    def learn(self, key: str, chunk: Chunk) -> None:
        if self._chunks.get(key) != chunk:
            self._chunks[key] = chunk
            self._learned = True

    def keep(self) -> None:
        """Write it, where there is something new. Called once all chunks are safe."""
        if self._learned:
            rows = {key: [each.digest, each.size, each.length, each.codec] for key, each in self._chunks.items()}
            write_file(self._path, memoryview(json.dumps({"version": 1, "chunks": rows}).encode()))
            self._learned = False


def _read(path: Path) -> dict[str, Chunk]:
    try:
        content = json.loads(path.read_bytes())
        if content["version"] != 1:
            return {}
        chunks = {key: Chunk(*row) for key, row in content["chunks"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {key: chunk for key, chunk in chunks.items() if chunk.codec in CODECS and _is_digest(chunk.digest)}


def _is_digest(text: object) -> bool:
    return isinstance(text, str) and len(text) == 64 and all(each in "0123456789abcdef" for each in text)
