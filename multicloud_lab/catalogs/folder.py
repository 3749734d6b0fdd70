"""Folders of catalog files, on this machine or in an object store: what is in one, bounded."""

from __future__ import annotations

import posixpath
from itertools import islice
from pathlib import Path

from multicloud_lab.catalogs.entry import Child, Entry, segment
from multicloud_lab.catalogs.fetch import Options, is_local
from multicloud_lab.errors import CatalogError, DeadlineError
from multicloud_lab.hosts import shown
from multicloud_lab.threads import within

_STORES = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "memory")
_ENDINGS = (".yaml", ".yml", ".json", ".ndjson", ".jsonl", ".txt")
_MAX_LISTED = 100_000
"""Names that are looked at; a folder of data is no folder of catalogs."""


def is_folder(url: str) -> bool:
    """Say whether what the administrator named is a folder.

    Of this machine the file system says it; in an object store, which has none, a name that ends
    in a slash or has no ending is one.
    """
    scheme, _, rest = url.partition("://")
    if not rest or scheme == "file":
        return Path(url.removeprefix("file://")).expanduser().is_dir()
    bucket, _, path = rest.rstrip("/").partition("/")
    return scheme in _STORES and (
        url.endswith("/") or (bool(bucket) and "." not in posixpath.basename(path))
    )


def read_folder(url: str, *, options: Options, limit: int, deadline: float) -> list[Entry | Child]:
    """List the catalog files directly in a folder, each a child named as its file; blocking.

    Parameters
    ----------
    url : str
        Normal URL.
    options : callable
        Gives the administrator's fsspec options for a URL.
    limit : int
        Files to give at most; if there are more, one row says so.
    deadline : float
        Seconds.

    Raises
    ------
    CatalogError
        It cannot be listed, or not in time, or has no catalog file.
    """
    try:
        names = within(deadline, lambda: _names(url, options))
    except DeadlineError as error:
        raise CatalogError(
            f"{shown(url)} cannot be listed: it did not answer within {deadline:g} s."
        ) from error
    # Every file system has errors of its own; each is a folder that cannot be read.
    except Exception as error:
        reason = str(error).partition("\n")[0][:200] or type(error).__name__
        raise CatalogError(
            f"{shown(url)} cannot be listed: {reason.replace(url, shown(url))}."
        ) from error
    files = sorted(name for name in names if name.endswith(_ENDINGS) and not name.startswith("."))
    if not files:
        raise CatalogError(f"{shown(url)} has no catalog file ({', '.join(_ENDINGS)}).")
    found: list[Entry | Child] = [_child(url, name) for name in files[:limit]]
    if len(files) > limit:
        what = f"{shown(url)} has {len(files)} catalog files; the first {limit} are read."
        found.append(Entry(path=("…",), name="…", catalog_url=url, problem=what))
    return found


def _child(folder: str, file: str) -> Child:
    name = posixpath.splitext(file)[0]
    row = Entry(path=(segment(name),), name=name, catalog_url=folder, entry=name)
    return Child(url=f"{folder.rstrip('/')}/{file}", row=row)


def _names(url: str, options: Options) -> list[str]:
    if is_local(url):
        return [entry.name for entry in islice(Path(url).iterdir(), _MAX_LISTED) if entry.is_file()]
    import fsspec

    file_system, path = fsspec.core.url_to_fs(url, **options(url))
    found = islice(file_system.ls(path, detail=True), _MAX_LISTED)
    return [posixpath.basename(item["name"]) for item in found if item["type"] == "file"]
