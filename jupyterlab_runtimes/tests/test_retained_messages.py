"""What a runtime's Jupyter Server keeps for a service that is away."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import random
from pathlib import Path

import pytest
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1

PROGRAM = Path(__file__).parents[2] / "packages/server/src/launchers/process/jupyter/retained_messages.py"


class Service:
    """The other end: what came over all its connections, by the number that it must have."""

    def __init__(self) -> None:
        self.next = -1
        self.got: dict[int, bytes] = {}
        self.cuts: list[dict] = []

    def write_message(self, message, binary=False):
        if binary:
            self.got[self.next] = message
            self.next += 1
        else:
            frame = json.loads(message)
            if frame["type"] == "cut":
                assert frame["next"] == self.next + frame["count"]
                self.cuts.append(frame)
            if frame["type"] in ("cut", "attached"):
                self.next = frame["next"]
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def close(self) -> None:
        """Nothing more is written here."""


def message(kind: str, parent: str, size: int = 0, channel: str = "iopub") -> bytes:
    header = {"msg_id": f"{kind}-{parent}-{size}", "msg_type": kind, "session": "s"}
    content = {"header": header, "parent_header": {"msg_id": parent}, "metadata": {}, "content": {"text": "x" * size}}
    return serialize_msg_to_ws_v1(content, channel, lambda part: json.dumps(part).encode())


@pytest.fixture
def program(monkeypatch):
    spec = importlib.util.spec_from_file_location("retained_messages", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RETAIN_BYTES", 100_000)
    monkeypatch.setattr(module, "RETAIN_WORDS_BYTES", 20_000)
    monkeypatch.setattr(module, "WINDOW_BYTES", 10_000)
    return module


async def test_a_reply_outlives_the_output_around_it(program):
    messages, service = program.RetainedMessages(), Service()
    messages.attach(service, -1)
    messages.append(message("status", "cell"))
    messages.acknowledge(service.next - 1)
    messages.detach(service)
    messages.append(message("execute_reply", "cell", channel="shell"))
    sizes = [len(message("stream", "cell", 1000))] * 300
    for _ in sizes:
        messages.append(message("stream", "cell", 1000))
    messages.append(message("status", "cell", 1))
    messages.attach(service, service.next - 1)
    while service.next < messages._next:
        messages.acknowledge(service.next - 1)
    said = [json.loads(deserialize_msg_from_ws_v1(each)[1][0])["msg_type"] for each in service.got.values()]
    assert said[:2] == ["status", "execute_reply"]
    assert said[-1] == "status"
    kept = said.count("stream")
    assert 0 < kept < 100
    assert sum(cut["count"] for cut in service.cuts) == 300 - kept
    assert service.cuts[0]["bytes"] == sum(sizes) - kept * sizes[0]
    assert service.cuts[0]["parents"] == {"cell": service.cuts[0]["bytes"]}


@pytest.mark.parametrize("seed", range(20))
async def test_each_message_arrives_once_or_is_counted_as_cut(program, seed):
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    messages = program.RetainedMessages()
    service = Service()
    sent: dict[int, bytes] = {}
    safe = -1  # the last number that the service has on disk
    is_there = False
    for step in range(600):
        if chance.random() < 0.02:
            if is_there:
                messages.detach(service)
            else:
                messages.attach(service, safe)
            is_there = not is_there
        if is_there and chance.random() < 0.3:
            safe = service.next - 1
            messages.acknowledge(safe)
        kind, channel = chance.choice([("stream", "iopub")] * 6 + [("status", "iopub"), ("execute_reply", "shell")])
        size = chance.choice([10, 1000, 5000]) if kind == "stream" else 0
        sent[messages._next] = message(kind, f"cell{step // 100}", size, channel)
        messages.append(sent[messages._next])
    if not is_there:
        messages.attach(service, safe)
    while service.next < messages._next:
        messages.acknowledge(service.next - 1)
    assert service.got.items() <= sent.items()
    missing = {number: each for number, each in sent.items() if number not in service.got}
    assert sum(cut["count"] for cut in service.cuts) >= len(missing)
    assert sum(cut["bytes"] for cut in service.cuts) == sum(len(each) for each in missing.values())
    assert not [each for each in missing.values() if b"status" in each or b"execute_reply" in each]


async def test_what_outlives_its_output_is_bounded_too(program):
    messages, service = program.RetainedMessages(), Service()
    each = message("execute_reply", "cell", 1000, "shell")
    for _ in range(300):
        messages.append(each)
    assert messages._words_bytes + messages._waiting_bytes <= program.RETAIN_BYTES
    messages.attach(service, -1)
    while service.next < messages._next:
        messages.acknowledge(service.next - 1)
    assert sum(cut["count"] for cut in service.cuts) == 300 - len(service.got)
    assert sum(cut["bytes"] for cut in service.cuts) == (300 - len(service.got)) * len(each)
