"""The way to a gateway: names, proxies, redirects; what fails is named, and holds up nobody."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import aiohttp
import aiohttp.connector
import pytest
import pytest_asyncio
from aiohttp import web

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.errors import GatewayUnreachableError
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.gateways.connection import GatewayConnection
from multicloud_lab.gateways.counts import count
from multicloud_lab.records import Gateway, SignIn
from tests.gateways.harness import Cable

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
ELSEWHERE = "http://gateway.invalid"
PROXY_PASSWORD = "pa55-of-the-proxy"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


async def look(
    make_pool: MakePool, configure: Configure, aws: DemoGateway, address: str
) -> tuple[GatewayPool, Gateway]:
    pool = await make_pool(configure(aws, "ann", address=address, public_address=None))
    (gateway,) = await pool.gateways(patience=60)
    return pool, gateway


# --- names ------------------------------------------------------------------------------------


async def test_a_name_that_is_not_known(
    make_pool: MakePool, configure: Configure, aws: DemoGateway
) -> None:
    _, gateway = await look(make_pool, configure, aws, "https://no-such-host.invalid:8000")
    assert gateway.state == "unreachable"
    assert gateway.message == (
        "The name no-such-host.invalid in the address of aws-oregon is not known here; check "
        "that address, and this machine's network."
    )


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Hold up every look-up below hangs.invalid, as a name server does that is out of reach."""
    # Which is aiohttp's own without aiodns, which only a JupyterHub brings along.
    monkeypatch.setattr(aiohttp.connector, "DefaultResolver", aiohttp.ThreadedResolver)
    real, over, asked = socket.getaddrinfo, threading.Event(), list[str]()

    def getaddrinfo(host: str, *args: object, **kwargs: object) -> object:
        if host.endswith("hangs.invalid"):
            asked.append(host)
            over.wait(120)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield asked
    over.set()


