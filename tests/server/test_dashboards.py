"""What passes the dashboards' proxy, and what does not: headers, paths, redirects, faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from multicloud_lab.demo.processes import free_ports
from tests.server.conftest import TOKEN, Jupyter, StartJupyter, stop
from tests.server.gateway_api import answer_api, lab

pytestmark = pytest.mark.asyncio

ROOT = "multicloud-lab/dashboards/iowa/c1"


class Gateway:
    """What is behind: it remembers what it was asked, and does what gateways should not."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.closed = asyncio.Event()

    @property
    def paths(self) -> list[str]:
        return [request.raw_path for request in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if (answered := answer_api(request)) is not None:
            return answered
        self.asked.append(request)
        if request.path.startswith("/api/"):
            raise web.HTTPForbidden  # as of a cluster of somebody else
        page = request.path.removeprefix("/clusters/c1/")
        if page.startswith("to:"):
            raise web.HTTPFound(request.query["where"])
        if page == "ws":
            return await self.echo(request)
        if page == "cut":
            cut = web.StreamResponse(headers={"Content-Length": "10"})
            await cut.prepare(request)
            await cut.write(b"12345")
            assert request.transport is not None
            request.transport.close()
            return cut
        if page.isdigit():
            return web.Response(status=int(page), text="the gateway's own words")
        headers = {
            "Set-Cookie": "stolen=1",
            "X-Frame-Options": "DENY",
            "Access-Control-Allow-Origin": "*",
            "ETag": '"e"',
        }
        return web.Response(text=f"page {page}", headers=headers)

    async def echo(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("bokeh",))
        await socket.prepare(request)
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                await socket.send_bytes(message.data)
            elif message.data == "bye":
                await socket.close(code=1011)
            else:
                await socket.send_str(message.data)
        self.closed.set()
        return socket


@pytest_asyncio.fixture
async def gateway() -> Gateway:
    return Gateway()


@pytest_asyncio.fixture
async def jupyter(gateway: Gateway, start_jupyter: StartJupyter) -> AsyncIterator[Jupyter]:
    app = web.Application()
    app.router.add_route("*", "/{page:.*}", gateway.answer)
    async with TestServer(app) as server:
        address = f"http://127.0.0.1:{server.port}"
        yield await start_jupyter(lab(address))


async def test_a_page_passes_without_the_readers_secrets(
    jupyter: Jupyter, gateway: Gateway
) -> None:
    headers = {
        **jupyter.headers,
        "Cookie": "username=ana",
        "X-XSRFToken": "x",
        "Referer": "http://127.0.0.1/lab?token=t",
        "Origin": "http://127.0.0.1",
        "X-Multicloud-Lab-Kernel": jupyter.secret,
        "Accept-Language": "eo",
    }
    gateway.asked.clear()
    status, content, answered = await jupyter.raw(
        "GET", f"{ROOT}/a%20b/c.js?v=1%262&token={TOKEN}", headers=headers
    )
    assert (status, content) == (200, b"page a b/c.js")
    (asked,) = [request for request in gateway.asked if "/clusters/" in request.path]
    assert asked.raw_path == "/clusters/c1/a%20b/c.js?v=1%262"
    passed = {name.lower() for name in asked.headers}
    assert passed <= {"host", "accept", "accept-encoding", "accept-language", "user-agent"}
    assert asked.headers["Accept-Language"] == "eo"
    assert answered["ETag"] == '"e"'
    assert "stolen" not in str(answered)
    assert "X-Frame-Options" not in answered
    assert answered.get("Access-Control-Allow-Origin") != "*"
    assert "frame-ancestors 'self'" in answered["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "../../api/v1/clusters/",
        "%2e%2e/%2e%2e/api/v1/clusters/",
        "..%2f..%2fapi/v1/clusters/",
        "%252e%252e/%252e%252e/api/v1/clusters/",
        "a/..%5c..%5capi",
        "./status",
        "a%00b",
    ],
)
async def test_no_path_leads_out_of_a_clusters_dashboards(
    jupyter: Jupyter, gateway: Gateway, path: str
) -> None:
    status, _, _ = await jupyter.raw("GET", f"{ROOT}/{path}")
    assert status == 400
    assert not any("clusters/" in path for path in gateway.paths)


@pytest.mark.parametrize("cluster", ["..", "%2e%2e", "..%2f..%2fapi%2fv1", "a%2Fb", "a%3Fb", "%23"])
async def test_no_name_of_a_cluster_leads_out(
    jupyter: Jupyter, gateway: Gateway, cluster: str
) -> None:
    status, _, _ = await jupyter.raw("GET", f"multicloud-lab/dashboards/iowa/{cluster}/status")
    assert status in (400, 404)
    assert gateway.paths == []


async def test_a_cluster_that_is_not_the_users_is_out_of_reach(
    jupyter: Jupyter, gateway: Gateway
) -> None:
    anothers = ROOT.replace("c1", "c2")
    status, content, _ = await jupyter.raw("GET", f"{anothers}/status")
    assert (status, b"iowa has no cluster 'c2'" in content) == (404, True)
    with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
        async with jupyter.websocket(f"{anothers}/status/ws"):
            pass
    assert failure.value.status == 404
    assert gateway.paths == ["/api/v1/clusters/c2", "/api/v1/clusters/c2"]


