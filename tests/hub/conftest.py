"""A hub with three users, two gateways that trust its tokens, and one with a password."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from multicloud_lab.demo.clouds import AWS, GCP, Clouds
from multicloud_lab.demo.gateways import DemoGateway, start_and_wait
from multicloud_lab.demo.processes import Processes, free_ports
from tests.hub.running import MEMBERS, SERVICE, STRANGER, Hub, Server, start_hub, wait_for_hub

PASSWORD_GATEWAY = "azure-amsterdam"

_TRUST = """
c.DaskGateway.authenticator_class = "dask_gateway_server.auth.JupyterHubAuthenticator"
c.JupyterHubAuthenticator.jupyterhub_api_url = {api_url!r}
c.JupyterHubAuthenticator.jupyterhub_api_token = {token!r}
c.JupyterHubAuthenticator.jupyterhub_service_name = {service!r}
c.JupyterHubAuthenticator.cache_max_age = 1
"""


@dataclass
class Group:
    """A research group: its hub, its gateways, and its users' servers."""

    hub: Hub
    trusting: dict[str, DemoGateway]
    with_password: DemoGateway
    servers: dict[str, Server]


def _config(clouds: Clouds, gateways: list[dict[str, Any]]) -> dict[str, Any]:
    return {**clouds.config(), "gateways": gateways}


@pytest.fixture(scope="module")
def group(clouds: Clouds) -> Iterator[Group]:
    """Start everything; ana and ben may use the gateways, cleo may not."""
    (port,) = free_ports(1)
    token = secrets.token_hex(16)
    trust = _TRUST.format(api_url=f"http://127.0.0.1:{port}/hub/api", token=token, service=SERVICE)
    with Processes() as processes:
        trusting = start_and_wait(processes, {"aws-oregon": AWS, "gcp-iowa": GCP}, more=trust)
        (password,) = start_and_wait(processes, {PASSWORD_GATEWAY: "azure:westeurope"})
        gateways = [{**each.config(), "auth": {"type": "jupyterhub"}} for each in trusting]
        gateways.append({**password.config(), "auth": {"type": "basic"}})
        hub = start_hub(processes, _config(clouds, gateways), token, port)
        wait_for_hub(hub)

        async def start() -> dict[str, Server]:
            started = await asyncio.gather(
                *(hub.start_server(user) for user in (*MEMBERS, STRANGER)),
                hub.start_server("ben", "second"),
            )
            return dict(zip((*MEMBERS, STRANGER, "second"), started, strict=True))

        servers = asyncio.run(start())
        yield Group(hub, {each.region: each for each in trusting}, password, servers)
