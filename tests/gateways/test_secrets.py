"""No password and no TLS key is in anything that a real Jupyter server says, logs or keeps."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from multicloud_lab.demo.gateways import DemoGateway
from multicloud_lab.demo.processes import free_ports
from multicloud_lab.endpoints import ENDPOINTS, PREFIX, SECRET_HEADER
from tests.gateways.harness import Cable

MakeFault = Callable[[str], Awaitable[str]]
TOKEN = "token-of-the-jupyter-server"
WRONG = "wr0ng-marker-not-to-be-seen"
HUB_TOKENS = ("hub-t0ken-of-this-server", "hub-t0ken-that-was-typed")
ANA = "ana"
EVENTS = "api/events/subscribe"


class Server:
    """A Jupyter server in its own process, whatever it has answered, and its events."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process, self.url = process, url
        self.answers: list[str] = []
        self.events: list[str] = []
        self._session = aiohttp.ClientSession(headers={"Authorization": f"token {TOKEN}"})
        self._listening: asyncio.Task[None] | None = None

    async def ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> tuple[int, str]:
        """Ask as a browser does, unless the headers say otherwise; remember what it is told."""
        async with self._session.request(
            method, self.url + path, headers=headers, allow_redirects=False, **kwargs
        ) as response:
            text = (await response.read()).decode(errors="replace")
            if not headers:
                self.answers.append(f"{method} {path} {dict(response.headers)} {text}")
            return response.status, text

    async def api(self, method: str, path: str, body: Any = None, **kwargs: Any) -> tuple[int, Any]:
        status, text = await self.ask(method, f"{PREFIX}/{path}", json=body, **kwargs)
        return status, json.loads(text) if text else None

    async def listen(self) -> None:
        """Subscribe to the events, and remember them."""
        websocket = await self._session.ws_connect(self.url + EVENTS)

        async def remember() -> None:
            async for message in websocket:
                self.events.append(str(message.data))

        self._listening = asyncio.create_task(remember())

    async def run(self, code: str) -> str:
        """Run code in a kernel of the server, and give its output."""
        _, text = await self.ask("POST", "api/kernels", json={"name": "python3"})
        kernel = json.loads(text)["id"]
        request = uuid.uuid4().hex
        message = {
            "header": {
                "msg_id": request,
                "msg_type": "execute_request",
                "session": "s",
                "username": "",
                "version": "5.3",
                "date": "",
            },
            "parent_header": {},
            "metadata": {},
            "channel": "shell",
            "content": {"code": code, "silent": False, "allow_stdin": False},
        }
        output = ""
        url = f"{self.url}api/kernels/{kernel}/channels?session_id=s"
        async with asyncio.timeout(90), self._session.ws_connect(url) as websocket:
            await websocket.send_json(message)
            async for answer in websocket:
                said = json.loads(answer.data)
                if said["parent_header"].get("msg_id") != request:
                    continue
                output += said["content"].get("text", "")
                output += "\n".join(said["content"].get("traceback", ()))
                if said["content"].get("execution_state") == "idle":  # after all output
                    break
        return output

    async def stop(self) -> None:
        """Stop it; what it has written to its stdout and stderr is in its log."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._session.close()
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), 60)
        finally:
            with suppress(ProcessLookupError):
                self.process.kill()


async def start(home: Path, lab: dict[str, Any], **environment: str) -> Server:
    """Start a server that logs all it can, and keeps all that it writes below a directory."""
    for name in ("config", "data", "runtime", "root", "tmp"):
        (home / name).mkdir()
    (home / "config" / "jupyter_server_config.json").write_text(
        json.dumps(
            {
                "ServerApp": {"jpserver_extensions": {"multicloud_lab": True}},
                "MulticloudLab": lab,
            }
        )
    )
    (port,) = free_ports(1)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "MULTICLOUD", "JPY_", "XDG_"))
    }
    log = (home / "server.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "jupyter_server",
        "--debug",
        "--allow-root",
        "--no-browser",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={home / 'root'}",
        cwd=home,
        env={
            **inherited,
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "PYTHONASYNCIODEBUG": "1",
            **environment,
        },
        stdout=log,
        stderr=asyncio.subprocess.STDOUT,
    )
    log.close()
    server = Server(process, f"http://127.0.0.1:{port}/")
    for _ in range(900):
        with suppress(aiohttp.ClientError):
            if (await server.ask("GET", "api/status"))[0] == 200:
                return server
        await asyncio.sleep(0.1)
    await server.stop()
    raise AssertionError((home / "server.log").read_text())


def forms(user: str, password: str) -> list[str]:
    """Give the forms in which a password travels."""
    pair = f"{user}:{password}".encode()
    return [password, base64.b64encode(pair).decode(), base64.b64encode(password.encode()).decode()]


@pytest.mark.asyncio
async def test_no_secret_leaves_a_real_server(
    aws: DemoGateway, gcp: DemoGateway, make_fault: MakeFault
) -> None:
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/tmp")))
        cable = Cable(aws.address)
        over_cable = {"address": await cable.mend(), "public_address": None}
        stack.push_async_callback(cable.cut)
        (home / "catalog.yaml").write_text(
            yaml.safe_dump(
                {
                    "sources": {
                        "rain": {
                            "driver": "zarr",
                            "args": {"urlpath": "gs://bucket/rain"},
                            "metadata": {"region": "gcp:us-central1"},
                        }
                    }
                }
            )
        )
        by_variable = {"type": "basic", "username": ANA, "password_env": "SECRET_OF_IOWA"}
        typed = {"type": "basic", "username": ANA}
        gateways = [
            {**aws.config(), **over_cable, "auth": typed},
            {**gcp.config(), "auth": by_variable},
            # Signs in with what another gateway takes, and says what it was sent.
            {**aws.config(), "name": "refuses", "auth": by_variable},
            {
                **aws.config(),
                "name": "echoes",
                "address": await make_fault("echo"),
                "public_address": None,
                "auth": by_variable,
            },
            {
                **aws.config(),
                "name": "hub-echoes",
                "address": await make_fault("echo"),
                "public_address": None,
                "auth": {"type": "jupyterhub"},
            },
        ]
        server = await start(
            home,
            {
                "gateways": gateways,
                "catalogs": [{"name": "good", "url": str(home / "catalog.yaml")}],
                "probe": False,
            },
            SECRET_OF_IOWA=gcp.password,
            JUPYTERHUB_API_TOKEN=HUB_TOKENS[0],
        )
        try:
            keys = await use_everything(server, cable, aws)
        finally:
            await server.stop()

        needles = forms(ANA, aws.password) + forms(ANA, gcp.password) + forms(ANA, WRONG) + keys
        needles += HUB_TOKENS
        assert len(needles) > 12
        assert all(len(needle) > 15 for needle in needles)
        said = {
            "an answer": "\n".join(server.answers),
            "an event": "\n".join(server.events),
            **{
                str(file.relative_to(home)): file.read_bytes().decode(errors="replace")
                for file in home.rglob("*")
                if file.is_file()
            },
        }
        # The test looks where something is: the log, the book, the notebook, the events.
        assert "DEBUG" in said["server.log"] or "[D " in said["server.log"]
        assert any(name.endswith("clusters.sqlite") for name in said)
        assert "signed-in" in said["an event"]
        assert "unreachable" in said["an event"]
        assert "wrong-credentials" in said["an answer"]
        assert "gateway-unreachable" in said["an answer"]
        assert "lab.ipynb" in {Path(name).name for name in said}
        for where, text in said.items():
            for needle in needles:
                assert needle not in text, f"{needle[:4]}… is in {where}"


async def use_everything(server: Server, cable: Cable, aws: DemoGateway) -> list[str]:
    """Use every endpoint, in fair and in foul weather; give the lines of the TLS keys."""
    await server.listen()
    good = {"username": ANA, "password": aws.password}
    bad = {"username": ANA, "password": WRONG}
    for name in ("aws-oregon", "gcp-iowa", "refuses", "echoes"):
        status, _ = await server.api("POST", f"gateways/{name}/session", bad)
        assert status >= 400
    typed = {"username": "", "password": HUB_TOKENS[1]}
    assert (await server.api("POST", "gateways/hub-echoes/session", typed))[0] >= 400
    # Not even a body that is no sign-in comes back.
    for body in ({**bad, "passwort": aws.password}, [aws.password], {"password": [WRONG]}):
        status, _ = await server.api("POST", "gateways/aws-oregon/session", body)
        assert status == 400
    assert (await server.api("POST", "gateways/aws-oregon/session", good))[0] == 200
    wish = {"gateway": "aws-oregon", "minimum": 1, "maximum": 2}
    status, cluster = await server.api("POST", "clusters", wish)
    assert status < 300, cluster
    await server.api("POST", "clusters", {**wish, "options": {"nonsense": WRONG[:5]}})
    path = f"clusters/aws-oregon/{cluster['name']}"

    secret = await server.run("import os; print(os.environ['MULTICLOUD_LAB_SECRET'], end='')")
    status, connection = await server.api(
        "GET", f"{path}/connection", headers={SECRET_HEADER: secret}
    )
    assert status == 200, connection
    assert (await server.api("GET", f"{path}/connection"))[0] == 403
    pems = (connection["tls_key"], connection["tls_cert"])
    keys = [line for pem in pems for line in pem.splitlines() if len(line) > 40]
    assert keys

    code = (
        "import multicloud_lab as mcl\n"
        "lab = mcl.connect()\n"
        "client = lab.client(near='aws:us-west-2')\n"
        "print(client.submit(sum, [1, 2]).result(), client, lab, client._repr_html_())\n"
        "print(vars(lab), lab.gateways() if hasattr(lab, 'gateways') else '')"
    )
    output = await server.run(code)
    assert output.startswith("3 "), output
    _, cells = await server.api("POST", "cells", {"datasets": ["good/rain"]})
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "id": "a",
                "cell_type": "code",
                "execution_count": 1,
                "metadata": {},
                "source": code + json.dumps(cells),
                "outputs": [{"output_type": "stream", "name": "stdout", "text": output}],
            }
        ],
    }
    status, _ = await server.ask(
        "PUT", "api/contents/lab.ipynb", json={"type": "notebook", "content": notebook}
    )
    assert status in (200, 201)

    await look_around(server, path)
    await server.api("PATCH", path, {"minimum": 0, "maximum": 1})
    for fault in ("resets", "garbage", "corrupts", "error-500", "stalls"):
        cable.fault = fault
        await asyncio.gather(
            server.api("POST", "gateways/aws-oregon/session", good),
            server.api("GET", "gateways/aws-oregon/options"),
            server.api("POST", "clusters", {**wish, "reuse": True}),
            server.api("PATCH", path, {"minimum": 0, "maximum": 1}),
            server.api("GET", f"{path}/connection", headers={SECRET_HEADER: secret}),
            server.ask("GET", f"multicloud-lab/dashboards/aws-oregon/{cluster['name']}/status"),
        )
        await server.api("GET", "gateways")
    cable.fault = ""
    assert (await server.api("POST", "gateways/aws-oregon/session", good))[0] == 200
    await look_around(server, path)
    _, clusters = await server.api("GET", "clusters")
    for each in clusters:
        await server.api("DELETE", f"clusters/{each['gateway']}/{each['name']}")
    await server.api("DELETE", "gateways/aws-oregon/session")
    await look_around(server, path)
    await try_every_verb(server, secret)
    return keys


async def try_every_verb(server: Server, secret: str) -> None:
    """Ask for everything that there is, also what was added after this test was written."""
    there = {
        "gateway": "hub-echoes",
        "cluster": "nothing",
        "kernel": "nobody",
        "analysis": "open",
        "dataset_id": "good%2Frain",
    }
    for endpoint in ENDPOINTS:
        path = endpoint.path.format(**there)
        body = {"password": WRONG, "near": WRONG} if endpoint.body else None
        await server.api(endpoint.method, path, body)
        # What a kernel is answered is its own, but the server's log is everybody's.
        await server.api(endpoint.method, path, body, headers={SECRET_HEADER: secret})


async def look_around(server: Server, cluster: str) -> None:
    """Read everything that can be read, of every gateway."""
    for page in ("status", "datasets", "regions", "gateways", "clusters", "ledger", "analyses"):
        await server.api("GET", page)
    for name in ("aws-oregon", "gcp-iowa", "refuses", "echoes", "hub-echoes", "no-such"):
        await server.api("GET", f"gateways/{name}/options")
        await server.api("POST", "clusters", {"gateway": name, "minimum": -1})
    await server.ask("GET", f"{PREFIX}/openapi.json")
    dashboard = cluster.replace("clusters/", "multicloud-lab/dashboards/")
    for page in ("status", "json/counts.json", "json/identity.json", "nothing"):
        await server.ask("GET", f"{dashboard}/{page}")