async def test_redirects_stay_or_are_refused(jupyter: Jupyter) -> None:
    base = jupyter.app.base_url
    for where in ("/clusters/c1/status?x=1", "status?x=1"):
        status, _, headers = await jupyter.raw("GET", f"{ROOT}/to:?where={quote(where)}")
        assert (status, headers["Location"]) == (302, f"{base}{ROOT}/status?x=1")
    for where in ("http://evil.example/", "/api/v1/clusters/", "/clusters/c1/../c2/", "//evil"):
        status, content, headers = await jupyter.raw("GET", f"{ROOT}/to:?where={where}")
        assert status == 503
        assert b"leads elsewhere" in content
        assert "Location" not in headers
    for bare in (ROOT, f"{ROOT}/"):
        status, _, headers = await jupyter.raw("GET", bare)
        assert (status, headers["Location"]) == (302, f"{base}{ROOT}/status")


async def test_faults_are_said_in_a_line(jupyter: Jupyter, start_jupyter: StartJupyter) -> None:
    status, content, headers = await jupyter.raw("GET", f"{ROOT}/404")
    assert (status, headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert (
        content == b"There is no such dashboard of cluster 'c1' on iowa; the cluster may be gone.\n"
    )
    status, content, _ = await jupyter.raw("GET", f"{ROOT}/502")
    assert (status, b"does not answer" in content) == (503, True)
    status, content, _ = await jupyter.raw("GET", "multicloud-lab/dashboards/x/c1/status")
    assert (status, b"no gateway 'x'" in content) == (404, True)
    (port,) = free_ports(1)
    down = await start_jupyter(lab(f"http://127.0.0.1:{port}"))
    status, content, _ = await down.raw("GET", f"{ROOT}/status")
    assert (status, b"does not answer" in content) == (503, True)
    with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
        async with down.websocket(f"{ROOT}/ws"):
            pass
    assert failure.value.status == 503


async def test_a_page_that_breaks_off_is_not_taken_for_whole(jupyter: Jupyter) -> None:
    with pytest.raises(aiohttp.ClientPayloadError):
        await jupyter.raw("GET", f"{ROOT}/cut")


async def test_only_reading_passes(jupyter: Jupyter, gateway: Gateway) -> None:
    for verb in ("POST", "PUT", "PATCH", "DELETE", "HEAD"):
        status, _, _ = await jupyter.raw(verb, f"{ROOT}/status")
        assert status == 405
    assert not any("clusters/" in path for path in gateway.paths)


async def test_a_reader_who_is_not_logged_in(jupyter: Jupyter, gateway: Gateway) -> None:
    for headers in ({}, jupyter.kernel):
        status, _, answered = await jupyter.raw("GET", f"{ROOT}/status", headers=headers)
        assert (status, "/login" in answered["Location"]) == (302, True)
        with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
            async with jupyter.websocket(f"{ROOT}/ws", headers=headers):
                pass
        assert failure.value.status == 403
    assert not any("clusters/" in path for path in gateway.paths)


async def test_a_websocket_passes_both_ways(jupyter: Jupyter, gateway: Gateway) -> None:
    async with jupyter.websocket(f"{ROOT}/ws", protocols=("bokeh", "the-token")) as socket:
        assert socket.protocol == "bokeh"
        await socket.send_str("text")
        assert await socket.receive_str(timeout=60) == "text"
        await socket.send_bytes(b"\x00" * 2_000_000)
        assert await socket.receive_bytes(timeout=60) == b"\x00" * 2_000_000
        (asked,) = [request for request in gateway.asked if request.path.endswith("/ws")]
        assert asked.headers["Sec-WebSocket-Protocol"] == "bokeh,the-token"
        assert asked.headers["Origin"] == f"http://{asked.host}"
        assert "Authorization" not in asked.headers
    await asyncio.wait_for(gateway.closed.wait(), 60)


async def test_a_websocket_is_not_led_elsewhere(jupyter: Jupyter) -> None:
    """As a page of somebody's scheduler might, to reach what only the lab's server can."""
    inside = Gateway()
    app = web.Application()
    app.router.add_route("*", "/{page:.*}", inside.answer)
    async with TestServer(app) as server:
        where = quote(f"http://127.0.0.1:{server.port}/clusters/c1/ws")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with jupyter.websocket(f"{ROOT}/to:?where={where}"):
                pass
    assert refused.value.status == 503
    assert inside.asked == []


async def test_a_websocket_ends_on_both_sides(jupyter: Jupyter) -> None:
    async with jupyter.websocket(f"{ROOT}/ws") as socket:
        await socket.send_str("bye")
        message = await socket.receive(timeout=60)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1011)


async def test_a_websocket_ends_with_the_server(jupyter: Jupyter, gateway: Gateway) -> None:
    async with jupyter.websocket(f"{ROOT}/ws") as socket:
        await socket.send_str("here")
        assert await socket.receive_str(timeout=60) == "here"
        await stop(jupyter.app)
        await asyncio.wait_for(gateway.closed.wait(), 60)
        assert (await socket.receive(timeout=60)).type is aiohttp.WSMsgType.CLOSE


async def test_a_page_of_another_site_gets_no_websocket(jupyter: Jupyter, gateway: Gateway) -> None:
    _, _, headers = await jupyter.raw("GET", "api/status")
    cookies = [value.partition(";")[0] for value in headers.getall("Set-Cookie")]  # type: ignore[attr-defined]
    own = {"Cookie": "; ".join(cookies), "Origin": jupyter.url.partition("/user/")[0]}
    async with jupyter.websocket(f"{ROOT}/ws", headers=own):
        pass
    gateway.asked.clear()
    with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
        async with jupyter.websocket(f"{ROOT}/ws", headers={**own, "Origin": "http://evil"}):
            pass
    assert failure.value.status == 403
    assert gateway.asked == []
