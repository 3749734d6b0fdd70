"""The place of each task of a plan, by its dask key: what a run asks for."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.task_graph import Numbers, TaskGraph


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """The place of each task, by its dask key.

    Parameters
    ----------
    graph : TaskGraph
    place : array of int8
    """

    graph: TaskGraph
    place: NDArray[np.int8]
    _numbers: Numbers = field(init=False)

    def __post_init__(self) -> None:
        layers = {layer.name: layer for layer in self.graph.layers}
        object.__setattr__(self, "_numbers", Numbers(layers))

    def place_of(self, key: Hashable) -> int:
        """Give the number of the place of a key; -1 for one that runs where it is wanted."""
        return int(self.place[self._numbers.number(key)])

    def size_of(self, key: Hashable) -> float:
        """Give the bytes of the result of a key, as it is expected; NaN if not known."""
        return float(self.graph.result_bytes[self._numbers.number(key)])
