"""Gateways that are killed and come back, change their password, are full, or trust a hub."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from multicloud_lab.config import GatewayConfig
from multicloud_lab.demo.processes import Processes
from multicloud_lab.errors import (
    GatewayRefusedError,
    InvalidInputError,
    WrongCredentialsError,
)
from multicloud_lab.gateways import GatewayPool
from multicloud_lab.records import Cluster, Gateway, SignIn
from tests.gateways.harness import OwnGateway

pytestmark = pytest.mark.asyncio
Configure = Callable[..., GatewayConfig]
MakePool = Callable[..., Awaitable[GatewayPool]]
Until = Callable[..., Awaitable[Cluster]]
MakeOwn = Callable[..., OwnGateway]
Serve = Callable[..., Awaitable[str]]


@pytest.fixture
def make_own(tmp_path: Path) -> Iterator[MakeOwn]:
    with Processes(tmp_path / "own") as processes:
        yield lambda more="": OwnGateway(processes, more=more)


async def follow(pool: GatewayPool, state: str, limit: float = 60) -> Gateway:
    """Wait until a pool sees its gateway in a state, which is by itself."""
    ended = time.monotonic() + limit
    while time.monotonic() < ended:
        (gateway,) = await pool.gateways()
        if gateway.state == state:
            return gateway
        await asyncio.sleep(0.1)
    raise AssertionError(f"not {state} after {limit} s: {gateway}")


async def test_a_gateway_that_is_killed_comes_back_with_its_clusters(
    make_own: MakeOwn, make_pool: MakePool, configure: Configure, user: str, until: Until
) -> None:
    key = base64.b64encode(os.urandom(32))
    own = await asyncio.to_thread(
        make_own,
        'c.UnsafeLocalBackend.db_url = "sqlite:///" + SETTINGS["clusters_directory"] + "/db"\n'
        f"c.UnsafeLocalBackend.db_encrypt_keys = [{key!r}]\n"
        "c.UnsafeLocalBackend.stop_clusters_on_shutdown = False",
    )
    pool = await make_pool(configure(own.gateway, user))
    await pool.sign_in("own", SignIn(password=own.gateway.password))
    cluster, _ = await pool.start_cluster(
        "own", minimum=1, maximum=2, options={}, dataset="a", reuse=True
    )
    await until(pool, cluster.name, lambda each: each.workers == 1)
    await asyncio.to_thread(own.kill)
    assert "does not answer" in (await follow(pool, "unreachable")).message
    own.start()
    await asyncio.to_thread(own.wait)
    await follow(pool, "signed-in")  # by itself: the lab still knows who it is there
    after = await until(pool, cluster.name, lambda each: each.workers == 1)
    assert (after.status, after.minimum, after.maximum) == ("RUNNING", 1, 2)
    assert after.dataset == "a"


async def test_a_password_that_was_changed(
    make_own: MakeOwn, make_pool: MakePool, configure: Configure, user: str, tmp_path: Path
) -> None:
    own = await asyncio.to_thread(make_own)
    file = tmp_path / "password"
    file.write_text(own.gateway.password)
    auth = {"type": "basic", "username": user}
    typed = await make_pool(configure(own.gateway, user, auth=auth))
    read = await make_pool(configure(own.gateway, user, auth={**auth, "password_file": str(file)}))
    await typed.sign_in("own", SignIn(password=own.gateway.password))
    await follow(read, "signed-in")

    await asyncio.to_thread(own.kill)
    own.configure('c.SimpleAuthenticator.password = "another-password"')
    own.start()
    await asyncio.to_thread(own.wait)
    asked = await follow(typed, "sign-in-needed")
    assert asked.message == (
        "own refused the sign-in that it took before; sign in again with its user name "
        "and password."
    )
    stale = await follow(read, "sign-in-needed")
    assert stale.message.startswith("own refused the sign-in that it took before; sign in again")
    assert f"check the password in the file {str(file)!r}" in stale.message
    assert own.gateway.password not in asked.message + stale.message

    file.write_text("another-password\n")
    await follow(read, "signed-in")  # nobody has done anything in the lab
    with pytest.raises(WrongCredentialsError):
        await typed.sign_in("own", SignIn(password=own.gateway.password))
    assert (await typed.sign_in("own", SignIn(password="another-password"))).message == ""
    file.unlink()
    assert (await read.gateways())[0].state == "signed-in"  # it is not read without a reason


async def test_a_password_with_letters_that_not_every_gateway_reads(
    make_own: MakeOwn, make_pool: MakePool, configure: Configure
) -> None:
    user, password = "zoë-пользователь", "Käse 100 % пароль"
    own = await asyncio.to_thread(
        make_own,
        "import base64\n"
        "from dask_gateway_server.auth import SimpleAuthenticator, User, unauthorized\n"
        "class Utf8(SimpleAuthenticator):\n"
        "    async def authenticate(self, request):\n"
        "        sent = request.headers.get('Authorization', '').removeprefix('Basic ')\n"
        "        user, _, password = base64.b64decode(sent).decode('utf-8').partition(':')\n"
        f"        if password != {password!r}:\n"
        "            raise unauthorized('Basic')\n"
        "        return User(user)\n"
        "c.DaskGateway.authenticator_class = Utf8",
    )
    typed = SignIn(username=user, password=password)
    plain = await make_pool(configure(own.gateway, "ana"))
    with pytest.raises(InvalidInputError, match=r"it takes ascii\. .* set auth\.encoding to utf-8"):
        await plain.sign_in("own", typed)
    assert (await follow(plain, "sign-in-needed")).username == "ana"
    auth = {"type": "basic", "username": user, "encoding": "utf-8"}
    pool = await make_pool(configure(own.gateway, user, auth=auth))
    assert (await pool.sign_in("own", typed)).username == user
    with pytest.raises(WrongCredentialsError):
        await pool.sign_in("own", SignIn(password="Käse"))
    cluster, _ = await pool.start_cluster(
        "own", minimum=0, maximum=1, options={}, dataset=None, reuse=False
    )
    assert (await pool.cluster("own", cluster.name)).owner == user


async def test_a_gateway_that_is_full(
    make_own: MakeOwn, make_pool: MakePool, configure: Configure, user: str
) -> None:
    own = await asyncio.to_thread(
        make_own,
        "def _full(options, user):\n"
        '    raise ValueError(f"{user.name} has 2 clusters already, which is the limit")\n'
        "c.Backend.cluster_options = Options(handler=_full)",
    )
    pool = await make_pool(configure(own.gateway, user))
    await pool.sign_in("own", SignIn(password=own.gateway.password))
    wish: dict[str, Any] = {"minimum": 0, "maximum": 1, "options": {}, "dataset": None}
    for _ in range(5):  # a refusal is an answer: the gateway is well
        with pytest.raises(GatewayRefusedError, match=f"{user} has 2 clusters already"):
            await pool.start_cluster("own", **wish, reuse=False)
    (gateway,) = await pool.gateways()
    assert (gateway.state, gateway.retry_at) == ("signed-in", None)


class Hub:
    """A hub's API as far as a gateway asks it, with a clock of its own; it knows two tokens."""

    def __init__(self) -> None:
        self.now = 0.0
        self.expires = {"token-one": 100.0, "token-two": 1000.0, "token-without-scope": 1000.0}

    async def user(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("token ")
        if self.now >= self.expires.get(token, 0):
            return web.json_response({"status": 403, "message": "Forbidden"}, status=403)
        scopes = [] if token == "token-without-scope" else ["access:services!service=dask-gateway"]
        return web.json_response({"kind": "user", "name": "ann", "scopes": scopes})


async def test_a_clock_that_jumps_past_a_tokens_life(
    make_own: MakeOwn, make_pool: MakePool, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub()
    app = web.Application()
    app.router.add_get("/hub/api/user", hub.user)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    own = await asyncio.to_thread(
        make_own,
        'c.DaskGateway.authenticator_class = "dask_gateway_server.auth.JupyterHubAuthenticator"\n'
        f'c.JupyterHubAuthenticator.jupyterhub_api_url = "http://127.0.0.1:'
        f'{runner.addresses[0][1]}/hub/api"\n'
        'c.JupyterHubAuthenticator.jupyterhub_api_token = "of-the-gateway"\n'
        'c.JupyterHubAuthenticator.jupyterhub_service_name = "dask-gateway"\n'
        "c.JupyterHubAuthenticator.cache_max_age = 0",
    )
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "token-one")
    monkeypatch.setenv("JUPYTERHUB_USER", "ann")
    pool = await make_pool(configure(own.gateway, "ann", auth={"type": "jupyterhub"}))
    assert (await follow(pool, "signed-in")).username == "ann"

    hub.now = 500.0
    late = await follow(pool, "sign-in-needed")
    assert late.message.startswith("own could not verify the token that it took before; sign in ag")
    assert "restart the server from the hub" in late.message
    with pytest.raises(WrongCredentialsError, match="restart the server from the hub"):
        await pool.sign_in("own", SignIn(password=""))

    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "token-two")  # it was renewed
    await follow(pool, "signed-in")
    await pool.sign_out("own")
    await asyncio.sleep(2.5)
    assert (await pool.gateways())[0].state == "sign-in-needed"  # somebody wants to be out
    assert (await pool.sign_in("own", SignIn(password=""))).state == "signed-in"

    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "token-without-scope")
    other = await make_pool(configure(own.gateway, "ann", auth={"type": "jupyterhub"}))
    without = await follow(other, "sign-in-needed")
    assert without.message.startswith("own refused the sign-in: ")
    assert "lacks the gateway's scope" in without.message
    await runner.cleanup()
