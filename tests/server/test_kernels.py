"""Kernels of a server come in with its secret, whatever its login is; nobody else does."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from jupyter_server.auth import Authorizer, IdentityProvider, User
from jupyter_server.auth.security import passwd
from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from yarl import URL

from multicloud_lab.endpoints import PREFIX
from multicloud_lab.server.kernels import KernelDoor
from tests.server.conftest import StartJupyter, stop

pytestmark = pytest.mark.asyncio


async def test_a_secret_opens_its_own_server_only(start_jupyter: StartJupyter) -> None:
    outer = await start_jupyter()
    # As one that is started from a terminal of the other: it inherits the variables.
    inner = await start_jupyter()
    assert outer.secret != inner.secret
    assert outer.socket != inner.socket
    for server, other in ((outer, inner), (inner, outer)):
        status, _ = await server.api("GET", "status", headers=server.kernel)
        assert status == 200
        status, answer = await server.api("GET", "status", headers=other.kernel)
        assert (status, answer["code"]) == (403, "forbidden")
        status, answer = await server.api(
            "GET", "datasets/x/opening", headers={**server.headers, **other.kernel}
        )
        assert (status, answer["code"]) == (403, "kernels-only")


async def test_the_socket_is_the_users_only(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter()
    assert stat.S_IMODE(jupyter.socket.stat().st_mode) == 0o600
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(jupyter.socket))) as session,
        session.get(
            URL(f"http://127.0.0.1{jupyter.app.base_url}{PREFIX}/status", encoded=True),
            headers=jupyter.kernel,
        ) as response,
    ):
        assert response.status == 200
    await stop(jupyter.app)
    assert not jupyter.socket.exists()
    assert "MULTICLOUD_LAB_URL" not in os.environ
    assert "MULTICLOUD_LAB_SECRET" not in os.environ


async def test_a_server_does_not_take_the_variables_of_another(
    start_jupyter: StartJupyter,
) -> None:
    first, second = await start_jupyter(), await start_jupyter()
    await stop(first.app)
    assert os.environ["MULTICLOUD_LAB_SECRET"] == second.secret
    assert second.socket.exists()


async def test_a_deep_runtime_directory_is_no_obstacle(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    door = KernelDoor(str(deep))
    door.open(web.Application([]), "/", "http://127.0.0.1:8888/")
    door_socket = door._socket
    assert door_socket is not None
    assert len(str(door_socket)) < 104
    assert stat.S_IMODE(door_socket.parent.stat().st_mode) == 0o700
    assert os.environ["MULTICLOUD_LAB_SECRET"] not in repr(door)
    await door.close()
    assert not door_socket.parent.exists()
    assert list(deep.iterdir()) == []


async def test_where_no_socket_fits_kernels_come_by_the_servers_own_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    door = KernelDoor(str(deep))
    door.open(web.Application([]), "/base/", "http://127.0.0.1:8888/base/")
    assert os.environ["MULTICLOUD_LAB_URL"] == "http://127.0.0.1:8888/base/"
    await door.close()
    assert "MULTICLOUD_LAB_URL" not in os.environ
    assert list(deep.iterdir()) == []


async def test_a_server_with_a_password_only(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter(
        token="",
        config={
            "PasswordIdentityProvider": {
                "token": "",
                "hashed_password": passwd("secret", "sha256"),  # type: ignore[no-untyped-call]
            }
        },
    )
    status, _ = await jupyter.api("GET", "status", headers={})
    assert status == 403
    status, _ = await jupyter.api("GET", "status", headers=jupyter.kernel)
    assert status == 200
    # The secret stands for the XSRF token too.
    status, _ = await jupyter.api("POST", "refresh", headers=jupyter.kernel)
    assert status == 200
    # It is for this API only.
    status, _, _ = await jupyter.raw("GET", "api/kernels", headers=jupyter.kernel)
    assert status == 403


class HubUser(User):
    """A user that a hub knows, as jupyterhub's own."""

    hub_user: dict[str, Any]


class HubIdentityProvider(IdentityProvider):
    """Knows its users by their tokens, as jupyterhub's does."""

    async def get_user(self, handler: web.RequestHandler) -> User | None:
        if self.get_token(handler) != self.token:
            return None
        user = HubUser(username="ana")
        user.hub_user = {"name": "ana"}
        return user


class HubAuthorizer(Authorizer):
    """Asks the hub about the user that the hub knows, as jupyterhub's does."""

    def is_authorized(
        self, handler: JupyterHandler, user: User, action: str, resource: str
    ) -> bool:
        assert isinstance(user, HubUser)
        return bool(user.hub_user["name"] == "ana")


async def test_a_kernel_is_the_user_that_the_hub_knows(start_jupyter: StartJupyter) -> None:
    jupyter = await start_jupyter(
        config={
            "ServerApp": {
                "identity_provider_class": HubIdentityProvider,
                "authorizer_class": HubAuthorizer,
            }
        }
    )
    status, _ = await jupyter.api("GET", "status", headers=jupyter.kernel)
    assert status == 200
    status, _ = await jupyter.api("GET", "status", headers={})
    assert status == 403
