"""Where a lazy object reads: a walk over its unoptimised task graph."""

from __future__ import annotations

import functools
import itertools
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import xarray as xr
from dask._expr import Expr
from dask._task_spec import Alias, DataNode, GraphNode, NestedContainer, Task, TaskRef
from dask.base import is_dask_collection
from dask.blockwise import Blockwise, BlockwiseDep, BlockwiseDepDict
from dask.highlevelgraph import HighLevelGraph

from multicloud_lab.neardata.leaves import read_urls

# A task of these that has no input makes its values itself: ones, arange, random.
_MAKERS = frozenset(
    {"builtins", "cftime", "cytoolz", "dask", "functools", "numpy", "operator", "pandas", "toolz"}
    | {"xarray", "xhistogram", "zarr", "flox", "math"}
)
_PLAIN = (str, bytes, int, float, complex, bool, type(None), slice, type, range, types.ModuleType)


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
    """

    urls: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def __or__(self, other: Sources) -> Sources:
        return Sources(self.urls | other.urls, self.unknown | other.unknown)

    def __bool__(self) -> bool:
        return bool(self.urls or self.unknown)


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
    walk = _Walk()
    if is_dask_collection(collection):
        expression = getattr(collection, "expr", None)
        if isinstance(expression, Expr):
            walk.expression(expression)
        else:
            walk.graph(collection.__dask_graph__())
    for name, variable in _variables(collection):
        if not is_dask_collection(variable):
            walk.leaf(getattr(variable, "_data", variable), name)
    return Sources(frozenset(walk.urls), frozenset(walk.unknown))


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
    """One walk over a graph: what was found, and what was looked at."""

    def __init__(self) -> None:
        self.urls: set[str] = set()
        self.unknown: set[str] = set()
        self._named: set[str] = set()  # Layers whose arguments say where they read.
        self._seen: dict[int, Any] = {}  # Holds the objects, so that no id is used again.

    def graph(self, graph: Mapping[Any, Any]) -> None:
        """Walk every layer, or every task where there are no layers."""
        if not isinstance(graph, HighLevelGraph):
            keys = frozenset(graph)
            for key, task in graph.items():
                self.task(task, _name(key), keys)
            return
        names = frozenset(graph.layers)
        for name, layer in graph.layers.items():
            if isinstance(layer, Blockwise):
                self.blockwise(layer, name, is_leaf=not graph.dependencies[name])
            else:
                for task in layer.values():
                    self.task(task, name, names)

    def expression(self, expression: Any) -> None:
        """Walk a dataframe, which has an expression for a graph: its leaves are what reads."""
        from dask.dataframe.dask_expr.io import ReadParquet

        for leaf in expression.walk():
            if isinstance(leaf, ReadParquet):
                paths: Any = leaf.operand("path")  # type: ignore[no-untyped-call]
                for path in paths if isinstance(paths, list | tuple) else [paths]:
                    self.path(path, leaf._name)
            elif not leaf.dependencies():
                self.graph(leaf.lower_completely().__dask_graph__())

    def path(self, path: Any, name: str) -> None:
        """Note a path that a dataframe reader was given."""
        import fsspec

        try:
            filesystem, inner = fsspec.core.url_to_fs(str(path))
        except (ImportError, ValueError):
            self.unknown.add(name)
        else:
            self.urls.add(str(filesystem.unstrip_protocol(inner)))

    def blockwise(self, layer: Blockwise, name: str, *, is_leaf: bool) -> None:
        """Look into a layer that is written as one task and its indices."""
        for item, index in layer.indices:
            if index is None:
                self.value(item, name)
        for blocks in layer.io_deps.values():
            if isinstance(blocks, BlockwiseDepDict):
                self.value(blocks.mapping, name)
            elif not type(blocks).__module__.startswith("dask."):
                self.value(list(_blocks(blocks)), name)
        task = layer.task
        self.value([*task.args, *task.kwargs.values()], name)
        self.function(task.func, name, is_leaf=is_leaf)

    def task(self, task: Any, name: str, keys: frozenset[Any]) -> None:
        """Look into one task, of either form that dask writes."""
        if isinstance(task, NestedContainer):
            self.value(list(task.args), name)
        elif isinstance(task, Task):
            self.value([*task.args, *task.kwargs.values()], name)
            self.function(task.func, name, is_leaf=not task.dependencies)
        elif isinstance(task, DataNode):
            self.value(task.value, name)
        elif type(task) is tuple and task and callable(task[0]):
            self.value(list(task[1:]), name)
            self.function(task[0], name, is_leaf=not _refers(task[1:], keys))
        else:
            self.value(task, name)

    def value(self, value: Any, name: str) -> None:
        """Look into an argument, however deep."""
        if isinstance(value, _PLAIN) or id(value) in self._seen:
            return
        self._seen[id(value)] = value
        if isinstance(value, Alias | TaskRef):
            return
        if isinstance(value, GraphNode):
            self.task(value, name, frozenset())
        elif isinstance(value, Mapping) and not hasattr(value, "fs"):
            for item in value.values():
                self.value(item, name)
        elif isinstance(value, list | tuple | set | frozenset):
            if type(value) is tuple and value and callable(value[0]):
                self.function(value[0], name, is_leaf=False)
            for item in value:
                self.value(item, name)
        elif is_dask_collection(value):
            found = find_sources(value)
            self.urls |= found.urls
            self.unknown |= found.unknown
        elif isinstance(value, types.FunctionType | types.BuiltinFunctionType | functools.partial):
            self.function(value, name, is_leaf=False)
        else:
            self.leaf(value, name)

    def function(self, function: Any, name: str, *, is_leaf: bool) -> None:
        """Look into what a function carries; one without input may itself be the reader."""
        while isinstance(function, functools.partial):
            self.value([*function.args, *function.keywords.values()], name)
            function = function.func
        owner = getattr(function, "__self__", None)
        if owner is not None and not isinstance(owner, types.ModuleType | type):
            self.value(owner, name)
        module = getattr(function, "__module__", None) or type(function).__module__
        maker = module.partition(".")[0] in _MAKERS and ".io." not in module
        if is_leaf and not maker and name not in self._named:
            label = getattr(function, "__qualname__", type(function).__qualname__)
            self.unknown.add(f"{name} (function {label})")

    def leaf(self, value: Any, name: str) -> None:
        """Note where an object reads."""
        found = read_urls(value)
        if found is None:
            self.unknown.add(name)
        else:
            self.urls.update(found)
            if found:
                self._named.add(name)


def _blocks(blocks: BlockwiseDep) -> Iterator[Any]:
    """List what a layer gives to each of its tasks."""
    for index in itertools.product(*(range(n) for n in blocks.numblocks)):
        yield blocks.get(index, None)


def _refers(arguments: Any, keys: frozenset[Any]) -> bool:
    """Say whether arguments of a task in dask's older form name another task."""
    if isinstance(arguments, list) or (type(arguments) is tuple and not _is_key(arguments, keys)):
        return any(_refers(item, keys) for item in arguments)
    if isinstance(arguments, dict):
        return any(_refers(item, keys) for item in arguments.values())
    return _is_key(arguments, keys)


def _is_key(value: Any, keys: frozenset[Any]) -> bool:
    named = value[0] if type(value) is tuple and value else value
    if not isinstance(named, str):
        return False
    try:
        known = named in keys or value in keys
    except TypeError:  # A tuple that holds a list is no key.
        known = False
    return known


def _name(key: Any) -> str:
    return str(key[0] if isinstance(key, tuple) and key else key)
