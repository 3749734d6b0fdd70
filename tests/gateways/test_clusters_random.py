"""Starts, adapts and stops at random on three gateways: nothing is lost, left over, or late."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dask_gateway
import pytest
from dask_gateway.auth import BasicAuth

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway, start_and_wait
from multicloud_lab.demo.processes import Processes
from multicloud_lab.errors import ClusterFailedError, GatewayRefusedError
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.gateways.connection import DEADLINE, START_DEADLINE
from multicloud_lab.records import ChangeCluster, Cluster, SignIn
from tests.gateways.harness import schedulers

Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
REGIONS = {
    "aws-oregon": "aws:us-west-2",
    "gcp-iowa": "gcp:us-central1",
    "azure-west": "azure:westeurope",
}
AT_ONCE = 6
"""Clusters that run at the same time: each is a process of this machine."""


@pytest.fixture(scope="module")
def three() -> Iterator[tuple[DemoGateway, ...]]:
    with tempfile.TemporaryDirectory() as directory, Processes(Path(directory)) as processes:
        yield start_and_wait(processes, REGIONS)


async def listed(gateway: DemoGateway, user: str) -> dict[str, str]:
    """Count without the lab: by dask-gateway's own client, what the user has there."""
    async with dask_gateway.Gateway(
        gateway.address,
        proxy_address=gateway.proxy_address,
        public_address=gateway.address,
        auth=BasicAuth(user, gateway.password),
        asynchronous=True,
    ) as client:
        reports = await client.list_clusters(("pending", "running", "stopping", "failed"))
        return {report.name: report.status.name for report in reports}


@dataclass
class Random:
    """Does something to the clusters of a pool, and knows which there should be."""

    pool: GatewayPool
    random: random.Random
    wanted: dict[str, Cluster] = field(default_factory=dict)
    killed: set[str] = field(default_factory=set)
    took: list[tuple[float, str]] = field(default_factory=list)

    async def step(self) -> None:
        """Do one thing at random."""
        what = self.random.choice(("start", "start", "adapt", "adapt", "stop"))
        if not self.wanted or (what == "start" and len(self.wanted) < AT_ONCE):
            await self.start()
        elif what == "adapt":
            await self.adapt()
        else:
            await self.stop()

    async def start(self) -> None:
        gateway = self.random.choice(list(REGIONS))
        began = time.monotonic()
        cluster, reused = await self.pool.start_cluster(
            gateway, minimum=0, maximum=3, options={}, dataset=None, reuse=False
        )
        self.took.append((time.monotonic() - began, "start"))
        assert not reused
        assert cluster.name not in self.wanted
        self.wanted[cluster.name] = cluster

    async def adapt(self) -> None:
        cluster = self.random.choice(list(self.wanted.values()))
        maximum = self.random.randint(1, 9)
        began = time.monotonic()
        try:
            scaled = await self.pool.change(
                cluster.gateway, cluster.name, ChangeCluster(minimum=0, maximum=maximum)
            )
        except (ClusterFailedError, GatewayRefusedError):
            # It was killed, or is being stopped at the same time.
            assert cluster.name in self.killed or cluster.name not in self.wanted
        else:
            assert scaled.maximum in (maximum, 4)  # the gateway caps at 4
            if cluster.name in self.wanted:
                self.wanted[cluster.name] = scaled
        self.took.append((time.monotonic() - began, "adapt"))

    async def stop(self) -> None:
        name = self.random.choice(list(self.wanted))
        cluster = self.wanted.pop(name)
        began = time.monotonic()
        await self.pool.stop(cluster.gateway, name)
        self.took.append((time.monotonic() - began, "stop"))


def kill_scheduler(names: Collection[str]) -> str | None:
    """Kill a scheduler, as a machine that is taken away does; say of which cluster."""
    for name, process in schedulers(names):
        process.kill()
        return name
    return None


async def agree(
    pool: GatewayPool, gateways: tuple[DemoGateway, ...], user: str, wanted: dict[str, Cluster]
) -> str:
    """Compare what should be there, what the lab says, and what the gateways say."""
    asked = await asyncio.gather(*(listed(gateway, user) for gateway in gateways))
    over = ("STOPPING", "STOPPED", "FAILED")
    there = {name for answer in asked for name, status in answer.items() if status not in over}
    shown = {each.name for each in await pool.clusters() if each.status not in over}
    return "" if there == shown == set(wanted) else f"{there=} {shown=} wanted={set(wanted)}"


