"""Numbers of tasks: the same tasks and inputs as in the graph that dask writes out."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pytest
from dask._task_spec import convert_legacy_graph
from dask.base import is_dask_collection
from dask.core import flatten as _flatten

from multicloud_lab.neardata.numbering import task_graph
from multicloud_lab.neardata.task_graph import Numbers, TaskGraph
from tests.neardata.expressions import EXPRESSIONS, da, flat, make

flatten: Any = _flatten


def written(*objects: Any) -> tuple[dict[Hashable, Any], list[list[Hashable]]]:
    """Write out the tasks that objects need, and list the keys wanted."""
    tasks: dict[Hashable, Any] = {}
    wanted = []
    for each in objects:
        wanted.append(list(flatten(each.__dask_keys__())) if is_dask_collection(each) else [])
        tasks |= dict(each.__dask_graph__()) if is_dask_collection(each) else {}
    tasks = convert_legacy_graph(tasks)
    needed: dict[Hashable, Any] = {}
    stack = [key for keys in wanted for key in keys]
    while stack:
        key = stack.pop()
        if key not in needed:
            needed[key] = tasks[key]
            stack += tasks[key].dependencies
    return needed, wanted


def inputs(graph: TaskGraph, task: int) -> list[Hashable]:
    """List the keys that a task takes."""
    return [graph.key(int(i)) for i in graph.inputs[graph.starts[task] : graph.starts[task + 1]]]


def assert_same(*objects: Any) -> TaskGraph:
    """Assert that objects' graph is the one that dask writes out."""
    graph = task_graph(objects)
    graph.check()
    tasks, wanted = written(*objects)
    keys = [graph.key(number) for number in range(len(graph))]
    assert set(keys) == set(tasks)
    assert len(keys) == len(tasks)
    numbers = Numbers({layer.name: layer for layer in graph.layers})
    for number, key in enumerate(keys):
        assert numbers.number(key) == number
        taken = inputs(graph, number)
        assert set(taken) == set(tasks[key].dependencies), key
        assert len(taken) == len(set(taken))
    assert [[keys[task] for task in tasks] for tasks in graph.wanted] == wanted
    return graph


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_tasks_and_inputs_are_those_that_dask_writes(name: str) -> None:
    assert_same(make(name))


def test_objects_share_their_tasks() -> None:
    array = flat()
    graph = assert_same(array.sum(axis=0), array.mean(), 3)
    alone = task_graph([array.sum(axis=0)])
    shared = len(array.__dask_graph__())
    assert len(graph) == len(alone) + len(task_graph([array.mean()])) - shared
    assert len(graph.wanted[2]) == 0


def test_tasks_that_nothing_needs_are_left_out() -> None:
    array = da.ones((1000, 1000), chunks=(10, 10))[13:17, 25:36]
    graph = assert_same(array)
    assert len(graph) == 2 * 2
    assert graph.layers[0].numblocks is None


def test_inputs_have_lower_numbers_layer_by_layer() -> None:
    graph = task_graph([(flat() - flat().mean(axis=0)).rechunk((40, 5)).std()])
    first = np.array([layer.first for layer in graph.layers])
    layer = np.searchsorted(first, np.arange(len(graph)), side="right")
    consumers = np.repeat(np.arange(len(graph)), np.diff(graph.starts))
    assert (layer[graph.inputs] <= layer[consumers]).all()
