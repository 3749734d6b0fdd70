"""A real JupyterHub with its proxy and users' own servers, and kernels on those."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import sysconfig
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from multicloud_lab.demo.processes import Processes, answers, free_ports

ROOT = Path(__file__).parents[2]
SERVICE = "dask-gateway"
SCOPE = f"access:services!service={SERVICE}"
MEMBERS = ("ana", "ben")
STRANGER = "cleo"  # may use the hub, but not the gateways

# The lab, and nothing that only a browser has a use for: servers start sooner.
_EXTENSIONS = {"multicloud_lab": True, "jupyterlab": False, "jupyter_lsp": False}

_CONFIG = """\
SETTINGS = {settings!r}

c = get_config()

c.JupyterHub.bind_url = SETTINGS["url"]
c.JupyterHub.hub_bind_url = SETTINGS["hub_url"]
c.JupyterHub.db_url = "sqlite:///" + SETTINGS["directory"] + "/hub.sqlite"
c.JupyterHub.cookie_secret_file = SETTINGS["directory"] + "/cookie_secret"
c.ConfigurableHTTPProxy.command = SETTINGS["proxy"]
c.ConfigurableHTTPProxy.api_url = SETTINGS["proxy_api_url"]
c.ConfigurableHTTPProxy.pid_file = SETTINGS["directory"] + "/proxy.pid"

c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = set(SETTINGS["users"])
c.JupyterHub.allow_named_servers = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = SETTINGS["directory"] + "/homes/{{username}}"
c.Spawner.cmd = [SETTINGS["python"], "-m", "jupyterhub.singleuser"]
c.Spawner.args = SETTINGS["args"]
c.Spawner.environment = SETTINGS["environment"]
c.Spawner.start_timeout = 150
c.Spawner.http_timeout = 150

# What docs/jupyterhub.md says: the scope in the server's token, and in a role of its user.
c.JupyterHub.services = [
    {{"name": SETTINGS["service"], "api_token": SETTINGS["service_token"]}},
    {{"name": "tests", "api_token": SETTINGS["admin_token"]}},
]
c.JupyterHub.load_roles = [
    {{
        "name": "server",
        "scopes": ["users:activity!user", "access:servers!server", SETTINGS["scope"]],
    }},
    {{"name": "gateway-users", "scopes": [SETTINGS["scope"]], "users": SETTINGS["members"]}},
    {{
        "name": "tests",
        "scopes": ["admin:users", "admin:servers", "tokens", "access:servers"],
        "services": ["tests"],
    }},
]
"""


@dataclass
class Hub:
    """A hub that runs.

    Parameters
    ----------
    processes : Processes
    api_url : str
        Of the hub itself, for services.
    url : str
        Of its proxy, with a slash at the end.
    """

    processes: Processes
    url: str
    api_url: str
    directory: Path
    service_token: str = field(repr=False)
    admin_token: str = field(repr=False)

    async def call(self, method: str, path: str, **body: Any) -> Any:
        """Ask the hub's API as its administrator."""
        headers = {"Authorization": f"token {self.admin_token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, f"{self.url}hub/api/{path}", json=body) as response,
        ):
            text = await response.text()
            assert response.status < 400, f"{method} {path}: {response.status} {text}"
            return json.loads(text) if text else None

    async def start_server(self, user: str, name: str = "") -> Server:
        """Start a server of a user, and give it when it answers."""
        await self.call("POST", f"users/{user}/servers/{name}" if name else f"users/{user}/server")
        await self._until(user, name, there=True)
        token = (await self.call("POST", f"users/{user}/tokens", note="test"))["token"]
        path = f"user/{user}/{name}/" if name else f"user/{user}/"
        return Server(user, f"{self.url}{path}", token)

    async def stop_server(self, user: str, name: str = "") -> None:
        path = f"users/{user}/servers/{name}" if name else f"users/{user}/server"
        await self.call("DELETE", path)
        await self._until(user, name, there=False)

    async def _until(self, user: str, name: str, *, there: bool) -> None:
        deadline = time.monotonic() + 150
        while time.monotonic() < deadline:
            server = (await self.call("GET", f"users/{user}")).get("servers", {}).get(name)
            if (server is not None and server["ready"]) if there else server is None:
                return
            await asyncio.sleep(0.2)
        raise AssertionError(
            f"the server {name!r} of {user} is not so: {self.processes.log('hub').read_text()}"
        )


