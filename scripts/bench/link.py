"""A link between this machine and a network namespace: so many bits per second, so much delay, so many packets lost.

Where the kernel has `tc`'s netem, that is the link; else packets go through two TUN devices and this process, which
does the same. Prints the namespace's process id and the address on its side, and lives until its input ends.

    link.py MBIT DELAY_MS LOSS_PERCENT        DELAY_MS is there and back
"""

from __future__ import annotations

import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections import deque

NEAR, FAR = "10.177.0.1", "10.177.0.2"
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
#: What queues before the link, as netem's own default, packets.
_QUEUE_PACKETS = 1000


def run(*command: str) -> None:
    """Run a program, which says why it fails."""
    subprocess.run(command, check=True, capture_output=True, text=True)


def has_netem() -> bool:
    """Whether the kernel shapes links."""
    script = "ip link add jlrn0 type veth peer name jlrn1 && tc qdisc add dev jlrn0 root netem delay 1ms"
    return subprocess.run(["unshare", "-n", "sh", "-c", script], capture_output=True).returncode == 0


def configure(pid: int, near: str, far: str) -> None:
    """Give both ends their addresses."""
    run("ip", "link", "set", far, "netns", str(pid))
    run("ip", "addr", "add", f"{NEAR}/30", "dev", near)
    run("ip", "link", "set", near, "mtu", "1500", "up")
    inside = ("nsenter", "-t", str(pid), "-n")
    run(*inside, "ip", "addr", "add", f"{FAR}/30", "dev", far)
    run(*inside, "ip", "link", "set", far, "mtu", "1500", "up")
    run(*inside, "ip", "link", "set", "lo", "up")


def shape(pid: int, mbit: float, delay_ms: float, loss: float) -> None:
    """Both directions, by the kernel."""
    run("ip", "link", "add", "jlrbench0", "type", "veth", "peer", "name", "jlrbench1")
    configure(pid, "jlrbench0", "jlrbench1")
    rule = ["root", "netem", "rate", f"{mbit}mbit", "delay", f"{delay_ms / 2}ms", "loss", f"{loss}%"]
    inside = ("nsenter", "-t", str(pid), "-n")
    for prefix, device in (((), "jlrbench0"), (inside, "jlrbench1")):
        run(*prefix, "ip", "link", "set", device, "gso_max_size", "1514", "gso_max_segs", "1")
        run(*prefix, "tc", "qdisc", "add", "dev", device, *rule)


class Way:
    """One direction through this process."""

    def __init__(self, source: int, target: int, rate: float, delay: float, loss: float) -> None:
        self.source, self.target = source, target
        self._rate, self._delay, self._loss = rate, delay, loss
        self._free_at = 0.0
        self._chance = random.Random(1)  # noqa: S311 - packets to be lost
        self._leaving: deque[float] = deque()

    def take(self, now: float) -> tuple[float, bytes] | None:
        """Read a packet; when it arrives, if it does."""
        packet = os.read(self.source, 65536)
        while self._leaving and self._leaving[0] <= now:
            self._leaving.popleft()
        if len(self._leaving) >= _QUEUE_PACKETS or self._chance.random() < self._loss:
            return None
        self._free_at = max(self._free_at, now) + len(packet) * 8 / self._rate
        self._leaving.append(self._free_at)
        return self._free_at + self._delay, packet


def tun(name: str) -> int:
    """Open a TUN device."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


def relay(near: int, far: int, mbit: float, delay_ms: float, loss: float) -> None:
    """Pass packets on until the input ends."""
    options = (mbit * 1e6, delay_ms / 2000, loss / 100)
    ways = {near: Way(near, far, *options), far: Way(far, near, *options)}
    due: list[tuple[float, int, int, bytes]] = []
    count = 0
    while True:
        wait = max(0.0, due[0][0] - time.monotonic()) if due else None
        ready, _, _ = select.select([sys.stdin, near, far], [], [], wait)
        now = time.monotonic()
        while due and due[0][0] <= now:
            _, _, target, packet = heapq.heappop(due)
            os.write(target, packet)
        for source in ready:
            if source is sys.stdin:
                return
            try:
                while True:
                    taken = ways[source].take(now)
                    if taken is not None:
                        count += 1
                        heapq.heappush(due, (taken[0], count, ways[source].target, taken[1]))
            except BlockingIOError:
                continue


def say(pid: int, by: str) -> None:
    """Tell that the link is there."""
    sys.stdout.write(json.dumps({"pid": pid, "address": FAR, "by": by}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Make the link."""
    mbit, delay_ms, loss = (float(argument) for argument in sys.argv[1:4])
    holder = subprocess.Popen(["unshare", "-n", "sleep", "86400"])
    try:
        time.sleep(0.3)
        if has_netem():
            shape(holder.pid, mbit, delay_ms, loss)
            say(holder.pid, "netem")
            sys.stdin.read()
        else:
            near, far = tun("jlrbench0"), tun("jlrbench1")
            configure(holder.pid, "jlrbench0", "jlrbench1")
            say(holder.pid, "tun")
            relay(near, far, mbit, delay_ms, loss)
    finally:
        holder.kill()
        holder.wait()
        subprocess.run(["ip", "link", "del", "jlrbench0"], capture_output=True)


if __name__ == "__main__":
    main()
