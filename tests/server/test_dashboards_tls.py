"""Dashboards of a gateway that speaks TLS with a certificate of a private authority."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from jupyter_server.serverapp import ServerApp

from multicloud_lab.demo.processes import Processes, answers, free_ports
from tests.gateways.certificates import make_certificates
from tests.server.conftest import TOKEN, Jupyter
from tests.server.gateway_api import lab
from tests.server.test_dashboards import ROOT, Gateway

BASE_URL = "/user/ana%40x/"


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Processes(tmp_path / "state") as processes:
        yield processes


def start_jupyter(processes: Processes, name: str, lab: dict[str, Any], **environment: str) -> str:
    """Start a server of its own: authorities are read once a process."""
    (port,) = free_ports(1)
    directory = processes.state_dir / name
    directory.mkdir()
    server = {
        "port": port,
        "port_retries": 0,
        "base_url": BASE_URL,
        "allow_root": True,
        "open_browser": False,
        "jpserver_extensions": {"multicloud_lab": True},
    }
    (directory / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": server}))
    (directory / "jupyter_server_config.d").mkdir()
    (directory / "jupyter_server_config.d" / "lab.json").write_text(
        json.dumps({"MulticloudLab": lab})
    )
    places = ("CONFIG", "DATA", "RUNTIME")
    processes.start(
        name,
        [sys.executable, "-m", "jupyter_server"],
        {
            **{f"JUPYTER_{place}_DIR": str(directory) for place in places},
            "JUPYTER_TOKEN": TOKEN,
            **environment,
        },
    )
    url = f"http://127.0.0.1:{port}{BASE_URL}"
    processes.wait_until(name, lambda: answers(f"{url}api"))
    return url


class _TlsServer(TestServer):
    """A server of the test that speaks TLS."""

    def __init__(self, app: web.Application, tls: ssl.SSLContext) -> None:
        super().__init__(app, scheme="https")
        self._tls = tls

    async def start_server(
        self, loop: asyncio.AbstractEventLoop | None = None, **kwargs: Any
    ) -> None:
        await super().start_server(loop, ssl=self._tls, **kwargs)


@pytest.mark.asyncio
async def test_pages_and_websockets_pass_with_the_institutes_authority_only(
    processes: Processes, tmp_path: Path
) -> None:
    ca, certificate, key = make_certificates(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    gateway = Gateway()
    app = web.Application()
    app.router.add_route("*", "/{page:.*}", gateway.answer)
    async with (
        _TlsServer(app, tls) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        address = f"https://127.0.0.1:{server.port}"
        trusting, wary = await asyncio.gather(
            *(
                asyncio.to_thread(start_jupyter, processes, name, lab(address), **environment)
                for name, environment in (("trusting", {"SSL_CERT_FILE": str(ca)}), ("wary", {}))
            )
        )

        def at(url: str) -> Jupyter:
            return Jupyter(cast("ServerApp", None), url, "", Path(), session)

        status, content, _ = await at(trusting).raw("GET", f"{ROOT}/status")
        assert (status, content) == (200, b"page status")
        async with at(trusting).websocket(f"{ROOT}/ws", protocols=("bokeh", "t")) as socket:
            assert socket.protocol == "bokeh"
            await socket.send_str("text")
            assert await socket.receive_str(timeout=60) == "text"
        (asked,) = [request for request in gateway.asked if request.path.endswith("/ws")]
        assert (asked.scheme, asked.headers["Origin"]) == ("https", address)
        # One who does not know the authority sees nothing, by neither way.
        gateway.asked.clear()
        status, content, _ = await at(wary).raw("GET", f"{ROOT}/status")
        assert (status, b"cannot be trusted" in content) == (503, True)
        with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
            async with at(wary).websocket(f"{ROOT}/ws"):
                pass
        assert failure.value.status == 503
        assert not any("/clusters/c1/" in path for path in gateway.paths)
