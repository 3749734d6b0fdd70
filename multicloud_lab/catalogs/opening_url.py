"""Opening data by its address alone, lazily: what STAC, registries and lists of URLs name."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from multicloud_lab.catalogs.addresses import Address, split
from multicloud_lab.catalogs.data_formats import format_of_url
from multicloud_lab.catalogs.fetch import is_local
from multicloud_lab.catalogs.references import anonymous, reference_file_system
from multicloud_lab.catalogs.refused import causes_of, is_refused, status_of
from multicloud_lab.catalogs.trust import refuse, text_reasons
from multicloud_lab.catalogs.values import mapping
from multicloud_lab.errors import (
    AccessDeniedError,
    CatalogError,
    InvalidInputError,
    MulticloudLabError,
)
from multicloud_lab.hosts import shown
from multicloud_lab.packages import missing
from multicloud_lab.records import Opening

_ELSEWHERE = {
    "stac": "it is a STAC collection of many items; search them with pystac-client",
    "icechunk": "it is an Icechunk repository; open it with the package icechunk",
    "grib": "GRIB is only read from files of this machine; copy what you need, or use kerchunk",
}


def open_url(
    opening: Opening,
    options: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    *,
    trust: bool = False,
    address: Address | None = None,
) -> Any:
    """Open a dataset by its URL, without loading its values.

    Parameters
    ----------
    opening : Opening
        Of kind ``url``; ``reading`` is as
        :func:`multicloud_lab.catalogs.reading.safe_reading` gives it.
    options : mapping
        fsspec's options of the administrator and the caller, over the catalog's own. If there
        are none, a public store is read without credentials: a catalog must not borrow those of
        its reader. ``{"anon": False}`` (``{"token": "google_default"}`` for Google Cloud) asks
        for them.
    parameters : mapping, optional
        There are none for a URL.
    trust : bool
        Whether what nobody has vouched for may be opened: unusual or chained file systems, and
        kerchunk's references that lead to this machine or inside this network.
    address : callable, optional
        Gives the URL and the options to open in place of these.

    Returns
    -------
    xarray.Dataset
        With dask arrays; a dask dataframe if it is a table (csv, parquet).

    Raises
    ------
    InvalidInputError
        A parameter, or a format that is not opened by its URL.
    AccessDeniedError
        The store refuses to be read so.
    UntrustedSourceError
        Its address is no plain one, or its references lead where only a person can send them.
    CatalogError
        There is nothing, it is not what it should be, or a package is missing.
    """
    name, url = opening.dataset.id, opening.url
    if parameters:
        raise InvalidInputError(f"{name} has no parameters; {', '.join(parameters)} cannot be set.")
    refuse(opening, (*opening.untrusted, *text_reasons(url)), trust=trust)
    reading = opening.reading
    data_format = str(reading.get("format") or opening.dataset.format or format_of_url(url))
    opener = _OPENERS.get(data_format)
    if not url:
        raise CatalogError(f"{name} has no URL, so it cannot be opened.")
    if opener is None:
        why = _ELSEWHERE.get(data_format) or (
            f"its catalog says {data_format!r}, which is not opened by its URL"
            if data_format
            else "its catalog does not say of what format it is; open what is in it by its address"
        )
        raise InvalidInputError(f"{name} cannot be opened at {shown(url)}: {why}.")
    chosen = _options(opening, options)
    kwargs = {"chunks": {}, **mapping(reading.get("open_kwargs"))}
    if address is not None:
        if data_format not in ("zarr", "netcdf"):
            raise InvalidInputError(
                f"{name} is of format {data_format}; through=… opens Zarr and netCDF."
            )
        url, chosen = address(url, chosen)
    try:
        return opener(url, chosen, kwargs, trust)
    except MulticloudLabError:
        raise
    except ImportError as error:
        raise CatalogError(missing(name, error)) from error
    # Every store and every format has errors of its own.
    except Exception as error:
        raise _failure(opening, data_format, error) from error


def _options(opening: Opening, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give fsspec's options: whoever gives any says who asks, else nobody in particular does."""
    scheme = split(opening.url).scheme
    own = dict(mapping(opening.reading.get("storage_options")))
    if given:
        for name in ("anon", "token"):
            own.pop(name, None)
    pays = opening.dataset.requester_pays and scheme in ("s3", "s3a", "gs", "gcs")
    public = {"requester_pays": True} if pays else {} if given else anonymous(scheme)
    return {**public, **own, **given}


