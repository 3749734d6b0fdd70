"""Milliseconds to list gateways and clusters with one of ten gateways hanging.

The peer is the same lab with ten gateways that all answer. Both are measured in the same run, in
turns, after every gateway had its first chance; a list that waits for the hanging one would take
seconds.
"""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

from benchmarks.answering import answering, pool_of, sign_in
from benchmarks.table import Row
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.gateways.watch import FRESH, PATIENCE

GATEWAYS = 10
DELAY = 0.1  # seconds that a gateway takes for each answer


async def list_none(request: web.Request) -> web.Response:
    """Answer, after a while, that there are no clusters."""
    await asyncio.sleep(DELAY)
    return web.json_response({})


async def hang(request: web.Request) -> web.Response:
    """Do not answer."""
    await asyncio.sleep(3600)
    return web.Response()


async def list_all(pool: GatewayPool) -> float:
    """List both when the last look is old, so that every gateway is asked again."""
    await pool.gateways()
    await asyncio.sleep(FRESH + 0.1)
    start = time.perf_counter()
    gateways = await pool.gateways()
    await pool.clusters()
    seconds = time.perf_counter() - start
    assert sum(gateway.state == "signed-in" for gateway in gateways) >= GATEWAYS - 1
    return seconds


async def _measure(repeats: int) -> tuple[list[float], list[float]]:
    with answering([*[list_none] * GATEWAYS, hang]) as ports:
        with_it, without = [*ports[: GATEWAYS - 1], ports[-1]], ports[:GATEWAYS]
        async with pool_of(with_it) as ours, pool_of(without) as peer:
            for i in range(GATEWAYS - 1):
                await sign_in(ours, i)
                await sign_in(peer, i)
            await sign_in(peer, GATEWAYS - 1)
            await asyncio.sleep(PATIENCE)  # for whatever does not answer
            pairs = [(await list_all(ours), await list_all(peer)) for _ in range(repeats)]
    return [1000 * each for each, _ in pairs], [1000 * each for _, each in pairs]


def run(repeats: int = 9) -> Row:
    """Measure both."""
    hanging, none = asyncio.run(_measure(repeats))
    return Row(
        name=f"list {GATEWAYS} gateways and their clusters, one hanging",
        ours=hanging,
        peer=none,
        unit="ms",
        against="the same with none hanging",
    )
