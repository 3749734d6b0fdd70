"""What has been found of layers' results: what the layers that take them build upon."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.array_blocks import ArrayBlocks
from multicloud_lab.neardata.graphs.task_graph import Floats, Ints


@dataclass(frozen=True, slots=True)
class SizedLayer:
    """A layer whose results were looked at.

    Parameters
    ----------
    name : str
    first : int
        Number of its first task.
    array : ArrayBlocks or None
        What it says of its array.
    blocks : array of int64 or None
        For each task the flat index of its block, -1 for one that is no block of the array;
        ``None`` if the tasks are all blocks, in order.
    known : bool
        Whether the results are known to be what is said of them.
    value_bytes : int
        Of an element of the values that argmin and argmax carry along; 0 of other layers.
    """

    name: str
    first: int
    array: ArrayBlocks | None
    blocks: NDArray[np.int64] | None
    known: bool
    value_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the tasks of a layer take.

    Parameters
    ----------
    layers : tuple of SizedLayer
        The layers that they take results of, but their own.
    starts, numbers : array
        The inputs of the layer's task ``i`` are ``numbers[starts[i]:starts[i + 1]]``.
    sized : sequence of SizedLayer
        All layers so far, by their first numbers.
    result_bytes : array of float
        Of all tasks, as far as they were looked at.
    """

    layers: tuple[SizedLayer, ...]
    starts: NDArray[np.int64]
    numbers: Ints
    sized: Sequence[SizedLayer]
    result_bytes: Floats

    @property
    def known(self) -> bool:
        """Whether all are what is said of them."""
        return all(layer.known for layer in self.layers)

    def named(self, name: Hashable) -> SizedLayer | None:
        """Give the layer of an array."""
        return next((layer for layer in self.layers if layer.name == name), None)

    def first_of(self, tasks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the first input of tasks of the layer; -1 of one that has none."""
        starts = self.starts[tasks]
        has = self.starts[tasks + 1] > starts
        numbers = np.full(len(tasks), -1, dtype=np.int64)
        numbers[has] = self.numbers[starts[has]]
        return numbers

    def shapes_of(self, numbers: NDArray[np.int64]) -> tuple[Floats, np.dtype[Any]] | None:
        """Give the shapes of the results of tasks, as rows, and their type, if all are blocks."""
        if not len(numbers) or numbers.min() < 0:
            return None
        at = bisect_right(self.sized, int(numbers[0]), key=lambda layer: layer.first) - 1
        if at < 0:
            return None
        layer = self.sized[at]
        end = self.sized[at + 1].first if at + 1 < len(self.sized) else np.inf
        if layer.array is None or not layer.known:
            return None
        if numbers.min() < layer.first or numbers.max() >= end:
            return None
        places = numbers - layer.first
        # What is beyond the last layer is in the one that is being looked at.
        count = prod(layer.array.numblocks) if layer.blocks is None else len(layer.blocks)
        if places.max() >= count:
            return None
        if layer.blocks is not None:
            places = layer.blocks[places]
            if places.min() < 0:
                return None
        return layer.array.shapes(places), layer.array.dtype
