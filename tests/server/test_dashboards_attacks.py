"""What readers and gateways should not do to the dashboards' proxy, and what comes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.server.conftest import TOKEN, Jupyter, StartJupyter
from tests.server.gateway_api import answer_api, lab
from tests.server.test_dashboards import ROOT

pytestmark = pytest.mark.asyncio
PIECE = b"x" * 65_536


class Torrent:
    """A gateway whose pages and websockets never end, and one that stalls; it counts."""

    def __init__(self) -> None:
        self.sent = 0
        self.asked: list[str] = []
        self.left = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if (answered := answer_api(request)) is not None:
            return answered
        self.asked.append(request.raw_path)
        page = request.path.removeprefix("/clusters/c1/")
        if page == "stalls":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.left.wait(), 120)
            return web.Response()
        try:
            return await (self.speak(request) if page == "ws" else self.pour(request))
        finally:
            self.left.set()

    async def pour(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        if request.path.endswith("stops"):
            await response.write(PIECE)
            await asyncio.sleep(120)
        while True:
            await response.write(PIECE)
            self.sent += len(PIECE)

    async def speak(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        assert request.transport is not None
        match request.query.get("do"):
            case "die":  # as a machine that fails does
                request.transport.abort()
                await asyncio.sleep(0)
                return socket
            case "stall":
                await self.left.wait()
                return socket
            case "garble":
                request.transport.write(b"\x7f" * 100)
                await self.left.wait()
                return socket
        while True:
            await socket.send_bytes(PIECE)
            self.sent += len(PIECE)


@pytest_asyncio.fixture
async def torrent() -> Torrent:
    return Torrent()


@pytest_asyncio.fixture
async def jupyter(torrent: Torrent, start_jupyter: StartJupyter) -> AsyncIterator[Jupyter]:
    app = web.Application()
    app.router.add_route("*", "/{page:.*}", torrent.answer)
    async with TestServer(app) as server:
        yield await start_jupyter(lab(f"http://127.0.0.1:{server.port}"))


async def say(jupyter: Jupyter, request: str) -> bytes:
    """Send a request line that no client would, and give the status line of the answer."""
    parts = urlsplit(jupyter.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(
        f"{request} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: token {TOKEN}\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    async with asyncio.timeout(60):
        line = await reader.readline()
    writer.close()
    return line


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/clusters/c1/status",
        "http://evil.example{base}{root}/status",
        "//evil.example{base}{root}/status",
        "{base}{root}/../../../api/v1/clusters/",
        "{base}{root}/..;/..;/%2e%2e%2fapi",
        "{base}{root}/x%0d%0aHost:%20evil",
        "{base}multicloud-lab/dashboards/http:%2F%2Fevil.example/c1/status",
        "{base}multicloud-lab/dashboards/iowa@evil.example/c1/status",
        "{base}multicloud-lab/dashboards/iowa/c1@evil.example/status",
        "{base}multicloud-lab/dashboards//c1/status",
        "{base}multicloud-lab/dashboards/iowa//status",
        "{base}multicloud-lab/dashboards/IOWA/c1/status",
    ],
)
async def test_no_request_line_leads_elsewhere(
    jupyter: Jupyter, torrent: Torrent, target: str
) -> None:
    target = target.format(base=jupyter.app.base_url, root=ROOT)
    line = await say(jupyter, f"GET {target}")
    assert line.split()[1] in (b"400", b"404"), line
    assert torrent.asked == []


@pytest.mark.parametrize("verb", ["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "POST", "PUT"])
async def test_no_other_verb_passes(jupyter: Jupyter, torrent: Torrent, verb: str) -> None:
    line = await say(jupyter, f"{verb} {jupyter.app.base_url}{ROOT}/status")
    assert line.split()[1] in (b"403", b"405"), line
    assert torrent.asked == []


async def test_a_reader_who_does_not_read_holds_the_page_up(
    jupyter: Jupyter, torrent: Torrent
) -> None:
    parts = urlsplit(jupyter.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1024)
    writer.write(
        f"GET {jupyter.app.base_url}{ROOT}/endless HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Authorization: token {TOKEN}\r\n\r\n".encode()
    )
    assert b"200" in await reader.readline()
    await held(torrent)
    writer.close()
    await asyncio.wait_for(torrent.left.wait(), 60)


async def test_a_reader_who_does_not_read_holds_a_websocket_up(
    jupyter: Jupyter, torrent: Torrent
) -> None:
    async with jupyter.websocket(f"{ROOT}/ws") as socket:
        await socket.receive_bytes(timeout=60)
        await held(torrent)
    await asyncio.wait_for(torrent.left.wait(), 60)


async def held(torrent: Torrent) -> None:
    """Wait until nothing more is sent, which is soon: buffers hold some megabytes, not all."""
    before = 0
    async with asyncio.timeout(90):
        while before != torrent.sent or not before:
            before = torrent.sent
            await asyncio.sleep(1)
    assert 0 < torrent.sent < 50_000_000


async def test_a_gateway_that_stalls_has_a_deadline(
    jupyter: Jupyter, monkeypatch: pytest.MonkeyPatch, torrent: Torrent
) -> None:
    monkeypatch.setattr("multicloud_lab.server.dashboards.READ_DEADLINE", 3.0)
    monkeypatch.setattr("multicloud_lab.server.dashboards.CONNECT_DEADLINE", 3.0)
    began = time.monotonic()
    status, content, _ = await jupyter.raw("GET", f"{ROOT}/stalls")
    assert (status, b"does not answer" in content) == (503, True)
    with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
        async with jupyter.websocket(f"{ROOT}/stalls"):
            pass
    assert failure.value.status == 503
    with pytest.raises(aiohttp.ClientPayloadError):  # cut off: it stopped in the middle
        await jupyter.raw("GET", f"{ROOT}/stops")
    assert time.monotonic() - began < 60
    torrent.left.set()


@pytest.mark.parametrize("fault", ["die", "stall", "garble"])
async def test_a_gateway_that_fails_ends_the_readers_websocket(
    jupyter: Jupyter, torrent: Torrent, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.server.dashboards.HEARTBEAT", 2.0)
    async with jupyter.websocket(f"{ROOT}/ws?do={fault}") as socket:
        try:
            message = await socket.receive(timeout=60)
        finally:
            torrent.left.set()
    assert message.type is aiohttp.WSMsgType.CLOSE
    assert message.data == 1001
