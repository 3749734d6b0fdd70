"""Milliseconds to list the clusters of 20 gateways with 50 each, and the memory that one takes.

The gateways answer from a process of their own, over real sockets, as dask-gateway's API and the
clusters' dashboards do. The lists are asked for as a panel does that is told of changes.
"""

from __future__ import annotations

import asyncio
import statistics
import time

import psutil
from aiohttp import web

from benchmarks.answering import answering, pool_of, sign_in
from benchmarks.table import Row

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


_REPORTS = {name: _report(name) for name in (f"c{i:02d}" for i in range(CLUSTERS))}


async def answer(request: web.Request) -> web.Response:
    """Answer as a gateway with its clusters, and as their dashboards."""
    path = request.path
    if path.endswith("/counts.json"):
        return web.json_response({"workers": 2, "cores": 4, "processing": 0, "tasks": 0})
    if path.rstrip("/").endswith("/api/v1/clusters"):
        return web.json_response(_REPORTS)
    return web.json_response(_REPORTS.get(path.rpartition("/")[2], {}))


async def _measure() -> tuple[list[float], float]:
    with answering([answer] * GATEWAYS) as ports:
        async with pool_of(ports) as pool:
            before = psutil.Process().memory_info().rss
            for i in range(GATEWAYS):
                await sign_in(pool, i)
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
