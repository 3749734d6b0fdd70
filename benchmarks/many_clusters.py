"""Milliseconds to list the clusters of 20 gateways with 50 each, and the memory that one takes.

The gateways answer from a process of their own, over real sockets, as dask-gateway's API and the
clusters' dashboards do. The lists are asked for as a panel does that is told of changes.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import psutil
from aiohttp import web

from benchmarks.table import Row
from multicloud_lab.config import GatewayConfig
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import SignIn

GATEWAYS, CLUSTERS = 20, 50
LIMIT_MS = 50.0
ASKED = 60
EVERY = 0.25  # seconds between two lists
BYTES_A_CLUSTER = 20_000  # what a record, its report and its counts may take; a limit of our own


def _report(name: str) -> dict[str, object]:
    return {
        "name": name,
        "dashboard_route": f"/clusters/{name}/status",
        "status": "RUNNING",
        "start_time": 1_700_000_000_000,
        "stop_time": None,
        "options": {},
    }


async def _serve(tell: Connection) -> None:
    reports = {f"c{i:02d}": _report(f"c{i:02d}") for i in range(CLUSTERS)}

    async def answer(request: web.Request) -> web.Response:
        path = request.path
        if path.endswith("/counts.json"):
            return web.json_response({"workers": 2, "cores": 4, "processing": 0, "tasks": 0})
        if path.rstrip("/").endswith("/api/v1/clusters"):
            return web.json_response(reports)
        name = path.rpartition("/")[2]
        return web.json_response(reports.get(name, {}))

    ports = []
    for _ in range(GATEWAYS):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports.append(runner.addresses[0][1])
    tell.send(ports)
    await asyncio.Event().wait()


def _gateways(tell: Connection) -> None:
    asyncio.run(_serve(tell))


@contextmanager
def ports() -> Iterator[list[int]]:
    """Serve the gateways in a process of their own."""
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_gateways, args=(tell,), daemon=True)
    process.start()
    try:
        yield told.recv()
    finally:
        process.kill()
        process.join()


async def _measure() -> tuple[list[float], float]:
    with ports() as found:
        pool = GatewayPool(
            [
                GatewayConfig.model_validate(
                    {
                        "name": f"gateway-{i}",
                        "region": "aws:us-west-2",
                        "address": f"http://127.0.0.1:{port}",
                        "auth": {"type": "basic", "username": "ann"},
                    }
                )
                for i, port in enumerate(found)
            ],
            book=None,
            on_change=lambda change: None,
        )
        await pool.start()
        try:
            before = psutil.Process().memory_info().rss
            for i in range(GATEWAYS):
                await pool.sign_in(f"gateway-{i}", SignIn(username="ann", password="a"))
            assert len(await pool.clusters()) == GATEWAYS * CLUSTERS
            kept = (psutil.Process().memory_info().rss - before) / (GATEWAYS * CLUSTERS)
            seconds = []
            for _ in range(ASKED):
                await asyncio.sleep(EVERY)
                start = time.perf_counter()
                listed = await pool.clusters()
                seconds.append(time.perf_counter() - start)
                assert len(listed) == GATEWAYS * CLUSTERS
            return seconds, kept
        finally:
            await pool.close()


def run(repeats: int = 3) -> list[Row]:
    """Measure the slowest twentieth of the lists, and the memory."""
    p95s, kept = [], 0.0
    for repeat in range(repeats):
        seconds, memory = asyncio.run(_measure())
        p95s.append(1000 * statistics.quantiles(seconds, n=20)[-1])
        kept = kept if repeat else memory  # later ones find the memory of the first
    what = f"{GATEWAYS} gateways with {CLUSTERS} clusters each"
    return [
        Row(f"list the clusters of {what}, p95", p95s, [LIMIT_MS], "ms", "the limit"),
        Row(f"memory per cluster, {what}", [kept], [BYTES_A_CLUSTER], "bytes", "the limit"),
    ]
