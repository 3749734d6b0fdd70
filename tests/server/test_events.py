"""Changes reach whoever listens to Jupyter's events, and only in the form that is described."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import yaml

from multicloud_lab.records import Change
from multicloud_lab.server.events import SCHEMA_FILE, SCHEMA_ID
from tests.server.conftest import StartJupyter, Websocket


def test_the_schema_is_that_of_the_record() -> None:
    schema = yaml.safe_load(SCHEMA_FILE.read_text())
    assert schema["$id"] == SCHEMA_ID
    assert set(schema["properties"]) == set(schema["required"]) == set(Change.model_fields)
    topics = Change.model_json_schema()["properties"]["topic"]["enum"]
    assert schema["properties"]["topic"]["enum"] == topics


@pytest.mark.asyncio
async def test_a_listener_hears_of_a_change(
    start_jupyter: StartJupyter, small_lab: dict[str, Any]
) -> None:
    jupyter = await start_jupyter(small_lab)
    async with jupyter.websocket("api/events/subscribe") as events:
        status, _ = await jupyter.api("POST", "refresh")
        assert status == 200
        async with asyncio.timeout(60):
            event = await _of_topic(events, "datasets")
    assert event["schema_id"] == SCHEMA_ID
    assert {name: event[name] for name in Change.model_fields} == {
        "topic": "datasets",
        "action": "refreshed",
        "gateway": None,
        "cluster": None,
        "message": "",
    }


async def _of_topic(events: Websocket, topic: str) -> dict[str, Any]:
    async for message in events:
        event: dict[str, Any] = json.loads(message.data)
        if event.get("topic") == topic:
            return event
    raise AssertionError("the events ended")
