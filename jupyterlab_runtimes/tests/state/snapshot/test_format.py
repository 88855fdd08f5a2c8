"""What is read is what was written, whatever its size, and however it is kept."""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys

import pytest

from jupyterlab_runtimes.state.snapshot.canonical import canonical
from jupyterlab_runtimes.state.snapshot.codec import available
from jupyterlab_runtimes.state.snapshot.errors import SnapshotError
from jupyterlab_runtimes.state.snapshot.layout import CHUNK, LONGEST_CHUNK, MAPPED_FROM, MIB, SMALLEST_MAPPED, cut
from jupyterlab_runtimes.state.snapshot.manifest import new_manifest, parse_manifest
from jupyterlab_runtimes.state.snapshot.memory import MemoryChunks
from jupyterlab_runtimes.state.snapshot.places import open_snapshot, saving
from jupyterlab_runtimes.state.snapshot.reader import Reader
from jupyterlab_runtimes.state.snapshot.writer import Writer

ROUNDS = 200 if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG") else 6

#: Lengths at which something begins or ends.
EDGES = [0, 1, 63, 64, 65, 4095, 4096, MAPPED_FROM - 1, MAPPED_FROM, CHUNK - 1, CHUNK, CHUNK + 1]
EDGES += [CHUNK + SMALLEST_MAPPED - 1, CHUNK + SMALLEST_MAPPED, 2 * CHUNK, 2 * CHUNK + 1]


