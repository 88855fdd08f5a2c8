"""Messages of one kernel, kept until they are safe elsewhere: bounded, the oldest output goes first.

What the kernel says of its work (replies, questions, that it is busy or idle) outlives the output around it: whoever
waits for the end of a cell is not left waiting because the cell printed more than is kept.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict, deque
from typing import Any

from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1
from tornado.websocket import WebSocketClosedError

#: Upper bound of what is kept for a service that is away, bytes; and of what outlives its output within that.
RETAIN_BYTES = 256 * 1024 * 1024
RETAIN_WORDS_BYTES = RETAIN_BYTES // 8
#: How much may be under way without an acknowledgement, bytes.
WINDOW_BYTES = 32 * 1024 * 1024
#: How many of the service's msg_ids are remembered, to pass a message on once only.
REMEMBERED_IDS = 10_000


class RetainedMessages:
    """The numbered messages of one kernel (v1 frames), and the one connection that reads them.

    A message goes from ``_waiting`` to ``_sent``, and with its acknowledgement. Beyond the bound, output is dropped
    from the head of ``_waiting``, and other messages from there go to ``_words``, which is ahead of it.
    """

    def __init__(self) -> None:
        # Numbers begin at the microsecond of birth: they grow across servers and kernels, so that "after N" is never
        # mistaken for a number of another life.
        self._next = time.time_ns() // 1000
        self._sent: deque[tuple[int, bytes]] = deque()
        self._words: deque[tuple[int, bytes]] = deque()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._sent_bytes = 0
        self._words_bytes = 0
        self._waiting_bytes = 0
        #: What follows this is there, or was dropped.
        self._acknowledged = self._next - 1
        self._expected = self._next
        #: Bytes that were dropped since that was told, and by the msg_id that they answered.
        self._cut_bytes = 0
        self._cut_parents: dict[str, int] = {}
        self._handler: Any = None
        self._seen: OrderedDict[str, None] = OrderedDict()

    def attach(self, handler: Any, after: int) -> None:
        """Send everything after number `after`, and what comes, to `handler`."""
        if self._handler is not None and self._handler is not handler:
            self._handler.close()
        self._handler = None
        for ahead in (self._words, self._sent):
            self._waiting.extendleft(reversed(ahead))
            ahead.clear()
        self._waiting_bytes += self._words_bytes + self._sent_bytes
        self._words_bytes = self._sent_bytes = 0
        self.acknowledge(after)
        self._handler = handler
        self._expected = self._acknowledged + 1
        self._write(json.dumps({"type": "attached", "next": self._expected}))
        self._pump()

    def detach(self, handler: Any) -> None:
        """`handler` is gone; another one may be there already."""
        if self._handler is handler:
            self._handler = None

    def append(self, message: bytes) -> None:
        """Take a message of the kernel."""
        self._waiting.append((self._next, message))
        self._waiting_bytes += len(message)
        self._next += 1
        self._bound()
        self._pump()

    def acknowledge(self, seq: int) -> None:
        """Messages up to `seq` are safe with the service."""
        self._acknowledged = max(self._acknowledged, min(seq, self._next - 1))
        while self._sent and self._sent[0][0] <= seq:
            self._sent_bytes -= len(self._sent.popleft()[1])
        while self._waiting and not self._sent and not self._words and self._waiting[0][0] <= seq:
            self._waiting_bytes -= len(self._waiting.popleft()[1])
        self._pump()

    def is_new(self, msg_id: str) -> bool:
        """Whether the service's message was not seen yet; it is from now on."""
        if msg_id in self._seen:
            return False
        self._seen[msg_id] = None
        if len(self._seen) > REMEMBERED_IDS:
            self._seen.popitem(last=False)
        return True

    def acknowledge_incoming(self, msg_id: str) -> None:
        """Tell the service that its message was given to the kernel."""
        if self._handler is not None:
            self._write(json.dumps({"type": "ack", "msg_id": msg_id}))

    def _bound(self) -> None:
        while self._words_bytes + self._waiting_bytes > RETAIN_BYTES and len(self._waiting) > 1:
            number, message = self._waiting.popleft()
            self._waiting_bytes -= len(message)
            is_word, parent = _look(message)
            if is_word:
                self._words.append((number, message))
                self._words_bytes += len(message)
            else:
                self._drop(message, parent)
        while self._words_bytes > RETAIN_WORDS_BYTES:
            _, message = self._words.popleft()
            self._words_bytes -= len(message)
            self._drop(message, _look(message)[1])

    def _drop(self, message: bytes, parent: str) -> None:
        self._cut_bytes += len(message)
        if parent:
            self._cut_parents[parent] = self._cut_parents.get(parent, 0) + len(message)

    def _pump(self) -> None:
        while self._handler is not None and self._sent_bytes < WINDOW_BYTES and (self._words or self._waiting):
            if self._words:
                number, message = self._words.popleft()
                self._words_bytes -= len(message)
            else:
                number, message = self._waiting.popleft()
                self._waiting_bytes -= len(message)
            self._sent.append((number, message))
            self._sent_bytes += len(message)
            if number != self._expected:
                self._tell_cut(number)
            self._expected = number + 1
            if self._handler is not None:
                self._write(message)

    def _tell_cut(self, number: int) -> None:
        """Say what is missing before `number`; all bytes are told with the first of several gaps."""
        cut = {
            "type": "cut",
            "count": number - self._expected,
            "bytes": self._cut_bytes,
            "parents": self._cut_parents,
            "next": number,
        }
        self._cut_bytes = 0
        self._cut_parents = {}
        self._write(json.dumps(cut))

    def _write(self, message: bytes | str) -> None:
        # A handler whose peer is gone fails at once, or in what it returns. Its on_close follows, and the message stays
        # in `_sent` for the next connection.
        try:
            self._handler.write_message(message, binary=isinstance(message, bytes)).add_done_callback(_retrieve)
        except WebSocketClosedError:
            self._handler = None


def _look(frame: bytes) -> tuple[bool, str]:
    """Whether a message outlives the output around it, and the msg_id that it answers ('' for none)."""
    channel, parts = deserialize_msg_from_ws_v1(frame)
    parent = json.loads(parts[1]).get("msg_id", "")
    return channel != "iopub" or json.loads(parts[0])["msg_type"] == "status", parent


def _retrieve(written: asyncio.Future[None]) -> None:
    """Look at how a write ended, so that asyncio does not report a lost connection as an unhandled error."""
    if not written.cancelled():
        written.exception()
