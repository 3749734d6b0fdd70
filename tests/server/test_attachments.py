"""Attachments over HTTP: a kernel says them, and its end or its restart takes them back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from jupyter_core.utils import ensure_async

from tests.server.conftest import Jupyter, StartJupyter

pytestmark = pytest.mark.asyncio


async def start_kernel(jupyter: Jupyter) -> str:
    _, content, _ = await jupyter.raw("POST", "api/kernels", data=b"{}")
    return str(json.loads(content)["id"])


async def attached(jupyter: Jupyter) -> set[str]:
    status, said = await jupyter.api("GET", "attachments")
    assert status == 200
    return {f"{each['kernel']} {each['gateway']}/{each['cluster']}" for each in said}


@pytest.mark.parametrize("end", ["restart", "shutdown", "crash"])
async def test_a_kernel_that_ends_is_attached_to_nothing(
    start_jupyter: StartJupyter, small_lab: dict[str, Any], end: str
) -> None:
    jupyter = await start_jupyter(
        small_lab, config={"KernelRestarter": {"time_to_dead": 0.3, "restart_limit": 5}}
    )
    ends, stays = await start_kernel(jupyter), await start_kernel(jupyter)
    for kernel in (ends, stays):
        path = f"attachments/{kernel}/iowa/a%2Fb"
        status, answer = await jupyter.api("POST", path)
        assert (status, answer["code"]) == (403, "kernels-only")
        status, _ = await jupyter.api("POST", path, headers=jupyter.kernel)
        assert status == 204
    assert await attached(jupyter) == {f"{ends} iowa/a/b", f"{stays} iowa/a/b"}
    async with jupyter.websocket("api/events/subscribe") as events:
        if end == "restart":
            await jupyter.raw("POST", f"api/kernels/{ends}/restart")
        elif end == "shutdown":
            await jupyter.raw("DELETE", f"api/kernels/{ends}")
        else:
            manager = jupyter.app.kernel_manager.get_kernel(ends)
            await ensure_async(manager.signal_kernel(9))
        async with asyncio.timeout(60):
            async for message in events:
                if json.loads(message.data).get("topic") == "attachments":
                    break
    assert await attached(jupyter) == {f"{stays} iowa/a/b"}
    status, _ = await jupyter.api(
        "DELETE", f"attachments/{stays}/iowa/a%2Fb", headers=jupyter.kernel
    )
    assert (status, await attached(jupyter)) == (204, set())


async def test_a_gateway_that_is_not_there_is_named(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    status, answer = await jupyter.api("POST", "attachments/k/nowhere/c", headers=jupyter.kernel)
    assert (status, answer["code"]) == (404, "gateway-not-found")
