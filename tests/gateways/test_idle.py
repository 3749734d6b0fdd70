"""Idle clusters are seen, warned of and stopped; whoever works, or is another's, is left alone."""

from __future__ import annotations

import asyncio
import os
import shlex
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from dask_gateway.client import GatewaySecurity
from distributed import Client

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import (
    ClusterFailedError,
    ClusterNotFoundError,
    InvalidInputError,
)
from multicloud_lab.gateways import GatewayPool, idle
from multicloud_lab.gateways.book import Book
from multicloud_lab.gateways.counts import Counts
from multicloud_lab.gateways.idle import IdleKeeper
from multicloud_lab.gateways.session import GatewaySession
from multicloud_lab.records import Change, ChangeCluster, Cluster, SignIn

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
Until = Callable[..., Awaitable[Cluster]]

LIMIT = 16
"""Seconds: in half of them a busy machine must have noticed what it was warned of."""


def work_until(flag: Path) -> tuple[Callable[[str], int], str]:
    """Give a task that works until there is a file."""
    return os.system, f"until test -e {shlex.quote(str(flag))}; do sleep 0.1; done"


async def start(pool: GatewayPool, minimum: int = 0, idle_minutes: float | None = None) -> str:
    cluster, _ = await pool.start_cluster(
        "aws-oregon",
        minimum=minimum,
        maximum=2,
        options={},
        dataset=None,
        reuse=False,
        idle_minutes=idle_minutes,
    )
    return cluster.name


async def heard(changes: list[Change], name: str, action: str, why: str) -> None:
    """Wait until a change was told, by the pool that knows why."""
    for _ in range(900):
        for change in changes:
            if (change.cluster, change.action) == (name, action) and why in change.message:
                return
        await asyncio.sleep(0.1)
    raise AssertionError(f"never heard of {action}: {changes}")


@pytest.fixture
def gateway(configure: Configure, aws: DemoGateway, user: str) -> GatewayConfig:
    """A gateway whose clusters are stopped when they were idle for that long."""
    return configure(aws, user, idle_minutes=LIMIT / 60)


async def test_an_idle_cluster_is_warned_of_kept_and_stopped(
    make_pool: MakePool,
    gateway: GatewayConfig,
    aws: DemoGateway,
    until: Until,
    changes: list[Change],
    tmp_path: Path,
) -> None:
    pool = await make_pool(gateway, book=tmp_path / "book")
    notebook = await make_pool(gateway.model_copy(update={"idle_minutes": 0}))
    for each in (pool, notebook):
        await each.sign_in("aws-oregon", SignIn(password=aws.password))
    began = time.time()
    ours, theirs = await start(pool), await start(notebook)

    seen = await until(pool, ours, lambda each: each.idle_since is not None)
    assert (seen.status, seen.tasks, seen.ours, seen.stops_at) == ("RUNNING", 0, True, None)
    assert began < (seen.idle_since or 0) <= time.time()

    warned = await until(pool, ours, lambda each: each.stops_at is not None)
    assert warned.stops_at == pytest.approx((warned.idle_since or 0) + LIMIT)
    assert time.time() >= (warned.idle_since or 0) + LIMIT / 2
    await heard(changes, ours, "idle", "")

    at = time.time()
    kept = await pool.keep("aws-oregon", ours)
    assert kept.stops_at is None
    assert kept.idle_since == warned.idle_since  # that does not make it less idle

    await heard(changes, ours, "stopped", f"nothing was computed there for {LIMIT} s")
    assert time.time() - at >= LIMIT
    assert (
        changes.count(Change(topic="clusters", action="idle", gateway="aws-oregon", cluster=ours))
        == 2
    )
    for _ in range(300):
        if ours not in [each.name for each in await pool.clusters()]:
            break
        await asyncio.sleep(0.2)

    # What the lab has not started is shown, and left alone.
    other = await until(pool, theirs, lambda each: each.idle_since is not None)
    assert time.time() - (other.idle_since or 0) > LIMIT
    assert (other.status, other.ours, other.stops_at) == ("RUNNING", False, None)
    assert ours not in [each.name for each in await pool.clusters()]
    with pytest.raises(ClusterNotFoundError):
        await pool.keep("aws-oregon", "nobody")


