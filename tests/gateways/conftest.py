"""Two real gateways for this suite, pools that use them, and servers with faults."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway, start_and_wait
from multicloud_lab.demo.processes import Processes, free_ports
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import Change, Cluster, SignIn
from tests.gateways.between import Between
from tests.gateways.harness import Cable


@pytest.fixture(scope="session")
def started_gateways() -> Iterator[tuple[DemoGateway, DemoGateway]]:
    with tempfile.TemporaryDirectory() as directory, Processes(Path(directory)) as processes:
        aws, gcp = start_and_wait(
            processes, {"aws-oregon": "aws:us-west-2", "gcp-iowa": "gcp:us-central1"}
        )
        yield aws, gcp


@pytest.fixture
def aws(started_gateways: tuple[DemoGateway, DemoGateway]) -> DemoGateway:
    return started_gateways[0]


@pytest.fixture
def gcp(started_gateways: tuple[DemoGateway, DemoGateway]) -> DemoGateway:
    return started_gateways[1]


@pytest.fixture
def user() -> str:
    """A user of one test: gateways show everybody their own clusters only."""
    return f"user-{uuid.uuid4().hex[:8]}"


MakePool = Callable[..., Awaitable[GatewayPool]]
UNHURRIED = 30.0
"""Seconds that a good gateway is given on a machine that is busy with other tests."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give good gateways more time before they are shown as slow, which only some tests are about.

    How long the lab waits before it gives a gateway up stays as it is.
    """
    for room, name in (
        ("watch", "PATIENCE"),
        ("pool", "PATIENCE"),
        ("session", "SLOW"),
        ("session", "READ_DEADLINE"),
        ("counts", "COUNTS_DEADLINE"),
        ("counts", "PROMPT"),
    ):
        monkeypatch.setattr(f"multicloud_lab.gateways.{room}.{name}", UNHURRIED)


@pytest.fixture
def changes() -> list[Change]:
    """What the pools of this test have told."""
    return []


@pytest_asyncio.fixture
async def make_pool(changes: list[Change]) -> AsyncIterator[MakePool]:
    """Start pools; at the end their users' clusters are stopped, and they are closed."""
    async with AsyncExitStack() as stack:

        async def make(*configs: GatewayConfig, book: Path | None = None) -> GatewayPool:
            pool = GatewayPool(configs, book=book, on_change=changes.append)
            await pool.start()

            async def end() -> None:
                for cluster in await pool.clusters():
                    await pool.stop(cluster.gateway, cluster.name)
                await pool.close()

            stack.push_async_callback(end)
            return pool

        yield make


@pytest.fixture
def until() -> Callable[..., Awaitable[Cluster]]:
    """Wait until a pool's list shows a cluster as it should be."""

    async def wait(pool: GatewayPool, name: str, good: Callable[[Cluster], bool]) -> Cluster:
        cluster = None
        for _ in range(450):
            for cluster in await pool.clusters():
                if cluster.name == name and good(cluster):
                    return cluster
            await asyncio.sleep(0.2)
        raise AssertionError(f"never so: {cluster}")

    return wait


@pytest_asyncio.fixture
async def cable(aws: DemoGateway) -> AsyncIterator[Cable]:
    """A way to a real gateway, which takes requests as a proxy gets them too."""
    cable = Cable(aws.address)
    await cable.mend()
    yield cable
    await cable.cut()


@pytest_asyncio.fixture
async def between(aws: DemoGateway) -> AsyncIterator[Between]:
    """What stands between a lab and a real gateway, and may interfere."""
    async with Between(aws.address).running() as proxy:
        yield proxy


def config_of(gateway: DemoGateway, user: str, **changes: Any) -> GatewayConfig:
    return GatewayConfig.model_validate(
        {**gateway.config(), "auth": {"type": "basic", "username": user}, **changes}
    )


@pytest.fixture
def configure() -> Callable[..., GatewayConfig]:
    return config_of


@pytest_asyncio.fixture
async def pool(
    make_pool: MakePool, aws: DemoGateway, gcp: DemoGateway, user: str, tmp_path: Path
) -> GatewayPool:
    """A pool of both gateways, signed in to both."""
    pool = await make_pool(
        config_of(aws, user), config_of(gcp, user), book=tmp_path / "clusters.sqlite"
    )
    for gateway in (aws, gcp):
        await pool.sign_in(gateway.name, SignIn(password=gateway.password))
    return pool


@pytest_asyncio.fixture
async def make_fault() -> AsyncIterator[Callable[[str], Awaitable[str]]]:
    """Start a server that is no good gateway, and give its address."""
    async with AsyncExitStack() as stack:

        async def serve(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", answer)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return f"http://127.0.0.1:{runner.addresses[0][1]}"

        async def make(kind: str) -> str:
            if kind == "down":
                (port,) = free_ports(1)
                return f"http://127.0.0.1:{port}"

            async def answer(request: web.Request) -> web.StreamResponse:
                match kind:
                    case "hangs":
                        await asyncio.sleep(600)
                        return web.Response()
                    case "garbage":
                        return web.Response(text="<h1>Welcome</h1>", content_type="text/html")
                    case "not-found":
                        return web.Response(status=404, text="404 page not found")
                    case "strange-json":
                        return web.json_response(["not", {"a": "gateway"}])
                    case "error-500":
                        return web.Response(status=500, text="<html>Internal error</html>")
                    case "error-502":
                        return web.Response(status=502, text="Bad gateway")
                    case "echo":  # says what it was sent, as some debugging proxies do
                        sent = request.headers.get("Authorization")
                        status = 500 if sent else 401
                        return web.json_response({"error": f"no: {sent}"}, status=status)
                    case "expired":
                        text = "Permission failure verifying user's JupyterHub API token"
                        status = 500 if "Authorization" in request.headers else 401
                        return web.json_response({"error": text}, status=status)
                    case _:
                        raise AssertionError(kind)

            return await serve(answer)

        yield make
