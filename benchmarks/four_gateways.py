"""Seconds until a cluster on each of four gateways has a worker, against two.

First with real gateways, whose schedulers and workers run on this machine: on few cores they take
turns, so the CPU seconds are told beside. Then with gateways that take their time without using a
core, as those of clouds do: what the lab itself makes of more gateways.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from aiohttp import web

from benchmarks.answering import answering, pool_of, sign_in
from benchmarks.cpu import timed
from benchmarks.open_near_data import DEADLINE, wait_until_gone
from benchmarks.table import Row
from multicloud_lab.demo.gateways import DemoGateway, start_and_wait
from multicloud_lab.demo.processes import Processes
from multicloud_lab.lab import Lab

REGIONS = {
    "aws-oregon": "aws:us-west-2",
    "gcp-iowa": "gcp:us-central1",
    "azure-we": "azure:westeurope",
    "aws-virginia": "aws:us-east-1",
}
STARTS_IN = 2.0  # seconds that a cloud's scheduler takes until it runs
ANSWERS_IN = 0.05  # seconds that a cloud's gateway takes for each answer


def start_real(gateways: Sequence[DemoGateway], seconds: list[float], cpu: list[float]) -> None:
    """Start a cluster on each, at once, and wait for its first worker."""
    lab = Lab.from_config({"gateways": [gateway.config() for gateway in gateways], "probe": False})
    try:
        for gateway in gateways:
            lab.sign_in(gateway.name, gateway.password)
        names = [gateway.name for gateway in gateways]
        with timed(seconds, cpu), ThreadPoolExecutor(len(names)) as threads:
            for client in threads.map(lambda name: lab.client(gateway=name), names):
                client.wait_for_workers(1, timeout=DEADLINE)
    finally:
        lab.close(shutdown=True)
    wait_until_gone()


def _real(repeats: int) -> list[Row]:
    four: list[float] = []
    two: list[float] = []
    four_cpu: list[float] = []
    two_cpu: list[float] = []
    with tempfile.TemporaryDirectory() as directory, Processes(Path(directory)) as processes:
        gateways = start_and_wait(processes, REGIONS)
        for _ in range(repeats):
            start_real(gateways, four, four_cpu)
            start_real(gateways[:2], two, two_cpu)
    name = "start clusters on 4 gateways, until each has a worker"
    return [
        Row(name=name, ours=four, peer=two, unit="s", against="2 gateways"),
        Row(name=f"{name}: CPU", ours=four_cpu, peer=two_cpu, unit="CPU s", against="2 gateways"),
    ]


async def _answer(asked: dict[str, float], request: web.Request) -> web.Response:
    """Answer as a cloud's gateway, which knows when its clusters were asked for, and no more."""
    await asyncio.sleep(ANSWERS_IN)
    name = request.match_info["path"].removeprefix("api/v1/clusters/").partition("/")[0]
    match request.method, request.match_info["path"].rpartition("/")[2]:
        case "GET", "":
            return web.json_response({name: _report(name, asked) for name in asked})
        case "POST", "":
            asked[f"cluster-{len(asked)}"] = time.time()
            return web.json_response({"name": list(asked)[-1]}, status=201)
        case "POST", "adapt":
            return web.json_response({"ok": True, "msg": None})
        case "DELETE", _:
            asked.pop(name, None)
            return web.Response(status=204)
    if name not in asked:
        return web.json_response({"error": "none"}, status=404)
    if "wait" in request.query:
        await asyncio.sleep(max(0.0, asked[name] + STARTS_IN - time.time()))
    return web.json_response(_report(name, asked))


def _report(name: str, asked: dict[str, float]) -> dict[str, object]:
    runs = time.time() >= asked[name] + STARTS_IN
    return {
        "name": name,
        "dashboard_route": None,
        "status": "RUNNING" if runs else "PENDING",
        "start_time": int(1000 * asked[name]),
        "stop_time": None,
        "options": {},
        "tls_cert": "certificate",
        "tls_key": "key",
    }


async def start_cloud(ports: Sequence[int]) -> float:
    """Start a cluster on each, at once; a connection is given when it runs and has its bounds."""
    async with pool_of(ports) as pool:
        for number in range(len(ports)):
            await sign_in(pool, number)

        async def start(name: str) -> None:
            cluster, _ = await pool.start_cluster(
                name, minimum=1, maximum=2, options={}, dataset=None, reuse=False
            )
            await pool.connection(name, cluster.name)

        began = time.perf_counter()
        await asyncio.gather(*(start(gateway.name) for gateway in await pool.gateways()))
        seconds = time.perf_counter() - began
        await pool.stop_all()
        return seconds


async def _cloud(repeats: int) -> Row:
    with answering([partial(_answer, {}) for _ in range(4)]) as ports:
        pairs = [(await start_cloud(ports), await start_cloud(ports[:2])) for _ in range(repeats)]
    return Row(
        name="start clusters on 4 gateways, where cores allow (clusters that use none)",
        ours=[four for four, _ in pairs],
        peer=[two for _, two in pairs],
        unit="s",
        against="2 gateways",
    )


def run(repeats: int = 3) -> list[Row]:
    """Measure all in turns."""
    return [*_real(repeats), asyncio.run(_cloud(repeats))]
