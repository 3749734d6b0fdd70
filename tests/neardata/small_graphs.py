"""Small graphs for planning, and the best placement of one by trying them all."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.cutting.exchange import MESSAGE
from multicloud_lab.neardata.graphs.task_graph import LayerTasks, TaskGraph


@dataclass(frozen=True)
class Case:
    """A graph in plain Python, with pins and prices; tasks take only from earlier ones."""

    inputs: Sequence[Sequence[int]]
    size: Sequence[float]
    pins: Sequence[int]
    wanted: Sequence[int]
    outward: Sequence[float]
    inward: Sequence[float]
    handling: float = 0.0
    stay: bool = False
    stores: Sequence[int] | None = None
    read: Sequence[float] | None = None

    @property
    def graph(self) -> TaskGraph:
        """The same as arrays."""
        n = len(self.inputs)
        lengths = [len(inputs) for inputs in self.inputs]
        graph = TaskGraph(
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            inputs=np.array([task for inputs in self.inputs for task in inputs], np.int32),
            result_bytes=np.array(self.size, np.float64),
            read_bytes=np.array(self.read if self.read is not None else [0.0] * n),
            source=np.full(n, -1, np.int32),
            sources=(),
            wanted=(np.array(self.wanted, np.int32),),
            layers=(LayerTasks("x", 0, numblocks=(n,)),),
        )
        graph.check()
        return graph

    @property
    def pinned(self) -> NDArray[np.int8]:
        """Pins as an array."""
        return np.array(self.pins, np.int8)

    @property
    def afar(self) -> NDArray[np.int8] | None:
        """Stores as an array."""
        return None if self.stores is None else np.array(self.stores, np.int8)

    def store(self, task: int) -> int:
        """Give the place of the store that a task may read from afar, or -1."""
        return -1 if self.stores is None or self.pins[task] >= 0 else self.stores[task]

    def active(self) -> set[int]:
        """Give the tasks that are needed and depend on a place."""
        needed = set(self.wanted)
        for task in reversed(range(len(self.inputs))):
            if task in needed:
                needed |= set(self.inputs[task])
        placed: set[int] = set()
        for task, inputs in enumerate(self.inputs):
            if self.pins[task] >= 0 or self.store(task) >= 0 or placed & set(inputs):
                placed.add(task)
        return needed & placed

    def cost(self, place: Sequence[int]) -> float:
        """Add up what a placement costs, value by value."""
        active = self.active()
        total = 0.0
        for task in active:
            behind = {
                place[taker]
                for taker, inputs in enumerate(self.inputs)
                if task in inputs and taker in active
            }
            if task in self.wanted and not self.stay:
                behind.add(0)
            total += self._carry(place[task], behind, self.size[task])
            store = self.store(task)
            if store >= 0:
                assert self.read is not None
                total += self._carry(store, {place[task]}, self.read[task])
        return total

    def _carry(self, start: int, ends: set[int], size: float) -> float:
        ends = ends - {start}
        fixed = self.handling * MESSAGE
        cost = 0.0
        if ends and start:
            cost += (self.outward[start] + self.handling) * size + fixed
        return cost + sum((self.inward[end] + self.handling) * size + fixed for end in ends if end)

    def least(self) -> float:
        """Try every placement."""
        free = sorted(task for task in self.active() if self.pins[task] < 0)
        place = list(self.pins)
        least = np.inf
        for choice in itertools.product(range(len(self.outward)), repeat=len(free)):
            for task, where in zip(free, choice, strict=True):
                place[task] = where
            least = min(least, self.cost(place))
        return least


def random_case(seed: int, regions: int, most: int, *, afar: bool = False) -> Case:
    """Make a case with fan-out, free tasks, equal and zero sizes and prices."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, most + 1))
    inputs = [
        sorted(set(random.integers(0, task, size=random.integers(0, 4)).tolist())) if task else []
        for task in range(n)
    ]
    size = random.choice([0, 1, 2, 3, 5, 8, 100], n) * random.choice([1.0, 1e6])
    drawn = random.integers(0, regions + 1, n)
    pinned = random.random(n) < np.where([not each for each in inputs], 0.8, 0.3)
    stores = np.where(pinned & (random.random(n) < 0.5), drawn, -1) if afar else None
    if stores is not None:
        pinned &= stores < 0
    return Case(
        inputs=inputs,
        size=size.tolist(),
        pins=np.where(pinned, drawn, -1).tolist(),
        wanted=sorted({n - 1, *np.flatnonzero(random.random(n) < 0.3).tolist()}),
        outward=[0.0, *random.choice([0, 0.01, 0.09, 0.12, 1], regions).tolist()],
        inward=[0.0, *random.choice([0, 0, 0.01, 0.09, 1], regions).tolist()],
        handling=float(random.choice([0.0, 1e-3])),
        stay=bool(random.random() < 0.2),
        stores=None if stores is None else stores.tolist(),
        read=(random.choice([0, 1, 2, 4], n) * 1.0).tolist(),
    )


def tangled(seed: int, regions: int, n: int) -> Case:
    """Make a large case where much depends on several regions, at about the same prices."""
    random = np.random.default_rng(seed)
    read = n // 10
    inputs: list[list[int]] = [[] for _ in range(read)]
    for task in range(read, n):
        least = max(0, task - 15)
        inputs.append(sorted(set(random.integers(least, task, random.integers(1, 4)).tolist())))
    return Case(
        inputs=inputs,
        size=random.uniform(0.5, 1.5, n).tolist(),
        pins=[*random.integers(1, regions + 1, read).tolist(), *[-1] * (n - read)],
        wanted=list(range(n // 2, n, 7)),
        outward=[0.0, *random.choice([0.06, 0.07, 0.08], regions).tolist()],
        inward=[0.0] * (regions + 1),
        handling=1e-9,
    )
