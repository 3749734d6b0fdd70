"""A bad network between the lab and a real gateway: the badge follows, no other gateway notices."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import GatewayUnreachableError
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.gateways.circuit import LONGEST_PAUSE
from multicloud_lab.records import Change, Cluster, Gateway, SignIn
from tests.gateways.harness import Cable

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
Until = Callable[..., Awaitable[Cluster]]

DEADLINE = 5.0
"""Seconds after which the lab gives a gateway up here: a good one on a busy machine is no later."""
FAULTS = {
    "stalls": "did not answer within 5 s",
    "resets": "does not answer at http://127.0.0.1:",
    "garbage": "is not a Dask Gateway",
    "corrupts": "is not a Dask Gateway",
    "error-500": "failed: Oops",
}


@pytest_asyncio.fixture
async def two(
    cable: Cable,
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    gcp: DemoGateway,
    user: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[GatewayPool]:
    """A pool that is signed in to one gateway over the cable, and to one without."""
    for room in ("connection", "watch"):
        monkeypatch.setattr(f"multicloud_lab.gateways.{room}.DEADLINE", DEADLINE)
    address = f"http://127.0.0.1:{cable.port}"
    pool = await make_pool(
        configure(aws, user, address=address, public_address=None),
        configure(gcp, user),
        book=tmp_path / "book",
    )
    for gateway in (aws, gcp):
        await pool.sign_in(gateway.name, SignIn(password=gateway.password))
    # That is for the first answers; from now on, a gateway with a fault holds up nobody.
    monkeypatch.setattr("multicloud_lab.gateways.watch.PATIENCE", 2.0)
    yield pool
    cable.fault = ""


async def follow(pool: GatewayPool, state: str) -> Gateway:
    """Wait for a state of the first gateway; the second one is well all the time."""
    ended = time.monotonic() + 60
    while time.monotonic() < ended:
        first, second = await pool.gateways()
        assert second.state == "signed-in"
        if first.state == state:
            return first
        await asyncio.sleep(0.1)
    raise AssertionError(f"not {state}: {first}")


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_badge_follows_what_the_network_does(
    two: GatewayPool, cable: Cable, fault: str, changes: list[Change]
) -> None:
    cable.fault = fault
    first = await follow(two, "unreachable")
    assert FAULTS[fault] in first.message

    longest, ended = 0.0, time.monotonic() + 5
    while time.monotonic() < ended or first.retry_at is None:
        began = time.monotonic()
        first, second = await two.gateways()
        await two.clusters()
        longest = max(longest, time.monotonic() - began)
        assert (first.state, second.state) == ("unreachable", "signed-in")
        await asyncio.sleep(0.1)
    assert longest < DEADLINE  # both lists, although one of the two gateways has this fault
    assert first.retry_at is not None
    assert abs(first.retry_at - time.time()) < LONGEST_PAUSE
    with pytest.raises(GatewayUnreachableError) as refused:
        await two.options("aws-oregon")
    assert FAULTS[fault] in str(refused.value)

    cable.fault = ""
    healed = await follow(two, "signed-in")
    assert (healed.retry_at, healed.message) == (None, "")
    assert await two.options("aws-oregon")
    of_second = [each.action for each in changes if each.gateway == "gcp-iowa"]
    assert of_second == ["signed-in"] or of_second == ["signed-out", "signed-in"]


async def test_a_person_need_not_wait_for_the_next_try(
    two: GatewayPool, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pause in ("FIRST_PAUSE", "LONGEST_PAUSE"):
        monkeypatch.setattr(f"multicloud_lab.gateways.circuit.{pause}", 600.0)
    cable.fault = "resets"
    await two.retry("aws-oregon")  # what it fails with begins the long pauses
    for _ in range(150):
        failed = (await two.gateways())[0]
        if failed.retry_at is not None:
            break
        await asyncio.sleep(0.2)
    assert failed.state == "unreachable"
    assert failed.retry_at is not None
    assert failed.retry_at > time.time() + 100
    cable.fault = ""
    assert (await two.retry("aws-oregon")).state == "signed-in"


async def test_a_gateway_that_fails_is_asked_ever_less_often(
    two: GatewayPool, cable: Cable
) -> None:
    cable.fault = "error-500"
    await follow(two, "unreachable")
    visits: list[int] = []
    for _ in range(3):
        before = cable.visits
        ended = time.monotonic() + 5
        while time.monotonic() < ended:  # somebody who looks all the time
            await two.gateways()
            await asyncio.sleep(0.05)
        visits.append(cable.visits - before)
    assert sum(visits) <= 12
    assert visits[-1] <= 2
    # A person who tries again is not kept waiting.
    cable.fault = ""
    again = await two.sign_in("aws-oregon", SignIn(password=""))
    assert (again.state, again.retry_at) == ("signed-in", None)


async def test_a_slow_gateway_is_no_failing_one(two: GatewayPool, cable: Cable) -> None:
    cable.fault = "delays"
    for _ in range(4):
        await asyncio.sleep(1)
        assert [each.state for each in await two.gateways()] == ["signed-in", "signed-in"]
    assert cable.visits


async def test_a_hanging_gateway_is_shown_before_it_is_given_up(
    two: GatewayPool, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("connection", "watch"):
        monkeypatch.setattr(f"multicloud_lab.gateways.{room}.DEADLINE", 60.0)
    monkeypatch.setattr("multicloud_lab.gateways.session.SLOW", 3.0)
    await two.gateways()
    cable.fault = "stalls"
    failed = await follow(two, "unreachable")
    assert re.fullmatch(r"aws-oregon has not answered for \d+ s; still waiting\.", failed.message)
    # It was not given up: what it answers in the end is good, and nobody had to try again.
    assert failed.retry_at is None
    cable.fault = ""
    assert (await follow(two, "signed-in")).retry_at is None


async def test_who_asks_after_a_pause_does_not_wait_for_a_gateway_that_hangs_by_then(
    two: GatewayPool, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.gateways.connection.DEADLINE", 60.0)
    monkeypatch.setattr("multicloud_lab.gateways.watch.DEADLINE", 60.0)
    monkeypatch.setattr("multicloud_lab.gateways.session.SLOW", 3.0)
    monkeypatch.setattr("multicloud_lab.gateways.watch.LATE", 0.0)  # as if nobody had asked lately
    await two.gateways()
    cable.fault = "stalls"
    async with asyncio.timeout(50):
        first, second = await two.gateways()
    assert first.message.endswith("still waiting.")
    assert second.state == "signed-in"


async def test_who_is_always_slow_is_given_more_time(
    two: GatewayPool, cable: Cable, changes: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("connection", "watch"):
        monkeypatch.setattr(f"multicloud_lab.gateways.{room}.DEADLINE", 60.0)
    monkeypatch.setattr("multicloud_lab.gateways.session.SLOW", 0.5)
    cable.delay = 4.0  # much more than what a busy machine adds
    cable.fault = "delays"
    visits = cable.visits
    while cable.visits < visits + 4:  # some looks
        await two.gateways()
        await asyncio.sleep(0.2)
    states = [
        each.action for each in changes if (each.topic, each.gateway) == ("gateways", "aws-oregon")
    ]
    assert states.count("unreachable") <= 1
    assert (await two.gateways())[0].state == "signed-in"


async def test_one_broken_connection_is_not_even_noticed(
    two: GatewayPool, cable: Cable, changes: list[Change]
) -> None:
    await two.gateways()
    changes.clear()
    cable.fault = "resets-once"
    assert await two.options("aws-oregon")
    assert cable.fault == ""
    assert [each.state for each in await two.gateways()] == ["signed-in", "signed-in"]
    assert [each for each in changes if each.topic == "gateways"] == []


async def test_a_cluster_is_asked_for_once_even_if_the_answer_is_lost(
    two: GatewayPool, cable: Cable
) -> None:
    cable.fault = "resets"
    with pytest.raises(GatewayUnreachableError):
        await two.start_cluster(
            "aws-oregon", minimum=0, maximum=1, options={}, dataset=None, reuse=False
        )
    cable.fault = ""
    await follow(two, "signed-in")
    assert len(await two.clusters()) <= 1


async def test_a_gateway_that_went_away_and_came_back(
    two: GatewayPool, cable: Cable, changes: list[Change], until: Until
) -> None:
    cluster, _ = await two.start_cluster(
        "aws-oregon", minimum=1, maximum=2, options={}, dataset="a", reuse=True
    )
    before = await until(two, cluster.name, lambda each: each.workers == 1)

    await cable.cut()
    with pytest.raises(GatewayUnreachableError, match="aws-oregon does not answer"):
        await two.stop("aws-oregon", cluster.name)
    assert await two.clusters() == []
    await follow(two, "unreachable")
    # Nobody is told that all are stopped.
    with pytest.raises(GatewayUnreachableError, match="aws-oregon does not answer"):
        await two.stop_all()
    # Nobody says that the cluster has stopped: nobody knows.
    assert "stopped" not in [change.action for change in changes]

    await cable.mend()
    after = await until(two, cluster.name, lambda each: each.workers == 1)
    assert after.model_dump(exclude={"idle_since", "stops_at", "worker_seconds"}) == (
        before.model_dump(exclude={"idle_since", "stops_at", "worker_seconds"})
    )
    states = [
        each.action
        for each in changes
        if each.gateway == "aws-oregon" and each.topic == "gateways" and each.action != "updated"
    ]
    assert states[-3:] == ["signed-in", "unreachable", "signed-in"]