def content(seed: random.Random, length: int) -> bytes:
    kind = seed.randrange(3)
    if kind == 0:
        return bytes(length)
    if kind == 1:
        return (b"some text that shrinks, %d; " % seed.randrange(10) * (length // 20 + 1))[:length]
    return seed.randbytes(length)


def write(writer: Writer, seed: random.Random):
    """Write streams in pieces, with buffers in between and some thrown away."""
    streams, buffers = {}, []
    for number in range(seed.randrange(1, 8)):
        name = seed.choice(["x", "naïve", "__proto__", "\ud800", "\U0001d518", ""]) + str(number)
        kept = seed.random() < 0.8
        data = content(seed, seed.choice(EDGES) if seed.random() < 0.5 else seed.randrange(5000))
        stream = writer.stream(name)
        rest = memoryview(data)
        while len(rest):
            size = seed.randrange(1, len(rest) + 1)
            assert stream.write(rest[:size]) == size
            rest = rest[size:]
            if seed.random() < 0.5:
                mutable = bytearray(content(seed, seed.choice(EDGES) if seed.random() < 0.3 else seed.randrange(9000)))
                buffers.append(bytes(mutable))
                assert writer.buffer(memoryview(mutable)) == len(buffers) - 1
                mutable[:] = bytes(len(mutable))  # the owner goes on
        if kept:
            stream.commit()
            streams[name] = data
        else:
            stream.discard()
    return streams, buffers


@pytest.mark.parametrize("number", range(ROUNDS))
def test_streams_and_buffers_come_back_as_they_were(place, number):
    seed = random.Random(number)  # noqa: S311
    codecs = seed.choice([(), ("zlib",), available()])
    with saving(place, codecs=codecs) as under_way:
        streams, buffers = write(under_way.writer, seed)
        under_way.keep(new_manifest(under_way.writer.finish(), {"variables": []}))
    opened = open_snapshot(place)
    reader = Reader(opened.manifest, opened.source)
    opened.source.verify_rest()
    reader.verify(opened.manifest.chunks)
    assert list(reader.names()) == list(streams)
    assert all(chunk.size <= LONGEST_CHUNK for chunk in opened.manifest.chunks)
    for name, data in streams.items():
        with reader.stream(name) as stream:
            assert stream.read() == data
    for index, data in enumerate(buffers):
        view = reader.buffer(index)
        assert bytes(view) == data
        assert reader.buffer(index) is view
        if len(view):
            view[0] ^= 255  # private: the snapshot stays as it is
    opened.source.close()
    again = open_snapshot(place)
    assert all(bytes(Reader(again.manifest, again.source).buffer(i)) == data for i, data in enumerate(buffers))
    again.source.close()


def test_mapped_chunks_have_4_to_8_mib_and_start_at_multiples_of_4():
    lengths = random.Random(1).sample(range(MAPPED_FROM, 60 * MIB), 500)  # noqa: S311
    for length in [*EDGES, *lengths]:
        if length < MAPPED_FROM:
            continue
        pieces = list(cut(length))
        assert pieces[0][0] == 0
        assert sum(size for _, size in pieces) == length
        assert all(start + size == following for (start, size), (following, _) in itertools.pairwise(pieces))
        assert all(start % SMALLEST_MAPPED == 0 and SMALLEST_MAPPED <= size <= CHUNK for start, size in pieces)


def test_a_big_buffer_is_one_range_of_a_file_and_is_not_copied(tmp_path):
    data = os.urandom(3 * CHUNK + 5)
    with saving(tmp_path / "x.jrs") as under_way:
        under_way.writer.buffer(memoryview(data))
        under_way.keep(new_manifest(under_way.writer.finish(), {"variables": []}))
    assert (tmp_path / "x.jrs").read_bytes().find(data) % 65536 == 0


def test_many_small_streams_and_buffers_share_chunks():
    count = 100_000
    chunks = MemoryChunks()
    writer = Writer(chunks)
    for number in range(count):
        stream = writer.stream(f"v{number}")
        stream.write(b"%d" % number)
        stream.commit()
        writer.buffer(memoryview(b"%d" % number))
    manifest = parse_manifest(new_manifest(writer.finish(), {"variables": []}).to_bytes())
    assert len(manifest.chunks) < 5
    reader = Reader(manifest, chunks)
    assert reader.stream(f"v{count - 1}").read() == b"%d" % (count - 1)
    assert bytes(reader.buffer(7_777)) == b"7777"


def test_a_second_snapshot_writes_what_changed(tmp_path):
    data = bytearray(os.urandom(64 * MIB))
    first = _save_buffer(tmp_path / "store", data)
    data[20 * MIB : 28 * MIB] = os.urandom(8 * MIB)
    second = _save_buffer(tmp_path / "store", data)
    assert first.bytes_written == 64 * MIB
    assert second.bytes_written == 16 * MIB
    assert second.chunks_reused == 6


def test_a_change_of_one_byte_that_no_sample_sees_is_written(tmp_path):
    data = bytearray(os.urandom(16 * MIB))
    _save_buffer(tmp_path / "store", data)
    data[8 * MIB + 64] ^= 1
    assert _save_buffer(tmp_path / "store", data).bytes_written == 8 * MIB
    opened = open_snapshot(tmp_path / "store")
    assert bytes(Reader(opened.manifest, opened.source).buffer(0)) == data


def test_a_chunk_that_was_damaged_is_not_used_again(tmp_path):
    data = os.urandom(8 * MIB)
    _save_buffer(tmp_path / "store", data)
    (chunk,) = (path for path in (tmp_path / "store" / "chunks").rglob("*") if path.is_file())
    chunk.write_bytes(data[:-5])  # a length that can't be: what has the right one is found when it is read
    assert _save_buffer(tmp_path / "store", data).chunks_written == 1
    opened = open_snapshot(tmp_path / "store")
    assert bytes(Reader(opened.manifest, opened.source).buffer(0)) == data


def test_the_same_chunk_is_stored_once_in_a_file(tmp_path):
    _save_buffer(tmp_path / "zeros.jrs", bytearray(256 * MIB))
    assert (tmp_path / "zeros.jrs").stat().st_size < 9 * MIB
    opened = open_snapshot(tmp_path / "zeros.jrs")
    view = Reader(opened.manifest, opened.source).buffer(0)
    view[5] = 1
    assert len(view) == 256 * MIB
    assert view[CHUNK + 5] == 0
    opened.source.close()


def test_bytes_that_are_one_thing_raw_and_another_compressed_stay_apart(tmp_path):
    import zlib

    text = b"a" * 5000
    with saving(tmp_path / "store") as under_way:
        writer = under_way.writer
        stream = writer.stream("text")
        stream.write(text)
        stream.commit()
        writer.buffer(memoryview(zlib.compress(text, 1)))
        under_way.keep(new_manifest(writer.finish(), {"variables": []}))
    opened = open_snapshot(tmp_path / "store")
    reader = Reader(opened.manifest, opened.source)
    assert reader.stream("text").read() == text
    assert bytes(reader.buffer(0)) == zlib.compress(text, 1)


def test_a_newer_minor_version_is_read_and_an_unknown_major_refused_in_a_sentence():
    manifest = new_manifest({"chunks": [], "streams": [], "buffers": []}, {"variables": []})
    newer = {**manifest.content, "format": {**manifest.content["format"], "minor": 7}, "novelty": [1]}
    assert parse_manifest(canonical(newer)).id == manifest.id
    unknown = {**manifest.content, "format": {**manifest.content["format"], "major": 2}}
    with pytest.raises(SnapshotError, match=r"has format 2, and this version .* reads format 1: update") as caught:
        parse_manifest(canonical(unknown))
    assert caught.value.code == "SNAPSHOT_VERSION"


def test_the_canonical_form_is_what_javascript_makes():
    value = {"\ufb33": 1, "😀": [True, None], "a": 'q"\\\u2028\x7f\x1f\ud800 é', "10": -5, "9": {"b": 1, "a": 2}}
    script = """
      const sorted = v => Array.isArray(v) ? v.map(sorted) : v && typeof v === 'object'
        ? Object.keys(v).sort().map(k => JSON.stringify(k) + ':' + text(v[k])) : v;
      const text = v => Array.isArray(v) ? '[' + v.map(text).join() + ']' : v && typeof v === 'object'
        ? '{' + sorted(v).join() + '}' : JSON.stringify(v);
      process.stdout.write(text(JSON.parse(require('fs').readFileSync(0, 'utf8'))));
    """
    node = subprocess.run(["node", "-e", script], input=json.dumps(value).encode(), capture_output=True, check=True)
    assert canonical(value) == node.stdout


def test_a_manifest_holds_no_fractions_and_no_giants():
    with pytest.raises(TypeError, match="float"):
        canonical({"a": 0.5})
    with pytest.raises(ValueError, match="53 bits"):
        canonical([2**53])


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_saving_a_gigabyte_takes_little_memory(tmp_path):
    """256 MiB here; the bench has the whole one."""
    program = """
import mmap, os, resource, sys
from jupyterlab_runtimes.state.snapshot.places import saving
from jupyterlab_runtimes.state.snapshot.manifest import new_manifest
data = memoryview(mmap.mmap(-1, 256 << 20)); data[::4096] = os.urandom(65536)
with saving(sys.argv[1]) as s:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    s.writer.buffer(data); s.keep(new_manifest(s.writer.finish(), {"variables": []}))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "x.jrs")], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 64 * 1024


def _save_buffer(place, data):
    with saving(place) as under_way:
        under_way.writer.buffer(memoryview(data))
        under_way.keep(new_manifest(under_way.writer.finish(), {"variables": []}))
    return under_way.writer
