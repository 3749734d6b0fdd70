"""Starts whose answer is late, lost or not wanted any more: one cluster each, none left over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import (
    ClusterFailedError,
    DeadlineError,
    GatewayRefusedError,
    GatewayUnreachableError,
)
from multicloud_lab.gateways import GatewayPool, starts
from multicloud_lab.gateways.connection import START_DEADLINE
from multicloud_lab.gateways.entries import Submission
from multicloud_lab.records import ChangeCluster, Cluster, SignIn
from tests.gateways.asking import listed, soon
from tests.gateways.between import SUBMIT, Between, hold, lose_answer

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
Until = Callable[..., Awaitable[Cluster]]
ARGUMENTS: dict[str, Any] = {
    "minimum": 0,
    "maximum": 2,
    "options": {},
    "dataset": "a",
    "reuse": False,
}


@pytest_asyncio.fixture
async def pool(
    between: Between,
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    tmp_path: Path,
) -> GatewayPool:
    """A pool that reaches its gateway through what stands between."""
    config = configure(aws, user, address=between.address, public_address=between.address)
    pool = await make_pool(config, book=tmp_path / "book")
    await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    return pool


async def nothing_left(gateway: DemoGateway, user: str) -> None:
    await soon(lambda: listed(gateway, user), lambda names: not names)


async def test_a_start_whose_answer_is_lost_is_a_start(
    pool: GatewayPool, between: Between, aws: DemoGateway, user: str, until: Until
) -> None:
    between.after = lose_answer
    cluster, reused = await pool.start_cluster("aws-oregon", **ARGUMENTS | {"maximum": 3})
    assert not reused
    assert cluster.ours
    assert await listed(aws, user) == {cluster.name}
    cluster = await until(pool, cluster.name, lambda each: each.status == "RUNNING")
    assert (cluster.maximum, cluster.dataset, cluster.owner) == (3, "a", user)
    assert between.seen.count(SUBMIT) == 1


async def test_a_start_after_its_deadline_is_found_later_and_is_the_labs(
    pool: GatewayPool,
    between: Between,
    aws: DemoGateway,
    user: str,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(starts, "START_DEADLINE", 5.0)
    released = asyncio.Event()

    async def slow(request: web.Request) -> None:  # the gateway gets the wish after the deadline
        if (request.method, request.path) == SUBMIT:
            # A proxy that has taken a request delivers it although nobody waits any more.
            await request.read()
            await asyncio.shield(released.wait())

    between.before = slow
    began = time.monotonic()
    failed = asyncio.create_task(pool.start_cluster("aws-oregon", **ARGUMENTS))
    with pytest.raises(GatewayUnreachableError, match="is shown as soon as it is found"):
        await failed
    assert time.monotonic() - began < START_DEADLINE / 2
    assert await listed(aws, user) == set()
    monkeypatch.setattr(starts, "START_DEADLINE", START_DEADLINE)
    released.set()
    (name,) = await soon(lambda: listed(aws, user))
    cluster = await until(pool, name, lambda each: each.ours and each.maximum == 2)
    assert cluster.dataset == "a"
    again, reused = await pool.start_cluster("aws-oregon", **ARGUMENTS | {"reuse": True})
    assert (again.name, reused) == (name, True)


async def test_a_start_is_cancelled_before_the_gateway_answers(
    pool: GatewayPool, between: Between, aws: DemoGateway, user: str
) -> None:
    released = asyncio.Event()
    between.after = hold(released)
    start = asyncio.create_task(pool.start_cluster("aws-oregon", **ARGUMENTS))
    await soon(lambda: listed(aws, user))

    async def shown() -> list[Cluster]:
        return [each for each in await pool.clusters() if each.name.startswith("starting-")]

    (waiting,) = await soon(shown)
    assert (waiting.status, waiting.ours, waiting.maximum) == ("PENDING", True, 2)
    await pool.stop("aws-oregon", waiting.name)
    with pytest.raises(ClusterFailedError, match="cancelled"):
        await start
    assert waiting.name not in [each.name for each in await pool.clusters()]
    assert len(await listed(aws, user)) == 1  # it was accepted, though nobody knows yet
    released.set()
    await nothing_left(aws, user)


@pytest.mark.parametrize("lost", [False, True])
async def test_who_waits_for_a_start_goes_away(
    pool: GatewayPool, between: Between, aws: DemoGateway, user: str, lost: bool
) -> None:
    released = asyncio.Event()

    async def answer(request: web.Request) -> None:
        await hold(released)(request)
        if lost:
            await lose_answer(request)

    between.after = answer
    start = asyncio.create_task(pool.start_cluster("aws-oregon", **ARGUMENTS))
    await soon(lambda: listed(aws, user))
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    released.set()
    await nothing_left(aws, user)


async def test_a_pending_cluster_is_stopped_for_good(
    pool: GatewayPool, aws: DemoGateway, user: str
) -> None:
    cluster, _ = await pool.start_cluster("aws-oregon", **ARGUMENTS)
    await pool.stop("aws-oregon", cluster.name)
    await nothing_left(aws, user)
    await asyncio.sleep(4)  # as long as it would have taken to run
    assert await listed(aws, user) == set()
    assert await pool.clusters() == []


async def test_clicks_while_the_gateway_is_slow_start_one(
    pool: GatewayPool, between: Between, aws: DemoGateway, user: str
) -> None:
    async def slow(request: web.Request) -> None:
        if (request.method, request.path) == SUBMIT:
            await asyncio.sleep(1)

    between.before = between.after = slow
    arguments = ARGUMENTS | {"reuse": True}
    clicks = await asyncio.gather(
        *(pool.start_cluster("aws-oregon", **arguments) for _ in range(5))
    )
    assert len({cluster.name for cluster, _ in clicks}) == 1
    assert sorted(reused for _, reused in clicks) == [False, True, True, True, True]
    assert between.seen.count(SUBMIT) == 1
    assert await listed(aws, user) == {clicks[0][0].name}


async def test_a_start_behind_a_slow_one_has_a_deadline(
    pool: GatewayPool,
    between: Between,
    aws: DemoGateway,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released = asyncio.Event()
    between.after = hold(released)
    first = asyncio.create_task(pool.start_cluster("aws-oregon", **ARGUMENTS))
    await soon(lambda: listed(aws, user))
    monkeypatch.setattr(starts, "START_DEADLINE", 0.5)
    with pytest.raises(DeadlineError, match="busy with another start"):
        await pool.start_cluster("aws-oregon", **ARGUMENTS)
    released.set()
    cluster, _ = await first
    assert cluster.ours


async def test_all_is_stopped_also_what_is_only_being_started(
    pool: GatewayPool, between: Between, aws: DemoGateway, user: str
) -> None:
    there, _ = await pool.start_cluster("aws-oregon", **ARGUMENTS)
    released = asyncio.Event()
    between.after = hold(released)
    waiting = [asyncio.create_task(pool.start_cluster("aws-oregon", **ARGUMENTS)) for _ in range(2)]
    await soon(lambda: listed(aws, user), lambda names: len(names) == 2)
    stopped = await pool.stop_all("aws-oregon")
    assert there.name in [each.name for each in stopped]
    assert len(stopped) == 3  # one of them was never asked for
    for start in waiting:
        with pytest.raises(ClusterFailedError, match="cancelled"):
            await start
    released.set()
    await nothing_left(aws, user)
    assert between.seen.count(SUBMIT) == 2
    assert pool._watches["aws-oregon"].book.submissions("aws-oregon") == []


async def test_a_start_that_is_refused_leaves_nothing_to_look_for(
    pool: GatewayPool, between: Between
) -> None:
    watch = pool._watches["aws-oregon"]

    async def refuse(request: web.Request) -> None:
        if (request.method, request.path) == SUBMIT:
            raise web.HTTPConflict(
                text='{"error": "too many clusters"}', content_type="application/json"
            )

    between.before = refuse
    with pytest.raises(GatewayRefusedError, match="too many clusters"):
        await pool.start_cluster("aws-oregon", **ARGUMENTS)
    assert watch.book.submissions("aws-oregon") == []
    assert await pool.clusters() == []


async def test_starts_on_several_gateways_go_out_at_once(
    configure: Configure, aws: DemoGateway, gcp: DemoGateway, user: str
) -> None:
    """Each gateway answers only when the other has been asked too."""
    asked = {aws.name: asyncio.Event(), gcp.name: asyncio.Event()}

    async with AsyncExitStack() as stack:
        configs = []
        for one, other in ((aws, gcp), (gcp, aws)):
            proxy = await stack.enter_async_context(Between(one.address).running())

            async def both(
                request: web.Request, one: str = one.name, other: str = other.name
            ) -> None:
                if (request.method, request.path) == SUBMIT:
                    asked[one].set()
                    async with asyncio.timeout(START_DEADLINE):
                        await asked[other].wait()

            proxy.before = both
            configs.append(
                configure(one, user, address=proxy.address, public_address=proxy.address)
            )
        pool = GatewayPool(configs, book=None, on_change=lambda change: None)
        stack.push_async_callback(pool.close)
        await pool.start()
        for gateway in (aws, gcp):
            await pool.sign_in(gateway.name, SignIn(password=gateway.password))
        started = await asyncio.gather(
            *(pool.start_cluster(each.name, **ARGUMENTS) for each in (aws, gcp))
        )
        assert {cluster.gateway for cluster, _ in started} == {aws.name, gcp.name}
        stopped = await pool.stop_all()
        assert {each.name for each in stopped} == {cluster.name for cluster, _ in started}
        for gateway in (aws, gcp):
            await nothing_left(gateway, user)


async def test_a_lab_that_ends_in_the_middle_of_a_start_finds_the_cluster_again(
    pool: GatewayPool,
    make_pool: MakePool,
    configure: Configure,
    between: Between,
    aws: DemoGateway,
    user: str,
    tmp_path: Path,
    until: Until,
) -> None:
    released = asyncio.Event()
    between.after = hold(released)
    start = asyncio.create_task(pool.start_cluster("aws-oregon", **ARGUMENTS))
    (name,) = await soon(lambda: listed(aws, user))
    await pool.close()
    with pytest.raises(BaseException):  # noqa: B017, PT011 - whoever asked is gone as well
        await start
    released.set()
    second = await make_pool(configure(aws, user), book=tmp_path / "book")
    await second.sign_in("aws-oregon", SignIn(password=aws.password))
    cluster = await until(second, name, lambda each: each.ours and each.status == "RUNNING")
    assert (cluster.maximum, cluster.dataset) == (2, "a")


async def test_a_lab_that_was_killed_in_the_middle_of_a_start_finds_the_cluster_again(
    pool: GatewayPool, aws: DemoGateway, user: str, until: Until
) -> None:
    """What a killed process leaves is a line in the book, and perhaps a cluster."""
    cluster, _ = await pool.start_cluster("aws-oregon", **ARGUMENTS)
    watch = pool._watches["aws-oregon"]
    left = Submission("starting-0", "aws-oregon", user, 1, 3, "b", "{}", "[]", asked=time.time())
    watch.book.forget("aws-oregon", [cluster.name])
    watch.book.submit(left)
    seen = await until(pool, cluster.name, lambda each: each.status == "RUNNING")
    assert not seen.ours  # perhaps the other process is still there and waits
    watch.book.submit(replace(left, asked=left.asked - START_DEADLINE - 11))
    seen = await until(pool, cluster.name, lambda each: each.ours)
    assert (seen.dataset, seen.maximum) == ("b", 3)
    assert watch.book.submissions("aws-oregon") == []


async def test_a_look_from_before_a_cluster_was_there_does_not_forget_it(
    pool: GatewayPool, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start takes long at a gateway that is busy, and a look may begin and end within it."""
    cluster, _ = await pool.start_cluster("aws-oregon", **ARGUMENTS)
    watch = pool._watches["aws-oregon"]
    entry = watch.book.entries("aws-oregon")[cluster.name]
    watch.book.forget("aws-oregon", [cluster.name])
    look, looked = watch.session.look, asyncio.Event()

    async def early() -> Any:
        await look()
        if looked.is_set():
            return await look()
        watch.book.remember(entry)  # The answer to the start is here before that to the look.
        looked.set()
        return []

    monkeypatch.setattr(watch.session, "look", early)
    watch.refresh()
    await looked.wait()
    seen = await until(pool, cluster.name, lambda each: each.status == "RUNNING")
    assert (seen.ours, seen.maximum) == (True, 2)


