"""The demo's Dask Gateways: a real ``dask-gateway-server`` a region, with its own password."""

from __future__ import annotations

import secrets
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from multicloud_lab.demo.ground import LOOPBACK, Ground
from multicloud_lab.demo.processes import Processes, ProcessFailedError, answers, free_ports

_CONFIG = '''\
"""The configuration of one region's Dask Gateway: clusters are processes of this machine."""

from dask_gateway_server.options import Integer, Options

SETTINGS = {settings!r}

c = get_config()

c.DaskGateway.backend_class = "dask_gateway_server.backends.local.UnsafeLocalBackend"
c.DaskGateway.authenticator_class = "dask_gateway_server.auth.SimpleAuthenticator"
c.SimpleAuthenticator.password = SETTINGS["password"]

c.DaskGateway.address = SETTINGS["private_address"]
c.Proxy.address = SETTINGS["http_address"]
c.Proxy.tcp_address = SETTINGS["tcp_address"]

c.UnsafeLocalBackend.clusters_directory = SETTINGS["clusters_directory"]
c.UnsafeLocalBackend.sigint_timeout = 3
c.UnsafeLocalBackend.sigterm_timeout = 1
# distributed has no dask-scheduler and dask-worker scripts any more.
c.ClusterConfig.scheduler_cmd = [SETTINGS["python"], "-m", "dask", "scheduler"]
c.ClusterConfig.worker_cmd = [SETTINGS["python"], "-m", "dask", "worker"]
c.ClusterConfig.worker_memory = "1 G"
c.ClusterConfig.cluster_max_workers = 4
c.ClusterConfig.adaptive_period = 1
c.ClusterConfig.idle_timeout = 3600


def _options(options):
    return {{"worker_cores": options.worker_cores, "environment": SETTINGS["environment"]}}


c.Backend.cluster_options = Options(
    Integer("worker_cores", default=1, min=1, max=2, label="Cores of a worker"), handler=_options
)
'''


@dataclass(frozen=True, slots=True)
class DemoGateway:
    """A gateway that runs, and what a user of it needs to know.

    Parameters
    ----------
    name, region : str
    address : str
        Of its HTTP API, and of the dashboards behind it.
    proxy_address : str
        Where clients reach the schedulers.
    username, password : str
        The demo's gateways take any user name, each only its own password.
    """

    name: str
    region: str
    address: str
    proxy_address: str
    password: str = field(repr=False)
    username: str = "pangeo"

    def config(self) -> dict[str, Any]:
        """Give its entry in the ``MulticloudLab`` configuration; the password is not in it."""
        return {
            "name": self.name,
            "region": self.region,
            "address": self.address,
            "proxy_address": self.proxy_address,
            "public_address": self.address,
            "auth": {"type": "basic", "username": self.username},
            "minimum": 1,
            "maximum": 4,
        }


def start_gateway(
    processes: Processes, name: str, region: str, *, more: str = "", ground: Ground = LOOPBACK
) -> DemoGateway:
    """Start a gateway, without waiting for it.

    Parameters
    ----------
    processes : Processes
    name : str
        As users see it.
    region : str
        Its schedulers and workers carry it in their environment as ``MULTICLOUD_REGION``.
    more : str
        Lines for the end of its configuration.
    ground : Ground
        Where it and its clusters run; the API that they use stays on the loopback there.
    """
    private, http, tcp = free_ports(3)
    directory = processes.state_dir / "gateways" / name
    (directory / "clusters").mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(12)
    settings = {
        "password": password,
        "private_address": f"127.0.0.1:{private}",
        "http_address": f"{ground.host}:{http}",
        "tcp_address": f"{ground.host}:{tcp}",
        "clusters_directory": str(directory / "clusters"),
        "python": sys.executable,
        "environment": {**processes.sandbox, "MULTICLOUD_REGION": region},
    }
    config = directory / "dask_gateway_config.py"
    config.touch(mode=0o600)
    config.write_text(_CONFIG.format(settings=settings) + more)
    program = Path(sysconfig.get_path("scripts")) / "dask-gateway-server"
    processes.start(f"gateway-{name}", [str(program), "-f", str(config)], inside=ground.inside)
    return DemoGateway(
        name=name,
        region=region,
        address=f"http://{ground.host}:{http}",
        proxy_address=f"gateway://{ground.host}:{tcp}",
        password=password,
    )


def wait_for(processes: Processes, gateway: DemoGateway) -> None:
    """Wait until a gateway answers; its proxy says 404 for its first half second."""
    processes.wait_until(
        f"gateway-{gateway.name}", lambda: answers(f"{gateway.address}/api/health")
    )


def start_and_wait(
    processes: Processes,
    names: dict[str, str],
    attempts: int = 3,
    *,
    more: str = "",
    grounds: Mapping[str, Ground] = MappingProxyType({}),
) -> tuple[DemoGateway, ...]:
    """Start gateways side by side and wait for all of them.

    Parameters
    ----------
    processes : Processes
    names : dict of str
        The region of each gateway's name.
    attempts : int
        How often: a port that was free a moment ago may be taken by somebody else meanwhile.
    more : str
        As for :func:`start_gateway`.
    grounds : mapping of str to Ground
        By region; the loopback for those that are not in it.
    """

    def start(name: str, region: str) -> DemoGateway:
        ground = grounds.get(region, LOOPBACK)
        return start_gateway(processes, name, region, more=more, ground=ground)

    started = {name: start(name, region) for name, region in names.items()}
    for name, region in names.items():
        for attempt in range(attempts):
            try:
                wait_for(processes, started[name])
            except ProcessFailedError:
                if attempt == attempts - 1:
                    raise
                started[name] = start(name, region)
            else:
                break
    return tuple(started.values())
