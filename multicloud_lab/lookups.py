"""What a lab is asked: what there is, where it is, what it holds, and what leaving costs."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from multicloud_lab import records as r
from multicloud_lab import tables
from multicloud_lab.background import BackgroundLoop
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.interface import LabInterface, all_datasets

if TYPE_CHECKING:
    import pandas as pd

    from multicloud_lab.beside import Beside

T = TypeVar("T")


class Lookups:
    """The questions of a lab that start nothing; see :class:`multicloud_lab.lab.Lab`."""

    _service: LabInterface
    _loop: BackgroundLoop
    _beside: Beside

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
        query = r.made(
            r.DatasetQuery,
            text=text,
            region=region,
            catalog=catalog,
            gateway=gateway,
            provider=provider,
            format=format,
            tag=tag,
            requester_pays=requester_pays,
            near=near,
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
        query = r.made(
            r.PriceQuery,
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
        through: str | None = None,
        **parameters: Any,
    ) -> Any:
        """Open a dataset as its catalog says, lazily; or one at an address that none lists.

        Parameters
        ----------
        id : str
            As :meth:`datasets` lists it. Or a URL, or a path that begins with ``/``, ``./`` or
            ``../``: its ending says the format, and one without an ending is taken for Zarr.
        storage_options : mapping, optional
            fsspec options for the data, over those of the configuration and the catalog.
        trust : bool
            Whether code that the catalog names and nobody has vouched for may run.
        through : {"cluster", "notebook"}, optional
            Who reads the store: the workers of a cluster beside the dataset, with their own
            rights, or this process. By default this process, and a cluster if it is refused. What
            is opened through a cluster is lazy here as well, but its values are only ever read
            there: :meth:`compute` does that, a plain ``.compute()`` is refused. Zarr and netCDF in
            object stores.
        **parameters
            The catalog entry's own parameters.

        Returns
        -------
        xarray.Dataset
            A dask dataframe for a table (csv, parquet).

        Raises
        ------
        DatasetNotFoundError, CatalogError, UntrustedSourceError, InvalidInputError
        AccessDeniedError
            The store refuses this process, and the workers as far as they were asked.

        Warns
        -----
        OpenedThereWarning
            It was opened through a cluster, because this process is refused.
        """
        from multicloud_lab.opened import open_near

        opening = self._run(self._service.opening(id))
        opened = open_near(
            opening,
            self._beside,
            through=through,
            storage_options=storage_options,
            trust=trust,
            parameters=parameters,
        )
        self._beside.remember(opening.dataset)
        return opened

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

    def located(self, what: T, url: str) -> T:
        """Say where something reads that cannot tell it by itself, as an Icechunk repository.

        Parameters
        ----------
        what : xarray or dask object
            All stores in it that nothing is known of are taken to be there.
        url : str
            As ``s3://bucket/repository``.

        Returns
        -------
        xarray or dask object
            The same one; what is made of it from now on is known to read there.

        Raises
        ------
        InvalidInputError
            Nothing in it needs that, or it is no URL.
        """
        from multicloud_lab.neardata.reading.sources import say_where

        if "://" not in url:
            raise InvalidInputError(f"{url!r} is no URL; say it as s3://bucket/repository.")
        if not say_where(what, url):
            raise InvalidInputError(
                "There is no store in it whose place is not known; mcl.locate(…) says where it "
                "reads."
            )
        return what

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(coroutine)
