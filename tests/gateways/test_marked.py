"""Gateways that let the lab mark its starts: a lost one is not mistaken for a notebook's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import dask_gateway
import pytest
import pytest_asyncio
from aiohttp import web
from dask_gateway.auth import BasicAuth

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.processes import Processes
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.gateways.lost import MARK
from multicloud_lab.records import SignIn
from tests.gateways.between import SUBMIT, Between, lose_answer
from tests.gateways.harness import OwnGateway

pytestmark = pytest.mark.asyncio
ARGUMENTS: dict[str, Any] = {"minimum": 0, "maximum": 2, "dataset": "a", "reuse": False}
DECLARED = f"""
from dask_gateway_server.options import String
c.Backend.cluster_options = Options(
    Integer("worker_cores", default=1, min=1, max=2, label="Cores of a worker"),
    String({MARK!r}),
    handler=_options,
)
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnGateway]:
    with Processes(tmp_path / "own") as processes:
        yield OwnGateway(processes, more=DECLARED)


@pytest_asyncio.fixture
async def between(own: OwnGateway) -> AsyncIterator[Between]:
    async with Between(own.gateway.address).running() as running:
        yield running


@pytest_asyncio.fixture
async def pool(
    between: Between,
    own: OwnGateway,
    make_pool: Callable[..., Awaitable[GatewayPool]],
    configure: Callable[..., GatewayConfig],
    user: str,
    tmp_path: Path,
) -> GatewayPool:
    config = configure(own.gateway, user, address=between.address, public_address=None)
    pool = await make_pool(config, book=tmp_path / "book")
    await pool.sign_in("own", SignIn(password=own.gateway.password))
    return pool


async def test_a_marked_start_whose_answer_is_lost_is_found_for_certain(
    pool: GatewayPool, between: Between, own: OwnGateway, user: str
) -> None:
    gateway, theirs = own.gateway, ""

    async def start_another(request: web.Request) -> None:
        """Start one in a notebook, with the same options, just before the lab's."""
        nonlocal theirs
        if (request.method, request.path) == SUBMIT:
            async with dask_gateway.Gateway(
                gateway.address,
                proxy_address=gateway.proxy_address,
                public_address=gateway.address,
                auth=BasicAuth(user, gateway.password),
                asynchronous=True,
            ) as notebook:
                theirs = await notebook.submit(worker_cores=2)

    between.before, between.after = start_another, lose_answer
    cluster, _ = await pool.start_cluster("own", options={"worker_cores": 2}, **ARGUMENTS)
    assert cluster.name != theirs
    assert {each.name: each.ours for each in await pool.clusters()} == {
        theirs: False,
        cluster.name: True,
    }

    async def pass_on(request: web.Request) -> None:
        return None

    between.before = between.after = pass_on
    # The mark is the lab's own business: not in the form, and no reason to start another cluster.
    assert [field.field for field in await pool.options("own")] == ["worker_cores"]
    with pytest.raises(InvalidInputError, match=f"no option '{MARK}'"):
        await pool.start_cluster("own", options={MARK: "mine"}, **ARGUMENTS)
    reused = await asyncio.gather(
        *(
            pool.start_cluster("own", options={"worker_cores": 2}, **ARGUMENTS | {"reuse": True})
            for _ in range(2)
        )
    )
    assert [(each.name, again) for each, again in reused] == [(cluster.name, True)] * 2
