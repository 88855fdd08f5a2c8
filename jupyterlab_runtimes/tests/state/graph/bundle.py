"""The smallest thing that keeps an encoding: memory, and one file. Runs alone in any interpreter."""

from __future__ import annotations

import io
import json
import struct


class MemoryStream:
    def __init__(self, streams, name):
        self.streams, self.name, self.parts = streams, name, []

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)

    def commit(self):
        self.streams[self.name] = b"".join(self.parts)

    def discard(self):
        self.parts.clear()


class Memory:
    """Sink and source at once."""

    def __init__(self):
        self.streams, self.buffers, self._given = {}, [], {}

    def stream(self, name):
        return MemoryStream(self.streams, name) if not isinstance(self, Reading) else io.BytesIO(self.streams[name])

    def buffer(self, view):
        assert view.format == "B"
        assert view.c_contiguous
        self.buffers.append(bytes(view))
        return len(self.buffers) - 1

    def names(self):
        return list(self.streams)


class Reading(Memory):
    """The same bytes, as a source; each reading has memory of its own."""

    def __init__(self, streams, buffers):
        super().__init__()
        self.streams, self.buffers = streams, buffers

    def buffer(self, index):
        if index not in self._given:
            self._given[index] = memoryview(bytearray(self.buffers[index]))
        return self._given[index]


def reading(memory):
    return Reading(memory.streams, memory.buffers)


def save(path, encoding_json, memory):
    head = json.dumps(
        {
            "encoding": encoding_json,
            "streams": [[name, len(data)] for name, data in memory.streams.items()],
            "buffers": [len(data) for data in memory.buffers],
        }
    ).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for data in [*memory.streams.values(), *memory.buffers]:
            file.write(data)


def load(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        head = json.loads(file.read(size))
        streams = {name: file.read(length) for name, length in head["streams"]}
        buffers = [file.read(length) for length in head["buffers"]]
    return head["encoding"], Reading(streams, buffers)
