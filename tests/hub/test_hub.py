"""A research group's JupyterHub: each user on an own server, all of them on the same gateways."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from multicloud_lab.demo.clouds import AWS, GCP
from multicloud_lab.demo.marks import marked
from tests.hub.conftest import PASSWORD_GATEWAY, Group
from tests.hub.running import MEMBERS, STRANGER, Server

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(400)]

WORKFLOW = """
import json
import numpy as np
import xarray as xr
import multicloud_lab as mcl
from xhistogram.xarray import histogram

def where():
    import os
    return os.environ["MULTICLOUD_REGION"]

BINS = np.concatenate([[0], np.logspace(-5, 0, 50)])
era5 = mcl.open_dataset("pangeo/atmosphere/era5")
lens = mcl.open_dataset("lens/atm/hourly6-1990-2005/PRECT")
tp = era5.tp.coarsen(time=6).sum().rename("tp_6hr")
prect = (lens.PRECT.isel(member_id=0) * 6 * 3600).rename("tp_6hr")
lazy = (
    histogram(tp, bins=[BINS], dim=["longitude"]).mean("time"),
    histogram(prect, bins=[BINS], dim=["lon"]).mean("time"),
)
for computed, expected in zip(mcl.compute(*lazy), lazy):
    xr.testing.assert_identical(computed, expected.compute())
clients = [mcl.client(near=each) for each in (lens, era5)]
print(json.dumps({
    client.submit(where, pure=False).result(timeout=60): client.cluster_record.name
    for client in clients
}))
"""


async def clusters(server: Server) -> list[dict[str, Any]]:
    status, listed = await server.api("GET", "clusters")
    assert status == 200, listed
    return [each for each in listed if each["status"] in ("PENDING", "RUNNING")]


async def states(server: Server) -> dict[str, dict[str, Any]]:
    status, listed = await server.api("GET", "gateways")
    assert status == 200, listed
    return {each["name"]: each for each in listed}


async def run(server: Server, code: str) -> str:
    async with server.kernel() as kernel:
        return await kernel.run(code)


async def test_both_users_compute_beside_the_data_at_once(group: Group) -> None:
    said = await asyncio.gather(*(run(group.servers[user], WORKFLOW) for user in MEMBERS))
    names: dict[str, dict[str, str]] = {}
    for user, text in zip(MEMBERS, said, strict=True):
        names[user] = json.loads(text.splitlines()[-1])
        assert set(names[user]) == {AWS, GCP}, text
    assert len({name for own in names.values() for name in own.values()}) == 4
    for user in MEMBERS:
        listed = await clusters(group.servers[user])
        assert {each["name"] for each in listed} == set(names[user].values())


async def test_the_clusters_of_another_are_out_of_reach(group: Group) -> None:
    ana, ben = (group.servers[user] for user in MEMBERS)
    theirs = next(each for each in await clusters(ben) if each["region"] == AWS)
    path = f"clusters/{theirs['gateway']}/{theirs['name']}"
    assert (await ana.api("DELETE", path))[1]["code"] == "cluster-not-found"
    bounds = {"minimum": 0, "maximum": 1}
    assert (await ana.api("PATCH", path, json=bounds))[1]["code"] == "cluster-not-found"
    code = f"""
import multicloud_lab as mcl
from multicloud_lab.errors import ClusterNotFoundError
for wish in (dict(gateway="aws-oregon"), dict()):
    try:
        mcl.client(cluster={theirs["name"]!r}, **wish)
    except ClusterNotFoundError as error:
        print("refused", error)
"""
    said = await run(ana, code)
    assert said.count("refused") == 2, said
    assert said.count(theirs["name"]) == 2, said
    assert theirs["name"] in {each["name"] for each in await clusters(ben)}
    # The server of another is out of reach, too; and a browser of one's own gets no keys.
    trespasser = Server("ana", ben.url, ana.token)
    assert (await trespasser.api("GET", "clusters"))[0] == 403
    status, answer = await ben.api("GET", f"{path}/connection")
    assert (status, answer["code"]) == (403, "kernels-only")


async def test_a_named_server_is_its_kernels_own(group: Group) -> None:
    ben, second = group.servers["ben"], group.servers["second"]
    there = next(each for each in await clusters(ben) if each["region"] == GCP)
    code = f"""
