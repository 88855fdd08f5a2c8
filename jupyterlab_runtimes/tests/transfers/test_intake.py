"""Bytes of requests on their way into a chunk, in threads of their own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import threading

import pytest

from jupyterlab_runtimes.problems import Problem
from jupyterlab_runtimes.transfers.chunks import Chunks
from jupyterlab_runtimes.transfers.intake import Intake

DATA = os.urandom(5_000_000)
DIGEST = hashlib.sha256(DATA).hexdigest()
PIECE = 65_536


@pytest.fixture
def chunks(tmp_path):
    return Chunks(tmp_path, json.dumps({"chunks": [{"digest": DIGEST, "size": len(DATA)}]}).encode() + b"\n")


async def send(intake, data):
    for start in range(0, len(data), PIECE):
        await intake.take(data[start : start + PIECE])


async def test_two_requests_at_a_time_make_one_chunk(chunks):
    halves = [(0, DATA[:2_000_000]), (2_000_000, DATA[2_000_000:])]

    async def request(start, data):
        intake = Intake(chunks.begin(DIGEST, start))
        await send(intake, data)
        await intake.finish()
        chunks.finish(DIGEST)

    await asyncio.gather(*(request(*half) for half in halves))
    assert chunks.missing() == {}
    assert chunks.path(DIGEST).read_bytes() == DATA


async def test_what_came_before_a_connection_broke_is_kept(chunks):
    intake = Intake(chunks.begin(DIGEST, 0))
    await send(intake, DATA[:1_500_000])
    intake.break_off()
    intake.break_off()
    assert chunks.missing() == {DIGEST: [(0, 1_500_000)]}


async def test_a_connection_that_breaks_during_a_write_leaves_neither_gap_nor_open_file(chunks, monkeypatch):
    writing = chunks.begin(DIGEST, 0)
    may_write, add = threading.Event(), writing.add

    def late(piece):
        may_write.wait(10)
        add(piece)

    monkeypatch.setattr(writing, "add", late)
    intake = Intake(writing)
    sending = asyncio.create_task(send(intake, DATA[:1_100_000]))
    await asyncio.sleep(0.05)
    intake.break_off()
    may_write.set()
    await sending
    # Nothing was written when it broke off, so nothing is there.
    assert chunks.missing() == {DIGEST: []}
    assert writing._file is None


async def test_more_bytes_than_the_chunk_has_are_refused_and_breaking_off_says_nothing_more(chunks):
    intake = Intake(chunks.begin(DIGEST, len(DATA) - 10))
    await intake.take(bytes(20))
    with pytest.raises(Problem, match="more were sent"):
        await intake.finish()
    intake.break_off()
