"""Kernels of real servers find their own: by whatever login, on whatever kind of address."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket as sockets
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from jupyter_server.auth.security import passwd

from multicloud_lab.demo.clouds import AWS, Clouds
from multicloud_lab.demo.processes import Processes, free_ports
from multicloud_lab.endpoints import ENDPOINTS, PREFIX
from tests.hub.running import Kernel

pytestmark = pytest.mark.asyncio

PASSWORD = "a password of a person"
ASK = """
import multicloud_lab as mcl
print(list(mcl.placements("aws:us-west-2").gateway))
print(mcl.connect()._service)
"""
COMPUTE = """
import multicloud_lab as mcl
client = mcl.client(near="aws:us-west-2")
print(client.submit(lambda: 6 * 7).result(timeout=120))
mcl.close(shutdown=True)
"""


@dataclass
class RealServer:
    """A Jupyter server in a process of its own."""

    url: str
    socket: Path | None

    def session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(str(self.socket)) if self.socket else None,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # of an address that is no name
        )


@pytest.fixture
def processes() -> Iterator[Processes]:
    with Processes() as made:
        yield made


Start = Callable[..., RealServer]


@pytest.fixture
def start(processes: Processes) -> Start:
    """Start servers, each with a gateway of its own name."""

    def begin(
        name: str,
        *,
        socket: bool = False,
        token: str = "",
        hashed: str = "",
        base: str = "/",
        gateway: dict[str, Any] | None = None,
    ) -> RealServer:
        home = processes.state_dir / name
        config = home / "jupyter_server_config.json"
        gateway = gateway or {"address": "http://127.0.0.1:9"}
        gateway = {**gateway, "name": name, "region": "aws:us-west-2"}
        config.parent.mkdir()
        (port,) = free_ports(1)
        path = home / "s.sock"
        listens = {"sock": str(path)} if socket else {"ip": "127.0.0.1", "port": port}
        config.write_text(
            json.dumps(
                {
                    "ServerApp": {
                        **listens,
                        "base_url": base,
                        "open_browser": False,
                        "allow_root": True,
                        "root_dir": str(home),
                        "jpserver_extensions": {"multicloud_lab": True},
                    },
                    "IdentityProvider": {"token": token},
                    "PasswordIdentityProvider": {"token": token, "hashed_password": hashed},
                    "MulticloudLab": {"gateways": [gateway], "probe": False},
                }
            )
        )
        # One runtime directory for all, as the servers of one user have.
        processes.start(
            name,
            [sys.executable, "-m", "jupyter_server"],
            {
                "HOME": str(home),
                "JUPYTER_CONFIG_DIR": str(home),
                "JUPYTER_RUNTIME_DIR": str(processes.state_dir / "runtime"),
                "JUPYTER_DATA_DIR": str(home / "data"),
            },
        )
        runtime = processes.state_dir / "runtime"
        runtime.mkdir(exist_ok=True)
        process = processes._running[name]
        # Its file is there before it listens.
        processes.wait_until(name, lambda: (runtime / f"jpserver-{process.pid}.json").exists())
        processes.wait_until(name, lambda: _listens(path if socket else port))
        url = f"http://127.0.0.1:{port}{base}" if not socket else f"http://localhost{base}"
        return RealServer(url, path if socket else None)

    return begin


def _listens(where: Path | int) -> bool:
    family = sockets.AF_INET if isinstance(where, int) else sockets.AF_UNIX
    address = ("127.0.0.1", where) if isinstance(where, int) else str(where)
    with sockets.socket(family) as probe:
        return probe.connect_ex(address) == 0


@pytest.fixture
def gateway(clouds: Clouds, tmp_path: Path) -> dict[str, Any]:
    """A real gateway, which the server signs in to by itself."""
    there = clouds.gateways[AWS]
    file = tmp_path / "password"
    file.write_text(there.password)
    return {**there.config(), "auth": {"type": "basic", "password_file": str(file)}}


@asynccontextmanager
async def kernel_of(server: RealServer, headers: dict[str, str]) -> AsyncIterator[Kernel]:
    """Start a kernel as a browser does, which itself gets nothing that is for kernels."""
    async with server.session() as session:
        if not headers:
            headers = await log_in(server, session)
        await check_a_browser_gets_no_keys(session, server.url, headers)
        async with session.post(f"{server.url}api/kernels", json={}, headers=headers) as response:
            assert response.status == 201, await response.text()
            kernel_id = (await response.json())["id"]
        channels = f"{server.url}api/kernels/{kernel_id}/channels"
        async with session.ws_connect(channels, headers=headers, max_msg_size=0) as websocket:
            yield Kernel(websocket)


async def check_a_browser_gets_no_keys(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str]
) -> None:
    """Ask for everything that is for kernels only."""
    for endpoint in ENDPOINTS:
        if endpoint.kernels_only:
            path = re.sub(r"{\w+}", "x", endpoint.path)
            async with session.request(
                endpoint.method, f"{url}{PREFIX}/{path}", headers=headers
            ) as response:
                assert response.status == 403, endpoint.path
                assert (await response.json())["code"] == "kernels-only"


async def log_in(server: RealServer, session: aiohttp.ClientSession) -> dict[str, str]:
    """Log in with the password, as a person does."""
    async with session.get(f"{server.url}login"):
        pass
    xsrf = {each.key: each.value for each in session.cookie_jar}["_xsrf"]
    form = {"password": PASSWORD, "_xsrf": xsrf}
    async with session.post(f"{server.url}login", data=form, allow_redirects=False) as response:
        assert response.status == 302, await response.text()
    return {"X-XSRFToken": {each.key: each.value for each in session.cookie_jar}["_xsrf"]}


async def test_with_a_password_alone(start: Start, gateway: dict[str, Any]) -> None:
    hashed = passwd(PASSWORD, "sha256")  # type: ignore[no-untyped-call]
    server = await asyncio.to_thread(start, "by-password", hashed=hashed, gateway=gateway)
    async with kernel_of(server, {}) as kernel:
        assert "['by-password']" in await kernel.run(ASK)
        assert (await kernel.run(COMPUTE)).endswith("42")


async def test_on_a_unix_socket(start: Start, gateway: dict[str, Any]) -> None:
    server = await asyncio.to_thread(
        start, "by-socket", socket=True, token="t", base="/a/b/", gateway=gateway
    )
    async with kernel_of(server, {"Authorization": "token t"}) as kernel:
        assert "['by-socket']" in await kernel.run(ASK)
        assert (await kernel.run(COMPUTE)).endswith("42")


async def test_each_of_two_servers_of_one_user(start: Start) -> None:
    names = ("one", "two")
    servers = [await asyncio.to_thread(start, name, token=name) for name in names]
    for name, server in zip(names, servers, strict=True):
        async with kernel_of(server, {"Authorization": f"token {name}"}) as kernel:
            assert f"['{name}']" in await kernel.run(ASK)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
async def test_a_server_that_is_stopped_leaves_no_socket(
    start: Start, processes: Processes, sent: signal.Signals
) -> None:
    # Processes of pytest-xdist ignore interrupts, and so would the server.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        await asyncio.to_thread(start, "stopped", token="t")
    finally:
        signal.signal(signal.SIGINT, before)

    def sockets() -> list[Path]:
        return list(processes.state_dir.rglob("*.sock"))

    for _ in range(600):
        if sockets():
            break
        await asyncio.sleep(0.1)
    assert len(sockets()) == 1
    process = processes._running["stopped"]
    process.send_signal(sent)  # of both once: without a terminal, nobody is asked
    await asyncio.to_thread(process.wait, 60)
    assert sockets() == []