def _zarr(url: str, options: dict[str, Any], kwargs: dict[str, Any], trust: bool) -> Any:
    import xarray as xr

    kwargs = {**kwargs, "engine": "zarr"}
    options = {} if is_local(url) else options  # Zarr takes none for a path
    with warnings.catch_warnings():
        # A store without consolidated metadata is read all the same.
        warnings.filterwarnings("ignore", "Failed to open Zarr store with consolidated")
        try:
            return xr.open_dataset(url, **kwargs, storage_options=options or None)
        except Exception as error:
            asked = getattr(getattr(error.__cause__ or error, "request_info", None), "url", None)
            if asked is not None and asked.path.endswith("/"):
                raise CatalogError(
                    f"{shown(url)} has no consolidated metadata, and its web server does not list "
                    "what is in it; use the address that its object store has for it."
                ) from error
            raise


def _netcdf(url: str, options: dict[str, Any], kwargs: dict[str, Any], trust: bool) -> Any:
    import fsspec
    import xarray as xr

    kwargs = {
        name: value for name, value in kwargs.items() if name not in ("engine", "consolidated")
    }
    local = is_local(url) or url.startswith("file://")
    file = fsspec.open(url, "rb", **({} if local else options)).open()
    magic = file.read(4)
    file.seek(0)
    # By its ending xarray may take NetCDF-4 for NetCDF 3.
    engine = "scipy" if magic[:3] == b"CDF" else "h5netcdf"
    if local:
        file.close()
        return xr.open_dataset(url.removeprefix("file://"), engine=engine, **kwargs)
    return xr.open_dataset(file, engine=engine, **kwargs)


def _kerchunk(url: str, options: dict[str, Any], kwargs: dict[str, Any], trust: bool) -> Any:
    import xarray as xr
    from zarr.storage import FsspecStore

    store = FsspecStore(reference_file_system(url, options, trust=trust), read_only=True, path="")
    kwargs = {**kwargs, "engine": "zarr", "consolidated": False}
    return xr.open_dataset(store, **kwargs)  # type: ignore[arg-type]  # a store of Zarr's


def _rasterio(url: str, options: dict[str, Any], kwargs: dict[str, Any], trust: bool) -> Any:
    import xarray as xr

    import_module("rioxarray")  # it registers the engine
    return xr.open_dataset(url, **{**kwargs, "engine": "rasterio"})


def _table(reader: str) -> Callable[[str, dict[str, Any], dict[str, Any], bool], Any]:
    def read(url: str, options: dict[str, Any], kwargs: dict[str, Any], trust: bool) -> Any:
        import dask.dataframe as dd

        return getattr(dd, reader)(url, storage_options=options or None)

    return read


_OPENERS: dict[str, Callable[[str, dict[str, Any], dict[str, Any], bool], Any]] = {
    "zarr": _zarr,
    "netcdf": _netcdf,
    "kerchunk": _kerchunk,
    "rasterio": _rasterio,
    "parquet": _table("read_parquet"),
    "csv": _table("read_csv"),
}


def _failure(opening: Opening, data_format: str, error: Exception) -> MulticloudLabError:
    name, where = opening.dataset.id, shown(opening.url)
    if is_refused(error):
        pays = opening.dataset.requester_pays
        way = "its reader pays, so it takes your credentials" if pays else "pass your credentials"
        return AccessDeniedError(
            f"{name} cannot be read at {where}: access is denied; {way}, as storage_options=…"
        )
    causes = causes_of(error)
    if any(isinstance(cause, FileNotFoundError) or status_of(cause) == 404 for cause in causes):
        return CatalogError(f"{name} is not there any more: nothing of {data_format} at {where}.")
    reason = str(error).partition("\n")[0].replace(opening.url, where)[:200].rstrip(".")
    return CatalogError(
        f"{name} cannot be opened as {data_format} at {where}: {reason or type(error).__name__}."
    )
