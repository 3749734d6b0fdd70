"""What crosses borders, on small graphs that can be counted by hand."""

from __future__ import annotations

import numpy as np

from multicloud_lab.neardata.graphs.task_graph import LayerTasks, TaskGraph
from multicloud_lab.neardata.plans.crossings import Crossing, crossings

HERE, A, B, FREE = 0, 1, 2, -1
NOTHING = Crossing(0, 0.0, 0)


def graph(inputs: list[list[int]], sizes: list[float]) -> TaskGraph:
    n = len(inputs)
    made = TaskGraph(
        starts=np.cumsum([0, *map(len, inputs)]),
        inputs=np.array([each for mine in inputs for each in mine], np.int32),
        result_bytes=np.array(sizes, float),
        read_bytes=np.zeros(n),
        source=np.full(n, -1, np.int32),
        sources=(),
        wanted=(),
        layers=(LayerTasks("x", 0, (n,)),),
    )
    made.check()
    return made


def crossed(
    inputs: list[list[int]],
    sizes: list[float],
    place: list[int],
    wanted: list[int],
    *,
    within: list[bool] | None = None,
    stay: bool = False,
) -> tuple[list[Crossing], list[Crossing]]:
    return crossings(
        graph(inputs, sizes),
        np.array(place, np.int8),
        3,
        wanted=np.array(wanted, np.int32),
        within=None if within is None else np.array(within),
        stay=stay,
    )


def test_a_result_comes_home_once() -> None:
    out, into = crossed([[], [0]], [100, 8], [A, A], [1, 1])
    assert out == [NOTHING, Crossing(1, 8, 0), NOTHING]
    assert into == [NOTHING] * 3
    assert crossed([[], [0]], [100, 8], [A, A], [1], stay=True)[0] == [NOTHING] * 3


def test_a_value_between_regions_crosses_both_borders_once_for_all_takers() -> None:
    inputs = [[], [0], [0], [0], [1, 2, 3]]
    out, into = crossed(inputs, [100, 1, 1, 1, 1], [A, B, B, HERE, B], [4])
    assert out == [NOTHING, Crossing(1, 100, 0), Crossing(1, 1, 0)]
    assert into == [NOTHING, NOTHING, Crossing(2, 101, 0)]  # and the one made here


def test_what_runs_anywhere_crosses_nothing() -> None:
    out, into = crossed([[], [], [0, 1]], [100, 50, 8], [FREE, A, A], [2])
    assert out[A] == Crossing(1, 8, 0)
    assert into == [NOTHING] * 3


def test_unknown_sizes_are_counted_and_not_added() -> None:
    out, _ = crossed([[], []], [np.nan, 8], [A, A], [0, 1])
    assert out[A] == Crossing(2, 8, 1)


def test_only_what_one_object_needs_is_counted_for_it() -> None:
    inputs: list[list[int]] = [[], [0], [0]]
    out, into = crossed(inputs, [100, 1, 1], [A, B, A], [2], within=[True, False, True])
    assert out == [NOTHING, Crossing(1, 1, 0), NOTHING]
    assert into == [NOTHING] * 3
