"""What the tasks of a graph read: the objects and the addresses in their arguments."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dask._task_spec import (
    Alias,
    DataNode,
    GraphNode,
    NestedContainer,
    Task,
    TaskRef,
    _execute_subgraph,
)
from dask.base import is_dask_collection
from dask.typing import Key

from multicloud_lab.neardata.graphs.task_graph import Source
from multicloud_lab.neardata.reading.reads import Read, combined, read_of, zarr_array
from multicloud_lab.neardata.reading.url_words import kind_of, urls_in
from multicloud_lab.neardata.reading.writing_tasks import writes, written_by

_PLAIN = (str, bytes, int, float, complex, bool, type(None), slice, type, range, types.ModuleType)
_GETTERS = frozenset({"getter", "getter_nofancy", "getter_inline", "getitem"})


class TaskReads:
    """Looks into tasks, at each object in them once."""

    def __init__(self) -> None:
        # Holds the objects as well, so that no id is used again.
        self._known: dict[int, tuple[Any, Read | None]] = {}

    def of_task(self, task: Any, name: str, keys: frozenset[Any] = frozenset()) -> Read | None:
        """Say what one task reads, all in all.

        Parameters
        ----------
        task : object
            Of either form that dask writes, or what a key stands for itself.
        name : str
            Of its layer, for what cannot be located.
        keys : frozenset
            The names of the layers, or the keys, of the graph; for tasks of the older form.

        Returns
        -------
        Read or None
            ``None`` if it reads nothing.
        """
        function, arguments = _call(task)
        if getattr(function, "__name__", "") in _GETTERS and len(arguments) > 1:
            read = self.of_leaf(arguments[0], name)
            if read is not None:
                region = arguments[1]
                region = region if isinstance(region, tuple) else (region,)
                return read.of_region(region)
        return combined(list(self.in_task(task, name, keys)))

    def of_leaf(self, value: Any, name: str) -> Read | None:
        """Say what one object reads; ``None`` for data, and for what is not looked at alone."""
        if isinstance(value, (*_PLAIN, GraphNode)) or type(value) is TaskRef:
            return None
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = (value, read_of(value, name))
        return known[1]

    def unlocated(self) -> list[Any]:
        """List the objects that were looked at and cannot be located."""
        return [value for value, read in self._known.values() if read and read.source.unknown]

    def arrays(self) -> list[Any]:
        """List the ``zarr.Array`` below each object that was looked at and reads."""
        found = (zarr_array(value) for value, read in self._known.values() if read)
        return [array for array in found if array is not None]

    def in_task(self, task: Any, name: str, keys: frozenset[Any]) -> Iterator[Read]:
        """Look into one task."""
        if isinstance(task, NestedContainer):
            yield from self.in_value(list(task.args), name)
        elif isinstance(task, Task):
            yield from self.in_call(
                task.func, [*task.args], task.kwargs, name, is_leaf=not task.dependencies
            )
        elif isinstance(task, DataNode):
            yield from self._in_data(task.value, name)
        elif type(task) is tuple and task and callable(task[0]):
            is_leaf = not _refers(task[1:], keys)
            yield from self.in_call(task[0], list(task[1:]), {}, name, is_leaf=is_leaf)
        else:
            yield from self._in_data(task, name)

    def in_call(
        self,
        function: Any,
        arguments: list[Any],
        keywords: Mapping[str, Any],
        name: str,
        *,
        is_leaf: bool,
    ) -> Iterator[Read]:
        """Look into a function and what it is called with.

        Parameters
        ----------
        function : callable
        arguments : list
        keywords : mapping
        name : str
        is_leaf : bool
            Whether no other task's result is among the arguments: then the function itself may
            be what reads.
        """
        while isinstance(function, functools.partial):
            arguments = [*function.args, *arguments]
            keywords = {**function.keywords, **keywords}
            function = function.func
        if getattr(function, "__name__", "") == "apply" and arguments and callable(arguments[0]):
            function, positional, *named = arguments
            yield from self.in_call(
                function,
                list(positional) if isinstance(positional, list | tuple) else [positional],
                {"": named},
                name,
                is_leaf=is_leaf,
            )
            return
        if function is _execute_subgraph and len(arguments) > 2:
            inner, _, names, *given = arguments
            arguments = [_with_data(inner, names, given), *given]
        if writes(function):
            yield from self.in_value(arguments[:1], name)
            yield written_by(function, arguments, name)
            return
        given = [*arguments, *keywords.values()]
        found = [*self.in_value(given, name), *self._in_function(function, name)]
        piece = _piece(function, arguments)
        if piece is not None:
            found = [piece]
        kind = kind_of(function)
        if kind != "makes":
            found += _addressed([*given, function], name, paths=kind == "opens")
            if not found and is_leaf:
                label = getattr(function, "__qualname__", type(function).__qualname__)
                found = [Read(Source(unknown=f"{name} (function {label})"))]
        yield from found

    def in_value(self, value: Any, name: str) -> Iterator[Read]:
        """Look into an argument, however deep."""
        # A future is a reference as well, but to what a cluster holds.
        if isinstance(value, (*_PLAIN, Alias)) or type(value) is TaskRef:
            return
        if isinstance(value, GraphNode):
            yield from self.in_task(value, name, frozenset())
        elif isinstance(value, Mapping) and not hasattr(value, "fs"):
            for item in value.values():
                yield from self.in_value(item, name)
        elif isinstance(value, list | tuple | set | frozenset):
            if type(value) is tuple and value and callable(value[0]):
                yield from self.in_call(value[0], list(value[1:]), {}, name, is_leaf=False)
                return
            for item in value:
                yield from self.in_value(item, name)
        elif is_dask_collection(value):
            from multicloud_lab.neardata.reading.sources import find_reads

            yield from find_reads(value)
        elif isinstance(value, types.FunctionType | types.BuiltinFunctionType | functools.partial):
            yield from self.in_call(value, [], {}, name, is_leaf=False)
        else:
            read = self.of_leaf(value, name)
            if read is not None:
                yield read

    def _in_data(self, value: Any, name: str) -> Iterator[Read]:
        """Look into what a key stands for; addresses there are for other tasks to read."""
        yield from self.in_value(value, name)
        if isinstance(value, str | list | tuple):
            yield from _addressed([value], name, paths=False)

    def _in_function(self, function: Any, name: str) -> Iterator[Read]:
        """Look at what a function carries: of a method its object, of a closure its variables."""
        owner = getattr(function, "__self__", None)
        if owner is not None and not isinstance(owner, types.ModuleType | type):
            yield from self.in_value(owner, name)
        for cell in getattr(function, "__closure__", None) or ():
            try:
                held = cell.cell_contents
            except ValueError:  # It is not filled yet.
                continue
            if not isinstance(held, types.FunctionType):
                yield from self.in_value(held, name)


def _call(task: Any) -> tuple[Any, list[Any]]:
    """Give the function of a task and its positional arguments; none for data."""
    if isinstance(task, Task) and not isinstance(task, NestedContainer):
        return task.func, [*task.args]
    if type(task) is tuple and task and callable(task[0]):
        return task[0], list(task[1:])
    return None, []


def _with_data(
    inner: Mapping[Any, GraphNode], names: Sequence[Any], given: Sequence[Any]
) -> list[GraphNode]:
    """Write tasks that are fused to one with the data that it is given for them."""
    data: dict[Key, Key | GraphNode] = {
        key: value for key, value in zip(names, given, strict=False) if isinstance(value, DataNode)
    }
    return [node.substitute(data) for node in inner.values()]


def _addressed(given: list[Any], name: str, *, paths: bool) -> list[Read]:
    """Read the addresses among arguments."""
    found = dict.fromkeys(urls_in(given, paths=paths))
    return [
        Read(Source(unknown=name)) if url is None else Read(Source(urls=(url,))) for url in found
    ]


def _piece(function: Any, arguments: list[Any]) -> Read | None:
    """Read a piece of a table: a file of Parquet, or a block of a text file."""
    name = getattr(function, "__name__", type(function).__name__)
    if name == "read_block_from_file" and len(arguments) > 2:
        read = read_of(arguments[0])
        if read is not None and isinstance(arguments[2], int):
            return replace(read, certain=True, _whole=float(arguments[2]))
        return read
    if name == "ParquetFunctionWrapper" and arguments and isinstance(arguments[0], dict):
        from multicloud_lab.neardata.reading.leaves import url_of

        piece = arguments[0].get("piece")
        path = piece[0] if isinstance(piece, tuple | list) else piece
        urls = url_of(function.fs, path) if isinstance(path, str) else None
        if urls == ():
            return None
        return Read(Source(unknown=name) if urls is None else Source(urls=urls))
    return None


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
