"""A research group's JupyterHub: each user on an own server, all of them on the same gateways."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from jupyter_server.serverapp import ServerApp

from multicloud_lab.demo.clouds import AWS, GCP
from multicloud_lab.demo.marks import marked
from multicloud_lab.waiting import SIGN_IN_DEADLINE
from tests.commands import commands
from tests.hub.conftest import PASSWORD_GATEWAY, Group
from tests.hub.running import MEMBERS, STRANGER, Hub, Server
from tests.server.conftest import Jupyter
from tests.server.test_journey import watch

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(600)]

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
    client.submit(where, pure=False).result(timeout=120): client.cluster_record.name
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


async def sign_in_with_the_password(server: Server, group: Group) -> None:
    status, answer = await server.api(
        "POST",
        f"gateways/{PASSWORD_GATEWAY}/session",
        json={"password": group.with_password.password},
    )
    assert (status, answer["state"]) == (200, "signed-in")


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
print(mcl.client(cluster={there["name"]!r}).submit(lambda: 6 * 7).result(timeout=120))
"""
    assert (await run(second, code)).split() == ["True", "42"]
    connection = f"clusters/{there['gateway']}/{there['name']}/connection"
    status, answer = await second.api("GET", connection)
    assert (status, answer["code"]) == (403, "kernels-only")


async def test_without_the_scope_the_way_out_is_said(group: Group) -> None:
    code = 'import multicloud_lab as mcl; mcl.client(near="aws:us-west-2")'
    began = time.monotonic()
    async with group.servers[STRANGER].kernel() as kernel:
        said = await kernel.run(code, somebody=True)
    assert time.monotonic() - began < SIGN_IN_DEADLINE / 2
    assert said.startswith("SignInNeededError: aws-oregon"), said
    assert "lacks the gateway's scope" in said
    assert "administrator" in said
    assert group.hub.service_token not in said
    gateway = (await states(group.servers[STRANGER]))["aws-oregon"]
    assert gateway["state"] == "sign-in-needed"
    assert "lacks the gateway's scope" in gateway["message"]


async def test_notebooks_go_on_when_each_user_signs_in_in_the_panel(group: Group) -> None:
    code = f"""
import multicloud_lab as mcl
client = mcl.client(gateway={PASSWORD_GATEWAY!r})
print("computed", client.submit(lambda: 6 * 7).result(timeout=120))
print(client.cluster_record.name)
"""

    async def sign_in_while_it_waits(server: Server) -> str:
        """Give the name of the cluster that the notebook got."""
        async with server.kernel() as kernel:
            began = time.monotonic()
            said = await kernel.run(code)  # with nobody there, as nbconvert does it
            assert time.monotonic() - began < SIGN_IN_DEADLINE / 2
            assert said.startswith("SignInNeededError: Sign in to azure-amsterdam"), said
            waiting = asyncio.create_task(kernel.run(code, somebody=True))
            await kernel.says("Sign in to azure-amsterdam in the Multi-Cloud Lab panel")
            assert not waiting.done(), waiting.result()
            await sign_in_with_the_password(server, group)
            # It is this user who signed in, and nobody else.
            assert (await states(server))[PASSWORD_GATEWAY]["username"] == server.user
            said = await waiting
        assert "computed 42" in said
        return said.splitlines()[-1]

    members = [group.servers[user] for user in MEMBERS]
    got = await asyncio.gather(*(sign_in_while_it_waits(server) for server in members))
    for server, name in zip(members, got, strict=True):
        there = [each for each in await clusters(server) if each["gateway"] == PASSWORD_GATEWAY]
        assert [(each["name"], each["owner"]) for each in there] == [(name, server.user)]
    stranger = (await states(group.servers[STRANGER]))[PASSWORD_GATEWAY]
    assert stranger["state"] == "sign-in-needed"


async def test_dashboards_pass_the_hubs_proxy_to_their_owner_only(group: Group) -> None:
    ana, ben = (group.servers[user] for user in MEMBERS)
    theirs = next(each for each in await clusters(ben) if each["region"] == AWS)
    path = theirs["dashboard"]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        def reader(who: Server | None, of: Server) -> Jupyter:
            headers = {"Authorization": f"token {who.token}"} if who else {}
            return Jupyter(cast("ServerApp", None), of.url, "", Path(), session, headers)

        await watch(reader(ben, of=ben), path)
        for other, refusal in (
            (reader(ana, of=ana), 404),  # her own lab has no such cluster
            (reader(ana, of=ben), 403),
            (reader(None, of=ben), 403),
        ):
            status, content, headers = await other.raw("GET", path)
            to_login = status == 302 and "/hub/" in headers["Location"]
            assert status == refusal or to_login, content
            with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
                async with other.websocket(f"{path}/ws"):
                    pass
            assert failure.value.status == refusal


