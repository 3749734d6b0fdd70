"""Who signs in or out in the middle of something: nothing of one user is taken for another's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from dask_gateway.client import ClusterReport

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import ClusterFailedError
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import Cluster, SignIn
from tests.gateways.asking import listed, soon
from tests.gateways.between import Between, hold
from tests.gateways.harness import Cable

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
Until = Callable[..., Awaitable[Cluster]]
NAME = "aws-oregon"
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
) -> AsyncIterator[GatewayPool]:
    """A pool that reaches its gateway through what stands between; its user signs in at the end."""
    config = configure(aws, user, address=between.address, public_address=between.address)
    pool = await make_pool(config, book=tmp_path / "book")
    await pool.sign_in(NAME, SignIn(password=aws.password))
    yield pool
    await pool.sign_in(NAME, SignIn(username=user, password=aws.password))


async def test_what_a_cluster_used_is_not_written_down_as_anothers(
    pool: GatewayPool,
    aws: DemoGateway,
    user: str,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("multicloud_lab.gateways.idle.WRITTEN_EVERY", 3600.0)
    cluster, _ = await pool.start_cluster(NAME, **ARGUMENTS)
    await until(pool, cluster.name, lambda each: each.idle_since is not None)
    book = pool._watches[NAME].book
    assert book.usages(NAME) == {}  # what it used is not in the book yet
    monkeypatch.setattr("multicloud_lab.gateways.idle.WRITTEN_EVERY", 0.0)
    await pool.sign_in(NAME, SignIn(username=f"{user}-2", password=aws.password))
    for _ in range(3):  # what is written at one look is read at the next
        pool._watches[NAME].refresh()
        assert await pool.clusters() == []
    assert book.usages(NAME)[cluster.name].username == user
    await pool.sign_in(NAME, SignIn(username=user, password=aws.password))
    (again,) = await pool.clusters()
    assert (again.name, again.ours, again.maximum, again.dataset) == (cluster.name, True, 2, "a")


async def test_who_signs_in_in_the_middle_of_a_look_loses_nothing(
    pool: GatewayPool, aws: DemoGateway, user: str, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, _ = await pool.start_cluster(NAME, **ARGUMENTS)
    await until(pool, cluster.name, lambda each: each.idle_since is not None)
    await pool.sign_in(NAME, SignIn(username=f"{user}-2", password=aws.password))
    assert await pool.clusters() == []
    starts, signs = pool._watches[NAME].starts, [SignIn(username=user, password=aws.password)]
    reconcile = starts.reconcile

    async def meanwhile(reports: Sequence[ClusterReport], *arguments: Any) -> None:
        while signs:
            await pool.sign_in(NAME, signs.pop())
        await reconcile(reports, *arguments)

    monkeypatch.setattr(starts, "reconcile", meanwhile)
    again = await until(pool, cluster.name, lambda each: each.idle_since is not None)
    assert (again.name, again.ours, again.maximum, again.dataset) == (cluster.name, True, 2, "a")


async def test_a_start_that_is_cancelled_is_undone_though_somebody_signs_out(
    pool: GatewayPool, between: Between, aws: DemoGateway, user: str
) -> None:
    released = asyncio.Event()
    between.after = hold(released)
    start = asyncio.create_task(pool.start_cluster(NAME, **ARGUMENTS))
    await soon(lambda: listed(aws, user))

    async def shown() -> list[Cluster]:
        return [each for each in await pool.clusters() if each.name.startswith("starting-")]

    (waiting,) = await soon(shown)
    await asyncio.gather(pool.stop(NAME, waiting.name), pool.sign_out(NAME))
    with pytest.raises(ClusterFailedError, match="cancelled"):
        await start
    released.set()
    await soon(lambda: listed(aws, user), lambda names: not names)


@pytest_asyncio.fixture
async def cut_off(
    cable: Cable, make_pool: MakePool, configure: Configure, aws: DemoGateway, user: str
) -> AsyncIterator[GatewayPool]:
    """A pool that has a cluster, over a cable, and signs in again at the end."""
    address = f"http://127.0.0.1:{cable.port}"
    pool = await make_pool(configure(aws, user, address=address, public_address=None))
    await pool.sign_in(NAME, SignIn(password=aws.password))
    cluster, _ = await pool.start_cluster(NAME, **ARGUMENTS)
    await soon(pool.clusters, lambda clusters: [each.name for each in clusters] == [cluster.name])
    yield pool
    cable.fault = ""
    await pool.sign_in(NAME, SignIn(password=aws.password))


async def test_who_has_signed_out_sees_nothing_more_though_the_gateway_hangs(
    cut_off: GatewayPool, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.gateways.watch.PATIENCE", 2.0)
    cable.fault = "stalls"
    cut_off._watches[NAME].refresh()  # a look begins, and hangs
    await soon(lambda: _visited(cable))
    await cut_off.sign_out(NAME)
    assert await cut_off.clusters() == []


async def test_who_signs_in_again_does_not_wait_for_a_look_of_before(
    cut_off: GatewayPool, cable: Cable, aws: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("connection", "watch"):
        monkeypatch.setattr(f"multicloud_lab.gateways.{room}.DEADLINE", 300.0)
    cable.hang_up()  # as when a laptop wakes up in another network
    cut_off._watches[NAME].refresh()
    await soon(lambda: _visited(cable))
    async with asyncio.timeout(45):  # less than what is left of the old connection is given
        await cut_off.sign_in(NAME, SignIn(password=aws.password))
        assert len(await cut_off.clusters()) == 1


async def test_the_badge_follows_also_while_somebody_signs_in(
    cut_off: GatewayPool, cable: Cable, aws: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cut_off.sign_out(NAME)
    assert (await cut_off.gateways())[0].state == "sign-in-needed"
    monkeypatch.setattr("multicloud_lab.gateways.session.SLOW", 2.0)
    monkeypatch.setattr("multicloud_lab.gateways.connection.DEADLINE", 60.0)
    cable.fault = "stalls"
    signing = asyncio.create_task(cut_off.sign_in(NAME, SignIn(password=aws.password)))
    session = cut_off._watches[NAME].session

    async def follows() -> bool:
        return session.state == "unreachable" or signing.done()

    await soon(follows)
    assert not signing.done()
    signing.cancel()
    await asyncio.gather(signing, return_exceptions=True)


async def _visited(cable: Cable) -> int:
    return cable.visits