async def test_the_time_that_a_cluster_may_be_idle_is_set_at_its_start_and_kept(
    make_pool: MakePool, gateway: GatewayConfig, aws: DemoGateway, until: Until, tmp_path: Path
) -> None:
    long = gateway.model_copy(update={"idle_minutes": 30.0})
    pool = await make_pool(long, book=tmp_path / "book")
    await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    short, capped = await start(pool, idle_minutes=LIMIT / 60), await start(pool, idle_minutes=600)
    said = {each.name: each for each in await pool.clusters()}
    assert (said[short].idle_minutes, said[short].message) == (LIMIT / 60, "")
    assert said[capped].idle_minutes == 30
    assert "after 30 min without work, the most that the admin" in said[capped].message
    await pool.close()

    again = await make_pool(long, book=tmp_path / "book")
    await again.sign_in("aws-oregon", SignIn(password=aws.password))
    warned = await until(again, short, lambda each: each.stops_at is not None)
    assert warned.stops_at == pytest.approx((warned.idle_since or 0) + LIMIT)
    (other,) = [each for each in await again.clusters() if each.name == capped]
    assert (other.idle_minutes, other.stops_at) == (30, None)


async def test_the_time_that_a_cluster_may_be_idle_is_changed_while_it_runs(
    make_pool: MakePool,
    gateway: GatewayConfig,
    aws: DemoGateway,
    until: Until,
    changes: list[Change],
    tmp_path: Path,
) -> None:
    long = gateway.model_copy(update={"idle_minutes": 30.0})
    pool = await make_pool(long, book=tmp_path / "book")
    notebook = await make_pool(long)
    for each in (pool, notebook):
        await each.sign_in("aws-oregon", SignIn(password=aws.password))
    ours, theirs = await start(pool), await start(notebook)
    long_ago = LIMIT / 2 + 1
    idle = await until(
        pool, ours, lambda each: time.time() > (each.idle_since or time.time()) + long_ago
    )
    assert idle.stops_at is None

    # More than is allowed is cut, and nothing else of it changes.
    longer = await pool.change("aws-oregon", ours, ChangeCluster(idle_minutes=600))
    assert (longer.idle_minutes, longer.minimum, longer.maximum) == (30, 0, 2)
    assert "after 30 min without work, the most that the admin" in longer.message

    # It counts from now: what has been idle for that long already is warned of first.
    at = time.time()
    shorter = await pool.change("aws-oregon", ours, ChangeCluster(idle_minutes=LIMIT / 60))
    assert (shorter.idle_minutes, shorter.message, shorter.stops_at) == (LIMIT / 60, "", None)
    with pytest.raises(InvalidInputError, match="was not started by the lab"):
        await pool.change("aws-oregon", theirs, ChangeCluster(idle_minutes=1, maximum=3))
    assert (await pool.cluster("aws-oregon", theirs)).maximum is None  # all of it or nothing
    await heard(changes, ours, "updated", "")
    await pool.close()

    again = await make_pool(long, book=tmp_path / "book")
    await again.sign_in("aws-oregon", SignIn(password=aws.password))
    warned = await until(again, ours, lambda each: each.stops_at is not None)
    assert warned.idle_minutes == LIMIT / 60
    assert (warned.stops_at or 0) >= at + LIMIT
    await heard(changes, ours, "stopped", f"nothing was computed there for {LIMIT} s")
    with pytest.raises(ClusterFailedError, match="was stopped"):
        await again.change("aws-oregon", ours, ChangeCluster(idle_minutes=1))


