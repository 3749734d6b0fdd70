"""Clients of clusters: waiting until a cluster runs, connecting, one client for each."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import distributed.client
from dask_gateway.client import GatewaySecurity
from distributed import Client

from multicloud_lab import records as r
from multicloud_lab.errors import ClusterFailedError, DeadlineError
from multicloud_lab.interface import LabInterface

START_DEADLINE = 300.0
"""Seconds that a cluster may take until it runs; a cloud may have to start a machine first."""
CONNECT_DEADLINE = 30.0
"""Seconds that the scheduler of a running cluster may take to answer."""


class ClusterClient(Client):
    """A client of one cluster, whose dashboards are where this user may see them.

    Parameters
    ----------
    connection : Connection
    dashboards : str or None
        URL of the Jupyter server that serves the dashboards; ``None`` without one.
    """

    def __init__(self, connection: r.Connection, dashboards: str | None) -> None:
        self.cluster_record = connection.cluster
        below = connection.cluster.dashboard
        self._dashboard = (
            f"{dashboards.rstrip('/')}/{below}"
            if dashboards is not None and below is not None
            else connection.dashboard_link
        )
        super().__init__(  # type: ignore[no-untyped-call]
            connection.scheduler_address,
            security=GatewaySecurity(connection.tls_key, connection.tls_cert),
            set_as_default=False,
            timeout=CONNECT_DEADLINE,
        )
        # A client that is not to be the default has been one all the same (distributed #5425).
        if distributed.client._get_global_client() is self:
            distributed.client._del_global_client(self)

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
    """

    def __init__(self, dashboards: str | None) -> None:
        self._dashboards = dashboards
        self._clients: dict[tuple[str, str], ClusterClient] = {}
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
            made = ClusterClient(connection, self._dashboards)
        except (OSError, TimeoutError) as error:
            raise ClusterFailedError(
                f"The scheduler of {cluster.name} on {cluster.gateway} does not answer within "
                f"{CONNECT_DEADLINE:.0f} s; stop the cluster and start another."
            ) from error
        with self._lock:
            kept = self._clients.setdefault(key, made)
        if kept is not made:
            _close(made)
        return kept

    def close(self) -> list[r.Cluster]:
        """Close every client, and give the clusters that they were of."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            _close(client)
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
    began = time.monotonic()
    while True:
        try:
            async with asyncio.timeout(START_DEADLINE - (time.monotonic() - began)):
                return await service.connection(cluster.gateway, cluster.name)
        except TimeoutError as error:  # Ours, the lab's own or the server's: asked again.
            if time.monotonic() - began >= START_DEADLINE:
                raise DeadlineError(
                    f"{cluster.name} on {cluster.gateway} does not run after "
                    f"{START_DEADLINE:.0f} s; look at the gateway's log, or ask again."
                ) from error
            await asyncio.sleep(0.5)


class StatusLine:
    """One line under a notebook's cell that says what is waited for; nothing elsewhere.

    Parameters
    ----------
    what : str
        What is waited for.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = time.time()
        self._handle: Any = None
        self._shows = _in_notebook()

    def tick(self) -> None:
        """Say it again, with the time that has gone by; not within the first second."""
        seconds = time.time() - self._began
        if not self._shows or seconds < 0.9:
            return
        since = time.strftime("%H:%M:%S", time.localtime(self._began))
        self._show(
            f"Waiting for {self._what} since {since} ({seconds:.0f} s). Interrupt the kernel to "
            "stop waiting; the cluster goes on starting."
        )

    def clear(self) -> None:
        """Take the line away."""
        if self._handle is not None:
            self._show("")

    def _show(self, text: str) -> None:
        from IPython.display import display

        bundle = {"text/plain": text}
        if self._handle is None:
            self._handle = display(  # type: ignore[no-untyped-call]
                bundle, raw=True, display_id=True
            )
        else:
            self._handle.update(bundle, raw=True)


def _in_notebook() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")
