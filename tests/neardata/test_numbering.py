"""Numbers of tasks: the same tasks and inputs as in the graph that dask writes out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from dask._task_spec import convert_legacy_graph
from dask.base import is_dask_collection
from dask.core import flatten as _flatten
from dask.delayed import Delayed
from dask.highlevelgraph import HighLevelGraph

from multicloud_lab.neardata.graphs.lowering import lowered
from multicloud_lab.neardata.graphs.task_graph import Numbers, TaskGraph
from multicloud_lab.neardata.plans.numbering import task_graph
from tests.neardata.expressions import EXPRESSIONS, da, flat, make, optimize

flatten: Any = _flatten
frame: Any = dd


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


def frames(folder: Path) -> dict[str, Any]:
    """Make dataframes that read nothing, Parquet and CSV."""
    data = pd.DataFrame({"a": np.arange(100) % 5, "b": np.arange(100.0)})
    made: Any = frame.from_pandas(data, npartitions=5)
    made.to_parquet(folder / "parquet")
    made.to_csv(str(folder / "part-*.csv"), index=False)
    parquet: Any = frame.read_parquet(folder / "parquet")
    csv: Any = frame.read_csv(str(folder / "part-*.csv"))
    return {
        "mean": made.groupby("a").b.mean(),
        "parquet": parquet[parquet.b > 3].groupby("a").b.sum(),
        "merge": csv.merge(parquet, on="a").b_x.sum(),
        "array": parquet.b.values.sum(),
    }


@pytest.mark.parametrize("name", ["mean", "parquet", "merge", "array"])
def test_dataframes_are_numbered_task_by_task(tmp_path: Path, name: str) -> None:
    graph = assert_same(lowered(frames(tmp_path)[name]))
    files = {url for source in graph.sources for url in source.urls}
    kinds = {"mean": set[str](), "parquet": {"parquet"}, "merge": {"parquet", "csv"}}
    assert {url.rpartition(".")[2] for url in files} == kinds.get(name, {"parquet"})
    assert all(url.startswith(f"file://{tmp_path}") for url in files)


def test_a_graph_that_was_optimised_is_numbered() -> None:
    (array,) = optimize(flat().rechunk(9).mean(axis=0) + 1)
    assert_same(array, flat().mean(axis=0))


def test_a_layer_that_does_not_say_all_that_it_takes_is_numbered() -> None:
    array = flat() + 1
    layers = {**array.dask.layers, "top": {"top": (np.sum, (array.name, 1, 1))}}
    dependencies = {**array.dask.dependencies, "top": set[str]()}
    graph = HighLevelGraph(layers, dependencies)
    total = Delayed("top", graph, layer="top")  # type: ignore[no-untyped-call]
    assert len(assert_same(total, array)) == 41


QUERY_PLANNING = """
import sys
import dask
dask.config.set({"array.query-planning": True})
import dask.array as da
import numpy as np
import zarr
from multicloud_lab.neardata.graphs.lowering import lowered
from multicloud_lab.neardata.graphs.lowering import lowered
from multicloud_lab.neardata.plans.numbering import task_graph
store = zarr.create_array(sys.argv[1], shape=(20, 20), chunks=(5, 5), dtype="f8", compressors=None)
lazy = da.from_array(store, chunks=(5, 10)).sum(axis=0) + 1
assert "expr" in type(lazy).__module__
graph = task_graph([lowered(lazy)])
graph.check()
reading = graph.read_bytes[graph.read_bytes > 0]
print(len(reading), set(reading.tolist()), [source.urls for source in graph.sources])
"""


def test_arrays_that_are_expressions_are_numbered_task_by_task(tmp_path: Path) -> None:
    folder = str(tmp_path / "store.zarr")
    printed = subprocess.run(
        [sys.executable, "-c", QUERY_PLANNING, folder], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == f"8 {{400.0}} [('file://{folder}',)]"