import os
import multicloud_lab as mcl
print(os.environ["MULTICLOUD_LAB_URL"].endswith("/user/ben/second/"))
print(mcl.client(cluster={there["name"]!r}).submit(lambda: 6 * 7).result(timeout=60))
"""
    assert (await run(second, code)).split() == ["True", "42"]


async def test_without_the_scope_the_way_out_is_said(group: Group) -> None:
    code = 'import multicloud_lab as mcl; mcl.client(near="aws:us-west-2")'
    began = time.monotonic()
    async with group.servers[STRANGER].kernel() as kernel:
        said = await kernel.run(code, somebody=True)
    assert time.monotonic() - began < 30
    assert said.startswith("SignInNeededError: aws-oregon"), said
    assert "lacks the gateway's scope" in said
    assert "administrator" in said
    assert group.hub.service_token not in said
    gateway = (await states(group.servers[STRANGER]))["aws-oregon"]
    assert gateway["state"] == "sign-in-needed"
    assert "lacks the gateway's scope" in gateway["message"]


async def test_a_notebook_goes_on_when_somebody_signs_in_in_the_panel(group: Group) -> None:
    ana, ben = (group.servers[user] for user in MEMBERS)
    code = f"""
import multicloud_lab as mcl
client = mcl.client(gateway={PASSWORD_GATEWAY!r})
print("computed", client.submit(lambda: 6 * 7).result(timeout=60))
mcl.close(shutdown=True)
"""
    async with ana.kernel() as kernel:
        began = time.monotonic()
        said = await kernel.run(code)  # with nobody there, as nbconvert does it
        assert time.monotonic() - began < 30
        assert said.startswith("SignInNeededError: Sign in to azure-amsterdam"), said
        waiting = asyncio.create_task(kernel.run(code, somebody=True))
        await asyncio.sleep(2)
        assert not waiting.done(), waiting.result()
        status, answer = await ana.api(
            "POST",
            f"gateways/{PASSWORD_GATEWAY}/session",
            json={"password": group.with_password.password},
        )
        assert (status, answer["state"]) == (200, "signed-in")
        said = await waiting
    assert "Sign in to azure-amsterdam in the Multi-Cloud panel" in said
    assert "computed 42" in said
    # It is ana who signed in, and nobody else.
    assert (await states(ana))[PASSWORD_GATEWAY]["username"] == "ana"
    assert (await states(ben))[PASSWORD_GATEWAY]["state"] == "sign-in-needed"


async def test_nothing_is_left_when_the_servers_stop(group: Group) -> None:
    for user in MEMBERS:
        server = group.servers[user]
        for each in await clusters(server):
            status, _ = await server.api("DELETE", f"clusters/{each['gateway']}/{each['name']}")
            assert status == 204
    for _ in range(100):
        if not any([await clusters(group.servers[user]) for user in MEMBERS]):
            break
        await asyncio.sleep(0.2)
    stopping = [group.hub.stop_server(user) for user in (*MEMBERS, STRANGER)]
    await asyncio.gather(*stopping, group.hub.stop_server("ben", "second"))
    assert list((group.hub.directory / "homes").rglob("*.sock")) == []
    assert list(Path(group.hub.processes.state_dir, "tmp").rglob("*.sock")) == []

    def left() -> list[str]:
        words = ("singleuser", "ipykernel", "scheduler", "worker")
        return [
            " ".join(each.cmdline())
            for each in marked(group.hub.processes.mark)
            if any(word in " ".join(each.cmdline()) for word in words)
        ]

    for _ in range(50):
        if not left():
            break
        await asyncio.sleep(0.2)
    assert left() == []
