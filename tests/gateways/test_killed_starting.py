"""A gateway or a scheduler that is killed in the middle of a start: nothing is lost or left."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import dask_gateway
import pytest
import pytest_asyncio
from aiohttp import web
from dask_gateway.auth import BasicAuth

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.processes import Processes
from multicloud_lab.errors import ClusterFailedError, MulticloudLabError
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import Cluster, SignIn
from tests.gateways.between import SUBMIT, Between
from tests.gateways.harness import OwnGateway, schedulers

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
Until = Callable[..., Awaitable[Cluster]]
WISH: dict[str, Any] = {"minimum": 1, "maximum": 2, "options": {}, "dataset": "a"}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnGateway]:
    """A gateway that remembers its clusters when it is killed, and soon sees one that ended."""
    key = base64.b64encode(os.urandom(32))
    more = (
        'c.UnsafeLocalBackend.db_url = "sqlite:///" + SETTINGS["clusters_directory"] + "/db"\n'
        f"c.UnsafeLocalBackend.db_encrypt_keys = [{key!r}]\n"
        "c.UnsafeLocalBackend.stop_clusters_on_shutdown = False\n"
        "c.UnsafeLocalBackend.cluster_status_period = 1"
    )
    with Processes(tmp_path / "own") as processes:
        yield OwnGateway(processes, more=more)


@pytest_asyncio.fixture
async def between(own: OwnGateway) -> AsyncIterator[Between]:
    async with Between(own.gateway.address).running() as between:
        yield between


async def listed(own: OwnGateway, user: str) -> list[str]:
    """Ask the gateway itself, by dask-gateway's own client, which clusters the user has."""
    async with dask_gateway.Gateway(
        own.gateway.address,
        proxy_address=own.gateway.proxy_address,
        public_address=own.gateway.address,
        auth=BasicAuth(user, own.gateway.password),
        asynchronous=True,
    ) as client:
        return [report.name for report in await client.list_clusters()]


async def restart(own: OwnGateway) -> None:
    await asyncio.to_thread(own.kill)
    own.start()
    await asyncio.to_thread(own.wait)


@pytest.mark.parametrize("moment", ["asked", "accepted", "answered"])
async def test_a_gateway_that_is_killed_in_the_middle_of_a_start(
    own: OwnGateway,
    between: Between,
    make_pool: MakePool,
    configure: Configure,
    user: str,
    until: Until,
    tmp_path: Path,
    moment: str,
) -> None:
    came, released = asyncio.Event(), asyncio.Event()

    async def hold(request: web.Request) -> None:
        if (request.method, request.path) == SUBMIT and not came.is_set():
            came.set()
            await released.wait()
            if request.transport is not None:
                request.transport.abort()  # as the connection to what was killed
            raise web.HTTPGone

    config = configure(own.gateway, user, address=between.address, public_address=None)
    pool = await make_pool(config, book=tmp_path / "book")
    await pool.sign_in("own", SignIn(password=own.gateway.password))
    match moment:
        case "asked":  # and the gateway has not heard of it
            between.before = hold
        case "accepted":  # and the lab does not know the cluster's name
            between.after = hold
        case "answered":  # and the cluster is about to run
            came.set()
    start = asyncio.create_task(pool.start_cluster("own", **WISH, reuse=True))
    await came.wait()
    if moment == "answered":
        await start
    await restart(own)
    released.set()
    with suppress(MulticloudLabError):
        await start

    # Whoever asks again, as a person or a cell that is run again, has one cluster in the end.
    names = set()
    for _ in range(300):
        with suppress(MulticloudLabError):
            names.add((await pool.start_cluster("own", **WISH, reuse=True))[0].name)
            break
        await asyncio.sleep(0.2)
    (name,) = names
    cluster = await until(pool, name, lambda each: each.workers == 1)
    assert (cluster.status, cluster.ours, cluster.dataset) == ("RUNNING", True, "a")
    assert (cluster.minimum, cluster.maximum) == (1, 2)
    assert await listed(own, user) == [name]
    connection = await pool.connection("own", name)
    assert connection.cluster.name == name
    assert [each.name for each in await pool.stop_all()] == [name]
    for _ in range(300):
        if not (left := await listed(own, user)):
            break
        await asyncio.sleep(0.2)
    assert not left


async def test_a_scheduler_that_is_killed_in_the_middle_of_a_start(
    own: OwnGateway, make_pool: MakePool, configure: Configure, user: str, until: Until
) -> None:
    pool = await make_pool(configure(own.gateway, user))
    await pool.sign_in("own", SignIn(password=own.gateway.password))
    cluster, _ = await pool.start_cluster("own", **WISH, reuse=True)
    waiting = asyncio.create_task(pool.connection("own", cluster.name))
    for _ in range(1500):
        if found := schedulers({cluster.name}):
            break
        await asyncio.sleep(0.02)
    found[0][1].kill()
    with pytest.raises(ClusterFailedError) as failed:  # not after its deadline of a minute
        async with asyncio.timeout(50):
            await waiting
    assert str(failed.value).startswith(f"{cluster.name} failed on own after")
    assert "Start another" in str(failed.value)
    seen = await until(pool, cluster.name, lambda each: each.status == "FAILED")
    assert "the gateway does not say why, its log does" in seen.message
    another, reused = await pool.start_cluster("own", **WISH, reuse=True)
    assert not reused
    await until(pool, another.name, lambda each: each.workers == 1)
