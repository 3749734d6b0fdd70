"""Clients of clusters: waiting until a cluster runs, connecting, one client for each."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import distributed.client
from dask_gateway.client import GatewaySecurity
from distributed import Client
from distributed.versions import VersionMismatchWarning

from multicloud_lab import records as r
from multicloud_lab.errors import (
    ClusterFailedError,
    ClusterNotFoundError,
    DeadlineError,
    InvalidInputError,
)
from multicloud_lab.interface import LabInterface
from multicloud_lab.telling import Telling
from multicloud_lab.versions import VersionCheck

START_DEADLINE = 300.0
"""Seconds that a cluster may take until it runs; a cloud may have to start a machine first."""
DETACH_DEADLINE = 2.0
"""Seconds that the Jupyter server may take to hear that clients are closed."""
CONNECT_DEADLINE = 30.0
"""Seconds that the scheduler of a running cluster may take to answer."""


class ClusterClient(Client):
    """A client of one cluster, whose dashboards are where this user may see them.

    Parameters
    ----------
    connection : Connection
    dashboards : str or None
        URL of the Jupyter server that serves the dashboards; ``None`` without one.
    closes : callable
        Told when it is closed, by whomever.
    """

    def __init__(
        self,
        connection: r.Connection,
        dashboards: str | None,
        closes: Callable[[r.Cluster], None],
    ) -> None:
        self.cluster_record = connection.cluster
        self._closes = closes
        below = connection.cluster.dashboard
        self._dashboard = (
            f"{dashboards.rstrip('/')}/{below}"
            if dashboards is not None and below is not None
            else connection.dashboard_link
        )
        with warnings.catch_warnings():
            # Ours says it in one table, with xarray and zarr.
            warnings.simplefilter("ignore", VersionMismatchWarning)
            super().__init__(  # type: ignore[no-untyped-call]
                connection.scheduler_address,
                security=GatewaySecurity(connection.tls_key, connection.tls_cert),
                set_as_default=False,
                timeout=CONNECT_DEADLINE,
            )
        # A client that is not to be the default has been one all the same (distributed #5425).
        if distributed.client._get_global_client() is self:
            distributed.client._del_global_client(self)

    def close(self, *args: Any, **kwargs: Any) -> Any:
        """Close this client; its cluster goes on."""
        self._closes(self.cluster_record)
        return super().close(*args, **kwargs)  # type: ignore[no-untyped-call]

    @property
    def dashboard_link(self) -> str | None:
        """The address of the dashboards."""
        return self._dashboard


class ClusterClients:
    """The clients of one lab, at most one for each cluster; dead ones are replaced.

    Parameters
    ----------
    dashboards : str or None
        As for :class:`ClusterClient`.
    telling : Telling
        Told of every client that is made and closed.
    """

    def __init__(self, dashboards: str | None, telling: Telling) -> None:
        self._dashboards = dashboards
        self._telling = telling
        self._clients: dict[tuple[str, str], ClusterClient] = {}
        self._checks: dict[tuple[str, str], VersionCheck] = {}
        self._lock = threading.Lock()

    def client(self, connection: r.Connection) -> ClusterClient:
        """Give the client of a cluster, connected."""
        cluster = connection.cluster
        key = (cluster.gateway, cluster.name)
        with self._lock:
            known = self._clients.pop(key, None)
            if known is not None and known.status == "running":
                self._clients[key] = known
                return known
        if known is not None:
            _close(known)
        try:
            made = ClusterClient(connection, self._dashboards, self._telling.detached)
        except (OSError, TimeoutError) as error:
            raise ClusterFailedError(
                f"The scheduler of {cluster.name} on {cluster.gateway} does not answer at "
                f"{connection.scheduler_address.rpartition('/')[0]} within "
                f"{CONNECT_DEADLINE:.0f} s; stop the cluster and start another, or, if none "
                "answers, ask whether proxy_address in the configuration of the gateway is right "
                "and may be reached from here."
            ) from error
        with self._lock:
            kept = self._clients.setdefault(key, made)
            check = None
            if kept is made and key not in self._checks:
                check = self._checks[key] = VersionCheck(made, f"{cluster.name} on {key[0]}")
        if kept is not made:
            _close(made)
        self._telling.attached(cluster)
        if check is not None:
            check.begin()
        return kept

    def by_address(self) -> dict[str, ClusterClient]:
        """Give the clients that are connected, by the address of their scheduler."""
        with self._lock:
            clients = list(self._clients.values())
        return {
            str(client.scheduler.address): client
            for client in clients
            if client.status == "running" and client.scheduler is not None
        }

    def detach(self, cluster: str, gateway: str | None) -> None:
        """Close the client of a cluster, if there is one; nothing is asked of anybody."""
        with self._lock:
            keys = [key for key in self._clients if key[1] == cluster and gateway in (None, key[0])]
            clients = [self._clients.pop(key) for key in keys]
        for client in clients:
            _close(client)

    def close(self) -> list[r.Cluster]:
        """Close every client, and give the clusters that they were of."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
            checks, self._checks = list(self._checks.values()), {}
        for check in checks:
            check.cancel()
        for client in clients:
            _close(client)
        self._telling.close(DETACH_DEADLINE)
        return [client.cluster_record for client in clients]


