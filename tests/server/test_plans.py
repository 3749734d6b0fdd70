"""Plans over HTTP: a kernel says them, a browser sees them, the kernel's end takes them back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.server.conftest import StartJupyter

pytestmark = pytest.mark.asyncio

MOVE = {
    "source": "aws:us-west-2",
    "destination": "gcp:us-central1",
    "bytes": 40_000_000_000,
    "unsized": 2,
    "price_low": 0.8,
    "price_high": 3.6,
}


def body(**more: Any) -> bytes:
    return json.dumps({"notebook": "<b>rain</b>.ipynb", "moves": [MOVE], **more}).encode()


async def next_of_plans(events: Any) -> str:
    async with asyncio.timeout(60):
        async for message in events:
            event = json.loads(message.data)
            if event.get("topic") == "plans":
                return str(event["action"])
    raise AssertionError


async def test_a_kernel_tells_its_plan_and_takes_it_along(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    _, content, _ = await jupyter.raw("POST", "api/kernels", data=b"{}")
    kernel = json.loads(content)["id"]
    path = f"plans/{kernel}"
    async with jupyter.websocket("api/events/subscribe") as events:
        status, answer = await jupyter.api("POST", path, data=body())
        assert (status, answer["code"]) == (403, "kernels-only")
        status, _ = await jupyter.api("POST", path, data=body(), headers=jupyter.kernel)
        assert (status, await next_of_plans(events)) == (204, "planned")
        _, (plan,) = await jupyter.api("GET", "plans")
        assert plan.pop("at") > 1e9
        assert plan == {"kernel": kernel, "notebook": "<b>rain</b>.ipynb", "moves": [MOVE]}
        await jupyter.raw("DELETE", f"api/kernels/{kernel}")
        assert await next_of_plans(events) == "forgotten"
    assert await jupyter.api("GET", "plans") == (200, [])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"notebook": "n" * 1001}, "notebook"),
        ({"moves": [MOVE] * 1001}, "moves"),
        ({"moves": [{**MOVE, "source": "the moon"}]}, "moves.0.source"),
        ({"moves": [{**MOVE, "bytes": -1}]}, "moves.0.bytes"),
        ({"moves": [{**MOVE, "url": "s3://key:secret@bucket"}]}, "moves.0.url"),
    ],
)
async def test_what_no_plan_can_be_is_refused(
    start_jupyter: StartJupyter, more: dict[str, Any], said: str
) -> None:
    jupyter = await start_jupyter()
    status, answer = await jupyter.api("POST", "plans/k", data=body(**more), headers=jupyter.kernel)
    assert (status, answer["code"]) == (400, "invalid-input")
    assert said in answer["message"]
    assert "secret" not in answer["message"]