async def revoke_the_servers_token(hub: Hub, user: str) -> None:
    """Take the token away that the hub gave to a user's server, as an expiry does."""
    tokens = (await hub.call("GET", f"users/{user}/tokens"))["api_tokens"]
    own = [token["id"] for token in tokens if token["note"].startswith("Server at")]
    assert own, tokens
    for token in own:
        await hub.call("DELETE", f"users/{user}/tokens/{token}")


async def of_the_hub(server: Server) -> set[tuple[str, str, int, int]]:
    """Give the clusters that the hub's tokens are for, with their datasets and bounds."""
    return {
        (each["name"], each["dataset"], each["minimum"], each["maximum"])
        for each in await clusters(server)
        if each["gateway"] != PASSWORD_GATEWAY
    }


async def until_state(server: Server, gateway: str, state: str) -> dict[str, Any]:
    for _ in range(450):
        now = (await states(server))[gateway]
        if now["state"] == state:
            return now
        await asyncio.sleep(0.2)
    raise AssertionError(f"not {state}: {now}")


async def test_work_goes_on_when_the_servers_token_is_no_more(group: Group) -> None:
    ana = group.servers["ana"]
    code = """
import multicloud_lab as mcl
client = mcl.client(gateway="gcp-iowa")
print("computed", client.submit(lambda: before).result(timeout=120))
"""
    mine = await of_the_hub(ana)
    assert len(mine) == 2
    async with ana.kernel() as kernel:
        await kernel.run("before = 42")
        await revoke_the_servers_token(group.hub, "ana")
        for gateway in ("aws-oregon", "gcp-iowa"):
            message = (await until_state(ana, gateway, "sign-in-needed"))["message"]
            assert message.startswith(f"{gateway} could not verify the token that it took before")
            assert "sign in again" in message
            assert "type a new one from the hub's Token page, or restart the server" in message
        said = await kernel.run(code)  # with nobody there
        assert said.startswith("SignInNeededError: Sign in to gcp-iowa"), said
        waiting = asyncio.create_task(kernel.run(code, somebody=True))
        await kernel.says("Sign in to gcp-iowa in the Multi-Cloud Lab panel")
        assert not waiting.done(), waiting.result()
        session = "gateways/gcp-iowa/session"
        status, answer = await ana.api("POST", session, json={"password": "not-a-token"})
        assert (status, answer["code"]) == (403, "wrong-credentials")
        assert answer["message"].startswith("gcp-iowa refused the token")
        fresh = (await group.hub.call("POST", "users/ana/tokens", note="typed"))["token"]
        status, answer = await ana.api("POST", session, json={"password": fresh})
        assert (status, answer["state"], answer["username"]) == (200, "signed-in", "ana")
        assert "computed 42" in await waiting  # in the same kernel, with what it had in memory
    # The other gateway has heard nothing of that. A restart mends it, and loses no cluster.
    assert (await states(ana))["aws-oregon"]["state"] == "sign-in-needed"
    await group.hub.stop_server("ana")
    group.servers["ana"] = ana = await group.hub.start_server("ana")
    for gateway in ("aws-oregon", "gcp-iowa"):
        await until_state(ana, gateway, "signed-in")
    for _ in range(300):
        if await of_the_hub(ana) == mine:
            break
        await asyncio.sleep(0.2)
    assert await of_the_hub(ana) == mine
    # What was typed is gone with the server; signing in shows that cluster again, too.
    assert len(await clusters(ana)) == len(mine)
    await sign_in_with_the_password(ana, group)
    assert len(await clusters(ana)) == len(mine) + 1


async def test_nothing_is_left_when_the_servers_stop(group: Group) -> None:
    for user in MEMBERS:
        server = group.servers[user]
        for each in await clusters(server):
            status, _ = await server.api("DELETE", f"clusters/{each['gateway']}/{each['name']}")
            assert status == 204
    for _ in range(300):
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
            line
            for line in commands(marked(group.hub.processes.mark))
            if any(word in line for word in words)
        ]

    for _ in range(300):
        if not left():
            break
        await asyncio.sleep(0.2)
    assert left() == []
