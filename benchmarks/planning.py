"""Planning at the real size of the workflow's graph, of the difference of two, and a million tasks.

The stores have the real ones' shape, chunks and packing, and no chunk is ever written. The peer is
what dask does itself with the same graph before a worker begins: optimise it, write out its tasks
and serialise them. Each turn has a fresh expression, since dask keeps what it has written out. CPU
seconds, since dask and the planner take turns on the same core.
"""

from __future__ import annotations

import gc
import pickle
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cloudpickle
import numpy as np
import xarray as xr
import zarr
from dask._task_spec import convert_legacy_graph
from dask.base import collections_to_expr
from xhistogram.xarray import histogram

from benchmarks.table import Row
from multicloud_lab.neardata.cutting.cut import cut
from multicloud_lab.neardata.plans.numbering import task_graph
from multicloud_lab.neardata.reading.sources import find_sources

HOURS = 350_640  # 1979 to 2018, as ERA5 on Pangeo's GCS
CHUNK = 31  # hours
PERIOD = slice("1990-01-01", "2005-12-31")
MILLION_CHUNK = 5  # hours: the whole period in such chunks makes a million tasks
LIMIT_SECONDS = 5.0  # of a million tasks
LIMIT_BYTES = 1000.0  # of memory, a task
PRICES = [0.0, 0.09, 0.12]  # USD a GB: home, and what two clouds ask for what leaves them


def era5(folder: Path, chunk: int) -> xr.Dataset:
    """Write a store as ERA5's total precipitation, without any data, and open it."""
    group = zarr.create_group(folder, overwrite=True)
    axes: dict[str, Any] = {
        "time": (np.arange(HOURS), {"units": "hours since 1979-01-01"}),
        "latitude": (np.linspace(90, -90, 721), {}),
        "longitude": (np.arange(1440) * 0.25, {}),
    }
    for name, (values, attributes) in axes.items():
        axis = group.create_array(
            name,
            shape=values.shape,
            dtype=values.dtype,
            chunks=values.shape,
            dimension_names=[name],
            attributes=attributes,
        )
        axis[:] = values
    group.create_array(
        "tp",
        shape=(HOURS, 721, 1440),
        dtype="int16",
        chunks=(chunk, 721, 1440),
        dimension_names=list(axes),
        attributes={"scale_factor": 1e-6, "add_offset": 0.03, "_FillValue": -1},
    )
    return xr.open_dataset(folder, engine="zarr", chunks={}, consolidated=False)


def distribution(data: xr.Dataset) -> xr.DataArray:
    """Write the workflow's expression: how 6-hourly sums are distributed, at each latitude."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        summed = data.tp.coarsen(time=6, boundary="trim").sum().rename("tp6")
        bins = np.concatenate([[0], np.logspace(-5, 0, 50)])
        counted = histogram(summed, bins=[bins], dim=["longitude"])
        mean: xr.DataArray = counted.mean("time")
    return mean


def plan(lazy: Any) -> int:
    """Place the tasks of an object between the regions that they read in; give their number."""
    graph = task_graph([lazy])
    place = np.where(graph.source >= 0, graph.source % 2 + 1, -1).astype(np.int8)
    cut(graph, place, PRICES, [0.0, 0.0, 0.0])
    return len(graph)


def dask_itself(lazy: Any) -> None:
    """Optimise, write out and serialise, as a client and its scheduler do."""
    optimised: Any = collections_to_expr([lazy], True).optimize()
    tasks = convert_legacy_graph(optimised.__dask_graph__())
    try:
        pickle.dumps(tasks)
    except (AttributeError, pickle.PicklingError):
        cloudpickle.dumps(tasks)


def seconds(function: Callable[[Any], object], lazy: Any) -> float:
    """Give the CPU seconds of a call."""
    gc.collect()
    began = time.process_time()
    function(lazy)
    return time.process_time() - began


def against_dask(name: str, make: Callable[[], Any], repeats: int) -> Row:
    """Compare with dask, in turns."""
    ours, peer = [], []
    for _ in range(repeats):
        ours.append(seconds(plan, make()))
        peer.append(seconds(dask_itself, make()))
    return Row(
        f"planning {name}, {plan(make()):,} tasks",
        ours,
        peer,
        "CPU s",
        "dask's optimise and serialise",
    )


def run(repeats: int = 3) -> list[Row]:
    """Measure all."""
    with TemporaryDirectory() as folder:
        first = era5(Path(folder) / "a", CHUNK).sel(time=PERIOD)
        second = era5(Path(folder) / "b", CHUNK).sel(time=PERIOD)
        rows = [
            against_dask("the workflow's graph", lambda: distribution(first), repeats),
            against_dask(
                "the difference of two such graphs",
                lambda: distribution(first) - distribution(second),
                repeats,
            ),
        ]
        lazy = distribution(first)
        rows.append(
            Row(
                "seeing that it all lies in one region, once and again",
                [seconds(find_sources, lazy), seconds(find_sources, lazy)],
                [seconds(task_graph, [lazy])] * 2,
                "CPU s",
                "numbering its tasks",
            )
        )
        small = seconds(plan, lazy) / len(task_graph([lazy]))
        large = distribution(era5(Path(folder) / "c", MILLION_CHUNK))
        taken = seconds(plan, large)
        tracemalloc.start()
        tasks = plan(large)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return [
        *rows,
        Row(
            f"planning {tasks:,} tasks, a million of them",
            [1e6 * taken / tasks],
            [LIMIT_SECONDS],
            "CPU s",
            "the limit",
        ),
        Row(
            "the same, a task",
            [1e6 * taken / tasks],
            [1e6 * small],
            "CPU µs",
            "a task of the workflow's graph: linear",
        ),
        Row("the most memory of it, a task", [most / tasks], [LIMIT_BYTES], "bytes", "the limit"),
    ]


if __name__ == "__main__":
    from benchmarks.table import render

    print(render(run()))
