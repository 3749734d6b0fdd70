"""A Jupyter server that is killed in the middle of a start: nothing is lost, nothing left over."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import aiohttp
import dask_gateway
import pytest
from aiohttp import web
from dask_gateway.auth import BasicAuth

from multicloud_lab.demo.clouds import AWS, Clouds
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.demo.jupyter import DemoJupyter, start_jupyter
from multicloud_lab.demo.processes import Processes, free_ports
from multicloud_lab.endpoints import PREFIX
from tests.gateways.between import SUBMIT, Between, Hook

WISH = {"minimum": 1, "maximum": 2}


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Processes(tmp_path / "state") as processes:
        yield processes


class Server:
    """A real Jupyter server, in a process of its own, that can be killed and started again."""

    def __init__(self, processes: Processes, lab: dict[str, Any], gateway: DemoGateway) -> None:
        self.user = f"user-{uuid.uuid4().hex[:8]}"
        self._processes, self._lab, self._gateway = processes, lab, gateway
        (self._port,) = free_ports(1)
        self._jupyter: DemoJupyter | None = None

    async def start(self) -> None:
        """Start it, and sign in as somebody does who has to type the password again."""
        self._jupyter = await asyncio.to_thread(
            start_jupyter, self._processes, self._port, self._lab
        )
        body = {"username": self.user, "password": self._gateway.password}
        await self.api("POST", f"gateways/{self._gateway.name}/session", json=body)

    def kill(self) -> None:
        """End it as a machine that fails does."""
        process = self._processes._running["jupyterlab"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    async def api(self, method: str, path: str, **kwargs: Any) -> Any:
        """Ask the API for something that it must not refuse."""
        assert self._jupyter is not None
        headers = {"Authorization": f"token {self._jupyter.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, f"{self._jupyter.url}{PREFIX}/{path}", **kwargs) as response,
        ):
            content = await response.json() if response.status != 204 else None
            assert response.status < 300, content
            return content

    async def listed(self) -> list[str]:
        """Ask the gateway itself, by dask-gateway's own client, which clusters the user has."""
        async with dask_gateway.Gateway(
            self._gateway.address,
            proxy_address=self._gateway.proxy_address,
            public_address=self._gateway.address,
            auth=BasicAuth(self.user, self._gateway.password),
            asynchronous=True,
        ) as client:
            return [report.name for report in await client.list_clusters()]

    def book(self, table: str) -> list[tuple[Any, ...]]:
        """Read a table of the book that the server keeps."""
        (path,) = self._processes.state_dir.rglob("clusters.sqlite")
        with closing(sqlite3.connect(path)) as database:
            return database.execute(f"select * from {table}").fetchall()


@asynccontextmanager
async def serving(
    processes: Processes, gateway: DemoGateway, between: Between
) -> AsyncIterator[Server]:
    lab = {"gateways": [{**gateway.config(), "address": between.address, "public_address": None}]}
    server = Server(processes, lab, gateway)
    await server.start()
    try:
        yield server
    finally:
        await server.api("DELETE", "clusters")
        await soon(server.listed, lambda names: not names)


async def soon(ask: Callable[[], Awaitable[Any]], good: Callable[[Any], bool] = bool) -> Any:
    answer = None
    for _ in range(300):
        if good(answer := await ask()):
            return answer
        await asyncio.sleep(0.2)
    raise AssertionError(f"never so: {answer}")


def at_submit(came: asyncio.Event, released: asyncio.Event) -> Hook:
    """Say when a cluster is asked for, and hold that up until the event."""

    async def hold(request: web.Request) -> None:
        if (request.method, request.path) == SUBMIT:
            came.set()
            await released.wait()
            if request.transport is None:  # whoever asked is gone, and the question with them
                raise web.HTTPGone

    return hold


@pytest.mark.asyncio
@pytest.mark.parametrize("moment", ["asked", "accepted", "answered"])
async def test_a_server_that_is_killed_in_the_middle_of_a_start(
    processes: Processes, clouds: Clouds, moment: str
) -> None:
    gateway = clouds.gateways[AWS]
    came, released = asyncio.Event(), asyncio.Event()
    async with (
        Between(gateway.address).running() as between,
        serving(processes, gateway, between) as server,
    ):
        match moment:
            case "asked":  # and the gateway has not heard of it
                between.before = at_submit(came, released)
            case "accepted":  # and the server does not know the cluster's name
                between.after = at_submit(came, released)
            case "answered":  # and the cluster is about to run
                came.set()
        wish = {"gateway": gateway.name, **WISH}
        start = asyncio.create_task(server.api("POST", "clusters", json=wish))
        await came.wait()
        if moment == "answered":
            await start
        server.kill()
        with suppress(aiohttp.ClientError):
            await start
        released.set()
        between.before = between.after = at_submit(asyncio.Event(), released)

        expected = [] if moment == "asked" else await soon(server.listed)
        assert len(expected) == (moment != "asked")
        await server.start()
        if not expected:
            # Nobody was asked for a cluster, and whoever wants one now gets that one only.
            assert await server.api("GET", "clusters") == []
            again = await server.api("POST", "clusters", json={**wish, "reuse": True})
            assert not again["reused"]
            expected = [again["name"]]

        async def there() -> Any:
            return await server.api("GET", "clusters")

        def is_well(clusters: list[dict[str, Any]]) -> bool:
            return [each["name"] for each in clusters] == expected and clusters[0]["workers"] == 1

        (cluster,) = await soon(there, is_well)
        assert (cluster["ours"], cluster["owner"]) == (True, server.user)
        assert (cluster["status"], cluster["minimum"], cluster["maximum"]) == ("RUNNING", 1, 2)
        assert await server.listed() == expected
        assert [row[1] for row in server.book("clusters")] == expected
        if moment != "asked":
            assert server.book("submissions") == []
        reused = await server.api("POST", "clusters", json={**wish, "reuse": True})
        assert (reused["name"], reused["reused"]) == (expected[0], True)
