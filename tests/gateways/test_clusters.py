"""Clusters from click to stop, on a real gateway, and what a kernel does with a connection."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import (
    ClusterFailedError,
    ClusterNotFoundError,
    GatewayRefusedError,
    InvalidInputError,
)
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import Change, ChangeCluster, Cluster, SignIn

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
Until = Callable[..., Awaitable[Cluster]]


async def start(
    pool: GatewayPool,
    gateway: str = "aws-oregon",
    *,
    minimum: int = 0,
    maximum: int = 2,
    options: dict[str, object] | None = None,
    dataset: str | None = None,
    reuse: bool = True,
) -> tuple[Cluster, bool]:
    return await pool.start_cluster(
        gateway,
        minimum=minimum,
        maximum=maximum,
        options=options or {},
        dataset=dataset,
        reuse=reuse,
    )


async def test_a_cluster_from_start_to_stop(
    pool: GatewayPool, until: Until, changes: list[Change]
) -> None:
    began = time.time()
    cluster, reused = await start(
        pool, minimum=1, maximum=3, options={"worker_cores": 2}, dataset="lens/PRECT"
    )
    assert not reused
    assert (cluster.status, cluster.minimum, cluster.maximum) == ("PENDING", 1, 3)
    assert (cluster.gateway, str(cluster.region)) == ("aws-oregon", "aws:us-west-2")
    assert (cluster.workers, cluster.cores, cluster.memory, cluster.dashboard) == (None,) * 4
    # Whoever asks right after a start finds it in the list.
    assert [each.name for each in await pool.clusters()] == [cluster.name]

    cluster = await until(pool, cluster.name, lambda each: each.workers == 1)
    assert (cluster.status, cluster.cores, cluster.memory) == ("RUNNING", 2, 1024**3)
    assert (cluster.minimum, cluster.maximum, cluster.message) == (1, 3, "")
    assert cluster.dataset == "lens/PRECT"
    assert began - 2 < cluster.started < time.time() + 2
    assert cluster.dashboard == f"multicloud-lab/dashboards/aws-oregon/{cluster.name}/status"
    upstream = await pool.dashboard_upstream("aws-oregon", cluster.name)
    async with aiohttp.ClientSession() as web, web.get(f"{upstream}/status") as page:
        assert page.status == 200

    scaled = await pool.change("aws-oregon", cluster.name, ChangeCluster(minimum=2, maximum=9))
    assert (scaled.minimum, scaled.maximum) == (2, 4)
    assert scaled.message == "capped at 4 by the gateway"
    cluster = await until(pool, cluster.name, lambda each: each.workers == 2)
    assert (cluster.cores, cluster.memory, cluster.maximum) == (4, 2 * 1024**3, 4)
    asked = await pool.cluster("aws-oregon", cluster.name)
    assert asked.model_copy(update={"worker_seconds": cluster.worker_seconds}) == cluster

    with pytest.raises(InvalidInputError, match="minimum, 2, is above the maximum, 1"):
        await pool.change("aws-oregon", cluster.name, ChangeCluster(maximum=1))
    scaled = await pool.change("aws-oregon", cluster.name, ChangeCluster(minimum=0))
    assert (scaled.minimum, scaled.maximum) == (0, 4)
    scaled = await pool.change("aws-oregon", cluster.name, ChangeCluster(maximum=2))
    assert (scaled.minimum, scaled.maximum, scaled.message) == (0, 2, "")
    for _ in range(225):  # until a look at the gateway has seen it
        if [change.action for change in changes].count("scaled") >= 2:
            break
        await asyncio.sleep(0.2)

    await pool.stop("aws-oregon", cluster.name)
    await pool.stop("aws-oregon", cluster.name)  # a second click
    for _ in range(300):
        left = [each for each in await pool.clusters() if each.status != "STOPPING"]
        if not left and not await pool.clusters():
            break
        await asyncio.sleep(0.2)
    assert await pool.clusters() == []
    with pytest.raises(ClusterFailedError, match="stopped"):
        await pool.connection("aws-oregon", cluster.name)
    with pytest.raises(ClusterFailedError, match="stopped"):
        await pool.change("aws-oregon", cluster.name, ChangeCluster(minimum=0, maximum=2))

    told = [change for change in changes if change.topic == "clusters"]
    assert {(change.gateway, change.cluster) for change in told} == {("aws-oregon", cluster.name)}
    actions = [change.action for change in told]
    assert [each for each in actions if each not in ("updated", "scaled")] == [
        "started",
        "running",
        "stopped",
    ]
    assert actions.count("scaled") in (2, 3)  # two of them may fall into one look
    # Workers that came and went, and STOPPING; not every look, of which there are many.
    assert actions.count("updated") <= 8


async def test_bounds_above_the_gateways_limit_are_capped_when_it_runs(
    pool: GatewayPool, until: Until
) -> None:
    cluster, _ = await start(pool, minimum=0, maximum=200)
    assert cluster.maximum == 200
    cluster = await until(pool, cluster.name, lambda each: each.maximum == 4)
    assert (cluster.status, cluster.message) == ("RUNNING", "capped at 4 by the gateway")


async def test_changes_are_told_and_bounds_given_though_nobody_asks(
    pool: GatewayPool, changes: list[Change]
) -> None:
    cluster, _ = await start(pool, minimum=1, maximum=200)

    def told(action: str) -> bool:
        return any((each.action, each.cluster) == (action, cluster.name) for each in changes)

    for _ in range(450):
        seen = await pool.cluster("aws-oregon", cluster.name)  # which is no look at the gateway
        if told("running") and told("updated") and seen.workers == 1:
            break
        await asyncio.sleep(0.2)
    assert (seen.workers, seen.maximum) == (1, 4)
    for _ in range(12):  # until the looks have seen all of it
        before = len(changes)
        await asyncio.sleep(2.5)
        if before == len(changes):
            break
    await asyncio.sleep(5)
    assert changes[before:] == []  # nothing differs, so nothing is told


async def test_new_bounds_before_it_runs_are_those_it_gets(pool: GatewayPool, until: Until) -> None:
    cluster, _ = await start(pool, minimum=0, maximum=1)
    scaled = await pool.change("aws-oregon", cluster.name, ChangeCluster(minimum=2, maximum=3))
    assert (scaled.status, scaled.minimum, scaled.maximum) == ("PENDING", 2, 3)
    cluster = await until(pool, cluster.name, lambda each: each.workers == 2)
    assert (cluster.minimum, cluster.maximum) == (2, 3)


async def test_a_double_click_starts_one(pool: GatewayPool) -> None:
    (first, reused), (second, reused_too), (other, _) = await asyncio.gather(
        start(pool, dataset="a"), start(pool, dataset="a"), start(pool, "gcp-iowa", dataset="a")
    )
    assert first.name == second.name
    assert [reused, reused_too] == [False, True]
    assert {each.name for each in await pool.clusters()} == {first.name, other.name}


async def test_which_cluster_is_reused(pool: GatewayPool, until: Until) -> None:
    a, _ = await start(pool, dataset="a")
    b, _ = await start(pool, dataset="b", reuse=False)
    assert a.name != b.name
    assert (await start(pool, dataset="a"))[0].name == a.name
    assert (await start(pool, dataset="b"))[0].name == b.name
    assert (await start(pool, dataset="c"))[0].name == b.name  # the latest
    wide, reused = await start(pool, dataset="a", options={"worker_cores": 2})
    assert not reused  # it was not started with these options
    await pool.stop("aws-oregon", a.name)
    again, reused = await start(pool, dataset="a")
    assert (again.name, reused) == (wide.name, True)
    await until(pool, b.name, lambda each: each.status == "RUNNING")
    running, reused = await start(pool, dataset="b", minimum=1, maximum=4)
    assert (running.name, reused, running.status) == (b.name, True, "RUNNING")
    assert (running.minimum, running.maximum) == (0, 2)  # a reused cluster is left as it is


async def test_bounds_and_options_that_cannot_be(pool: GatewayPool) -> None:
    with pytest.raises(InvalidInputError, match="minimum, 5, is above the maximum, 2"):
        await start(pool, minimum=5, maximum=2)
    with pytest.raises(InvalidInputError, match="at least 0"):
        await start(pool, minimum=-1)
    with pytest.raises(InvalidInputError, match="no option 'cores'; it has worker_cores"):
        await start(pool, options={"cores": 1})
    with pytest.raises(InvalidInputError, match="'worker_cores' must be from 1 to 2, not 7"):
        await start(pool, options={"worker_cores": 7})
    with pytest.raises(InvalidInputError, match="'worker_cores' must be of type int"):
        await start(pool, options={"worker_cores": "2"})
    assert await pool.clusters() == []


async def test_what_the_gateway_itself_refuses(pool: GatewayPool) -> None:
    connection = pool._watches["aws-oregon"].session.connection
    with pytest.raises(GatewayRefusedError, match=r"Unknown fields \['nonsense'\]"):
        await connection.submit({"nonsense": 1})


@pytest.mark.parametrize("name", ["0123456789abcdef", "../../version", "a b", "a?b", "", "a/b"])
async def test_a_cluster_that_is_not_there(pool: GatewayPool, name: str) -> None:
    for ask in (
        pool.cluster("aws-oregon", name),
        pool.connection("aws-oregon", name),
        pool.change("aws-oregon", name, ChangeCluster(minimum=0, maximum=1)),
        pool.stop("aws-oregon", name),
        pool.dashboard_upstream("aws-oregon", name),
    ):
        with pytest.raises(ClusterNotFoundError, match="aws-oregon has no cluster"):
            await ask


async def test_anothers_cluster_is_neither_seen_nor_touched(
    pool: GatewayPool, make_pool: MakePool, configure: Configure, aws: DemoGateway
) -> None:
    cluster, _ = await start(pool)
    other = await make_pool(configure(aws, "mallory"))
    await other.sign_in("aws-oregon", SignIn(password=aws.password))
    assert cluster.name not in [each.name for each in await other.clusters()]
    for ask in (
        other.connection("aws-oregon", cluster.name),
        other.stop("aws-oregon", cluster.name),
        other.change("aws-oregon", cluster.name, ChangeCluster(minimum=0, maximum=1)),
        other.dashboard_upstream("aws-oregon", cluster.name),
    ):
        with pytest.raises(ClusterNotFoundError):
            await ask
    assert (await pool.cluster("aws-oregon", cluster.name)).status in ("PENDING", "RUNNING")


async def test_a_cluster_of_a_notebook_is_listed_but_not_taken(
    pool: GatewayPool,
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    until: Until,
) -> None:
    """A pool without the book stands for whatever else the same user starts clusters with."""
    notebook = await make_pool(configure(aws, user))
    await notebook.sign_in("aws-oregon", SignIn(password=aws.password))
    theirs, _ = await start(notebook)
    listed = await until(pool, theirs.name, lambda each: True)
    assert (listed.minimum, listed.maximum) == (None, None)
    ours, reused = await start(pool)
    assert not reused
    assert {each.name for each in await pool.clusters()} == {ours.name, theirs.name}
    with pytest.raises(InvalidInputError, match="say both minimum and maximum"):
        await pool.change("aws-oregon", theirs.name, ChangeCluster(maximum=1))


async def test_a_new_pool_knows_what_the_last_one_did(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    user: str,
    tmp_path: Path,
    until: Until,
) -> None:
    book = tmp_path / "below" / "clusters.sqlite"
    first = await make_pool(configure(aws, user), book=book)
    await first.sign_in("aws-oregon", SignIn(password=aws.password))
    cluster, _ = await start(first, minimum=1, maximum=3, dataset="lens/PRECT")
    await first.close()  # while it is still pending, so its bounds are not given yet

    second = await make_pool(configure(aws, user), book=book)
    await second.sign_in("aws-oregon", SignIn(password=aws.password))
    seen = await until(second, cluster.name, lambda each: each.workers == 1)
    assert (seen.minimum, seen.maximum, seen.dataset) == (1, 3, "lens/PRECT")
    assert (await start(second, dataset="lens/PRECT"))[0].name == cluster.name

    # Another user does not see it, and so cannot make the book forget it.
    await second.sign_in("aws-oregon", SignIn(username="somebody", password=aws.password))
    assert cluster.name not in [each.name for each in await second.clusters()]
    await second.sign_in("aws-oregon", SignIn(username=user, password=aws.password))
    (seen,) = await second.clusters()
    assert (seen.name, seen.maximum) == (cluster.name, 3)

    await second.stop("aws-oregon", cluster.name)
    entries = second._watches["aws-oregon"].book.entries
    for _ in range(300):
        if not entries("aws-oregon"):
            break
        await asyncio.sleep(0.2)
    assert entries("aws-oregon") == {}


KERNEL = """
import json, sys