async def test_a_cluster_at_work_is_not_idle_and_what_it_uses_is_counted(
    make_pool: MakePool,
    gateway: GatewayConfig,
    aws: DemoGateway,
    until: Until,
    changes: list[Change],
    tmp_path: Path,
) -> None:
    pool = await make_pool(gateway, book=tmp_path / "book")
    await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    there = time.monotonic()
    name = await start(pool, minimum=1)
    given = await pool.connection("aws-oregon", name)
    security = GatewaySecurity(tls_key=given.tls_key, tls_cert=given.tls_cert)
    async with Client(  # type: ignore[no-untyped-call]
        given.scheduler_address, security=security, asynchronous=True, set_as_default=False
    ) as client:
        work = client.submit(*work_until(tmp_path / "enough"), key="work")
        busy = await until(pool, name, lambda each: bool(each.tasks) and each.workers == 1)
        assert busy.idle_since is None
        began = time.monotonic()
        while time.monotonic() - began < LIMIT + 2:
            (seen,) = await pool.clusters()
            assert (seen.idle_since, seen.stops_at) == (None, None)
            await asyncio.sleep(0.5)
        took = time.monotonic() - began
        (tmp_path / "enough").touch()
        await work
        # A look sees it idle at the earliest when the task has ended.
        idle_since = (await until(pool, name, lambda each: each.idle_since is not None)).idle_since
    (seen,) = await pool.clusters()
    assert seen.worker_seconds is not None
    # It works for longer than that, and its worker was there before.
    assert took - 4 < seen.worker_seconds < time.monotonic() - there
    assert not [each for each in changes if each.action == "idle"]
    assert idle_since is not None

    # Another lab, after a restart, goes on counting; but nobody knows what was in between.
    await pool.close()
    again = await make_pool(gateway, book=tmp_path / "book")
    began_again = time.time()
    await again.sign_in("aws-oregon", SignIn(password=aws.password))
    after = await until(again, name, lambda each: each.idle_since is not None)
    assert (after.idle_since or 0) >= began_again
    assert (after.worker_seconds or 0) >= seen.worker_seconds
    assert after.ours


async def test_a_cluster_where_work_begins_at_the_last_moment_is_not_stopped(
    make_pool: MakePool, gateway: GatewayConfig, aws: DemoGateway, until: Until, tmp_path: Path
) -> None:
    pool = await make_pool(gateway.model_copy(update={"idle_minutes": 30}))
    await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    name = await start(pool, minimum=1)
    await until(pool, name, lambda each: each.workers == 1 and each.idle_since is not None)
    keeper = pool._watches["aws-oregon"].idle
    given = await pool.connection("aws-oregon", name)
    security = GatewaySecurity(tls_key=given.tls_key, tls_cert=given.tls_cert)
    async with Client(  # type: ignore[no-untyped-call]
        given.scheduler_address, security=security, asynchronous=True, set_as_default=False
    ) as client:
        await until(pool, name, lambda each: each.idle_since is not None)
        look = keeper._looks[name]  # at which nothing was computed
        work = client.submit(*work_until(tmp_path / "enough"), key="work")
        await until(pool, name, lambda each: bool(each.tasks))
        keeper._looks[name] = look
        await keeper._stop(name)
        (tmp_path / "enough").touch()
        await work
        keeper._looks[name] = look
        await keeper._stop(name)  # it is done already, but it was done since
        assert (await pool.cluster("aws-oregon", name)).status == "RUNNING"
        assert keeper.reason(name) == ""
    for _ in range(300):
        await until(pool, name, lambda each: each.idle_since is not None)
        await keeper._stop(name)
        if keeper.reason(name):  # it has had a look at which the client is gone
            break
        await asyncio.sleep(0.2)
    assert keeper.reason(name) == "stopped, since nothing was computed there for 30 min"
    for _ in range(300):
        if (await pool.cluster("aws-oregon", name)).status != "RUNNING":
            return
        await asyncio.sleep(0.1)
    raise AssertionError("still running")


