"""Where the stores of libraries other than fsspec are: obstore, Icechunk, Arrow."""

from __future__ import annotations

import posixpath
import re
from collections import OrderedDict
from typing import Any

_SCHEMES = {"S3Store": "s3", "GCSStore": "gs"}
_NAMED = re.compile(r"\b(bucket|container_name|account_name)=\"([^\"]+)\"")
_ARROW_SCHEMES = {"s3": "s3", "gcs": "gs", "abfs": "abfs", "local": "file"}
_KEPT = 1_000

_said: OrderedDict[object, tuple[Any, str]] = OrderedDict()


def obstore_url(store: Any) -> tuple[str, ...] | None:
    """Write where one of obstore's stores is.

    Parameters
    ----------
    store : object
        Of ``obstore.store``.
    """
    kind = type(store).__name__
    if kind == "MemoryStore":
        return ()
    if kind == "LocalStore":
        return None if store.prefix is None else ("file://" + str(store.prefix),)
    if kind == "HTTPStore":
        return (str(store.url),)
    # Its configuration holds secrets, and asking for it panics where plain HTTP is allowed.
    named = dict(_NAMED.findall(repr(store)))
    prefix = (store.prefix or "").strip("/")
    if kind in _SCHEMES and "bucket" in named:
        return (posixpath.join(f"{_SCHEMES[kind]}://{named['bucket']}", prefix).rstrip("/"),)
    if kind == "AzureStore" and len(named) == 2:
        host = f"{named['container_name']}@{named['account_name']}.dfs.core.windows.net"
        return (posixpath.join(f"abfs://{host}", prefix).rstrip("/"),)
    return None


def arrow_url(filesystem: Any, path: str) -> Any:
    """Write a path of one of Arrow's file systems as a URL.

    Parameters
    ----------
    filesystem : pyarrow.fs.FileSystem
    path : str

    Returns
    -------
    str, fsspec.AbstractFileSystem or None
        A URL, or the file system of fsspec that this one stands for; ``None`` if it is another.
    """
    inner = getattr(getattr(filesystem, "handler", None), "fs", None)
    if inner is not None:
        return inner
    if hasattr(filesystem, "base_path"):
        return arrow_url(filesystem.base_fs, posixpath.join(filesystem.base_path, path))
    scheme = _ARROW_SCHEMES.get(str(filesystem.type_name))
    return None if scheme is None else f"{scheme}://{path}"


def say(store: Any, url: str) -> None:
    """Note where a store is that cannot tell it, as a person says.

    Parameters
    ----------
    store : object
        A store of zarr or anything else that a task reads; a snapshot of Icechunk is known again
        in every session.
    url : str
    """
    _said[_identity(store)] = (store, url)
    while len(_said) > _KEPT:
        _said.popitem(last=False)


def said(store: Any) -> tuple[str, ...] | None:
    """Give where somebody has said that a store is."""
    found = _said.get(_identity(store))
    return None if found is None else (found[1],)


def _identity(store: Any) -> object:
    snapshot = getattr(getattr(store, "session", None), "snapshot_id", None)
    return snapshot if isinstance(snapshot, str) else id(store)