async def wander(
    pool: GatewayPool, gateways: tuple[DemoGateway, ...], user: str, steps: int, kills: int
) -> None:
    for gateway in gateways:
        await pool.sign_in(gateway.name, SignIn(password=gateway.password))
    seed = int(os.environ.get("MULTICLOUD_LAB_SEED", random.randrange(10**6)))
    print(f"MULTICLOUD_LAB_SEED={seed}")  # noqa: T201 - pytest shows it when this fails
    actor = Random(pool, random.Random(seed))
    done = 0
    while done < steps:
        crowd = min(actor.random.randint(1, 3), steps - done)
        # Stops and adapts pick by themselves, so that some meet on one cluster.
        await asyncio.gather(*(actor.step() for _ in range(crowd)))
        done += crowd
        if len(actor.killed) < kills and done >= steps * (len(actor.killed) + 1) / (kills + 1):
            for _ in range(600):
                if name := kill_scheduler(actor.wanted.keys() - actor.killed):
                    actor.killed.add(name)
                    break
                if not actor.wanted:
                    await actor.start()
                await asyncio.sleep(0.1)
    assert len(actor.killed) == kills
    lost = {name: cluster for name, cluster in actor.wanted.items() if name in actor.killed}
    wanted = {name: cluster for name, cluster in actor.wanted.items() if name not in lost}
    difference = "never compared"
    for _ in range(150):
        if not (difference := await agree(pool, gateways, user, wanted)):
            break
        await asyncio.sleep(0.4)
    assert not difference

    for cluster in await pool.clusters():
        if cluster.name in lost:
            assert cluster.status == "FAILED"
            assert "failed on" in cluster.message
    bounds = {each.name: each.maximum for each in await pool.clusters() if each.name in wanted}
    for name, maximum in bounds.items():
        assert maximum in (wanted[name].maximum, 4)
    stopped = {each.name for each in await pool.stop_all()}
    assert stopped == set(wanted)
    for _ in range(300):
        if not (difference := await agree(pool, gateways, user, {})):
            break
        await asyncio.sleep(0.2)
    assert not difference
    for seconds, what in actor.took:
        assert seconds < (START_DEADLINE if what == "start" else 2 * DEADLINE), what
    slowest = max(actor.took)
    print(f"{len(actor.took)} calls, the slowest {slowest[1]} {slowest[0]:.2f} s")  # noqa: T201


@pytest.fixture
def configs(three: tuple[DemoGateway, ...], configure: Configure, user: str) -> list[GatewayConfig]:
    return [configure(gateway, user) for gateway in three]


@pytest.mark.asyncio
async def test_fifteen_things_at_random(
    make_pool: MakePool,
    three: tuple[DemoGateway, ...],
    configs: list[GatewayConfig],
    user: str,
    tmp_path: Path,
) -> None:
    pool = await make_pool(*configs, book=tmp_path / "book")
    await wander(pool, three, user, steps=15, kills=1)


@pytest.mark.asyncio
async def test_a_cluster_whose_scheduler_is_killed_says_that_it_ran(
    make_pool: MakePool,
    three: tuple[DemoGateway, ...],
    configs: list[GatewayConfig],
    until: Callable[..., Awaitable[Cluster]],
) -> None:
    gateway = three[0]
    pool = await make_pool(*configs)
    await pool.sign_in(gateway.name, SignIn(password=gateway.password))
    cluster, _ = await pool.start_cluster(
        gateway.name, minimum=1, maximum=1, options={}, dataset=None, reuse=False
    )
    await until(pool, cluster.name, lambda each: each.workers == 1)
    assert kill_scheduler({cluster.name})
    failed = await until(pool, cluster.name, lambda each: each.status == "FAILED")
    assert "it ran, and then its scheduler was lost" in failed.message
    assert (failed.idle_since, failed.stops_at, failed.tasks) == (None, None, None)
    await pool.stop(gateway.name, cluster.name)  # which strikes it off the list
    assert await pool.clusters() == []


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.asyncio
async def test_a_hundred_things_at_random(
    make_pool: MakePool,
    three: tuple[DemoGateway, ...],
    configs: list[GatewayConfig],
    user: str,
    tmp_path: Path,
) -> None:
    pool = await make_pool(*configs, book=tmp_path / "book")
    await wander(pool, three, user, steps=100, kills=4)
