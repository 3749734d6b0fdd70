"""Remote ends for a benchmark: servers that answer as it says, in a process of their own."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.connection import Connection

from aiohttp import web

from multicloud_lab.config import GatewayConfig
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import SignIn

Answer = Callable[[web.Request], Awaitable[web.Response]]


async def _serve(answers: Sequence[Answer], tell: Connection) -> None:
    ports = []
    for answer in answers:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports.append(runner.addresses[0][1])
    tell.send(ports)
    await asyncio.Event().wait()


def _run(answers: Sequence[Answer], tell: Connection) -> None:
    asyncio.run(_serve(answers, tell))


@contextmanager
def answering(answers: Sequence[Answer]) -> Iterator[list[int]]:
    """Run a server for each answer, which is a function of a module; give their ports."""
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(answers, tell), daemon=True)
    process.start()
    try:
        yield told.recv()
    finally:
        process.kill()
        process.join()


@asynccontextmanager
async def pool_of(ports: Sequence[int]) -> AsyncIterator[GatewayPool]:
    """Have a lab's connections to gateways at these ports, ``gateway-0`` and so on."""
    pool = GatewayPool(
        [
            GatewayConfig.model_validate(
                {
                    "name": f"gateway-{i}",
                    "region": "aws:us-west-2",
                    "address": f"http://127.0.0.1:{port}",
                    "auth": {"type": "basic", "username": "ann"},
                }
            )
            for i, port in enumerate(ports)
        ],
        book=None,
        on_change=lambda change: None,
    )
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def sign_in(pool: GatewayPool, number: int) -> None:
    """Sign in to one of them."""
    await pool.sign_in(f"gateway-{number}", SignIn(username="ann", password="a"))
