"""A hub with internal TLS: nothing but the lab's own socket lets a kernel reach its server."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from multicloud_lab.demo.clouds import AWS, Clouds
from multicloud_lab.demo.processes import Processes, free_ports
from tests.hub.running import start_hub, wait_for_hub

_TLS = """
c.JupyterHub.internal_ssl = True
c.JupyterHub.internal_certs_location = SETTINGS["directory"] + "/internal-ssl"
c.JupyterHub.hub_bind_url = SETTINGS["hub_url"].replace("http:", "https:")
c.ConfigurableHTTPProxy.api_url = SETTINGS["proxy_api_url"].replace("http:", "https:")
"""

_ASK = """
import os
import multicloud_lab as mcl
print(list(mcl.placements("aws:us-west-2").gateway))
"""

_COMPUTE = """
client = mcl.client(near="aws:us-west-2")
print(client.submit(lambda: 6 * 7).result(timeout=120))
mcl.close(shutdown=True)
"""

# As if the server had no socket of its own.
_WITHOUT = """
print(os.environ["JUPYTERHUB_SERVICE_URL"].startswith("https:"))
del os.environ["MULTICLOUD_LAB_URL"]
mcl.close()
mcl.placements("aws:us-west-2")
"""


@pytest.mark.asyncio
async def test_a_kernel_reaches_its_server_by_the_socket(clouds: Clouds, tmp_path: Path) -> None:
    gateway = clouds.gateways[AWS]
    password = tmp_path / "password"
    password.write_text(gateway.password)
    auth = {"type": "basic", "password_file": str(password)}
    lab = {"gateways": [{**gateway.config(), "name": "oregon", "auth": auth}], "probe": False}
    (port,) = free_ports(1)
    with Processes() as processes:
        hub = start_hub(processes, lab, secrets.token_hex(16), port, more=_TLS)
        wait_for_hub(hub)
        server = await hub.start_server("ana")
        async with server.kernel() as kernel:
            # Through the hub's proxy, a browser's token gets nothing that is for kernels.
            status, answer = await server.api("GET", "clusters/oregon/x/connection")
            assert (status, answer["code"]) == (403, "kernels-only")
            assert await kernel.run(_ASK) == "['oregon']"
            assert (await kernel.run(_COMPUTE)).endswith("42")
            assert "ClientConnectorCertificateError" in await kernel.run(_WITHOUT)
        await hub.stop_server("ana")
        assert list(processes.state_dir.rglob("*.sock")) == []
