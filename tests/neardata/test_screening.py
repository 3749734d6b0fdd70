"""What is seen at a glance: the one task among thousands that reads, and that the others do not."""

from __future__ import annotations

import functools
import operator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
import zarr
from dask._task_spec import Task, TaskRef
from dask.highlevelgraph import HighLevelGraph, MaterializedLayer

from multicloud_lab.neardata.plans.numbering import task_graph
from multicloud_lab.neardata.reading.screening import held_by
from multicloud_lab.neardata.reading.sources import find_sources
from multicloud_lab.neardata.reading.task_reads import TaskReads
from tests.neardata.expressions import da, flat, make

COUNT = 3000


@pytest.fixture
def stored(tmp_path: Path) -> Any:
    """Make an array in a store."""
    return zarr.create_array(tmp_path / "a.zarr", shape=(COUNT,), chunks=(10,), dtype="f8")


HIDDEN: dict[str, Any] = {
    "argument": lambda key, array: (operator.add, key, array),
    "in a list": lambda key, array: (operator.add, key, [1, (2, [array])]),
    "in a partial": lambda key, array: (functools.partial(operator.add, array), key),
    "of a task": lambda key, array: Task(None, operator.add, TaskRef(key), array),
    "in a task's keywords": lambda key, array: Task(None, dict, TaskRef(key), other=array),
    "in a dict": lambda key, array: Task(None, dict, TaskRef(key), {"a": {"b": array}}),
    "in a closure": lambda key, array: Task(None, lambda block: block + array[0], TaskRef(key)),
    "in a method": lambda key, array: (array.__getitem__, (operator.add, key, 1)),
}


@pytest.mark.parametrize("where", HIDDEN)
def test_the_one_task_that_reads_is_found_among_thousands(where: str, stored: Any) -> None:
    base = da.ones(COUNT, chunks=1)
    layer: dict[Any, Any] = {
        ("top", number): (operator.add, (base.name, number), 1) for number in range(COUNT)
    }
    layer["top", 1234] = HIDDEN[where]((base.name, 1234), stored)
    graph = HighLevelGraph.from_collections("top", layer, dependencies=[base])
    top = da.Array(graph, "top", base.chunks, dtype=float)
    (url,) = find_sources(top).urls
    assert url.startswith("file://")
    numbered = task_graph([top])
    (task,) = np.flatnonzero(numbered.source >= 0)
    assert numbered.key(int(task)) == ("top", 1234)
    assert numbered.sources[numbered.source[task]].urls == (url,)


@pytest.mark.parametrize("name", ["xr_histogram", "xr_rolling", "xr_groupby_anomaly", "da_pad"])
def test_tasks_of_dask_itself_are_not_looked_at_one_by_one(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with xr.set_options(use_flox=False):  # type: ignore[no-untyped-call] # whose tasks hold objects of its own
        lazy = make(name)
    looked = []
    in_task = TaskReads.in_task

    def counted(self: TaskReads, task: Any, *args: Any) -> Any:
        looked.append(task)
        return in_task(self, task, *args)

    monkeypatch.setattr(TaskReads, "in_task", counted)
    assert not find_sources(lazy)
    assert (task_graph([lazy]).source == -1).all()
    assert len(looked) < 40


def test_what_holds_itself_is_no_end() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert not held_by([endless]).data_only


def test_a_layer_is_seen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lazy = flat().rechunk(9).sum(axis=0)
    find_sources(lazy)
    monkeypatch.setattr(MaterializedLayer, "values", None)
    assert not find_sources(lazy)
