"""Door 2: what a notebook or a script holds, over a Jupyter server's lab or one of its own."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

from multicloud_lab import records as r
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.clients import gateway_of
from multicloud_lab.computations import Computations
from multicloud_lab.config import LabConfig, load_config, read_config
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.interface import LabInterface
from multicloud_lab.lookups import Lookups

if TYPE_CHECKING:
    from multicloud_lab.clients import ClusterClient

T = TypeVar("T")


class Lab(Computations, Lookups):
    """Datasets, and clusters beside them. Its methods may be called from any thread.

    Parameters
    ----------
    service : LabInterface
        Answers everything; the lab closes it.
    loop : BackgroundLoop
        The loop that the service was made on.
    dashboards : str, optional
        URL of the Jupyter server that serves the clusters' dashboards.
    """

    def __init__(
        self, service: LabInterface, loop: BackgroundLoop, *, dashboards: str | None = None
    ) -> None:
        from multicloud_lab.beside import Beside
        from multicloud_lab.computing import Computing

        self._service = service
        self._loop = loop
        self._beside = Beside(service, loop, dashboards)
        self._computing = Computing(service, loop, self._beside)
        self.closed = False

    @classmethod
    def from_config(cls, config: str | Path | Mapping[str, Any]) -> Self:
        """Make a lab in this process, without a Jupyter server.

        Parameters
        ----------
        config : path or mapping
            A Jupyter configuration file, or the values of its ``MulticloudLab`` section, with or
            without that outer key.

        Raises
        ------
        InvalidInputError
            It cannot be read, or something in it is wrong; everything that is, by key.
        """
        from multicloud_lab.cache import cache_dir
        from multicloud_lab.service import LabService

        read = _read(config)
        if read.problems:
            listed = "; ".join(f"{problem.key} {problem.message}" for problem in read.problems)
            raise InvalidInputError(f"The configuration cannot be used: {listed}.")

        async def started() -> LabService:
            service = LabService(read, cache_dir=cache_dir(read))
            await service.start()
            return service

        loop = BackgroundLoop()
        try:
            return cls(loop.run(started()), loop)
        except BaseException:
            loop.close()
            raise

    @classmethod
    def connected(cls) -> Self:
        """Find the lab of the Jupyter server that started this kernel.

        Raises
        ------
        ServerNotFoundError
            No Jupyter server with this extension can be found from here.
        """
        from multicloud_lab.address import ServerAddress
        from multicloud_lab.remote import RemoteService

        address = ServerAddress.from_environment(os.environ)
        return cls(
            RemoteService(address), BackgroundLoop(), dashboards=urlsplit(address.url).path or "/"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def client(
        self,
        near: Any = None,
        *,
        gateway: str | None = None,
        cluster: str | None = None,
        minimum: int | None = None,
        maximum: int | None = None,
        idle_minutes: float | None = None,
    ) -> ClusterClient:
        """Give a client of an adaptive cluster beside the data, started if there is none.

        Parameters
        ----------
        near : str, or xarray or dask object
            A dataset's id, a URL, a region, or anything lazy, however it was opened.
        gateway : str, optional
            The gateway to use, or that ``cluster`` is on.
        cluster : str, optional
            A cluster that is there already, by its name and in place of ``near``; nothing starts.
        minimum, maximum : int, optional
            Workers of a cluster that is started for it; the gateway's own bounds by default.
        idle_minutes : float, optional
            Minutes without a computation after which a cluster that is started for it is stopped,
            0 for never; at most what the administrator allows, whose own number is the default.

        Returns
        -------
        distributed.Client
            The same one for the same cluster. It is not dask's default: ``client.compute(x)`` or
            :meth:`compute` runs there, ``x.compute()`` here.

        Raises
        ------
        SignInNeededError
            In a notebook only if nobody signs in to the gateway in the panel within 10 minutes.
        RegionUnknownError, MixedRegionsError, NoPlacementError
        ClusterNotFoundError
            There is no such ``cluster`` that this user may use.
        ClusterFailedError, DeadlineError
            The cluster cannot start, or does not in 5 minutes.

        Warns
        -----
        VersionsDifferWarning
            The cluster has other versions of dask, numpy, xarray, … than this process.
        """
        return self._beside.client(
            near, gateway, cluster, minimum=minimum, maximum=maximum, idle_minutes=idle_minutes
        )

    def detach(self, cluster: str, *, gateway: str | None = None) -> None:
        """Close the client of a cluster; the cluster goes on, and nothing happens without a client.

        Parameters
        ----------
        cluster : str
            The cluster's name.
        gateway : str, optional
            That it is on; needed only where several have a cluster of this name.
        """
        self._beside.detach(cluster, gateway)

    def change_cluster(
        self,
        cluster: str,
        *,
        gateway: str | None = None,
        minimum: int | None = None,
        maximum: int | None = None,
        idle_minutes: float | None = None,
    ) -> r.Cluster:
        """Give a cluster that is there other bounds, or another time that it may be idle.

        Parameters
        ----------
        cluster : str
            The cluster's name.
        gateway : str, optional
            That it is on; needed only where several have a cluster of this name.
        minimum, maximum : int, optional
            Workers; by default what they are.
        idle_minutes : float, optional
            Minutes without a computation, from now on, after which the lab stops it, 0 for never;
            at most what the administrator allows. By default what they are.

        Returns
        -------
        Cluster
            With what it got, and a ``message`` if that is less than was asked for.

        Raises
        ------
        InvalidInputError
            The bounds cannot be, or the lab did not start the cluster and so never stops it.
        ClusterNotFoundError, ClusterFailedError
        """
        wish = r.made(r.ChangeCluster, minimum=minimum, maximum=maximum, idle_minutes=idle_minutes)

        async def change() -> r.Cluster:
            name = gateway or await gateway_of(self._service, cluster)
            return await self._service.change_cluster(name, cluster, wish)

        return self._run(change())

    def sign_in(self, gateway: str, password: str | None = None, *, username: str = "") -> None:
        """Sign in to a gateway; the password goes to the lab's memory and nowhere else.

        Parameters
        ----------
        gateway : str
        password : str, optional
            Asked for if not given, so that it is not in the notebook.
        username : str
            The configured one by default.

        Raises
        ------
        WrongCredentialsError, GatewayNotFoundError, GatewayUnreachableError
        """
        if password is None:
            password = getpass.getpass(f"Password for {gateway}: ")
        body = r.made(r.SignIn, username=username, password=password)
        self._run(self._service.sign_in(gateway, body))

    def close(self, shutdown: bool = False) -> None:
        """Close the clients, and the lab.

        Parameters
        ----------
        shutdown : bool
            Whether the clusters that this lab had clients of are stopped as well; else they go on
            until they are stopped in the panel, or by their gateway when they are idle.
        """
        if self.closed:
            return
        self.closed = True
        try:
            self._computing.close()
            self._beside.close(shutdown=shutdown)
        finally:  # a cluster that cannot be stopped is said, but holds nothing open
            try:
                self._run(self._service.close())
            finally:
                self._loop.close()


def _read(config: str | Path | Mapping[str, Any]) -> LabConfig:
    if isinstance(config, Mapping):
        return read_config(config.get("MulticloudLab", config))
    return load_config(config)
