"""Gateways that are down, hang, or are something else: each costs its own badge only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import (
    ClusterFailedError,
    DeadlineError,
    GatewayRefusedError,
    GatewayUnreachableError,
    MulticloudLabError,
    WrongCredentialsError,
)
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import Change, ChangeCluster, Cluster, SignIn
from tests.gateways.harness import schedulers

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
MakeFault = Callable[[str], Awaitable[str]]
Until = Callable[..., Awaitable[Cluster]]

FAULTS = {
    "down": "does not answer at http://127.0.0.1:",
    "hangs": "did not answer within 5 s",
    "garbage": "is not a Dask Gateway; check the address of bad",
    "not-found": "is not a Dask Gateway; check the address of bad",
    "strange-json": "is not a Dask Gateway; check the address of bad",
    "error-500": "answers HTTP 500",
    "error-502": "answers HTTP 502",
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_bad_gateway_delays_no_other(
    make_pool: MakePool,
    make_fault: MakeFault,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
    changes: list[Change],
) -> None:
    monkeypatch.setattr("multicloud_lab.gateways.connection.DEADLINE", 5.0)
    address = await make_fault(fault)
    bad = configure(aws, user, name="bad", address=address, public_address=None)
    pool = await make_pool(bad, configure(aws, user))

    began = time.monotonic()
    state, good = await pool.gateways()
    assert (state.state, good.state) == ("unreachable", "sign-in-needed")
    assert FAULTS[fault] in state.message
    signed_in = await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    assert signed_in.state == "signed-in"
    cluster, _ = await pool.start_cluster(
        "aws-oregon", minimum=0, maximum=1, options={}, dataset=None, reuse=True
    )
    assert [each.name for each in await pool.clusters()] == [cluster.name]
    assert time.monotonic() - began < 20  # not once more for each of the questions to the other

    with pytest.raises(GatewayUnreachableError):
        await pool.sign_in("bad", SignIn(password=aws.password))
    # A message that changes while the state does not is told as an update, so no more than that.
    told = {change.action for change in changes if change.gateway == "bad"}
    assert told <= {"updated"}


async def test_a_gateway_that_hangs_is_not_waited_for_by_default(
    make_pool: MakePool,
    make_fault: MakeFault,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("multicloud_lab.gateways.watch.PATIENCE", 2.0)
    monkeypatch.setattr("multicloud_lab.gateways.connection.DEADLINE", 60.0)
    address = await make_fault("hangs")
    pool = await make_pool(configure(aws, user, name="bad", address=address), configure(aws, user))
    began = time.monotonic()
    state, good = await pool.gateways()
    assert (state.state, state.message) == ("unreachable", "bad has not answered yet.")
    for _ in range(15):  # it had its chance, and is not waited for again
        assert await pool.clusters() == []
        state, good = await pool.gateways()
        assert state.state == "unreachable"
    assert time.monotonic() - began < 30  # with the pause of each of them, it would be a minute
    for _ in range(300):
        if good.state == "sign-in-needed":
            break
        await asyncio.sleep(0.2)
        _, good = await pool.gateways()
    assert good.state == "sign-in-needed"


async def test_a_token_that_has_expired_is_a_matter_of_signing_in(
    make_pool: MakePool,
    make_fault: MakeFault,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a-token-of-a-hub")
    monkeypatch.setenv("JUPYTERHUB_USER", "ann")
    address = await make_fault("expired")
    pool = await make_pool(configure(aws, user, address=address, auth={"type": "jupyterhub"}))
    (gateway,) = await pool.gateways()
    assert (gateway.state, gateway.username) == ("sign-in-needed", "ann")
    assert "could not verify the token" in gateway.message
    assert "restart the server from the hub" in gateway.message
    with pytest.raises(WrongCredentialsError, match="refused the sign-in"):
        await pool.sign_in("aws-oregon", SignIn(password=""))


async def test_a_cluster_that_takes_too_long(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = await make_pool(configure(aws, user))
    await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    monkeypatch.setattr("multicloud_lab.gateways.pool.START_DEADLINE", 0)
    cluster, _ = await pool.start_cluster(
        "aws-oregon", minimum=0, maximum=1, options={}, dataset=None, reuse=True
    )
    with pytest.raises(DeadlineError, match="still starting after 0 s"):
        await pool.connection("aws-oregon", cluster.name)


async def test_a_cluster_that_breaks_down(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    changes: list[Change],
    until: Until,
) -> None:
    pool = await make_pool(configure(aws, user))
    await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    wish: dict[str, Any] = {"minimum": 0, "maximum": 1, "options": {}, "dataset": "a"}
    cluster, _ = await pool.start_cluster("aws-oregon", **wish, reuse=True)
    await until(pool, cluster.name, lambda each: each.workers == 0)
    ((_, scheduler),) = schedulers({cluster.name})
    scheduler.kill()
    # The gateway notices when it cannot tell the scheduler something.
    with pytest.raises(GatewayRefusedError, match="is not running"):
        await pool.change("aws-oregon", cluster.name, ChangeCluster(minimum=0, maximum=2))
    failed = await until(pool, cluster.name, lambda each: each.status == "FAILED")
    assert failed.message.startswith(f"{cluster.name} failed on aws-oregon")
    assert (failed.dashboard, failed.workers) == (None, None)
    with pytest.raises(ClusterFailedError, match=r"its log does\. Start another"):
        await pool.connection("aws-oregon", cluster.name)
    another, reused = await pool.start_cluster("aws-oregon", **wish, reuse=True)
    assert not reused
    assert [change.action for change in changes if change.cluster == cluster.name][-1] == "failed"

    await pool.stop("aws-oregon", cluster.name)
    assert [each.name for each in await pool.clusters()] == [another.name]


async def test_a_pool_without_gateways(make_pool: MakePool) -> None:
    pool = await make_pool()
    assert await pool.gateways() == []
    assert await pool.clusters() == []
    with pytest.raises(MulticloudLabError, match="there is none"):
        await pool.options("aws-oregon")
