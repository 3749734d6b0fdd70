"""Milliseconds to list gateways and clusters with one of ten gateways hanging.

The peer is the same lab with ten gateways that all answer. Both are measured in the same run, in
turns, after every gateway had its first chance; a list that waits for the hanging one would take
seconds.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.connection import Connection

from aiohttp import web

from benchmarks.table import Row
from multicloud_lab.config import GatewayConfig
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.gateways.watch import FRESH, PATIENCE
from multicloud_lab.records import SignIn

GATEWAYS = 10
DELAY = 0.1  # seconds that a gateway takes for each answer


async def _serve(tell: Connection) -> None:
    async def list_none(request: web.Request) -> web.Response:
        await asyncio.sleep(DELAY)
        return web.json_response({})  # no clusters

    async def hang(request: web.Request) -> web.Response:
        await asyncio.sleep(3600)
        return web.Response()

    ports = []
    for answer in (*[list_none] * GATEWAYS, hang):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports.append(runner.addresses[0][1])
    tell.send(ports)
    await asyncio.Event().wait()


def _gateways(tell: Connection) -> None:
    asyncio.run(_serve(tell))


@contextmanager
def ports() -> Iterator[list[int]]:
    """Serve the gateways' API in a process of its own; the last of the ports hangs."""
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_gateways, args=(tell,), daemon=True)
    process.start()
    try:
        yield told.recv()
    finally:
        process.kill()
        process.join()


@asynccontextmanager
async def pool_of(ports: list[int]) -> AsyncIterator[GatewayPool]:
    """Have a lab that is signed in to whatever answers, and has waited for whatever does not."""
    auth = {"type": "basic", "username": "ann"}
    pool = GatewayPool(
        [
            GatewayConfig.model_validate(
                {
                    "name": f"gateway-{i}",
                    "region": "aws:us-west-2",
                    "address": f"http://127.0.0.1:{port}",
                    "auth": auth,
                }
            )
            for i, port in enumerate(ports)
        ],
        book=None,
        on_change=lambda change: None,
    )
    await pool.start()
    try:
        for i in range(GATEWAYS - 1):
            await pool.sign_in(f"gateway-{i}", SignIn(username="ann", password="a"))
        await asyncio.sleep(PATIENCE)
        yield pool
    finally:
        await pool.close()


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
    with ports() as found:
        async with (
            pool_of([*found[: GATEWAYS - 1], found[-1]]) as ours,
            pool_of(found[:GATEWAYS]) as peer,
        ):
            await peer.sign_in(f"gateway-{GATEWAYS - 1}", SignIn(username="ann", password="a"))
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
