"""What stands between the lab and a real gateway: it delays, loses and counts requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

SUBMIT = ("POST", "/api/v1/clusters/")
Hook = Callable[[web.Request], Awaitable[None]]


async def _nothing(request: web.Request) -> None:
    return None


class Between:
    """A reverse proxy before a gateway's HTTP API and dashboards.

    Attributes
    ----------
    address : str
        Known once it is :meth:`running`.
    before, after : callable
        Awaited with each request before it goes to the gateway, and before its answer goes back.
    seen : list of tuple
        Method and path of each request.
    """

    def __init__(self, upstream: str) -> None:
        self.address = ""
        self.before: Hook = _nothing
        self.after: Hook = _nothing
        self.seen: list[tuple[str, str]] = []
        self._upstream = upstream
        self._session: aiohttp.ClientSession | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Pass a request on."""
        assert self._session is not None
        self.seen.append((request.method, request.path))
        await self.before(request)
        dropped = {"Host", "Content-Length", "Transfer-Encoding", "Accept-Encoding"}
        try:
            async with self._session.request(
                request.method,
                f"{self._upstream}{request.path_qs}",
                headers={k: v for k, v in request.headers.items() if k not in dropped},
                data=await request.read(),
            ) as response:
                body = await response.read()
                status, kept = response.status, ("WWW-Authenticate", "Set-Cookie", "Content-Type")
                headers = {k: response.headers[k] for k in kept if k in response.headers}
        except aiohttp.ClientConnectionError:  # as if nothing were between
            if request.transport is not None:
                request.transport.abort()
            raise web.HTTPBadGateway from None
        await self.after(request)
        return web.Response(status=status, body=body, headers=headers)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Between]:
        """Serve while the block runs."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as self._session:
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
                yield self
            finally:
                await runner.cleanup()


async def lose_answer(request: web.Request) -> None:
    """Break the connection when a cluster was asked for and accepted."""
    if (request.method, request.path) == SUBMIT and request.transport is not None:
        request.transport.abort()


def hold(released: asyncio.Event) -> Hook:
    """Hold the answer to a wish for a cluster back until the event."""

    async def wait(request: web.Request) -> None:
        if (request.method, request.path) == SUBMIT:
            await released.wait()

    return wait
