"""Where a lazy object reads: a walk over its unoptimised task graph."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import xarray as xr
from dask._expr import Expr
from dask.base import is_dask_collection
from dask.blockwise import Blockwise, BlockwiseDep, BlockwiseDepDict
from dask.highlevelgraph import HighLevelGraph

from multicloud_lab.neardata.graphs.task_graph import Source
from multicloud_lab.neardata.reading.leaves import arrow_urls, innermost, url_of
from multicloud_lab.neardata.reading.object_stores import say
from multicloud_lab.neardata.reading.reads import Read
from multicloud_lab.neardata.reading.sampled_sizes import sample
from multicloud_lab.neardata.reading.screening import Held, read_nothing, suspects
from multicloud_lab.neardata.reading.task_reads import TaskReads
from multicloud_lab.neardata.reading.writing_tasks import written_table


@dataclass(frozen=True, slots=True)
class Sources:
    """What a lazy object reads.

    Parameters
    ----------
    urls : frozenset of str
        The stores and files, as ``gs://bucket/store``.
    unknown : frozenset of str
        Names of the tasks that read from somewhere, or run a function that may, and that cannot
        be located.
    clusters : frozenset of str
        Addresses of the schedulers whose clusters hold results that are persisted there.
    """

    urls: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    clusters: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.urls or self.unknown or self.clusters)


def find_sources(collection: Any) -> Sources:
    """Find what a dask or xarray object reads, without reading any of it.

    Parameters
    ----------
    collection : dask collection, or xarray object
        An xarray object that was opened without dask is looked into as well.

    Returns
    -------
    Sources
        Empty if everything is in memory.
    """
    sources = [read.source for read in find_reads(collection)]
    return Sources(
        urls=frozenset(url for source in sources for url in source.urls),
        unknown=frozenset(source.unknown for source in sources if source.unknown),
        clusters=frozenset(source.cluster for source in sources if source.cluster),
    )


def find_reads(collection: Any) -> list[Read]:
    """Find what a dask or xarray object reads, one :class:`Read` for each source.

    Parameters
    ----------
    collection : dask collection, or xarray object
    """
    return list(_walked(collection).found.values())


def sample_sizes(collections: Iterable[Any]) -> None:
    """Ask the stores that objects read how large a few of their chunks are.

    Parameters
    ----------
    collections : iterable of dask collection or xarray object
        What is found here later knows these sizes; a store that does not answer is no error.
    """
    sample(array for each in collections for array in _walked(each).tasks.arrays())


def say_where(collection: Any, url: str) -> int:
    """Note where an object reads that cannot tell it by itself.

    Parameters
    ----------
    collection : dask collection, or xarray object
    url : str

    Returns
    -------
    int
        How many stores in it this was noted of.
    """
    stores = {id(store): store for store in map(innermost, _walked(collection).tasks.unlocated())}
    for store in stores.values():
        say(store, url)
    return len(stores)


def _walked(collection: Any) -> _Walk:
    walk = _Walk()
    if is_dask_collection(collection):
        expression = getattr(collection, "expr", None)
        if isinstance(expression, Expr):
            walk.expression(expression)
        else:
            walk.graph(collection.__dask_graph__())
    for name, variable in _variables(collection):
        if not is_dask_collection(variable):
            walk.note(walk.tasks.in_value(getattr(variable, "_data", variable), name))
    return walk


def _variables(value: Any) -> Iterator[tuple[str, Any]]:
    """List an xarray object's variables: the parts that it may have opened lazily without dask."""
    if isinstance(value, xr.Dataset):
        yield from ((str(name), variable) for name, variable in value.variables.items())
    elif isinstance(value, xr.DataArray):
        yield str(value.name), value.variable
        yield from ((str(name), coord.variable) for name, coord in value.coords.items())
    elif isinstance(value, xr.Variable):
        yield type(value).__name__, value


