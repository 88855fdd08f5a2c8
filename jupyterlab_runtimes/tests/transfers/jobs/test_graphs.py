"""Random object graphs by each way that servers take: none comes back otherwise."""

from __future__ import annotations

import os

from ...state.graph import random_graphs

COUNT = 10_000 if os.environ.get("JUPYTERLAB_RUNTIMES_TEST_LONG") else 100
#: Graphs that go together: the making of a transfer costs more than they do.
PACK = 250
IMPORT = f"import sys; sys.path.insert(0, {os.path.dirname(random_graphs.__file__)!r}); import random_graphs"


async def test_random_graphs_go_round_from_server_to_server(by_http, jobs, local, remote, runtime, service, peer):
    there = peer.launch("there")
    kernel_id, here = await local()
    one, two = await remote(runtime), await remote(there, peer)
    for kernel in (here, one, two):
        await kernel.run(IMPORT)
    hops = [
        (kernel_id, ("far", runtime), one, "http"),
        (("far", runtime), ("peer", there), two, "straight"),
        # The other way nobody has allowed: through the Jupyter Server.
        (("peer", there), ("far", runtime), one, "http"),
        (("far", runtime), kernel_id, here, "http"),
    ]
    for first in range(0, COUNT, PACK):
        seeds = range(first, min(first + PACK, COUNT))
        names = random_graphs.names(seeds)
        await here.run(f"globals().update(random_graphs.pack({seeds}))")
        before = here
        for source, target, kernel, transport in hops:
            job = await jobs.done(await jobs.begin(source, target, names=names))
            assert (job["state"], job["error"], job["transport"]) == ("done", None, transport)
            assert (sorted(job["report"]["restored"]), job["report"]["skipped"]) == (sorted(names), [])
            # What was brought on is gone from where it was: it does not come back from there.
            assert await before.run(f"print(random_graphs.take_out({seeds}, globals()))") == "[]"
            before = kernel
        assert await here.run(f"print(random_graphs.take_out({seeds}, globals()))") == "[]"
