"""Which URL an object in a task graph reads from: stores, files, and what xarray wraps them in."""

from __future__ import annotations

import io
import os
import posixpath
from collections.abc import Callable
from typing import Any

from multicloud_lab.neardata.reading.object_stores import arrow_url, obstore_url, said
from multicloud_lab.neardata.reading.references import folders, is_reference

_IN_MEMORY = frozenset({"numpy", "pandas", "pyarrow", "scipy", "sparse", "cupy"})


def read_urls(leaf: Any) -> tuple[str, ...] | None:
    """Say where an object that a task holds reads from.

    Parameters
    ----------
    leaf : object
        An argument of a task: a lazy array, a store, a file, or plain data.

    Returns
    -------
    tuple of str or None
        URLs, as ``gs://bucket/store``; none of them if the object is data in memory. ``None`` if
        it reads from somewhere that cannot be told: nothing is guessed.
    """
    seen: set[int] = set()
    while id(leaf) not in seen:
        seen.add(id(leaf))
        if (told := said(leaf)) is not None:
            return told
        for kind, read in _READERS:
            if kind(leaf):
                return read(leaf)
        inner = inner_of(leaf)
        if inner is None:
            break
        leaf = inner
    return None if _reads(leaf) else ()


def url_of(filesystem: Any, path: str) -> tuple[str, ...] | None:
    """Write a path of an fsspec filesystem as a URL, through wrappers that only add a cache."""
    if is_reference(filesystem):
        return folders(filesystem, path)
    inner = getattr(filesystem, "sync_fs", None)
    if inner is not None:
        return url_of(inner, path)
    protocols = filesystem.protocol
    protocol = protocols if isinstance(protocols, str) else protocols[0]
    if protocol == "dir":
        return url_of(filesystem.fs, posixpath.join(filesystem.path, path))
    if protocol == "memory":
        return ()
    if protocol in {"blockcache", "cached", "filecache", "simplecache"}:
        return url_of(filesystem.fs, path)
    if protocol in {"zip", "tar", "libarchive", "git", "abstract"}:
        return None
    return (str(filesystem.unstrip_protocol(path)),)


def _local(path: Any) -> tuple[str, ...] | None:
    """Write what a netCDF library was given, a path or a URL, as a URL."""
    text = os.fspath(path)
    if not isinstance(text, str):
        return None
    return (text,) if "://" in text else ("file://" + os.path.abspath(text),)  # noqa: PTH100


def _zarr_store(store: Any, path: str = "") -> tuple[str, ...] | None:
    """Say where a store is; of references, where those of one array or group lead."""
    if (told := said(store)) is not None:
        return told
    kinds = {kind.__name__ for kind in type(store).__mro__}
    if "ObjectStore" in kinds:
        return obstore_url(store.store)
    if "FsspecStore" in kinds:
        return folders(store.fs, path) if is_reference(store.fs) else url_of(store.fs, store.path)
    if "LocalStore" in kinds:
        return _local(store.root)
    if "MemoryStore" in kinds:
        return ()
    if "ZipStore" in kinds:
        return _local(store.path)
    wrapped = getattr(store, "_store", None)
    return None if wrapped is None else _zarr_store(wrapped, path)


def _manager(manager: Any) -> tuple[str, ...] | None:
    """Read the file that one of xarray's file managers keeps open."""
    arguments = getattr(manager, "_args", None)
    opened = arguments[0] if arguments else getattr(manager, "_value", None)
    if isinstance(opened, str | os.PathLike):
        return _local(opened)
    return None if opened is None else read_urls(opened)


def _datastore(array: Any) -> tuple[str, ...] | None:
    store = array.datastore
    filename = getattr(store, "_filename", None)
    if isinstance(filename, str) and filename and not filename.startswith("<"):
        return _local(filename)
    return _manager(getattr(store, "_manager", None))


def _has(*names: str) -> Callable[[Any], bool]:
    return lambda leaf: all(hasattr(leaf, name) for name in names)


