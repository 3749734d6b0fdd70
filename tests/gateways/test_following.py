"""Clusters that start are waited for at their gateway, once, and get their workers at once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio
from aiohttp import web
from dask_gateway.client import ClusterReport, ClusterStatus

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import ClusterFailedError, GatewayUnreachableError
from multicloud_lab.gateways import GatewayPool, following
from multicloud_lab.gateways.following import Following
from multicloud_lab.records import Cluster, SignIn
from tests.gateways.between import Between

pytestmark = pytest.mark.asyncio
MakePool = Callable[..., Awaitable[GatewayPool]]


class Diary:
    """Writes down when which question came in, and when it was answered."""

    def __init__(self) -> None:
        self.came: list[tuple[str, float]] = []
        self.went: list[tuple[str, float]] = []

    async def before(self, request: web.Request) -> None:
        self.came.append((f"{request.method} {request.path_qs}", time.monotonic()))

    async def after(self, request: web.Request) -> None:
        self.went.append((f"{request.method} {request.path_qs}", time.monotonic()))


@pytest_asyncio.fixture
async def pool(
    between: Between,
    make_pool: MakePool,
    configure: Callable[..., GatewayConfig],
    aws: DemoGateway,
    user: str,
    tmp_path: Path,
) -> GatewayPool:
    config = configure(aws, user, address=between.address, public_address=None)
    pool = await make_pool(config, book=tmp_path / "book")
    await pool.sign_in(aws.name, SignIn(password=aws.password))
    return pool


async def start(pool: GatewayPool) -> Cluster:
    cluster, _ = await pool.start_cluster(
        "aws-oregon", minimum=1, maximum=2, options={}, dataset=None, reuse=False
    )
    return cluster


async def test_bounds_are_given_in_the_moment_that_a_cluster_runs(
    pool: GatewayPool, between: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Looks are so seldom that none of them is what gives the bounds.
    for name in ("OFTEN", "SELDOM"):
        monkeypatch.setattr(f"multicloud_lab.gateways.pace.{name}", 300.0)
    diary = Diary()
    between.before, between.after = diary.before, diary.after
    cluster = await start(pool)
    connections = await asyncio.gather(
        *(pool.connection("aws-oregon", cluster.name) for _ in range(5))
    )
    assert {each.cluster.status for each in connections} == {"RUNNING"}
    assert all(each.tls_key for each in connections)

    path = f"/api/v1/clusters/{cluster.name}"
    asked = Counter(question for question, _ in diary.came)
    # Six want to know when it runs: one question is held back for all of them.
    assert asked[f"GET {path}?wait"] == 1
    assert asked[f"GET {path}"] <= 5
    assert asked[f"POST {path}/adapt"] == 1
    ran = dict(diary.went)[f"GET {path}?wait"]
    adapted = dict(diary.came)[f"POST {path}/adapt"]
    assert 0 < adapted - ran < 30


async def test_a_start_that_is_stopped_is_not_waited_for(pool: GatewayPool) -> None:
    cluster = await start(pool)
    waiting = asyncio.create_task(pool.connection("aws-oregon", cluster.name))
    await asyncio.sleep(0.2)
    await pool.stop("aws-oregon", cluster.name)
    with pytest.raises(ClusterFailedError, match="was stopped"):
        await waiting


async def test_a_hanging_gateway_ends_the_waiting(
    pool: GatewayPool, between: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = asyncio.Event()

    async def hang(request: web.Request) -> None:
        await released.wait()

    cluster = await start(pool)
    waiting = asyncio.create_task(pool.connection("aws-oregon", cluster.name))
    asked = ("GET", f"/api/v1/clusters/{cluster.name}")
    for _ in range(600):  # until it waits for the answer that is held back
        if between.seen.count(asked) > 1:
            break
        await asyncio.sleep(0.05)
    between.before = between.after = hang
    monkeypatch.setattr("multicloud_lab.gateways.connection.DEADLINE", 1.0)
    async with asyncio.timeout(60):
        with pytest.raises(GatewayUnreachableError, match=r"did not answer within \d+ s"):
            await waiting
    released.set()


async def test_a_cluster_that_takes_no_bounds_holds_up_no_list(
    pool: GatewayPool,
    between: Between,
    monkeypatch: pytest.MonkeyPatch,
    until: Callable[..., Awaitable[Cluster]],
) -> None:
    """As a scheduler does that is busy: the gateway passes them on, and waits."""
    released, asked = asyncio.Event(), asyncio.Event()

    async def hang(request: web.Request) -> None:
        if request.path.endswith("/adapt"):
            asked.set()
            await released.wait()

    between.before = hang
    for room in ("connection", "watch"):
        monkeypatch.setattr(f"multicloud_lab.gateways.{room}.DEADLINE", 300.0)
    cluster = await start(pool)
    await asyncio.wait_for(asked.wait(), 60)
    async with asyncio.timeout(60):
        for _ in range(3):
            pool._watches["aws-oregon"].refresh()
            (listed,) = await pool.clusters()
            assert listed.status == "RUNNING"
            assert not listed.workers
    released.set()
    await until(pool, cluster.name, lambda each: each.workers == 1)


async def test_a_restarted_lab_goes_on_following(
    pool: GatewayPool,
    make_pool: MakePool,
    configure: Callable[..., GatewayConfig],
    aws: DemoGateway,
    between: Between,
    user: str,
    tmp_path: Path,
    until: Callable[..., Awaitable[Cluster]],
) -> None:
    cluster = await start(pool)
    await pool.close()
    again = await make_pool(
        configure(aws, user, address=between.address, public_address=None), book=tmp_path / "book"
    )
    await again.sign_in(aws.name, SignIn(password=aws.password))
    await until(again, cluster.name, lambda each: each.workers == 1)


async def test_a_gateway_that_holds_nothing_back_is_not_hammered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "SHORTEST", 0.05)
    asked: list[float] = []
    told: list[ClusterReport] = []

    def report() -> ClusterReport:
        status = ClusterStatus.RUNNING if len(asked) == 4 else ClusterStatus.PENDING
        return ClusterReport("c", {}, status, None, None, datetime.now(tz=UTC), None)

    async def started(name: str) -> ClusterReport:
        asked.append(time.monotonic())
        return report()

    async def on_started(report: ClusterReport) -> None:
        told.append(report)

    session: Any = SimpleNamespace(connection=SimpleNamespace(started=started))
    follows = Following(cast(Any, session), on_started)
    first = follows.begin("c")
    assert follows.begin("c") is first
    assert (await first).status is ClusterStatus.RUNNING
    assert len(asked) == 4
    assert min(b - a for a, b in pairwise(asked)) >= 0.04
    assert [each.status for each in told] == [ClusterStatus.RUNNING]
    await follows.close()