async def test_names_that_are_looked_up_for_ever_hold_up_no_other_gateway(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    gcp: DemoGateway,
    user: str,
    hanging: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a laptop that has left its network: more names than asyncio has threads."""
    monkeypatch.setattr("multicloud_lab.gateways.watch.PATIENCE", 2.0)
    threads = min(32, (os.cpu_count() or 1) + 4)
    many = threads + 2
    pool = await make_pool(
        configure(gcp, user),
        *(
            configure(aws, user, name=f"away-{i}", address=f"http://g{i}.hangs.invalid")
            for i in range(many)
        ),
    )
    for _ in range(300):
        if len(set(hanging)) >= threads:
            break
        await asyncio.sleep(0.1)
    async with asyncio.timeout(60):
        assert (await pool.sign_in("gcp-iowa", SignIn(password=gcp.password))).state == "signed-in"
        cluster, _ = await pool.start_cluster(
            "gcp-iowa", minimum=0, maximum=1, options={}, dataset=None, reuse=False
        )
        await pool.connection("gcp-iowa", cluster.name)
        assert cluster.name in [each.name for each in await pool.clusters()]
        states = [each.state for each in await pool.gateways()]
    assert states == ["signed-in"] + many * ["unreachable"]


# --- proxies ----------------------------------------------------------------------------------


async def test_a_proxy_of_the_environment_leads_to_a_gateway_and_is_named_when_it_is_gone(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    cable: Cable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Without its scheme, and with a password, as many environments have it.
    monkeypatch.setenv("http_proxy", f"bob:{PROXY_PASSWORD}@127.0.0.1:{cable.port}")
    pool, gateway = await look(make_pool, configure, aws, ELSEWHERE)
    assert gateway.state == "sign-in-needed"
    signed_in = await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    assert signed_in.state == "signed-in"
    assert [field.field for field in await pool.options("aws-oregon")] == ["worker_cores"]

    await cable.cut()
    with pytest.raises(GatewayUnreachableError) as failed:
        await pool.options("aws-oregon")
    assert str(failed.value) == (
        f"The proxy http://127.0.0.1:{cable.port} of the environment, which leads to aws-oregon, "
        "does not answer; check it, or start the server with NO_PROXY naming gateway.invalid if "
        "aws-oregon is reached without a proxy."
    )
    assert PROXY_PASSWORD not in repr(failed.value.__context__)
    await cable.mend()


@pytest.mark.parametrize(
    ("scheme", "status", "says"),
    [
        ("http", 407, "wants a user name and password; write them into its address"),
        ("https", 407, "wants a user name and password; write them into its address"),
        ("https", 403, "does not lead to aws-oregon (HTTP 403); ask who runs it"),
        ("https", 502, "does not lead to aws-oregon (HTTP 502); ask who runs it"),
    ],
)
async def test_a_proxy_that_lets_nobody_through_is_not_taken_for_the_gateway(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    status: int,
    says: str,
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv(f"{scheme}_proxy", f"http://bob:{PROXY_PASSWORD}@127.0.0.1:{port}")
        pool, gateway = await look(make_pool, configure, aws, f"{scheme}://gateway.invalid")
        with pytest.raises(GatewayUnreachableError) as failed:
            await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    assert gateway.state == "unreachable"
    for message in (gateway.message, str(failed.value)):
        assert message.startswith(f"The proxy http://127.0.0.1:{port} ")
        assert says in message
        assert "NO_PROXY naming gateway.invalid" in message


async def test_a_proxy_of_a_kind_that_cannot_be_used(
    make_pool: MakePool, configure: Configure, aws: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"socks5://bob:{PROXY_PASSWORD}@127.0.0.1:9")
    _, gateway = await look(make_pool, configure, aws, "https://gateway.invalid")
    assert gateway.message.startswith("socks5://127.0.0.1:9, the proxy of the environment that")
    assert "cannot be used; name an HTTP proxy" in gateway.message


# --- redirects --------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def moved() -> AsyncIterator[tuple[int, int, list[str]]]:
    """Ports of a server that sends to another one and of that, and what this was asked."""
    followed: list[str] = []

    async def there(request: web.Request) -> web.Response:
        followed.append(request.path)
        return web.json_response({"workers": 1, "cores": 1, "processing": 0})

    async def here(request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(f"http://127.0.0.1:{ports[1]}{request.path}?state=hush")

    ports: list[int] = []
    async with AsyncExitStack() as stack:
        for answer in (here, there):
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", answer)
            runner = web.AppRunner(app)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            ports.append(runner.addresses[0][1])
        yield ports[0], ports[1], followed


async def test_a_gateway_that_is_elsewhere_is_not_followed_there(
    make_pool: MakePool,
    configure: Configure,
    aws: DemoGateway,
    moved: tuple[int, int, list[str]],
) -> None:
    """As one whose address was written with http:// before its proxy wanted https://."""
    here, there, followed = moved
    address = f"http://127.0.0.1:{here}/services/dask-gateway"
    pool, gateway = await look(make_pool, configure, aws, address)
    with pytest.raises(GatewayUnreachableError) as failed:
        await pool.sign_in("aws-oregon", SignIn(password=aws.password))
    assert gateway.state == "unreachable"
    for message in (gateway.message, str(failed.value)):
        assert message == (
            f"aws-oregon is not at {address}: that sends to "
            f"http://127.0.0.1:{there}/services/dask-gateway. If the gateway is there, make "
            "that its address, else ask its administrator."
        )
    assert followed == []


async def test_a_scheduler_that_sends_elsewhere_is_not_followed_there(
    configure: Configure, aws: DemoGateway, moved: tuple[int, int, list[str]]
) -> None:
    """Schedulers run what their users want: the lab's server asks nobody else for them."""
    here, _, followed = moved
    connection = GatewayConnection(configure(aws, "ann"), None)
    try:
        assert await count(connection, f"http://127.0.0.1:{here}/clusters/x", None) is None
    finally:
        await connection.close()
    assert followed == []
