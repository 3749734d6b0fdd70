"""What the tests of locations share: a store on the loopback that answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

SHARED = Path(__file__).parents[3] / "shared" / "data"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Store:
    """A real HTTP server; what it was asked is in ``asked``, as ``GET /path?query``."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    otherwise: Answer | None = None

    def on(self, path: str, status: int = 200, body: str = "", **headers: str) -> None:
        """Answer requests to ``GET /path?query``, or to every method of ``/path``."""

        async def answer(request: web.Request) -> web.StreamResponse:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return web.Response(status=status, body=body.encode(), headers=named)

        self.answers[path] = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        asked = f"{request.method} {request.path_qs}"
        self.asked.append(asked)
        self.headers.append(dict(request.headers))
        answer = self.answers.get(asked) or self.answers.get(request.path) or self.otherwise
        return await answer(request) if answer is not None else web.Response(status=404)


async def slow(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def reset(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def garbage(request: web.Request) -> web.StreamResponse:
    return web.Response(
        body=b"\xff\x00<Region><LocationConstraint>{[",
        headers={"x-amz-bucket-region": "<b>nowhere</b>", "Content-Encoding": "gzip"},
    )


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(10_000):
        await response.write(b" " * 65536)
    return response


async def broken(request: web.Request) -> web.StreamResponse:
    return web.Response(status=503)


async def nothing(request: web.Request) -> web.StreamResponse:
    return web.Response(status=404)


FAULTS: dict[str, tuple[Answer, str]] = {
    "slow": (slow, "silent"),
    "reset": (reset, "silent"),
    "endless": (endless, ""),
    "garbage": (garbage, ""),
    "broken": (broken, "silent"),
    "missing": (nothing, "missing"),
}
"""What a store may do, and the outcome that this is; empty: anything without a region."""


@pytest_asyncio.fixture
async def store() -> AsyncIterator[Store]:
    async for started in serve():
        yield started


@pytest_asyncio.fixture
async def other_store() -> AsyncIterator[Store]:
    async for started in serve():
        yield started


async def serve() -> AsyncIterator[Store]:
    started = Store()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", started.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        started.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield started
    finally:
        await runner.cleanup()


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record every URL that a probe sends a request to, and let no name be resolved."""
    import aiohttp
    from aiohttp.abc import AbstractResolver, ResolveResult

    from multicloud_lab.locations import asking, prober

    seen: list[str] = []

    class Nowhere(AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
            raise OSError(f"{host} is not to be contacted in a test")

        async def close(self) -> None:
            pass

    async def record(session: object, context: object, params: object) -> None:
        seen.append(str(getattr(params, "url")))  # noqa: B009

    def open_session(at_once: int) -> aiohttp.ClientSession:
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(record)
        session = asking.open_session(at_once)
        session._connector = aiohttp.TCPConnector(resolver=Nowhere())
        session._trace_configs.append(trace)
        trace.freeze()
        return session

    monkeypatch.setattr(prober, "open_session", open_session)
    return seen


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the real catalogs are not beside this checkout ({SHARED} is absent)")
    return SHARED
