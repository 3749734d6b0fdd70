"""A real gateway with TLS of a private authority: sign-in, cluster, client and dashboards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import aiohttp
import pytest
from jupyter_server.serverapp import ServerApp

from multicloud_lab.demo.processes import Processes
from tests.gateways.certificates import make_certificates
from tests.gateways.harness import OwnGateway
from tests.hub.running import Server
from tests.server.conftest import Jupyter
from tests.server.test_dashboards_tls import start_jupyter
from tests.server.test_journey import Witness, gone, watch

TLS = """
c.Proxy.tls_cert = {certificate!r}
c.Proxy.tls_key = {key!r}
# Schedulers and workers report to the gateway at that address, too.
SETTINGS["environment"]["SSL_CERT_FILE"] = {ca!r}
"""

COMPUTE = """
import multicloud_lab as mcl
print(mcl.client(cluster={name!r}).submit(lambda: 6 * 7).result(timeout=120))
"""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Processes(tmp_path / "state") as processes:
        yield processes


@pytest.mark.asyncio
async def test_from_sign_in_to_dashboards(processes: Processes, tmp_path: Path) -> None:
    ca, certificate, key = (str(path) for path in make_certificates(tmp_path))
    own = await asyncio.to_thread(
        lambda: OwnGateway(
            processes, more=TLS.format(ca=ca, certificate=certificate, key=key), scheme="https"
        )
    )
    config = own.gateway.config()
    for address in ("address", "public_address"):
        config[address] = config[address].replace("http://", "https://")
    lab = {"gateways": [config], "probe": False}
    url = await asyncio.to_thread(start_jupyter, processes, "jupyter", lab, SSL_CERT_FILE=ca)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        jupyter = Jupyter(cast("ServerApp", None), url, "", Path(), session)
        witness = Witness(jupyter)
        typed = {"username": "ann", "password": own.gateway.password}
        status, answer = await witness.api("POST", "gateways/own/session", typed)
        assert (status, answer["state"]) == (200, "signed-in"), answer
        status, started = await witness.api("POST", "clusters", {"gateway": "own"})
        assert status == 200, started
        running = await witness.cluster(started["name"], "RUNNING")
        token = jupyter.headers["Authorization"].removeprefix("token ")
        async with Server("ann", url, token).kernel() as kernel:
            assert (await kernel.run(COMPUTE.format(name=started["name"]))).endswith("42")
        await watch(jupyter, running["dashboard"])
        status, _ = await witness.api("DELETE", f"clusters/own/{started['name']}")
        assert status == 204
        assert await gone(jupyter, running["dashboard"])
