"""Door 2: what a notebook or a script holds, over a Jupyter server's lab or one of its own."""

from __future__ import annotations

import getpass
import os
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

from multicloud_lab import records as r
from multicloud_lab import tables
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.config import LabConfig, load_config, read_config
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.interface import LabInterface, all_datasets

if TYPE_CHECKING:
    import pandas as pd

    from multicloud_lab.clients import ClusterClient

T = TypeVar("T")


class Lab:
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

        self._service = service
        self._loop = loop
        self._beside = Beside(service, loop, dashboards)
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

    def datasets(
        self,
        text: str = "",
        region: str | Sequence[str] = (),
        catalog: str | Sequence[str] = (),
        gateway: str = "",
        *,
        provider: str | Sequence[str] = (),
        format: str | Sequence[str] = (),  # noqa: A002 - what the field calls it
        tag: str | Sequence[str] = (),
        requester_pays: bool | None = None,
        near: bool | None = None,
    ) -> pd.DataFrame:
        """List the datasets that match, the most relevant first.

        Parameters
        ----------
        text : str
            Words that words of the id, title, description, tags or variables begin with.
        region : str or sequence of str
            Regions, or patterns as ``gcp:*``; ``unknown`` for those not known.
        catalog, provider, format, tag : str or sequence of str
            Only those with one of these.
        gateway : str
            Only those in this gateway's region.
        requester_pays : bool, optional
            Only those whose reader pays, or does not.
        near : bool, optional
            Only those with a gateway in their region or inside it, or without.

        Returns
        -------
        pandas.DataFrame
            A row for each, ``id`` being what :meth:`open_dataset` takes and ``near`` the gateway
            that :meth:`client` would choose.
        """
        query = r.DatasetQuery.model_validate(
            {
                "text": text,
                "region": region,
                "catalog": catalog,
                "gateway": gateway,
                "provider": provider,
                "format": format,
                "tag": tag,
                "requester_pays": requester_pays,
                "near": near,
            }
        )
        return tables.datasets(self._run(all_datasets(self._service, query)))

    def describe(self, id: str) -> pd.DataFrame:  # noqa: A002 - what the field calls it
        """Say what a dataset holds, from its metadata alone; nothing is opened.

        Parameters
        ----------
        id : str
            As :meth:`datasets` lists it.

        Returns
        -------
        pandas.DataFrame
            A row for each variable, by ``name``: ``dims``, ``shape``, ``chunks``, ``dtype`` as it
            is read, ``bytes`` decoded, ``stored_bytes``, ``title``, ``units``. What is said of
            the whole dataset is in its ``attrs``, with how many bytes it took to learn.

        Raises
        ------
        DatasetNotFoundError, CatalogError, AccessDeniedError, DeadlineError
        """
        return tables.structure(self._run(self._service.structure(id)))

    def placements(self, near: Any) -> pd.DataFrame:
        """Rank the gateways for something, the nearest first.

        Parameters
        ----------
        near : str, or xarray or dask object
            A dataset's id, a URL, a region, or anything lazy, however it was opened.

        Returns
        -------
        pandas.DataFrame
            A row for each gateway: ``gateway``, its ``region``, the ``relation``, ``low`` and
            ``high`` (USD per GB read there; NaN if not known), the ``payer``, and ``why``.
        """
        query = r.NearQuery(near=self._beside.near(near))
        return tables.placements(self._run(self._service.placements_near(query)))

    def price(
        self,
        source: str,
        destination: str = "internet",
        bytes: int = 10**9,  # noqa: A002 - what the field calls it
        *,
        requester_pays: bool = False,
    ) -> r.Quote:
        """Say what moving bytes costs, and who pays.

        Parameters
        ----------
        source, destination : str
            A region, a URL or a dataset's id; ``internet`` is outside every cloud.
        bytes : int
        requester_pays : bool
            Whether the bucket bills those who read it.

        Returns
        -------
        Quote
            ``low`` and ``high`` in USD, ``payer``, the price per GB with its source and date.
        """
        query = r.PriceQuery(
            source=source,
            destination=destination,
            bytes=bytes,
            requester_pays=requester_pays,
        )
        return self._run(self._service.price(query))

    def open_dataset(
        self,
        id: str,  # noqa: A002 - what the field calls it
        /,
        *,
        storage_options: Mapping[str, Any] | None = None,
        trust: bool = False,
        **parameters: Any,
    ) -> Any:
        """Open a dataset as its catalog says, lazily.

        Parameters
        ----------
        id : str
            As :meth:`datasets` lists it.
        storage_options : mapping, optional
            fsspec options for the data, over those of the configuration and the catalog.
        trust : bool
            Whether code that the catalog names and nobody has vouched for may run.
        **parameters
            The catalog entry's own parameters.

        Returns
        -------
        xarray.Dataset
            A dask dataframe for a table (csv, parquet).

        Raises
        ------
        DatasetNotFoundError, CatalogError, UntrustedSourceError, InvalidInputError
        """
        from multicloud_lab.catalogs.opening import open_entry

        opening = self._run(self._service.opening(id))
        opened = open_entry(
            opening, storage_options=storage_options, trust=trust, parameters=parameters
        )
        self._beside.remember(opening.dataset)
        return opened

    def client(
        self,
        near: Any = None,
        *,
        gateway: str | None = None,
        cluster: str | None = None,
        minimum: int | None = None,
        maximum: int | None = None,
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
        return self._beside.client(near, gateway, cluster, minimum=minimum, maximum=maximum)

    def compute(self, /, *objects: Any, near: Any = None, **kwargs: Any) -> tuple[Any, ...]:
        """Compute lazy objects, each beside its data, all at once; like ``dask.compute``.

        Parameters
        ----------
        *objects : object
            Lazy objects, also within lists, tuples and dicts; anything else is given back.
        near : str, or xarray or dask object, optional
            Where to compute all of them, whatever they read; as for :meth:`client`.
        **kwargs
            For ``distributed.Client.compute``, as ``retries=5``.

        Returns
        -------
        tuple
            The results, in order. What reads nothing, or files of this machine, is computed here.

        Raises
        ------
        MixedRegionsError
            An object reads in several regions.
        RegionUnknownError
            It cannot be told where an object reads.
        """
        return self._beside.compute(objects, near, kwargs)

    def locate(self, *what: Any) -> pd.DataFrame:
        """Say where the bytes of URLs, or of what lazy objects read, are.

        Parameters
        ----------
        *what : str, or xarray or dask object

        Returns
        -------
        pandas.DataFrame
            A row for each URL: ``url``, ``region`` (None if not known), ``evidence``, ``detail``;
            also for each task of an object that reads what cannot be told, without a URL.
        """
        urls, unknown = self._beside.read_by(what)
        return tables.locations(self._beside.locate(urls), unknown)

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
        self._run(self._service.sign_in(gateway, r.SignIn(username=username, password=password)))

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
            self._beside.close(shutdown=shutdown)
            self._run(self._service.close())
        finally:
            self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(coroutine)


def _read(config: str | Path | Mapping[str, Any]) -> LabConfig:
    if isinstance(config, Mapping):
        return read_config(config.get("MulticloudLab", config))
    return load_config(config)
