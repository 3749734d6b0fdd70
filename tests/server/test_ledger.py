"""The ledger over HTTP: kernels write it, everybody reads it, and a restart loses nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from multicloud_lab.records import Change
from tests.server.conftest import StartJupyter, stop

pytestmark = pytest.mark.asyncio

ROW = {
    "run": "one",
    "at": 1_764_072_000.0,
    "notebook": "rain.ipynb",
    "kind": "move",
    "dataset": "good/rain 50%",
    "source": "gcp:us-central1",
    "measured_bytes": 288_000,
    "price_low": 0.02,
    "price_high": 0.03,
}


def body(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"rows": rows}).encode()


async def test_a_kernel_writes_and_a_browser_reads(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    async with jupyter.websocket("api/events/subscribe") as events:
        status, answer = await jupyter.api("POST", "ledger", data=body(ROW))
        assert (status, answer["code"]) == (403, "kernels-only")
        status, _ = await jupyter.api("POST", "ledger", data=body(ROW), headers=jupyter.kernel)
        assert status == 204
        async with asyncio.timeout(60):
            async for message in events:
                event = json.loads(message.data)
                if event.get("topic") == "ledger":
                    break
    assert {name: event[name] for name in Change.model_fields}["action"] == "recorded"
    _, page = await jupyter.api("GET", "ledger?notebook=rain.ipynb&limit=1")
    assert (page["total"], page["next_cursor"]) == (1, None)
    assert page["items"][0].items() >= ROW.items()
    assert page["items"][0]["destination"] is None
    await stop(jupyter.app)
    jupyter = await start_jupyter()
    _, sums = await jupyter.api("GET", "ledger/summary?by=regions")
    assert [(row["key"], row["moved_bytes"]) for row in sums] == [("gcp:us-central1->", 288_000)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**ROW, "kind": "steal"}, "rows.0.kind"),
        ({**ROW, "source": "the moon"}, "rows.0.source"),
        ({**ROW, "measured_bytes": -1}, "rows.0.measured_bytes"),
        ({**ROW, "price_low": 1e300}, "rows.0.price_low"),
        ({**ROW, "colour": "red"}, "rows.0.colour: There is no such field"),
    ],
)
async def test_a_row_that_cannot_be_is_named(
    start_jupyter: StartJupyter, row: dict[str, Any], said: str
) -> None:
    jupyter = await start_jupyter()
    status, answer = await jupyter.api("POST", "ledger", data=body(row), headers=jupyter.kernel)
    assert (status, answer["code"]) == (400, "invalid-input")
    assert said in answer["message"]
