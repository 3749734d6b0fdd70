"""How a catalog wants its data opened: what of it is plain and safe, the rest left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multicloud_lab.catalogs.values import mapping

ENGINES = frozenset({"zarr", "netcdf4", "h5netcdf", "scipy", "rasterio", "cfgrib", "kerchunk"})
"""Engines of xarray that only read data; another might be any module."""

_FLAGS = frozenset(
    {"consolidated", "decode_cf", "decode_times", "decode_timedelta", "decode_coords"}
    | {"mask_and_scale", "concat_characters", "use_cftime"}
)
_NUMBERS = frozenset({"zarr_format", "zarr_version"})


def safe_reading(
    data_format: str, open_kwargs: object = None, storage_options: object = None
) -> dict[str, Any]:
    """Give what :func:`multicloud_lab.catalogs.opening_url.open_url` may be told by a catalog.

    Parameters
    ----------
    data_format : str
        zarr, netcdf, kerchunk, parquet, csv, rasterio, grib.
    open_kwargs : object
        Arguments for xarray's opener as the catalog has them; flags, chunk sizes, a group and
        known engines are kept.
    storage_options : object
        fsspec's options as the catalog has them; see :func:`safe_storage_options`.

    Returns
    -------
    dict
        ``format``, and where there is something in them ``open_kwargs`` and ``storage_options``.
    """
    kwargs = mapping(open_kwargs)
    inner = mapping(kwargs.get("storage_options"))
    options = safe_storage_options({**inner, **mapping(storage_options)})
    kept = {name: kwargs[name] for name in kwargs if _is_safe(name, kwargs[name])}
    reading: dict[str, Any] = {"format": data_format}
    if kept:
        reading["open_kwargs"] = kept
    if options:
        reading["storage_options"] = options
    return reading


def safe_storage_options(options: object) -> dict[str, Any]:
    """Give the options that say who asks and who pays; never an endpoint or a credential.

    A catalog that named an endpoint would make this process send requests, and perhaps
    credentials, to a place of its choice; one that named a file of credentials would read it.
    """
    said = mapping(options)
    kept: dict[str, Any] = {
        name: said[name] for name in ("anon", "requester_pays") if isinstance(said.get(name), bool)
    }
    if said.get("token") == "anon":
        kept["token"] = "anon"  # noqa: S105  (the word for: without one)
    account = said.get("account_name")
    if isinstance(account, str) and account.isascii() and account.isalnum():
        kept["account_name"] = account
    return kept


def endpoint_of(options: object) -> str:
    """Give the endpoint that storage options name, only to be told to people."""
    said: Mapping[str, Any] = mapping(options)
    named = said.get("endpoint_url") or mapping(said.get("client_kwargs")).get("endpoint_url")
    return named if isinstance(named, str) else ""


def _is_safe(name: object, value: object) -> bool:
    if name in _FLAGS:
        return value is None or isinstance(value, bool)
    if name in _NUMBERS:
        return value in (2, 3)
    if name == "engine":
        return isinstance(value, str) and value in ENGINES
    if name == "group":
        return isinstance(value, str)
    if name == "drop_variables":
        return isinstance(value, str) or _all_of(value, str)
    if name == "chunks":
        return _is_chunks(value) or (
            isinstance(value, dict) and all(_is_chunks(size) for size in value.values())
        )
    return False


def _is_chunks(value: object) -> bool:
    return value is None or value in ("auto", {}) or _all_of(value, int) or type(value) is int


def _all_of(value: object, kind: type) -> bool:
    return isinstance(value, list | tuple) and all(type(item) is kind for item in value)
