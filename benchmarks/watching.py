"""Questions a minute to a gateway with twenty tabs open, against one.

A real gateway, a Jupyter server of its own, and tabs that ask for both lists every five seconds,
each at its own time; what the gateway answers is counted on the way to it.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.table import Row
from multicloud_lab.demo.gateways import DemoGateway, start_and_wait
from multicloud_lab.demo.jupyter import DemoJupyter, start_jupyter
from multicloud_lab.demo.processes import Processes, free_ports
from multicloud_lab.endpoints import PREFIX
from tests.server.counting import CountingWay

NAME = "aws-oregon"
ASKS = 5.0  # seconds between two questions of a tab
WINDOW = 20.0  # seconds that are counted


async def _tab(session: aiohttp.ClientSession, jupyter: DemoJupyter, delay: float) -> None:
    await asyncio.sleep(delay)
    while True:
        for path in ("gateways", "clusters"):
            async with session.get(f"{jupyter.url}{PREFIX}/{path}") as response:
                await response.read()
        await asyncio.sleep(ASKS)


async def _count(
    session: aiohttp.ClientSession, jupyter: DemoJupyter, way: CountingWay, tabs: int
) -> float:
    """Count what passes in a minute while so many tabs are open."""
    tasks = [asyncio.create_task(_tab(session, jupyter, ASKS * tab / tabs)) for tab in range(tabs)]
    try:
        await asyncio.sleep(ASKS)
        way.passed.clear()
        await asyncio.sleep(WINDOW)
        return way.passed.total() * 60 / WINDOW
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _measure(
    processes: Processes, gateway: DemoGateway, repeats: int
) -> tuple[list[float], list[float]]:
    way = CountingWay(gateway.address)
    async with way as address:
        lab: dict[str, Any] = {"gateways": [{**gateway.config(), "address": address}]}
        (port,) = free_ports(1)
        jupyter = await asyncio.to_thread(start_jupyter, processes, port, lab)
        headers = {"Authorization": f"token {jupyter.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            answer = await session.post(
                f"{jupyter.url}{PREFIX}/gateways/{NAME}/session",
                json={"username": gateway.username, "password": gateway.password},
            )
            answer.raise_for_status()
            one, twenty = [], []
            for _ in range(repeats):
                one.append(await _count(session, jupyter, way, 1))
                twenty.append(await _count(session, jupyter, way, 20))
            return twenty, one


def run(repeats: int = 3) -> list[Row]:
    """Measure both in turns, with the same server and gateway."""
    with tempfile.TemporaryDirectory() as directory, Processes(Path(directory)) as processes:
        (gateway,) = start_and_wait(processes, {NAME: "aws:us-west-2"})
        twenty, one = asyncio.run(_measure(processes, gateway, repeats))
    return [Row("questions to a gateway, 20 tabs", twenty, one, "a minute", "one tab")]
