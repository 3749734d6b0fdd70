"""Walk from the results that are wanted to every task they need, a layer at a time."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product, repeat
from math import prod
from typing import Any

import numpy as np
from dask.highlevelgraph import MaterializedLayer
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs import blockwise_edges, written_tasks
from multicloud_lab.neardata.graphs.merging import Merged, named

ELSEWHERE = "elsewhere"
"""Name of the layer of keys that tasks take and that no graph holds: futures' results."""

Indices = NDArray[np.int64]


class OutOfOrderError(Exception):
    """A layer takes results of one that it does not say it takes."""


class Slots(dict[Hashable, int]):
    """Keys of a layer, numbered as they are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.keys_asked: list[Hashable] = []

    def numbers(self, keys: Sequence[Hashable]) -> Indices:
        """Give the numbers of keys, new ones for those that are new."""
        if new := [key for key in dict.fromkeys(keys) if key not in self]:
            self.update(zip(new, range(len(self), len(self) + len(new)), strict=True))
            self.keys_asked += new
        return np.fromiter(map(self.__getitem__, keys), dtype=np.int64, count=len(keys))


@dataclass(slots=True, eq=False)
class Needed:
    """The tasks of one layer that are needed, in the order of their numbers.

    Parameters
    ----------
    number : int
        Of the layer, in the order of the walk.
    name : str
    source : dask Layer, or mapping
    layer : mapping
        Its tasks.
    numblocks : tuple of int or None
        Of a layer whose tasks are not written out.
    slots : Slots
        Keys that were asked for one by one; of a layer that is written out, all.
    blocks : array of int64 or None
        Of a layer that is not, the flat indices of its needed blocks; ``None`` is all of them.
    tasks : list
        Of a layer that is, its needed tasks; ``None`` for a key that nothing is known of.
    """

    number: int
    name: str
    source: Any
    layer: Mapping[Hashable, Any]
    numblocks: tuple[int, ...] | None
    slots: Slots = field(default_factory=Slots)
    blocks: Indices | None = None
    tasks: list[Any] = field(default_factory=list)
    _asked: list[tuple[Hashable, tuple[int, ...], Indices]] = field(default_factory=list)
    _places: dict[Hashable, Indices] = field(default_factory=dict)
    _of_slots: Indices | None = None
    closed: bool = False

    def __len__(self) -> int:
        if self.numblocks is None:
            return len(self.slots)
        return prod(self.numblocks) if self.blocks is None else len(self.blocks)

    def ask(self, name: Hashable, numblocks: tuple[int, ...], blocks: Indices) -> None:
        """Ask for blocks of an array by their flat indices."""
        if self.closed:
            raise OutOfOrderError
        self._asked.append((name, numblocks, blocks))

    def ask_keys(self, keys: Sequence[Hashable]) -> Indices:
        """Ask for tasks by their keys, and give their slots."""
        if self.closed:
            raise OutOfOrderError
        return self.slots.numbers(keys)

    def settle(self) -> None:
        """Say which blocks are needed, and number them; of written tasks, those so far."""
        if self.numblocks is None:
            for (name, numblocks), flats in self._by_array().items():
                wanted = _distinct(flats, prod(numblocks))
                places = np.full(prod(numblocks), -1, dtype=np.int64)
                places[wanted] = self.slots.numbers(list(keys_of(name, numblocks, wanted)))
                self._places[name] = places
            return
        size = prod(self.numblocks)
        slots = flat_indices(self.slots, self.numblocks)
        wanted = _distinct([*(flat for _, _, flat in self._asked), slots], size)
        places = np.full(size, -1, dtype=np.int64)
        places[wanted] = np.arange(len(wanted))
        self.blocks = None if len(wanted) == size else wanted
        self._places[self.name] = places
        self._of_slots = places[slots]

    def _by_array(self) -> dict[tuple[Hashable, tuple[int, ...]], list[Indices]]:
        arrays: dict[tuple[Hashable, tuple[int, ...]], list[Indices]] = {}
        for name, numblocks, flat in self._asked:
            arrays.setdefault((name, numblocks), []).append(flat)
        return arrays

    def numbers_of_slots(self, slots: Indices) -> Indices:
        """Give numbers within the layer, by the order in which keys were asked for."""
        return slots if self._of_slots is None else self._of_slots[slots]

    def numbers_of_blocks(self, name: Hashable, blocks: Indices) -> Indices:
        """Give numbers within the layer, by flat indices of blocks."""
        return self._places[name if self.numblocks is None else self.name][blocks]

    def indices(self) -> Iterable[tuple[int, ...]]:
        """List the indices of the blocks, in the order of their numbers."""
        return (key[1:] for key in keys_of(self.name, self.numblocks or (), self.blocks))  # type: ignore[misc]

    def keys(self) -> Sequence[Hashable]:
        """List the keys, in the order of their numbers."""
        if self.numblocks is None:
            return self.slots.keys_asked
        return list(keys_of(self.name, self.numblocks, self.blocks))


@dataclass(frozen=True, slots=True)
class Edges:
    """Which tasks of one layer take which of another.

    Parameters
    ----------
    consumers : array of int64
        Numbers within the consuming layer.
    inputs : array of int64
        As many slots or, if ``array`` is given, flat indices of blocks of that array.
    """

    layer: Needed
    consumers: Indices
    of: Needed
    inputs: Indices
    array: Hashable = None


class Walk:
    """One walk over merged graphs."""

    def __init__(self, merged: Merged) -> None:
        self.edges: list[Edges] = []
        self.layers: list[Needed] = []
        for name, layer in merged.layers.items():
            numblocks = blockwise_edges.grid_of(layer)
            plain = layer.mapping if isinstance(layer, MaterializedLayer) else layer
            called = name if numblocks is None else str(layer.output)  # type: ignore[attr-defined]
            self.layers.append(Needed(len(self.layers), called, layer, plain, numblocks))
        by_name = dict(zip(merged.layers, self.layers, strict=True))
        self._homes = {name: by_name[home] for name, home in merged.homes.items()}
        self._futures: dict[Hashable, Any] = {}
        self._elsewhere = Needed(len(self.layers), ELSEWHERE, {}, {}, None)
        self._keys = written_tasks.KnownKeys(
            {
                name: len(home.numblocks) + 1
                for name, home in self._homes.items()
                if home.numblocks is not None
            },
            {name: home.layer for name, home in self._homes.items() if home.numblocks is None},
        )
        for keys in merged.wanted:
            for home in set(map(self.home, keys)):
                home.ask_keys([key for key in keys if self.home(key) is home])
        for needed in self.layers:
            needed.settle()
            if needed.numblocks is None:
                self._written(needed)
            elif len(needed):
                self._blockwise(needed)
            needed.closed = True
        self._elsewhere.settle()
        self._elsewhere.tasks = list(map(self._futures.get, self._elsewhere.slots.keys_asked))
        if len(self._elsewhere):
            self.layers.append(self._elsewhere)

    def home(self, key: Hashable) -> Needed:
        """Give the layer of a key."""
        return self._homes.get(named(key), self._elsewhere)

    def _blockwise(self, needed: Needed) -> None:
        layer: Any = needed.layer
        numbers = np.arange(len(needed), dtype=np.int64)
        for taken in blockwise_edges.inputs_of(layer, needed.blocks):
            home = self.home(taken.name)
            flat = taken.taken.ravel()
            home.ask(taken.name, taken.numblocks, flat)
            consumers = np.repeat(numbers, taken.taken.shape[1])
            self.edges.append(Edges(needed, consumers, home, flat, taken.name))
        for key in blockwise_edges.constant_inputs(layer):
            home = self.home(key)
            if home is self._elsewhere:
                self._find_futures([layer.task, [item for item, _ in layer.indices]])
            slots = np.repeat(home.ask_keys([key]), len(needed))
            self.edges.append(Edges(needed, numbers, home, slots))

    def _written(self, needed: Needed) -> None:
        """Walk tasks by waves: what is wanted of the layer, what that takes of it, and so on."""
        done = 0
        while wave := needed.slots.keys_asked[done:]:
            tasks = [needed.layer[key] for key in wave]
            taken = [
                written_tasks.inputs_of(key, task, self._keys)
                for key, task in zip(wave, tasks, strict=True)
            ]
            needed.tasks += tasks
            counts = np.fromiter(map(len, taken), dtype=np.int64, count=len(taken))
            consumers = np.repeat(np.arange(done, done + len(wave)), counts)
            done += len(wave)
            self._take(needed, consumers, list(chain.from_iterable(taken)))

    def _take(self, needed: Needed, consumers: Indices, keys: list[Hashable]) -> None:
        """Ask for the inputs of tasks, and note the edges."""
        home_of, elsewhere = self._homes.get, self._elsewhere
        homes = [home_of(key[0] if type(key) is tuple else key, elsewhere) for key in keys]
        distinct = set(homes)
        if elsewhere in distinct:
            takers = [at for at, home in zip(consumers, homes, strict=True) if home is elsewhere]
            self._find_futures([needed.tasks[at] for at in takers])
        if len(distinct) == 1:
            home = homes[0]
            self.edges.append(Edges(needed, consumers, home, home.ask_keys(keys)))
            return
        of_home: dict[Needed, list[int]] = {home: [] for home in distinct}
        for at, home in enumerate(homes):
            of_home[home].append(at)
        for home, places in of_home.items():
            slots = home.ask_keys([keys[at] for at in places])
            self.edges.append(Edges(needed, consumers[places], home, slots))

    def _find_futures(self, tasks: list[Any]) -> None:
        """Keep the futures in tasks: no graph holds what their keys stand for."""
        self._futures.update((each.key, each) for each in written_tasks.futures_in(tasks))


def keys_of(
    name: Hashable, numblocks: tuple[int, ...], blocks: Indices | None
) -> Iterable[tuple[Hashable, ...]]:
    """List the keys of an array's blocks."""
    if blocks is None or len(blocks) == prod(numblocks):
        return product((name,), *map(range, numblocks))
    index = np.unravel_index(blocks, numblocks)
    return zip(repeat(name), *(axis.tolist() for axis in index))


def flat_indices(keys: Iterable[Hashable], numblocks: tuple[int, ...]) -> Indices:
    """Give the flat indices of blocks, by their keys."""
    rows: Any = list(keys)
    if not rows or not numblocks:
        return np.zeros(len(rows), dtype=np.int64)
    _, *columns = zip(*rows, strict=True)
    index = tuple(np.array(column, dtype=np.int64) for column in columns)
    return np.asarray(np.ravel_multi_index(index, numblocks), dtype=np.int64)


def _distinct(flats: Sequence[Indices], size: int) -> Indices:
    """Give distinct indices, sorted."""
    wanted = np.zeros(size, dtype=bool)
    for flat in flats:
        wanted[flat] = True
    return np.flatnonzero(wanted)