class Clock:
    """Stands for the time of the room under test."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


BUSY = Counts(2, 2, None, tasks=3, pulse=(3,))
QUIET = Counts(2, 2, None, tasks=0, pulse=(0,))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(idle, "time", clock)
    return clock


@pytest.fixture
def keeper(gateway: GatewayConfig, clock: Clock, tmp_path: Path) -> IdleKeeper:
    config = gateway.model_copy(update={"idle_minutes": 5.0})
    return IdleKeeper(GatewaySession(config, lambda _: None), Book(tmp_path / "b"), lambda _: None)


async def look(
    keeper: IdleKeeper,
    clock: Clock,
    after: float,
    counts: Counts | None,
    minutes: float | None = None,
) -> float:
    """Have a look, and say for how long the cluster is idle; or -1."""
    clock.now += after
    usages = keeper._book.usages("aws-oregon")
    await keeper.attend({"c": counts} if counts else {}, {"c": minutes}, usages, "ann")
    since = keeper.activity("c").idle_since
    return -1 if since is None else clock.now - since


async def test_what_cannot_be_told_is_not_idle(keeper: IdleKeeper, clock: Clock) -> None:
    assert await look(keeper, clock, 0, BUSY) == -1
    assert await look(keeper, clock, 10, QUIET) == 0
    assert await look(keeper, clock, 10, QUIET) == 10
    assert await look(keeper, clock, 10, None) == -1  # the counts cannot be read
    assert await look(keeper, clock, 10, QUIET) == 0
    assert await look(keeper, clock, 30, QUIET) == 30
    changed = Counts(2, 2, None, tasks=0, pulse=(1,))  # something was done between two looks
    assert await look(keeper, clock, 10, changed) == 0
    assert await look(keeper, clock, 50, changed) == 50
    assert await look(keeper, clock, 8 * 3600, changed) == 0  # the lid of a laptop was closed
    assert await look(keeper, clock, 20, changed) == 20
    assert await look(keeper, clock, -3600, changed) == 0  # a clock was set back
    assert await look(keeper, clock, 10, changed) == 10
    keeper.forget()
    assert await look(keeper, clock, 10, changed) == 0


async def test_nothing_is_stopped_that_was_not_warned_of(keeper: IdleKeeper, clock: Clock) -> None:
    await look(keeper, clock, 0, QUIET)
    for _ in range(4):
        await look(keeper, clock, 30, QUIET)
    assert keeper.activity("c").stops_at is None
    await look(keeper, clock, 30, QUIET)  # half of the time
    assert keeper.activity("c").stops_at == clock.now + 150
    await keeper.keep("c")
    assert keeper.activity("c").stops_at is None
    await look(keeper, clock, 30, QUIET)
    assert keeper.activity("c").stops_at is None
    for _ in range(4):
        await look(keeper, clock, 30, QUIET)
    assert keeper.activity("c").stops_at == clock.now + 150
    await look(keeper, clock, 30, BUSY)
    assert keeper.activity("c").stops_at is None


@pytest.mark.parametrize(("minutes", "after"), [(2, 60), (5, 150), (60, 150), (0, 150)])
async def test_who_starts_a_cluster_may_shorten_its_time_and_not_lengthen_it(
    keeper: IdleKeeper, clock: Clock, minutes: float, after: float
) -> None:
    await look(keeper, clock, 0, QUIET, minutes)
    began = clock.now
    while keeper.activity("c").stops_at is None:
        await look(keeper, clock, 10, QUIET, minutes)
    assert clock.now - began == after
    assert keeper.activity("c").stops_at == began + 2 * after


async def test_two_labs_do_not_count_the_same_twice(
    gateway: GatewayConfig, clock: Clock, tmp_path: Path
) -> None:
    keepers = [
        IdleKeeper(GatewaySession(gateway, lambda _: None), Book(tmp_path / "b"), lambda _: None)
        for _ in range(2)
    ]
    for keeper in keepers:
        await look(keeper, clock, 0, BUSY)
    for _ in range(60):
        clock.now += 5
        for keeper in keepers:
            await look(keeper, clock, 0, BUSY)
    for keeper in keepers:
        await keeper.write()
    used = Book(tmp_path / "b").usages("aws-oregon")["c"].worker_seconds
    assert used == pytest.approx(2 * 300)
