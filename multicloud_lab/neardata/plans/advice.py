"""What to change in a computation where placement alone cannot spare it dear moves."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from multicloud_lab.neardata.cutting.exchange import Places
from multicloud_lab.neardata.graphs.task_graph import Floats, Ints, TaskGraph
from multicloud_lab.neardata.places import ANYWHERE, HOME
from multicloud_lab.neardata.plans.figures import dollar_words, size_words, task_words

_SMALL = 1e6  # Bytes below which a move is not worth a word.
_CHEAP = 0.01  # USD below which it is not, either.
_MOST = 3  # pieces of advice
_SHARE = 0.05  # of the dearest move, below which another is not worth a word
_REDUCES = 0.1  # Share of what moves that a later result may be, to be called a reduction of it.

_PLACES = 128  # more than an int8 can number

_STAGE = re.compile(r"_(chunk|combine|agg)\b.*")


@dataclass(frozen=True, slots=True)
class _Flow:
    """Results of one layer, or stored data that it reads, that move to one place.

    Parameters
    ----------
    layer : int
        Whose results move; which reads, of stored data.
    taker : int
        The layer that takes most of them; -1 if they are wanted themselves.
    source, destination : int
        Places.
    bytes, cost : float
    stored : bool
        Whether it is stored data.
    """

    layer: int
    taker: int
    source: int
    destination: int
    bytes: float
    cost: float
    stored: bool = False


def advise(
    graph: TaskGraph,
    place: Places,
    names: Sequence[str],
    outward: Sequence[float],
    inward: Sequence[float],
    *,
    stores: Places | None = None,
    stay: bool = False,
) -> tuple[str, ...]:
    """Say which moves are dear in the best placement, and what would avoid them.

    Parameters
    ----------
    graph : TaskGraph
    place : array of int8
        Of each task, as :func:`~multicloud_lab.neardata.cut.cut` found it.
    names : sequence of str
        What people call each place; the first is home.
    outward, inward, stores, stay
        As for the cut.

    Returns
    -------
    tuple of str
        A few sentences each, the dearest move first; empty if nothing dear moves.
    """
    prices = np.asarray(outward, np.float64), np.asarray(inward, np.float64)
    adviser = _Adviser(graph, place, names, *prices, _Layers.of(graph))
    flows = [*adviser.between(), *([] if stores is None else adviser.stored(stores))]
    flows += [] if stay else adviser.wanted()
    dear = [flow for flow in flows if flow.bytes >= _SMALL and flow.cost >= _CHEAP]
    dear.sort(key=lambda flow: (-flow.cost, flow.layer))
    return tuple(
        adviser.on_wanted(flow) if flow.taker < 0 else adviser.on_mixed(flow)
        for flow in dear[:_MOST]
        if flow.cost >= _SHARE * dear[0].cost
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Layers:
    """Layers as a graph of their own."""

    names: tuple[str, ...]
    of_task: Ints
    bytes: Floats
    takers: tuple[frozenset[int], ...]

    @classmethod
    def of(cls, graph: TaskGraph) -> _Layers:
        """Sum a graph up by layer; a layer of which any result is of unknown size is NaN."""
        lengths = [len(layer) for layer in graph.layers]
        count = len(lengths)
        of_task = np.repeat(np.arange(count, dtype=np.int32), lengths)
        given, taken = of_task[graph.inputs], np.repeat(of_task, np.diff(graph.starts))
        pairs = np.unique(given.astype(np.int64) * count + taken)
        takers: list[set[int]] = [set() for _ in range(count)]
        for pair in pairs.tolist():
            one, other = divmod(pair, count)
            if one != other:
                takers[one].add(other)
        return cls(
            tuple(task_words(layer.name) for layer in graph.layers),
            of_task,
            np.bincount(of_task, graph.result_bytes, count).astype(np.float64),
            tuple(map(frozenset, takers)),
        )

    def downstream(self, start: int) -> Iterator[int]:
        """Give the layers that depend on one, the nearest first."""
        seen, pending = {start}, deque([start])
        while pending:
            for layer in sorted(self.takers[pending.popleft()] - seen):
                yield layer
                seen.add(layer)
                pending.append(layer)

    def reduction(self, start: int, most: float) -> int | None:
        """Find the end of the nearest reduction after a layer: what it leaves is small."""
        found = next((each for each in self.downstream(start) if self.bytes[each] <= most), None)
        while found is not None and len(self.takers[found]) == 1:
            (later,) = self.takers[found]
            if not self.bytes[later] < self.bytes[found]:
                break
            found = later
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Adviser:
    """A placement with its prices, looked at by layer."""

    graph: TaskGraph
    place: Places
    names: Sequence[str]
    outward: Floats
    inward: Floats
    layers: _Layers

    def between(self) -> Iterator[_Flow]:
        """Give what moves from one place to tasks in another."""
        graph, place = self.graph, self.place
        taker = np.repeat(np.arange(len(graph), dtype=np.int32), np.diff(graph.starts))
        start, end = place[graph.inputs], place[taker]
        apart = (start != end) & (start != ANYWHERE) & (end != ANYWHERE)
        given, taker, end = graph.inputs[apart], taker[apart], end[apart]
        # Each result once for each place that it goes to.
        once = np.unique(given.astype(np.int64) * _PLACES + end, return_index=True)[1]
        given, taker, end = given[once], taker[once], end[once]
        size = graph.result_bytes[given]
        of_task = self.layers.of_task
        return self._grouped(of_task[given], of_task[taker], place[given], end, size)

    def stored(self, stores: Places) -> Iterator[_Flow]:
        """Give stored data that is read from another place than the one beside it."""
        far = np.flatnonzero(
            (stores != ANYWHERE) & (self.place != ANYWHERE) & (stores != self.place)
        )
        layer, size = self.layers.of_task[far], self.graph.read_bytes[far]
        first = [min(self.layers.takers[each], default=each) for each in layer.tolist()]
        taker = np.array(first, np.int32)
        return self._grouped(layer, taker, stores[far], self.place[far], size, stored=True)

    def wanted(self) -> Iterator[_Flow]:
        """Give results that come home because they are wanted."""
        tasks = np.unique(np.concatenate([*self.graph.wanted, np.empty(0, np.int32)]))
        tasks = tasks[self.place[tasks] > HOME]
        layer, size = self.layers.of_task[tasks], self.graph.result_bytes[tasks]
        nobody, home = np.full_like(layer, -1), np.full(len(tasks), HOME, np.int8)
        return self._grouped(layer, nobody, self.place[tasks], home, size)

    def on_wanted(self, flow: _Flow) -> str:
        """Advise on large results."""
        return (
            f"{size_words(flow.bytes)} of {self.layers.names[flow.layer]} come home from "
            f"{self.names[flow.source]} because they are wanted themselves, for "
            f"{_price(flow.cost)}. Reduce or select before computing, or leave them there with "
            "mcl.persist."
        )

    def on_mixed(self, flow: _Flow) -> str:
        """Advise on results, or stored data, that meet others in another place."""
        layers = self.layers
        taker = self._meeting(flow)
        there = "here" if flow.destination == HOME else f"in {self.names[flow.destination]}"
        of = "read by" if flow.stored else "of"
        said = (
            f"{layers.names[taker]} needs {size_words(flow.bytes)} {of} "
            f"{layers.names[flow.layer]} from {self.names[flow.source]} "
            f"{there}, which costs {_price(flow.cost)}"
        )
        other = self._met(taker, flow.destination)
        back = other * float(self.outward[flow.destination] + self.inward[flow.source])
        # What is met may not be all that would move: if it seems cheaper, it is not.
        if back >= flow.cost and HOME not in (flow.source, flow.destination):
            said += f"; the other way round {size_words(other)} would move, for {_price(back)}"
        most = _REDUCES * flow.bytes
        reduction = None if layers.bytes[taker] <= most else layers.reduction(taker, most)
        if reduction is None:
            return (
                f"{said}. Select or coarsen each side first: with a tenth of the bytes it would "
                f"cost {_price(0.9 * flow.cost)} less."
            )
        small = float(layers.bytes[reduction])
        cost = flow.cost * small / flow.bytes
        return (
            f"{said}. {_STAGE.sub('', layers.names[reduction])} comes after it and leaves "
            f"{size_words(small)}: where the analysis allows it on each side first, that much "
            f"moves, for {_price(cost)}, {_price(flow.cost - cost)} less."
        )

    def _meeting(self, flow: _Flow) -> int:
        """Give the layer where what moves meets something else there, or the first that takes it.

        What takes it first may do so alone, as a mask that is made of it.
        """
        after = list(self.layers.downstream(flow.layer))
        behind = {flow.layer, *after}
        for layer in after:
            others = self._inputs(layer, flow.destination)
            if not set(self.layers.of_task[others].tolist()) <= behind:
                return layer
        return flow.taker

    def _met(self, layer: int, place: int) -> float:
        """Give the bytes that a layer takes in a place from the same place."""
        return float(np.nansum(self.graph.result_bytes[self._inputs(layer, place)]))

    def _inputs(self, layer: int, place: int) -> Ints:
        """Give what tasks of a layer in a place take from the same place."""
        graph, first = self.graph, self.graph.layers[layer].first
        tasks = np.arange(first, first + len(graph.layers[layer]))
        tasks = tasks[self.place[tasks] == place]
        lengths = graph.starts[tasks + 1] - graph.starts[tasks]
        at = np.repeat(graph.starts[tasks], lengths) + np.arange(lengths.sum())
        at -= np.repeat(np.cumsum(lengths) - lengths, lengths)
        given = np.unique(graph.inputs[at])
        own: Ints = given[self.place[given] == place]
        return own

    def _grouped(
        self, layer: Ints, taker: Ints, source: Places, destination: Places, size: Floats, *,
        stored: bool = False,
    ) -> Iterator[_Flow]:  # fmt: skip
        """Add moves up by layer and way."""
        size = np.nan_to_num(size)
        way = (layer.astype(np.int64) * _PLACES + source) * _PLACES + destination
        for one in np.unique(way).tolist():
            mine = way == one
            rest, end = divmod(one, _PLACES)
            number, start = divmod(rest, _PLACES)
            most = int(np.bincount(taker[mine] + 1).argmax()) - 1
            total = float(size[mine].sum())
            cost = total * float(self.outward[start] + self.inward[end])
            yield _Flow(number, most, start, end, total, cost, stored)


def _price(cost: float) -> str:
    return dollar_words(cost, cost)