@dataclass
class Server:
    """A user's own server behind the hub's proxy."""

    user: str
    url: str
    token: str = field(repr=False)

    @asynccontextmanager
    async def kernel(self) -> AsyncIterator[Kernel]:
        """Start a kernel there, as a notebook does."""
        headers = {"Authorization": f"token {self.token}"}
        kernels = URL(f"{self.url}api/kernels", encoded=True)
        async with aiohttp.ClientSession(headers=headers) as session:
            async with session.post(kernels, json={}) as response:
                assert response.status == 201, await response.text()
                own = kernels.joinpath((await response.json())["id"])
            try:
                async with session.ws_connect(own / "channels", max_msg_size=0) as websocket:
                    yield Kernel(websocket)
            finally:
                async with session.delete(own):
                    pass

    async def api(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        """Ask the lab's API as a browser of this user does."""
        headers = {"Authorization": f"token {self.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, f"{self.url}multicloud-lab/api/{path}", **kwargs) as response,
        ):
            text = await response.text()
            return response.status, json.loads(text) if text else None


class Kernel:
    """A kernel on a user's server, over the websocket that a notebook has."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        self._websocket = websocket
        self._said: list[str] = []

    async def run(self, code: str, *, somebody: bool = False, timeout: float = 180) -> str:
        """Run a cell, and give what it printed and displayed, or the error that ended it.

        Parameters
        ----------
        code : str
        somebody : bool
            Whether a person is there who could answer input().
        timeout : float
        """
        asked = uuid.uuid4().hex
        header = {"msg_id": asked, "msg_type": "execute_request", "session": "s", "username": "u"}
        content = {"code": code, "silent": False, "allow_stdin": somebody, "stop_on_error": False}
        await self._websocket.send_json(
            {
                "channel": "shell",
                "header": {**header, "version": "5.3"},
                "parent_header": {},
                "metadata": {},
                "content": content,
            }
        )
        self._said = said = []
        error = ""
        async with asyncio.timeout(timeout):
            while True:
                message = await self._websocket.receive_json()
                if message["parent_header"].get("msg_id") != asked:
                    continue
                content, kind = message["content"], message["msg_type"]
                if kind == "stream" and content["name"] == "stdout":
                    said.append(content["text"])
                elif kind in ("display_data", "update_display_data", "execute_result"):
                    said.append(content["data"].get("text/plain", ""))
                elif kind == "error":
                    error = f"{content['ename']}: {content['evalue']}"
                elif kind == "status" and content["execution_state"] == "idle":
                    return error or "\n".join(said).strip()

    async def says(self, words: str) -> None:
        """Wait until the cell that runs has said something."""
        for _ in range(1200):
            if words in "\n".join(self._said):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"not {words!r}: {self._said}")


def start_hub(
    processes: Processes, lab: dict[str, Any], service_token: str, port: int, *, more: str = ""
) -> Hub:
    """Start a hub whose users' servers have the lab, without waiting for it.

    Parameters
    ----------
    processes : Processes
    lab : dict
        The values of the ``MulticloudLab`` configuration.
    service_token : str
        With which the gateways ask the hub.
    port : int
        Of the hub itself, which the gateways were told.
    more : str
        Lines for the end of its configuration.
    """
    public, proxy_api = free_ports(2)
    directory = processes.state_dir / "hub"
    drop_in = directory / "etc" / "jupyter_server_config.d" / "multicloud_lab_hub.json"
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text(
        json.dumps({"MulticloudLab": lab, "ServerApp": {"jpserver_extensions": _EXTENSIONS}})
    )
    node = Path(sysconfig.get_path("scripts")) / "node"
    proxy = ROOT / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    hub = Hub(
        processes=processes,
        url=f"http://127.0.0.1:{public}/",
        api_url=f"http://127.0.0.1:{port}/hub/api",
        directory=directory,
        service_token=service_token,
        admin_token=secrets.token_hex(16),
    )
    settings = {
        "url": hub.url,
        "hub_url": f"http://127.0.0.1:{port}",
        "proxy_api_url": f"http://127.0.0.1:{proxy_api}",
        "proxy": [str(node) if node.exists() else "node", str(proxy)],
        "directory": str(directory),
        "python": sys.executable,
        "args": ["--allow-root"] if os.geteuid() == 0 else [],
        "users": [*MEMBERS, STRANGER],
        "members": list(MEMBERS),
        "service": SERVICE,
        "scope": SCOPE,
        "service_token": service_token,
        "admin_token": hub.admin_token,
        "environment": {
            **processes.sandbox,
            "JUPYTER_CONFIG_PATH": str(directory / "etc"),
            "JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp",
        },
    }
    config = directory / "jupyterhub_config.py"
    config.touch(mode=0o600)
    config.write_text(_CONFIG.format(settings=settings) + more)
    processes.start("hub", [sys.executable, "-m", "jupyterhub", "-f", str(config)])
    return hub


def wait_for_hub(hub: Hub) -> None:
    """Wait until the hub answers through its proxy."""
    hub.processes.wait_until("hub", lambda: answers(f"{hub.url}hub/api/"), timeout=150)
