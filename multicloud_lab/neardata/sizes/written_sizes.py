"""How large the results of a layer are whose tasks are written out one by one."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from dask._task_spec import Alias, DataNode, GraphNode, Task, TaskRef
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.array_blocks import ArrayBlocks
from multicloud_lab.neardata.graphs.task_graph import Floats
from multicloud_lab.neardata.graphs.written_tasks import is_future
from multicloud_lab.neardata.reading import selections
from multicloud_lab.neardata.sizes.function_kinds import Function, Kind, function_of
from multicloud_lab.neardata.sizes.partials import partial_bytes
from multicloud_lab.neardata.sizes.sized_layers import Inputs

_ALIAS = 0
_DATA = 1
_FUTURE = 2
_SCALARS = (bool, int, float, complex, str, bytes)


def blocks_of(keys: Sequence[Hashable], name: str, array: ArrayBlocks | None) -> NDArray[np.int64]:
    """Give the flat indices of the blocks that keys are of; -1 of one that is no block."""
    blocks = np.full(len(keys), -1, dtype=np.int64)
    if array is None:
        return blocks
    numblocks = array.numblocks
    length = len(numblocks) + 1
    places: Sequence[int] = range(len(keys))
    if set(map(type, keys)) != {tuple} or set(map(len, keys)) != {length}:  # type: ignore[arg-type]
        places = [at for at, key in enumerate(keys) if type(key) is tuple and len(key) == length]
    if any(keys[at][0] != name for at in places):  # type: ignore[index]
        places = [at for at in places if keys[at][0] == name]  # type: ignore[index]
    if not places:
        return blocks
    if not numblocks:
        blocks[places] = 0
        return blocks
    _, *columns = zip(*(keys[at] for at in places), strict=True)
    index = tuple(np.array(column) for column in columns)
    inside = np.ones(len(places), dtype=bool)
    for column, count in zip(index, numblocks, strict=True):
        if column.dtype.kind != "i":
            return blocks
        inside &= (column >= 0) & (column < count)
    flat = np.ravel_multi_index(tuple(column[inside] for column in index), numblocks)
    blocks[np.array(places)[inside]] = flat
    return blocks


class WrittenSizes:
    """The results of one layer of tasks that are written out.

    Parameters
    ----------
    tasks : sequence
        As the graph has them.
    array : ArrayBlocks or None
        What the layer says of its array.
    blocks : array of int64
        For each task the flat index of its block; -1 for one that is no block.
    inputs : Inputs
    """

    def __init__(
        self,
        tasks: Sequence[Any],
        array: ArrayBlocks | None,
        blocks: NDArray[np.int64],
        inputs: Inputs,
    ) -> None:
        self._tasks, self._array, self._blocks, self._inputs = tasks, array, blocks, inputs
        self.bytes: Floats = np.full(len(tasks), np.nan)
        self.value_bytes = 0
        self.aliases: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        functions: dict[int, Any] = {}
        groups: dict[int, list[int]] = {}
        for at, task in enumerate(tasks):
            kind = type(task)
            if kind is Task:
                called = task.func
            elif kind is tuple and task and callable(task[0]):
                called = task[0]
            else:
                groups.setdefault(_kind_of_data(task), []).append(at)
                continue
            number = id(called)
            functions[number] = called
            groups.setdefault(number, []).append(at)
        for number, members in groups.items():
            places = np.array(members, dtype=np.int64)
            if number == _DATA:
                self.bytes[places] = [_data_bytes(tasks[each]) for each in members]
            elif number == _ALIAS:
                self.aliases = places
            elif number == _FUTURE:
                if array is not None:
                    inside = places[blocks[places] >= 0]
                    self.bytes[inside] = array.elements(blocks[inside]) * array.dtype.itemsize
            else:
                self._called(function_of(functions[number]), places)

    def _called(self, function: Function, at: NDArray[np.int64]) -> None:
        """Tell the results of the tasks that call one function."""
        if function.name == "dask.utils.apply":
            first = self._tasks[at[0]]
            if type(first) is not tuple or len({id(self._tasks[each][1]) for each in at}) != 1:
                return
            function = function_of(first[1])
        inside = self._blocks[at] >= 0
        self._of_blocks(function, at[inside])
        if function.kind is Kind.SELECTED and not inside.all():
            self._selected(at[~inside])

    def _of_blocks(self, function: Function, at: NDArray[np.int64]) -> None:
        array, kind = self._array, function.kind
        if array is None or not len(at) or not (self._inputs.known or kind is Kind.READ):
            return
        each: float | None = None
        if kind in {Kind.READ, Kind.STATED, Kind.PARTIAL, Kind.ELEMENTWISE}:
            each = array.dtype.itemsize
        elif kind is Kind.SELECTED:
            if all(selections.is_of_elements(self._tasks[one]) for one in at):
                each = array.dtype.itemsize
        elif kind is Kind.MEAN or kind is Kind.MOMENT:
            each = partial_bytes(function, array.dtype, function.arguments, first=False)
        elif kind is Kind.FOUND:
            self.value_bytes = self._value_bytes(function)
            each = array.dtype.itemsize + self.value_bytes if self.value_bytes else None
        if each is not None:
            self.bytes[at] = array.elements(self._blocks[at]) * each

    def _value_bytes(self, function: Function) -> int:
        """Give the bytes of an element of the values that are compared."""
        if len(self._inputs.layers) != 1:
            return 0
        given = self._inputs.layers[0]
        if function.name.endswith("arg_combine"):
            return given.value_bytes
        return 0 if given.array is None else given.array.dtype.itemsize

    def _selected(self, at: NDArray[np.int64]) -> None:
        """Tell the results of tasks that cut out a part of another's, and are no block."""
        given = self._inputs.shapes_of(self._inputs.first_of(at))
        if given is None:
            return
        shapes, dtype = given
        elements = selections.elements([self._tasks[each] for each in at], shapes)
        if elements is not None:
            self.bytes[at] = elements * dtype.itemsize


def _kind_of_data(task: Any) -> int:
    """Say whether a task that calls no function is data, another's result, or a future's."""
    if type(task) is Alias:
        return _ALIAS
    if isinstance(task, DataNode):
        return _DATA
    if is_future(task):
        return _FUTURE
    held = isinstance(task, GraphNode | TaskRef | tuple | list | dict | str)
    return _ALIAS if held else _DATA


def _data_bytes(task: Any) -> float:
    """Count the bytes of data in a graph; of an object that is no data, NaN."""
    value = task.value if isinstance(task, DataNode) else task
    if isinstance(value, np.ndarray | np.generic) and not isinstance(value, np.ma.MaskedArray):
        return np.nan if value.dtype.hasobject else float(value.nbytes)
    return float(sys.getsizeof(value)) if type(value) in _SCALARS else np.nan
