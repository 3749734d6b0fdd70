"""Which tasks read from stores, what, and how many stored bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from dask._task_spec import Alias, DataNode, GraphNode, Task, TaskRef
from dask.blockwise import BlockwiseDepDict
from dask.layers import ArraySliceDep
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.task_graph import Floats, Ints, Source
from multicloud_lab.neardata.graphs.walking import ELSEWHERE, Needed
from multicloud_lab.neardata.reading.reads import Read, combined
from multicloud_lab.neardata.reading.screening import Held, read_nothing, suspects
from multicloud_lab.neardata.reading.task_reads import TaskReads
from multicloud_lab.neardata.reading.url_words import kind_of

_GETTERS = frozenset({"getter", "getter_nofancy", "getter_inline", "getitem"})


class _Everything(frozenset[Any]):
    """Holds every key."""

    def __contains__(self, key: object) -> bool:
        return True


class Readings:
    """What tasks read, layer by layer.

    A task that holds a store's array or an address, and does nothing with it, reads nothing, but it
    belongs to what it holds; the tasks that take it are those that read.

    Parameters
    ----------
    starts, inputs : array
        Of all tasks, as in :class:`~multicloud_lab.neardata.graphs.task_graph.TaskGraph`.
    """

    def __init__(self, starts: NDArray[np.int64], inputs: Ints) -> None:
        total = len(starts) - 1
        self.source: Ints = np.full(total, -1, dtype=np.int32)
        self.read_bytes: Floats = np.zeros(total)
        self._starts, self._inputs = starts, inputs
        self._numbers: dict[Source, int] = {}
        self._tasks = TaskReads()
        self._held: dict[int, Read] = {}
        self._is_held = np.zeros(total, dtype=bool)
        self._clean: dict[int, tuple[Any, bool]] = {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """What is read, by the numbers in ``source``."""
        return tuple(self._numbers)

    def add(self, needed: Needed, first: int) -> None:
        """Look at a layer, after those that it takes results of.

        Parameters
        ----------
        needed : Needed
        first : int
            Number of its first task.
        """
        if needed.numblocks is not None:
            self._blockwise(needed, first)
        else:
            self._written(needed, first)
            for at, task in enumerate(needed.tasks):
                if task is None and needed.name == ELSEWHERE:
                    key = needed.slots.keys_asked[at]
                    unknown = f"a result under the key {key!r}, which no graph holds"
                    self._note(first + at, [Read(Source(unknown=unknown))])

    def _blockwise(self, needed: Needed, first: int) -> None:
        layer: Any = needed.layer
        task = layer.task
        literals = [item for item, index in layer.indices if index is None]
        given = [*task.args, *(item for item in literals if type(item) is not TaskRef)]
        taken = self._taken(first)
        held = [self._held[number] for number in taken if self._is_held[number]]
        by_block = [
            blocks
            for blocks in layer.io_deps.values()
            if isinstance(blocks, BlockwiseDepDict)
            or not type(blocks).__module__.startswith("dask.")
        ]

        def reads(more: Sequence[Any] = ()) -> list[Read]:
            is_leaf = not len(taken)
            arguments = [*given, *more]
            found = self._tasks.in_call(
                task.func, arguments, task.kwargs, needed.name, is_leaf=is_leaf
            )
            return [*found, *held]

        if by_block:
            for at, index in enumerate(needed.indices()):
                self._note(first + at, reads([blocks.get(index, None) for blocks in by_block]))
            return
        found = reads()
        chunks = next(
            (each.chunks for each in layer.io_deps.values() if isinstance(each, ArraySliceDep)),
            None,
        )
        places = slice(first, first + len(needed))
        self._note(places, found)
        if len(found) == 1 and found[0].is_array and _is_getter(task.func) and chunks is not None:
            stored = found[0].stored_bytes_of_blocks(chunks).reshape(-1)
            self.read_bytes[places] = stored if needed.blocks is None else stored[needed.blocks]

    def _written(self, needed: Needed, first: int) -> None:
        tasks = needed.tasks
        suspect = self._take_held(first, len(tasks))
        taking = suspect.copy()
        if needed.name == ELSEWHERE or not read_nothing(needed.source):
            # A function of a user that is given nothing may itself read.
            suspect |= np.diff(self._starts[first : first + len(tasks) + 1]) == 0
            for places in suspects(tasks, self._is_harmless):
                suspect[places.start : places.stop] = True
        while suspect.any():
            for at in np.flatnonzero(suspect).tolist():
                self._look(tasks[at], first + at, needed.name)
            # What takes a store's array may be in the same layer, where graphs have no layers.
            suspect = self._take_held(first, len(tasks)) & ~taking
            taking |= suspect

    def _take_held(self, first: int, count: int) -> NDArray[np.bool_]:
        """Say of each task of a layer whether it takes what another one holds to be read."""
        bounds = self._starts[first : first + count + 1]
        held = self._is_held[self._inputs[bounds[0] : bounds[-1]]]
        before = np.concatenate([[0], np.cumsum(held)])
        takes: NDArray[np.bool_] = np.diff(before[bounds - bounds[0]]) > 0
        return takes

    def _is_harmless(self, held: Held) -> bool:
        return held.data_only and not held.addresses and all(map(self._is_clean, held.functions))

    def _is_clean(self, function: Any) -> bool:
        """Say whether a function reads nothing but what it is given by other tasks."""
        known = self._clean.get(id(function))
        if known is None:
            clean = kind_of(function) != "opens" and not list(
                self._tasks.in_call(function, [], {}, "", is_leaf=False)
            )
            known = self._clean[id(function)] = (function, clean)
        return known[1]

    def _look(self, task: Any, number: int, name: str) -> None:
        """Look at one task that is written out."""
        taken = self._taken(number)
        held = [self._held[each] for each in taken if self._is_held[each]]
        if held and isinstance(task, Alias | TaskRef):
            self._hold(number, held[0])
            return
        # In a task of the older form a word may be a key: it has inputs, or none of them is.
        read = self._tasks.of_task(task, name, _Everything() if taken else frozenset())
        if taken and read is not None and read.source.cluster:
            read = _without_cluster(read)  # A future in its arguments is a task of its own.
        if len(held) == 1 and read is None:
            self._note(number, [_of_region(task, held[0])])
        elif held or read is not None:
            found = [*held, *([read] if read is not None else ())]
            if not taken and _is_data(task) and not found[0].source.cluster:
                self._hold(number, found[0])
            else:
                self._note(number, found)

    def _taken(self, number: int) -> list[int]:
        taken: list[int] = self._inputs[self._starts[number] : self._starts[number + 1]].tolist()
        return taken

    def _hold(self, number: int, read: Read) -> None:
        """Note a task that holds something to be read."""
        self.source[number] = self._number(read.source)
        self._held[number] = read
        self._is_held[number] = True

    def _note(self, places: int | slice, reads: list[Read]) -> None:
        """Note what tasks read; of arrays that they may take any region of, unknown bytes."""
        read = combined(reads)
        if read is not None:
            self.source[places] = self._number(read.source)
            unknown = any(each.is_array for each in reads)
            self.read_bytes[places] = np.nan if unknown else read.stored_bytes()

    def _number(self, source: Source) -> int:
        return self._numbers.setdefault(source, len(self._numbers))


def _is_getter(function: Any) -> bool:
    return getattr(function, "__name__", "") in _GETTERS


def _is_data(task: Any) -> bool:
    if isinstance(task, GraphNode):
        return isinstance(task, DataNode)
    return not (type(task) is tuple and task and callable(task[0]))


def _without_cluster(read: Read) -> Read | None:
    source = replace(read.source, cluster="")
    return replace(read, source=source) if source.urls or source.unknown else None


def _of_region(task: Any, held: Read) -> Read:
    """Say what a task reads of an array that another task holds."""
    function, arguments = (task.func, task.args) if isinstance(task, Task) else (task[0], task[1:])
    if _is_getter(function) and len(arguments) > 1:
        region = arguments[1].value if isinstance(arguments[1], DataNode) else arguments[1]
        return held.of_region(region if isinstance(region, tuple) else (region,))
    return held
