"""Seconds until a cluster on each of four gateways has a worker, against two.

First with real gateways, whose schedulers and workers run on this machine: on few cores they take
turns, so the CPU seconds are told beside. Then with gateways that take their time without using a
core, as those of clouds do: what the lab itself makes of more gateways.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import web

from benchmarks.cpu import timed
from benchmarks.open_near_data import DEADLINE, wait_until_gone
from benchmarks.table import Row
from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway, start_and_wait
from multicloud_lab.demo.processes import Processes
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.lab import Lab
from multicloud_lab.records import SignIn

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


async def _serve(tell: Connection) -> None:
    """Serve gateways of clouds: each knows when its clusters were asked for, and nothing else."""
    ports = []
    for _ in REGIONS:
        asked: dict[str, float] = {}
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", partial(_answer, asked))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports.append(runner.addresses[0][1])
    tell.send(ports)
    await asyncio.Event().wait()


async def _answer(asked: dict[str, float], request: web.Request) -> web.Response:
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


def _gateways(tell: Connection) -> None:
    asyncio.run(_serve(tell))


@contextmanager
def clouds() -> Iterator[list[GatewayConfig]]:
    """Serve gateways of clouds in a process of their own."""
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_gateways, args=(tell,), daemon=True)
    process.start()
    try:
        yield [
            GatewayConfig.model_validate(
                {
                    "name": name,
                    "region": region,
                    "address": f"http://127.0.0.1:{port}",
                    "auth": {"type": "basic", "username": "ann"},
                }
            )
            for (name, region), port in zip(REGIONS.items(), told.recv(), strict=True)
        ]
    finally:
        process.kill()
        process.join()


async def start_cloud(gateways: Sequence[GatewayConfig]) -> float:
    """Start a cluster on each, at once; a connection is given when it runs and has its bounds."""
    pool = GatewayPool(gateways, book=None, on_change=lambda change: None)
    await pool.start()
    try:
        for gateway in gateways:
            await pool.sign_in(gateway.name, SignIn(password="a"))

        async def start(name: str) -> None:
            cluster, _ = await pool.start_cluster(
                name, minimum=1, maximum=2, options={}, dataset=None, reuse=False
            )
            await pool.connection(name, cluster.name)

        began = time.perf_counter()
        await asyncio.gather(*(start(gateway.name) for gateway in gateways))
        seconds = time.perf_counter() - began
        await pool.stop_all()
        return seconds
    finally:
        await pool.close()


async def _cloud(repeats: int) -> Row:
    with clouds() as gateways:
        pairs = [
            (await start_cloud(gateways), await start_cloud(gateways[:2])) for _ in range(repeats)
        ]
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
