"""A gateway is watched once however many tabs are open, and only what changed is told."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from multicloud_lab.demo.clouds import AWS, Clouds
from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.gateways.pace import OFTEN, SELDOM
from tests.server.conftest import Jupyter, StartJupyter, Websocket
from tests.server.counting import CountingWay

pytestmark = pytest.mark.asyncio

WINDOW = 8.0  # seconds that are counted; some four looks while somebody is interested
ASKS = 5.0  # seconds between two questions of a tab


@pytest.fixture
def gateway(clouds: Clouds) -> DemoGateway:
    return clouds.gateways[AWS]


async def signed_in(start_jupyter: StartJupyter, gateway: DemoGateway, address: str) -> Jupyter:
    jupyter = await start_jupyter({"gateways": [{**gateway.config(), "address": address}]})
    status, _ = await jupyter.api(
        "POST",
        f"gateways/{gateway.name}/session",
        json={"username": f"ana-{uuid.uuid4().hex[:6]}", "password": gateway.password},
    )
    assert status == 200
    return jupyter


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a good gateway and its dashboards may be slow, which is told as well."""
    monkeypatch.setattr("multicloud_lab.gateways.session.SLOW", 30.0)
    for name in ("COUNTS_DEADLINE", "PROMPT"):
        monkeypatch.setattr(f"multicloud_lab.gateways.counts.{name}", 30.0)


async def until_running(jupyter: Jupyter, name: str) -> None:
    for _ in range(450):
        _, clusters = await jupyter.api("GET", "clusters")
        if any((each["name"], each["status"]) == (name, "RUNNING") for each in clusters):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"{name} never ran")


async def until_heard(heard: list[dict[str, Any]], action: str) -> None:
    for _ in range(450):
        if any(event["action"] == action for event in heard):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"never {action}: {heard}")


@asynccontextmanager
async def tabs(jupyter: Jupyter, number: int) -> AsyncIterator[list[dict[str, Any]]]:
    """Listen to events and ask for the lists, as so many tabs do; gives all that is heard."""
    heard: list[dict[str, Any]] = []

    async def listen(events: Websocket) -> None:
        async for message in events:
            event = json.loads(message.data)
            if "topic" in event:
                heard.append(event)

    async def ask(tab: int) -> None:
        await asyncio.sleep(ASKS * tab / number)  # people open tabs one after the other
        while True:
            await jupyter.api("GET", "gateways")
            await jupyter.api("GET", "clusters")
            await asyncio.sleep(ASKS)

    async with AsyncExitStack() as stack:
        tasks = []
        for tab in range(number):
            events = await stack.enter_async_context(jupyter.websocket("api/events/subscribe"))
            tasks += [asyncio.create_task(listen(events)), asyncio.create_task(ask(tab))]
        try:
            yield heard
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_twenty_tabs_ask_a_gateway_no_more_than_one(
    start_jupyter: StartJupyter, gateway: DemoGateway
) -> None:
    way = CountingWay(gateway.address)
    async with way as address:
        jupyter = await signed_in(start_jupyter, gateway, address)
        counted = []
        for number in (1, 20):
            async with tabs(jupyter, number):
                await asyncio.sleep(1)
                way.passed.clear()
                await asyncio.sleep(WINDOW)
                counted.append(way.passed.total())
    # One look in some seconds, however busy this machine is; the first may be under way already.
    most = WINDOW / OFTEN + 2
    assert all(1 <= asked <= most for asked in counted), counted


async def test_nothing_is_told_when_nothing_changed(
    start_jupyter: StartJupyter, gateway: DemoGateway
) -> None:
    way = CountingWay(gateway.address)
    async with way as address:
        jupyter = await signed_in(start_jupyter, gateway, address)
        status, started = await jupyter.api(
            "POST", "clusters", json={"gateway": gateway.name, "minimum": 0, "maximum": 1}
        )
        assert status == 200, started
        path = f"clusters/{gateway.name}/{started['name']}"
        async with tabs(jupyter, 1) as heard:
            await until_heard(heard, "running")
            for _ in range(15):  # its bounds are given, its dashboards answer
                before = len(heard)
                await asyncio.sleep(4)
                if before == len(heard):
                    break
            heard.clear()
            way.passed.clear()
            await asyncio.sleep(WINDOW)
            assert way.passed.total() >= 2  # it was looked at
            assert heard == []
            # And what changes is told, once.
            status, _ = await jupyter.api("PATCH", path, json={"minimum": 0, "maximum": 2})
            assert status == 200
            await until_heard(heard, "scaled")
            await asyncio.sleep(4)
            assert [event["action"] for event in heard if event["cluster"]] == ["scaled"]
            status, _ = await jupyter.api("DELETE", path)
            assert status == 204


@pytest.mark.parametrize("clusters", [0, 1])
async def test_who_does_not_look_is_not_asked_for(
    start_jupyter: StartJupyter,
    gateway: DemoGateway,
    monkeypatch: pytest.MonkeyPatch,
    clusters: int,
) -> None:
    monkeypatch.setattr("multicloud_lab.gateways.pace.INTEREST", 1.0)
    look = 1 + clusters  # the list, and the counts of each cluster
    way = CountingWay(gateway.address)
    async with way as address:
        jupyter = await signed_in(start_jupyter, gateway, address)
        for _ in range(clusters):
            wish = {"gateway": gateway.name, "minimum": 0, "maximum": 1}
            status, started = await jupyter.api("POST", "clusters", json=wish)
            assert status == 200, started
            await until_running(jupyter, started["name"])
        async with tabs(jupyter, 1):
            way.passed.clear()
            began = time.monotonic()
            for _ in range(450):
                if way.passed.total() >= 3 * look:
                    break
                await asyncio.sleep(0.2)
            assert way.passed.total() >= 3 * look
            window = time.monotonic() - began  # as long as three looks take here
        await asyncio.sleep(3)
        way.passed.clear()
        await asyncio.sleep(window)
        alone = way.passed.total()
        await jupyter.api("DELETE", "clusters")
    assert alone <= look * (1 + window // SELDOM), f"{alone} in {window:.0f} s"