def _close(client: Client) -> None:
    client.close(timeout=5)  # type: ignore[no-untyped-call]


async def connect(service: LabInterface, wish: r.StartCluster) -> r.Connection:
    """Start a cluster, or take the one that is there, and wait until it runs.

    Raises
    ------
    DeadlineError
        It does not run within :data:`START_DEADLINE` seconds.
    """
    cluster = await service.start_cluster(wish)
    return await attach(service, cluster.gateway, cluster.name)


async def attach(service: LabInterface, gateway: str, cluster: str) -> r.Connection:
    """Wait until a cluster that somebody started runs.

    Raises
    ------
    ClusterNotFoundError
        There is none of that name that this user may use.
    DeadlineError
        It does not run within :data:`START_DEADLINE` seconds.
    """
    began = time.monotonic()
    while True:
        try:
            async with asyncio.timeout(START_DEADLINE - (time.monotonic() - began)):
                return await service.connection(gateway, cluster)
        except TimeoutError as error:  # Ours, the lab's own or the server's: asked again.
            if time.monotonic() - began >= START_DEADLINE:
                raise DeadlineError(
                    f"{cluster} on {gateway} does not run after "
                    f"{START_DEADLINE:.0f} s; look at the gateway's log, or ask again."
                ) from error
            await asyncio.sleep(0.5)


async def gateway_of(service: LabInterface, cluster: str) -> str:
    """Find the gateway of a cluster.

    Raises
    ------
    ClusterNotFoundError, InvalidInputError
        None has it, or several have.
    """
    clusters = await service.clusters()
    found = sorted({each.gateway for each in clusters if each.name == cluster})
    if not found:
        found = await _asked(service, cluster)  # The list may be some seconds old.
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInputError(
            f"{' and '.join(found)} each have a cluster {cluster!r}; say gateway=… as well."
        )
    running = ", ".join(f"{each.name} on {each.gateway}" for each in clusters) or "none"
    raise ClusterNotFoundError(
        f"No gateway that the lab is signed in to has a cluster {cluster!r}; there is {running}."
    )


async def _asked(service: LabInterface, cluster: str) -> list[str]:
    """Ask every gateway for a cluster, and give those that have it."""
    names = [each.name for each in await service.gateways() if each.state == "signed-in"]
    asking = (service.connection(name, cluster) for name in names)
    answers = await asyncio.gather(*asking, return_exceptions=True)
    return [
        name
        for name, answer in zip(names, answers, strict=True)
        if isinstance(answer, r.Connection | DeadlineError | ClusterFailedError)
    ]
