"""Whatever is asked of a gateway behind a bad network ends in time, in words, and loses nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import MulticloudLabError
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.gateways.circuit import LONGEST_PAUSE
from multicloud_lab.records import ChangeCluster, Cluster, SignIn
from tests.gateways.asking import listed
from tests.gateways.harness import Cable

pytestmark = pytest.mark.asyncio
NAME = "aws-oregon"
DEADLINE, START_DEADLINE = 1.5, 2.5
LATEST = START_DEADLINE + 3 * DEADLINE + 30
"""Seconds for the longest of them: to wait for a start, to list, to stop, to look once more, on a
machine that is busy; answers that stall take much longer."""
ARGUMENTS: dict[str, Any] = {"minimum": 0, "maximum": 1, "options": {}, "dataset": None}


@pytest_asyncio.fixture
async def pool(
    cable: Cable,
    make_pool: Callable[..., Awaitable[GatewayPool]],
    configure: Callable[..., GatewayConfig],
    aws: DemoGateway,
    user: str,
    tmp_path: Path,
) -> AsyncIterator[GatewayPool]:
    address = f"http://127.0.0.1:{cable.port}"
    pool = await make_pool(
        configure(aws, user, address=address, public_address=None), book=tmp_path / "book"
    )
    await pool.sign_in(NAME, SignIn(password=aws.password))
    yield pool
    cable.fault = ""
    pool._watches[NAME].session.try_again()


@pytest.fixture
def impatient() -> Iterator[pytest.MonkeyPatch]:
    """For a lab that gives gateways up soon, as long as there is a fault."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def give_up_soon(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("multicloud_lab.gateways.watch.PATIENCE", 2.0)
    for room in ("connection", "starts", "watch"):
        patch.setattr(f"multicloud_lab.gateways.{room}.DEADLINE", DEADLINE)
    for room in ("connection", "starts", "pool"):
        patch.setattr(f"multicloud_lab.gateways.{room}.START_DEADLINE", START_DEADLINE)


@pytest.mark.parametrize(
    "fault", ["stalls", "delays", "resets", "garbage", "corrupts", "error-500"]
)
async def test_every_call_ends_in_time_and_nothing_is_lost(
    pool: GatewayPool,
    cable: Cable,
    aws: DemoGateway,
    user: str,
    fault: str,
    until: Callable[..., Awaitable[Cluster]],
    impatient: pytest.MonkeyPatch,
) -> None:
    kept, stopped = [
        (await pool.start_cluster(NAME, **ARGUMENTS, reuse=False))[0].name for _ in range(2)
    ]
    for name in (kept, stopped):
        await until(pool, name, lambda each: each.status == "RUNNING")

    took: dict[str, float] = {}
    said: list[str] = []

    async def timed(what: str, call: Awaitable[Any]) -> None:
        began = time.monotonic()
        try:
            await call
        except MulticloudLabError as error:
            said.append(str(error))
        took[what] = time.monotonic() - began

    give_up_soon(impatient)
    cable.fault = fault
    await asyncio.gather(
        timed("gateways", pool.gateways()),
        timed("clusters", pool.clusters()),
        timed("options", pool.options(NAME)),
        timed("cluster", pool.cluster(NAME, kept)),
        timed("connection", pool.connection(NAME, kept)),
        timed("change", pool.change(NAME, kept, ChangeCluster(minimum=0, maximum=2))),
        timed("keep", pool.keep(NAME, kept)),
        timed("start", pool.start_cluster(NAME, **ARGUMENTS, reuse=False)),
        timed("reuse", pool.start_cluster(NAME, **ARGUMENTS, reuse=True)),
        timed("stop", pool.stop(NAME, stopped)),
        timed("retry", pool.retry(NAME)),
        timed("sign in", pool.sign_in(NAME, SignIn(password=aws.password))),
    )
    assert len(took) == 12
    assert max(took.values()) < LATEST, took
    assert all(NAME in sentence for sentence in said), said

    cable.fault = ""
    impatient.undo()
    await pool.retry(NAME)
    difference = "never compared"
    for _ in range(int((LONGEST_PAUSE + 50) / 0.2)):
        there = await listed(aws, user)
        shown = {
            each.name: each.ours
            for each in await pool.clusters()
            if each.status in ("PENDING", "RUNNING")
        }
        difference = "" if there == set(shown) and all(shown.values()) else f"{there} {shown}"
        if not difference:
            break
        await asyncio.sleep(0.2)
    assert not difference
    assert kept in there
    assert len(there - {kept, stopped}) <= 2  # two were asked for, and each at most once
    assert {each.name for each in await pool.stop_all()} == there
    for _ in range(300):
        if not (left := await listed(aws, user)):
            break
        await asyncio.sleep(0.2)
    assert not left
