"""Where a task writes: what dask stores arrays in, and the folder or file that a table goes to.

Placed like what is read: beside the store. A file of this machine, and an array in this process,
are written here and nowhere else: on a worker it would be a copy of them, and the data lost.
"""

from __future__ import annotations

from typing import Any

from dask._task_spec import DataNode

from multicloud_lab.neardata.graphs.task_graph import Source
from multicloud_lab.neardata.reading.leaves import url_of
from multicloud_lab.neardata.reading.reads import UNSEEN, Read, read_of

_OPENED = frozenset({"_write_csv", "_to_textfiles_chunk"})
_STORES = frozenset({"load_store_chunk"})
_TABLE = "ToParquetFunctionWrapper"


def writes(function: Any) -> bool:
    """Say whether a function is one of dask's own that write what another task has made."""
    module = getattr(function, "__module__", None) or type(function).__module__
    if module.partition(".")[0] != "dask":
        return False
    named = getattr(function, "__name__", "")
    return named in _STORES or named in _OPENED or type(function).__name__ == _TABLE


def written_by(function: Any, arguments: list[Any], name: str) -> Read:
    """Say where such a function writes; nothing is read for it.

    Parameters
    ----------
    function : callable
        One of which :func:`writes` says so.
    arguments : list
        The first is what is written.
    name : str
        Of the task's layer, for what cannot be located.
    """
    if type(function).__name__ == _TABLE:
        return written_table(function.fs, function.path, name)
    for each in arguments[1:]:
        target = each.value if isinstance(each, DataNode) else each
        found = read_of(target, name)
        if found is not None:
            return _written(found.source.urls or None, name)
        if hasattr(type(target), "__setitem__"):
            return _written((), name)
    return UNSEEN


def written_table(filesystem: Any, path: Any, name: str) -> Read:
    """Say where a table of several files goes."""
    return _written(url_of(filesystem, str(path)), name)


def _written(urls: tuple[str, ...] | None, name: str) -> Read:
    source = Source(unknown=name) if urls is None else Source(urls=urls, here=not urls)
    return Read(source, certain=True, _whole=0.0)