from dask.distributed import Client
from dask_gateway.client import GatewaySecurity  # the import makes gateway:// known too

given = json.load(sys.stdin)
security = GatewaySecurity(tls_key=given["tls_key"], tls_cert=given["tls_cert"])
with Client(given["scheduler_address"], security=security, set_as_default=False) as client:
    region = client.submit(lambda: __import__("os").environ["MULTICLOUD_REGION"]).result(120)
print(region)
"""


@pytest.mark.parametrize("gateway", ["aws-oregon", "gcp-iowa"])
async def test_a_kernel_computes_with_nothing_but_the_connection(
    pool: GatewayPool, gateway: str, tmp_path: Path, aws: DemoGateway, gcp: DemoGateway
) -> None:
    cluster, _ = await start(pool, gateway, minimum=1, maximum=1)
    connection = await pool.connection(gateway, cluster.name)
    assert connection.cluster.status == "RUNNING"
    assert "PRIVATE KEY" in connection.tls_key
    assert "PRIVATE KEY" not in repr(connection)
    given = connection.model_dump_json()
    assert aws.password not in given
    assert gcp.password not in given

    def compute() -> str:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(KERNEL)],
            input=json.dumps(json.loads(given)),
            env={**os.environ, "DASK_CONFIG": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert await asyncio.to_thread(compute) == str(cluster.region)


async def test_whoever_is_told_may_fail(
    configure: Configure, aws: DemoGateway, user: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(change: Change) -> None:
        raise RuntimeError("no room")

    pool = GatewayPool([configure(aws, user)], book=None, on_change=broken)
    await pool.start()
    try:
        await pool.sign_in("aws-oregon", SignIn(password=aws.password))
        assert (await pool.gateways())[0].state == "signed-in"
    finally:
        await pool.close()
    assert "cannot take them" in caplog.text


async def test_closing_leaves_no_task(
    configure: Configure, aws: DemoGateway, user: str, tmp_path: Path
) -> None:
    before = asyncio.all_tasks()
    pool = GatewayPool([configure(aws, user)], book=tmp_path / "book", on_change=lambda _: None)
    await pool.start()
    await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    await pool.sign_out("aws-oregon")
    await pool.close()
    assert asyncio.all_tasks() == before