class _Walk:
    """One walk over a graph, and what was found in it."""

    def __init__(self) -> None:
        self.tasks = TaskReads()
        self.found: dict[Source, Read] = {}

    def note(self, reads: Iterable[Read]) -> None:
        """Add what was found."""
        for read in reads:
            self.found.setdefault(read.source, read)

    def graph(self, graph: Mapping[Any, Any]) -> None:
        """Walk every layer, or every task where there are no layers."""
        if not isinstance(graph, HighLevelGraph):
            keys = frozenset(graph)
            listed = list(graph)
            for places in suspects(list(graph.values()), _reads_nothing):
                for key in listed[places.start : places.stop]:
                    self.note(self.tasks.in_task(graph[key], _name(key), keys))
            return
        names = frozenset(graph.layers)
        for name, layer in graph.layers.items():
            if isinstance(layer, Blockwise):
                self.blockwise(layer, name, is_leaf=not graph.dependencies[name])
            elif not read_nothing(layer):
                tasks = list(layer.values())
                for places in suspects(tasks, _reads_nothing):
                    for task in tasks[places.start : places.stop]:
                        self.note(self.tasks.in_task(task, name, names))

    def blockwise(self, layer: Blockwise, name: str, *, is_leaf: bool) -> None:
        """Look into a layer that is written as one task and its indices."""
        given: list[Any] = [item for item, index in layer.indices if index is None]
        for blocks in layer.io_deps.values():
            if isinstance(blocks, BlockwiseDepDict):
                given.append(blocks.mapping)
            elif not type(blocks).__module__.startswith("dask."):
                given += _blocks(blocks)
        task = layer.task
        self.note(
            self.tasks.in_call(task.func, [*task.args, *given], task.kwargs, name, is_leaf=is_leaf)
        )

    def expression(self, expression: Any) -> None:
        """Walk a dataframe, which has an expression for a graph: its leaves are what reads."""
        from dask.dataframe.dask_expr.io import ReadParquet
        from dask.dataframe.dask_expr.io.parquet import ToParquet

        for leaf in expression.walk():
            if isinstance(leaf, ReadParquet):
                paths: Any = leaf.operand("path")  # type: ignore[no-untyped-call]
                filesystem: Any = leaf.operand("filesystem")  # type: ignore[no-untyped-call]
                options: Any = leaf.operand("storage_options")  # type: ignore[no-untyped-call]
                for path in paths if isinstance(paths, list | tuple) else [paths]:
                    self.note([_path(path, filesystem, options or {}, leaf._name)])
            elif isinstance(leaf, ToParquet):
                self.note([written_table(leaf.fs, leaf.path, leaf._name)])
            elif not leaf.dependencies():
                self.graph(leaf.lower_completely().__dask_graph__())


def _path(path: Any, filesystem: Any, options: Mapping[str, Any], name: str) -> Read:
    """Locate a path that a dataframe's reader was given, with or without a file system."""
    import fsspec

    urls: tuple[str, ...] | None
    try:
        if filesystem is None or isinstance(filesystem, str):
            # As its reader does: without its options a file system may look for a user.
            filesystem, path = fsspec.core.url_to_fs(str(path), **options)
        is_fsspec = isinstance(filesystem, fsspec.AbstractFileSystem)
        urls = (url_of if is_fsspec else arrow_urls)(filesystem, str(path))
    except (AttributeError, ImportError, ValueError):
        urls = None
    return Read(Source(unknown=name) if urls is None else Source(urls=urls))


def _blocks(blocks: BlockwiseDep) -> Iterator[Any]:
    """List what a layer gives to each of its tasks."""
    for index in itertools.product(*(range(n) for n in blocks.numblocks)):
        yield blocks.get(index, None)


def _reads_nothing(held: Held) -> bool:
    return held.reads_nothing


def _name(key: Any) -> str:
    return str(key[0] if isinstance(key, tuple) and key else key)