def _is(module: str, *names: str) -> Callable[[Any], bool]:
    """Match by the classes' names, so that no storage library is imported to look."""
    wanted = {f"{module}.{name}" for name in names}

    def check(leaf: Any) -> bool:
        return any(
            f"{c.__module__.partition('.')[0]}.{c.__name__}" in wanted for c in type(leaf).__mro__
        )

    return check


def _hdf5(leaf: Any) -> tuple[str, ...] | None:
    return _local(leaf.file.filename)


def _netcdf4(leaf: Any) -> tuple[str, ...] | None:
    return _local(leaf.group().filepath())


def _file(leaf: Any) -> tuple[str, ...] | None:
    return url_of(leaf.fs, leaf.path)


def arrow_urls(filesystem: Any, path: str) -> tuple[str, ...] | None:
    """Write a path of one of Arrow's file systems as a URL."""
    found = arrow_url(filesystem, path)
    if found is None or isinstance(found, str):
        return None if found is None else (found,)
    return url_of(found, path)


def _fragment(leaf: Any) -> tuple[str, ...] | None:
    """Locate a piece of a Parquet file, which dask wraps to send it."""
    fragment = getattr(leaf, "fragment", leaf)
    return arrow_urls(fragment.filesystem, fragment.path)


_READERS: tuple[tuple[Callable[[Any], bool], Callable[[Any], tuple[str, ...] | None]], ...] = (
    (_is("zarr", "Array", "AsyncArray", "Group"), lambda leaf: _zarr_store(leaf.store, leaf.path)),
    (_is("zarr", "Store"), _zarr_store),
    (_is("h5py", "Dataset"), _hdf5),
    (_is("netCDF4", "Variable"), _netcdf4),
    (_is("fsspec", "OpenFile", "AbstractBufferedFile", "LocalFileOpener"), _file),
    (_is("fsspec", "FSMap"), lambda leaf: url_of(leaf.fs, leaf.root)),
    (_is("pyarrow", "Fragment"), _fragment),
    (_is("dask", "FragmentWrapper"), _fragment),
    (_is("xarray", "BackendArray"), lambda leaf: _backend(leaf)),
    (lambda leaf: isinstance(leaf, io.BytesIO), lambda leaf: ()),
    (lambda leaf: isinstance(leaf, io.IOBase) and hasattr(leaf, "name"), lambda f: _local(f.name)),
)


def _backend(array: Any) -> tuple[str, ...] | None:
    """Look into the arrays of xarray's own backends and of those that are built like them."""
    if (inner := getattr(array, "_array", None)) is not None:
        return read_urls(inner)
    if hasattr(array, "datastore"):
        return _datastore(array)
    if hasattr(array, "manager"):
        return _manager(array.manager)
    return None


def innermost(leaf: Any) -> Any:
    """Give the store or the object that a lazy array reads, below all that wraps it."""
    seen: set[int] = set()
    while id(leaf) not in seen and (inner := inner_of(leaf)) is not None:
        seen.add(id(leaf))
        leaf = inner
    return getattr(leaf, "store", leaf)


def inner_of(leaf: Any) -> Any:
    """Go one step into an array that adds scaling, masks or indexing to another."""
    if _module(leaf) in _IN_MEMORY:
        return None
    for name in ("array", "_array"):
        inner = getattr(leaf, name, None)
        if inner is not None and not callable(inner):
            return inner
    return None


def _reads(leaf: Any) -> bool:
    """Say whether an object of an unknown kind looks as if it reads: an array, file or store."""
    if isinstance(leaf, type) or _module(leaf) in _IN_MEMORY:
        return False
    if _has("shape", "dtype", "__getitem__")(leaf):
        return True
    return isinstance(leaf, io.IOBase) or _is("fsspec", "AbstractFileSystem")(leaf)


def _module(leaf: Any) -> str:
    return type(leaf).__module__.partition(".")[0]
