"""Addresses of data as catalogs write them: made whole, and told whether two mean one place."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from multicloud_lab.catalogs.fetch import directory_of, is_local

Address: TypeAlias = Callable[[str, Mapping[str, Any]], tuple[str, dict[str, Any]]]
"""Gives the URL and the fsspec options to open instead of some."""

_GDAL = {"vsis3": "s3://", "vsigs": "gs://", "vsiaz": "az://", "vsicurl": ""}
_S3_HOST = re.compile(r"(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com")
_GCS_HOST = re.compile(r"(?:(.+)\.)?storage\.googleapis\.com")
_AZURE_HOST = re.compile(r"([a-z0-9]+)\.(?:blob|dfs)\.core\.windows\.net")
_SCHEMES = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs"}
_AZURE_SCHEMES = ("az", "abfs", "abfss", "adl", "wasb", "wasbs")


def split(url: str) -> SplitResult:
    """Split a URL; one that cannot be, as for half an IPv6 address, is all path."""
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        return SplitResult("", "", url, "", "")
    return parts


def resolve(reference: str, base: str) -> str:
    """Give the whole address of a reference in a catalog file, whose normal URL is ``base``.

    Examples
    --------
    >>> resolve("../data/a.zarr", "https://example.org/stac/items/a.json")
    'https://example.org/stac/data/a.zarr'
    >>> resolve("/vsis3/bucket/a.tif", "https://example.org/a.json")
    's3://bucket/a.tif'
    """
    driver, _, rest = reference.removeprefix("/").partition("/")
    if reference.startswith("/vsi") and driver in _GDAL:
        return f"{_GDAL[driver]}{rest}"
    if "://" in reference or "::" in reference:
        return reference
    if reference.startswith("//"):
        return f"{split(base).scheme or 'https'}:{reference}"
    root = "" if is_local(base) else "{0.scheme}://{0.netloc}".format(split(base))
    path, mark, query = reference.partition("?")
    if not path.startswith("/"):
        path = f"{directory_of(base).removeprefix(root)}/{path}"
    slash = "/" if path.endswith("/") else ""
    return f"{root}{posixpath.normpath(path).rstrip('/')}{slash}{mark}{query}"


def with_account(url: str, account: str) -> str:
    """Name the storage account in an address of Azure that leaves it to the options."""
    parts = split(url)
    if parts.scheme not in _AZURE_SCHEMES or not account or "@" in parts.netloc:
        return url
    return f"abfs://{parts.netloc}@{account}.dfs.core.windows.net{parts.path}"


def place(url: str) -> tuple[str, str]:
    """Give a store and a path in it, alike for all addresses of one object."""
    parts = split(url)
    host = parts.hostname or ""
    path = unquote(parts.path).strip("/")
    if parts.scheme in _SCHEMES:
        return (_SCHEMES[parts.scheme], f"{parts.netloc}/{path}")
    if parts.scheme in _AZURE_SCHEMES:
        account = _AZURE_HOST.fullmatch(host)
        container = parts.netloc.partition("@")[0]
        return ("az", "/".join(part for part in (account and account[1], container, path) if part))
    if parts.scheme in ("http", "https"):
        for store, pattern in (("s3", _S3_HOST), ("gs", _GCS_HOST), ("az", _AZURE_HOST)):
            if found := pattern.fullmatch(host):
                return (store, "/".join(part for part in (found[1], path) if part))
    return (parts.scheme, f"{parts.netloc}/{path}")
