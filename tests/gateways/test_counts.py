"""What clusters have: a scheduler that is busy with other things holds up no list, and no call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import ChangeCluster, Cluster, SignIn
from tests.gateways.between import Between

pytestmark = pytest.mark.asyncio
NAME = "aws-oregon"


async def test_a_scheduler_that_is_busy_delays_nobody(
    make_pool: Callable[..., Awaitable[GatewayPool]],
    configure: Callable[..., GatewayConfig],
    aws: DemoGateway,
    user: str,
    until: Callable[..., Awaitable[Cluster]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free, asked = asyncio.Event(), asyncio.Event()

    async def busy(request: web.Request) -> None:
        if "/json/" in request.path:
            asked.set()
            await free.wait()

    async with Between(aws.address).running() as between:
        address = between.address
        pool = await make_pool(configure(aws, user, address=address, public_address=address))
        await pool.sign_in(NAME, SignIn(password=aws.password))
        cluster, _ = await pool.start_cluster(
            NAME, minimum=1, maximum=1, options={}, dataset=None, reuse=False
        )
        await until(pool, cluster.name, lambda each: each.workers == 1)

        monkeypatch.setattr("multicloud_lab.gateways.counts.COUNTS_DEADLINE", 300.0)
        monkeypatch.setattr("multicloud_lab.gateways.counts.PROMPT", 0.5)
        monkeypatch.setattr("multicloud_lab.gateways.watch.LATE", 0.0)  # each list waits for a look
        between.before = busy
        async with asyncio.timeout(60):
            await asyncio.wait_for(asked.wait(), 60)
            wish = ChangeCluster(minimum=2, maximum=2)
            changed = await pool.change(NAME, cluster.name, wish)
            connection = await pool.connection(NAME, cluster.name)
            (listed,) = await pool.clusters()
        # The last counts stand: nothing says that there are others.
        assert [each.workers for each in (changed, connection.cluster, listed)] == [1, 1, 1]
        free.set()
        assert (await until(pool, cluster.name, lambda each: each.workers == 2)).minimum == 2
        await pool.stop(NAME, cluster.name)
