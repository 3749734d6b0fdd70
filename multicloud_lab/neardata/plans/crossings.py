"""What crosses the borders of a placement: results that leave a place, and those that enter it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.task_graph import Ints, TaskGraph
from multicloud_lab.neardata.places import ANYWHERE, HOME


@dataclass(frozen=True, slots=True)
class Crossing:
    """Results that cross one border in one direction.

    Parameters
    ----------
    results : int
    bytes : float
        Of those whose size is known.
    unknown : int
        Results of unknown size.
    """

    results: int
    bytes: float
    unknown: int


def crossings(
    graph: TaskGraph,
    place: NDArray[np.int8],
    count: int,
    *,
    wanted: Ints,
    within: NDArray[np.bool_] | None = None,
    stay: bool = False,
) -> tuple[list[Crossing], list[Crossing]]:
    """Add up what crosses each border.

    Parameters
    ----------
    graph : TaskGraph
    place : array of int8
        Of each task; ``ANYWHERE`` for those that are computed where they are wanted.
    count : int
        How many places there are, home included.
    wanted : array of int32
        Tasks whose results are wanted at home.
    within : array of bool, optional
        Only these tasks are computed; all by default.
    stay : bool
        Whether wanted results stay where they are.

    Returns
    -------
    outward, inward : list of Crossing
        By place: what it sends home, and what home sends it. A result crosses a border once,
        however many tasks want it behind it; between two regions it crosses two.
    """
    taker = np.repeat(np.arange(len(graph), dtype=np.int32), np.diff(graph.starts))
    given = graph.inputs
    if within is not None:
        used = within[taker]
        taker, given = taker[used], given[used]
    at, to = place[given], place[taker]
    # A task that is computed anywhere takes only from others of that kind.
    apart = (at != to) & (at != ANYWHERE) & (to != ANYWHERE)
    given, at, to = given[apart], at[apart], to[apart]
    ends = np.empty(0, np.int32) if stay else np.unique(wanted[place[wanted] > HOME])
    leaving = np.unique(np.concatenate([given[at != HOME], ends]))
    entering = np.unique(given[to != HOME].astype(np.int64) * count + to[to != HOME])
    outward = [_crossing(graph, leaving[place[leaving] == each]) for each in range(count)]
    inward = [
        _crossing(graph, (entering // count)[entering % count == each]) for each in range(count)
    ]
    return outward, inward


def _crossing(graph: TaskGraph, tasks: NDArray[np.integer]) -> Crossing:
    sizes = graph.result_bytes[tasks]
    unknown = np.isnan(sizes)
    return Crossing(len(tasks), float(sizes[~unknown].sum()), int(unknown.sum()))