async def test_a_cluster_of_a_notebook_is_not_taken_for_a_lost_one(
    pool: GatewayPool,
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    until: Until,
) -> None:
    notebook = await make_pool(configure(aws, user))
    await notebook.sign_in("aws-oregon", SignIn(password=aws.password))
    theirs, _ = await notebook.start_cluster("aws-oregon", **ARGUMENTS)
    await until(pool, theirs.name, lambda each: each.status == "RUNNING")
    book = pool._watches["aws-oregon"].book
    lost = Submission(
        "starting-1", "aws-oregon", user, 0, 2, None, "{}", "[]", time.time(), lost=True
    )
    for other in (
        replace(lost, before=f'["{theirs.name}"]'),
        replace(lost, options='{"worker_cores": 2}'),
        replace(lost, asked=time.time() - 500),
        replace(lost, username="somebody"),
    ):
        book.submit(other)
        await pool._watches["aws-oregon"]._look()
        assert not (await pool.cluster("aws-oregon", theirs.name)).ours
    # Bounds that are given to it do not make it the lab's either.
    scaled = await pool.change("aws-oregon", theirs.name, ChangeCluster(minimum=0, maximum=1))
    assert (scaled.ours, scaled.maximum) == (False, 1)
    assert await pool.stop_all("aws-oregon") == []
    assert book.entries("aws-oregon")[theirs.name].maximum == 1
