"""Number the tasks that lazy objects need, as a TaskGraph, without writing them all out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from scipy.sparse import coo_array

from multicloud_lab.neardata.graphs.merging import Merged, merge
from multicloud_lab.neardata.graphs.task_graph import Ints, LayerTasks, TaskGraph
from multicloud_lab.neardata.graphs.walking import Indices, Needed, OutOfOrderError, Walk, keys_of
from multicloud_lab.neardata.reading.reading_tasks import Readings
from multicloud_lab.neardata.sizes.sizing import result_bytes


def task_graph(objects: Sequence[Any]) -> TaskGraph:
    """Describe the computation of lazy objects as arrays.

    Parameters
    ----------
    objects : sequence of dask collection or xarray object
        Something else has no task.

    Returns
    -------
    TaskGraph
        Of the unoptimised graphs, without the tasks that nothing needs; inputs have lower numbers
        than what takes them, layer by layer.

    Notes
    -----
    Linear in the tasks that are needed. Tasks of Blockwise layers are never made: their inputs are
    arithmetic on the indices of their blocks.
    """
    merged = merge(objects)
    try:
        walk = Walk(merged)
    except OutOfOrderError:
        merged = merged.written()
        walk = Walk(merged)
    return _assemble(merged, walk)


class BlockKeys(Sequence[Hashable]):
    """Keys of some of the blocks of an array, made when they are asked for.

    Parameters
    ----------
    name : hashable
    numblocks : tuple of int
    blocks : array of int64
        Flat indices, in C order.
    """

    def __init__(self, name: Hashable, numblocks: tuple[int, ...], blocks: Indices) -> None:
        self._name, self._numblocks, self._blocks = name, numblocks, blocks

    def __len__(self) -> int:
        return len(self._blocks)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return BlockKeys(self._name, self._numblocks, self._blocks[at])
        index = np.unravel_index(int(self._blocks[at]), self._numblocks)
        return (self._name, *map(int, index))

    def __iter__(self) -> Any:
        return iter(keys_of(self._name, self._numblocks, self._blocks))


def _assemble(merged: Merged, walk: Walk) -> TaskGraph:
    """Put the layers' arrays one after the other, inputs first."""
    layers = [needed for needed in reversed(walk.layers) if len(needed)]
    first = np.zeros(len(walk.layers) + 1, dtype=np.int64)
    total = 0
    for needed in layers:
        first[needed.number] = total
        total += len(needed)
    consumers, inputs = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
    for edges in walk.edges:
        numbers = (
            edges.of.numbers_of_slots(edges.inputs)
            if edges.array is None
            else edges.of.numbers_of_blocks(edges.array, edges.inputs)
        )
        consumers.append((edges.consumers + first[edges.layer.number]).astype(np.int32))
        inputs.append((numbers + first[edges.of.number]).astype(np.int32))
    row, column = np.concatenate(consumers), np.concatenate(inputs)
    matrix = coo_array((np.ones(len(row), dtype=np.int8), (row, column)), shape=(total, total))
    compressed = matrix.tocsr()  # An input that is taken twice is there once.
    starts, taken = compressed.indptr.astype(np.int64), compressed.indices.astype(np.int32)
    takes: dict[int, set[int]] = {}
    for edges in walk.edges:
        takes.setdefault(edges.layer.number, set()).add(edges.of.number)
    begins = [int(first[needed.number]) for needed in layers]
    sizes = result_bytes(layers, begins, takes, starts, taken)
    readings = Readings(starts, taken)
    for needed, begin in zip(layers, begins, strict=True):
        readings.add(needed, begin)
    return TaskGraph(
        starts=starts,
        inputs=taken,
        result_bytes=sizes,
        read_bytes=readings.read_bytes,
        source=readings.source,
        sources=readings.sources,
        wanted=tuple(_numbers(walk, first, keys) for keys in merged.wanted),
        layers=tuple(_layer(needed, int(first[needed.number])) for needed in layers),
    )


def _numbers(walk: Walk, first: Indices, keys: Sequence[Hashable]) -> Ints:
    """Give the numbers of keys."""
    numbers = np.empty(len(keys), dtype=np.int32)
    of_home: dict[Needed, list[int]] = {}
    for at, key in enumerate(keys):
        of_home.setdefault(walk.home(key), []).append(at)
    for home, places in of_home.items():
        slots = np.array([home.slots[keys[at]] for at in places], dtype=np.int64)
        numbers[places] = first[home.number] + home.numbers_of_slots(slots)
    return numbers


def _layer(needed: Needed, first: int) -> LayerTasks:
    if needed.numblocks is None:
        return LayerTasks(needed.name, first, keys=needed.keys())
    if needed.blocks is None:
        return LayerTasks(needed.name, first, numblocks=needed.numblocks)
    keys = BlockKeys(needed.name, needed.numblocks, needed.blocks)
    return LayerTasks(needed.name, first, keys=keys)
