"""A way to a real gateway that counts the requests which pass."""

from __future__ import annotations

from collections import Counter

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer


class CountingWay:
    """Passes requests on to a gateway, as a context manager.

    Attributes
    ----------
    passed : Counter of str
        Requests that were answered well, by path, of the API and of dashboards.
    """

    def __init__(self, address: str) -> None:
        self._target = address
        self.passed: Counter[str] = Counter()

    async def __aenter__(self) -> str:
        """Begin, and give the address of this end."""
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._server = TestServer(app)
        await self._server.start_server()
        return f"http://127.0.0.1:{self._server.port}"

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()
        await self._session.close()

    async def _pass(self, request: web.Request) -> web.Response:
        async with self._session.request(
            request.method,
            self._target + request.raw_path,
            headers={name: value for name, value in request.headers.items() if name != "Host"},
            data=await request.read(),
        ) as response:
            if response.status < 400:  # each question is asked again after a 401
                self.passed[request.path] += 1
            kept = ("Content-Type", "WWW-Authenticate")
            headers = {name: response.headers[name] for name in kept if name in response.headers}
            return web.Response(status=response.status, body=await response.read(), headers=headers)
