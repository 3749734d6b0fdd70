"""What a gateway itself says of clusters, asked without the lab, until it is as it should be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import dask_gateway
from dask_gateway.auth import BasicAuth

from multicloud_lab.demo.gateways import DemoGateway


async def listed(gateway: DemoGateway, user: str) -> set[str]:
    """Ask the gateway itself, by dask-gateway's own client, which clusters the user has."""
    async with dask_gateway.Gateway(
        gateway.address,
        proxy_address=gateway.proxy_address,
        public_address=gateway.address,
        auth=BasicAuth(user, gateway.password),
        asynchronous=True,
    ) as client:
        return {report.name for report in await client.list_clusters()}


async def soon(ask: Callable[[], Awaitable[Any]], good: Callable[[Any], bool] = bool) -> Any:
    """Ask again and again, until the answer is good."""
    answer = None
    for _ in range(600):
        if good(answer := await ask()):
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError(f"never so: {answer}")
