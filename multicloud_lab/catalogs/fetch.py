"""Bytes of a catalog file, wherever it is: bounded in size and time, told in words if it fails."""

from __future__ import annotations

import posixpath
import ssl
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from multicloud_lab.errors import AddressRefusedError, CatalogError, DeadlineError
from multicloud_lab.hosts import shown
from multicloud_lab.threads import within

Options = Callable[[str], dict[str, Any]]

_CHUNK = 1 << 20


def is_local(url: str) -> bool:
    """Say whether a normal URL is a file of this machine."""
    return "://" not in url


def normal_url(url: str) -> str:
    """Give a file's URL in one form: an absolute path if local, without ``..`` in any case."""
    url = url.removeprefix("file://") if url.startswith("file://") else url
    if is_local(url):
        return posixpath.normpath(str(Path(url).expanduser().absolute()))
    parts = urlsplit(url)
    path = posixpath.normpath(parts.path) if parts.path.strip("/") else parts.path
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def directory_of(url: str) -> str:
    """Give the directory of a file's normal URL, without a slash at the end."""
    if is_local(url):
        return posixpath.dirname(url).rstrip("/")
    parts = urlsplit(url)
    folder = posixpath.dirname(parts.path).rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, folder, "", ""))


def fetch(url: str, *, options: Options, limit: int, deadline: float) -> bytes:
    """Read a whole file.

    Parameters
    ----------
    url : str
        Normal URL.
    options : callable
        Gives the administrator's fsspec options for a URL.
    limit : int
        Bytes, after decompression of ``.gz``.
    deadline : float
        Seconds.

    Raises
    ------
    CatalogError
        It cannot be read, is larger than the limit, or does not come in time.
    """
    try:
        data = (
            _read_local(url, limit)
            if is_local(url)
            else within(deadline, lambda: _read_remote(url, options(url), limit))
        )
        # A store may have undone the compression on the way, as it says by its name alone.
        if url.partition("?")[0].endswith(".gz") and data.startswith(b"\x1f\x8b"):
            data = _gunzip(data, limit)
    except CatalogError:
        raise
    except AddressRefusedError as error:
        raise CatalogError(f"{shown(url)} is not read. {error}") from error
    except DeadlineError as error:
        raise CatalogError(
            f"{shown(url)} cannot be read: it did not answer within {deadline:g} s."
        ) from error
    # Every file system has errors of its own; each is a catalog that cannot be read.
    except Exception as error:
        raise CatalogError(f"{shown(url)} cannot be read: {_reason(error, url)}.") from error
    if len(data) > limit:
        raise CatalogError(f"{shown(url)} is larger than {limit / 1e6:g} MB.")
    return data


def _read_local(path: str, limit: int) -> bytes:
    if not Path(path).is_file():
        there = "it is not a file" if Path(path).exists() else "it is not there"
        raise CatalogError(f"{path} cannot be read: {there}.")
    if Path(path).stat().st_size > limit:
        raise CatalogError(f"{path} is larger than {limit / 1e6:g} MB.")
    with Path(path).open("rb") as file:
        return file.read(limit + 1)


def _read_remote(url: str, options: Mapping[str, Any], limit: int) -> bytes:
    import fsspec

    # Without a block size, HTTP is a plain stream; with a size, it is not asked for beforehand.
    # Other stores seek for themselves.
    kwargs = {"block_size": 0, "size": limit} if url.startswith("http") else {}
    file_system, path = fsspec.core.url_to_fs(url, **options)
    parts: list[bytes] = []
    size = 0
    with file_system.open(path, "rb", **kwargs) as file:
        while size <= limit and (part := file.read(min(_CHUNK, limit + 1 - size))):
            parts.append(part)
            size += len(part)
    return b"".join(parts)


def _gunzip(data: bytes, limit: int) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(data, limit + 1)


def _reason(error: BaseException, url: str) -> str:
    # fsspec calls every failure over HTTP a missing file; what it was is the cause.
    while isinstance(error, FileNotFoundError) and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, FileNotFoundError) or getattr(error, "status", None) == 404:
        return "it is not there"
    if isinstance(error, PermissionError):
        return "access is denied"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    # What aiohttp says of a connection is about its own settings.
    unconnected = getattr(error, "os_error", None)
    if isinstance(unconnected, ConnectionRefusedError):
        return "its host refuses connections"
    if isinstance(unconnected, OSError) and not isinstance(unconnected, ssl.SSLError):
        return "its host cannot be reached: check the address, and the network here"
    text = str(error).partition("\n")[0].replace(url, shown(url))[:200].rstrip(".")
    return text or type(error).__name__
