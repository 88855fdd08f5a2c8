"""Sockets to a real kernel, in a loop that is busy at the wrong moment."""

from __future__ import annotations

import asyncio
import time

from jupyter_client.multikernelmanager import AsyncMultiKernelManager

from ...transfers.kernel_link import KernelLink


async def ask(link: KernelLink) -> str:
    content, _ = await link.ask("control", "kernel_info_request", {})
    return content["status"]


async def ask_while_a_reply_lies_there(link: KernelLink) -> list[str]:
    first = asyncio.ensure_future(ask(link))
    await asyncio.sleep(0)
    time.sleep(0.3)  # noqa: ASYNC251 - the reply comes, and the loop does not look
    second = await ask(link)
    return [await first, second]


async def test_hears_a_reply_that_came_just_before_the_next_request():
    kernels = AsyncMultiKernelManager()
    kernel_id = await kernels.start_kernel()
    link = KernelLink(kernels, kernel_id, "here")
    try:
        await asyncio.wait_for(ask(link), 60)
        for _ in range(3):
            assert await asyncio.wait_for(ask_while_a_reply_lies_there(link), 10) == ["ok", "ok"]
    finally:
        link.close()
        await kernels.shutdown_all(now=True)
