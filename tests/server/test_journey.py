"""The whole way over HTTP, with real gateways: sign in, start, rescale, connect, watch, stop."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from typing import Any

import pytest

from multicloud_lab.demo.clouds import AWS, Clouds
from multicloud_lab.endpoints import PREFIX
from tests.server.conftest import Jupyter, StartJupyter, Websocket

PRECT = "lens/atm/hourly6-1990-2005/PRECT"
ERA5 = "pangeo/atmosphere/era5"


class Witness:
    """Asks, and keeps everything that was said where a secret must not be."""

    def __init__(self, jupyter: Jupyter) -> None:
        self.jupyter = jupyter
        self.heard: list[str] = []

    async def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body)
        status, content, headers = await self.jupyter.raw(method, f"{PREFIX}/{path}", data=data)
        self.heard += [content.decode(), str(headers)]
        return status, json.loads(content) if content else None

    async def listen(self, events: Websocket) -> None:
        async for message in events:
            self.heard.append(message.data)

    async def cluster(self, name: str, status: str) -> dict[str, Any]:
        async with asyncio.timeout(120):
            while True:
                _, clusters = await self.api("GET", "clusters")
                for cluster in clusters:
                    if cluster["name"] == name and cluster["status"] == status:
                        return dict(cluster)
                await asyncio.sleep(0.3)


@pytest.mark.asyncio
async def test_from_sign_in_to_stop(
    clouds: Clouds, start_jupyter: StartJupyter, caplog: pytest.LogCaptureFixture
) -> None:
    jupyter = await start_jupyter(clouds.config())
    witness = Witness(jupyter)
    gateway = clouds.gateways[AWS]
    async with jupyter.websocket("api/events/subscribe") as events:
        listening = asyncio.create_task(witness.listen(events))
        wrong = f"wrong-{uuid.uuid4().hex}"
        session = f"gateways/{gateway.name}/session"
        user = f"ana-{uuid.uuid4().hex[:6]}"
        status, answer = await witness.api("POST", session, {"username": user, "password": wrong})
        assert (status, answer["code"]) == (403, "wrong-credentials")
        status, answer = await witness.api(
            "POST", session, {"username": user, "password": gateway.password}
        )
        assert (status, answer["state"]) == (200, "signed-in")

        status, page = await witness.api("GET", "datasets")
        near = {row["id"]: row["near"]["gateway"] for row in page["items"]}
        assert near[PRECT] == gateway.name
        assert near[ERA5] != gateway.name

        status, started = await witness.api("POST", "clusters", {"near": PRECT, "maximum": 2})
        assert (status, started["gateway"]) == (200, gateway.name)
        name = started["name"]
        try:
            running = await witness.cluster(name, "RUNNING")
            assert (running["minimum"], running["maximum"], running["dataset"]) == (1, 2, PRECT)
            await follow(witness, gateway.name, name)
            await watch(jupyter, running["dashboard"])
        finally:
            status, _ = await witness.api("DELETE", f"clusters/{gateway.name}/{name}")
        assert status == 204
        assert await gone(jupyter, running["dashboard"])
        status, answer = await witness.api("DELETE", session)
        assert answer["state"] == "sign-in-needed"
        listening.cancel()
    actions = {
        (event["topic"], event["action"])
        for event in (json.loads(heard) for heard in witness.heard if '"schema_id"' in heard)
    }
    assert {topic for topic, _ in actions} >= {"gateways", "clusters"}
    said = "\n".join(witness.heard)
    for secret in (gateway.password, wrong, "PRIVATE KEY", jupyter.secret):
        assert secret not in said
        assert secret not in caplog.text


async def gone(jupyter: Jupyter, dashboard: str) -> bool:
    """Wait until a dashboard is no more."""
    for _ in range(100):
        status, _, _ = await jupyter.raw("GET", dashboard)
        if status == 404:
            return True
        await asyncio.sleep(0.3)
    return False


async def follow(witness: Witness, gateway: str, name: str) -> None:
    """Rescale a cluster and take its connection, as a kernel and as a browser."""
    cluster = f"clusters/{gateway}/{name}"
    status, scaled = await witness.api("PATCH", cluster, {"minimum": 1, "maximum": 3})
    assert (status, scaled["minimum"], scaled["maximum"]) == (200, 1, 3)
    status, answer = await witness.api("GET", f"{cluster}/connection")
    assert (status, answer["code"]) == (403, "kernels-only")
    kernel = witness.jupyter.kernel
    status, connection = await witness.jupyter.api("GET", f"{cluster}/connection", headers=kernel)
    assert status == 200
    assert "PRIVATE KEY" in json.dumps(connection)
    assert connection["scheduler_address"].startswith("gateway://")


async def watch(jupyter: Jupyter, dashboard: str) -> None:
    """Load a dashboard, the files that its page names, and speak with Bokeh over the websocket."""
    status, content, headers = await jupyter.raw("GET", dashboard)
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    page = content.decode()
    files = [name for name in re.findall(r'(?:src|href)="([^"]+)"', page) if "static" in name]
    assert files
    below = dashboard.removesuffix("status")
    for name in files:
        path = re.sub(r"^\.?/?", "", name.partition("?")[0])
        assert not name.startswith(("/", "http")), "the page's files are not relative"
        status, content, _ = await jupyter.raw("GET", below + path)
        assert status == 200, name
        assert content
    token = re.search(r'"token":"([^"]+)"', page)
    assert token is not None
    async with jupyter.websocket(f"{dashboard}/ws", protocols=("bokeh", token[1])) as socket:
        assert socket.protocol == "bokeh"
        header = json.loads(await socket.receive_str(timeout=60))
        assert header["msgtype"] == "ACK"
        await socket.receive_str(timeout=60)  # its metadata
        await socket.receive_str(timeout=60)  # and its content
        ask = {"msgid": "1", "msgtype": "PULL-DOC-REQ"}
        for part in (ask, {}, {}):
            await socket.send_str(json.dumps(part))
        async with asyncio.timeout(60):
            while header.get("msgtype") != "PULL-DOC-REPLY":
                text = await socket.receive_str()
                header = json.loads(text) if '"msgtype"' in text[:200] else {}
    assert header["reqid"] == "1"
