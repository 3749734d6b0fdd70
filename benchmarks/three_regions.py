"""Planning what joins three arrays in three regions, block by block, at two sizes.

The expressions are those where most hangs on most: means over the hours and points that no array
lacks, covariances of anomalies, and a difference of arrays whose blocks do not begin at the same
hour, so that no block is quite like another. The arrays are those of the benchmark of planning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import xarray as xr

from benchmarks.planning import HOURS, era5, seconds
from benchmarks.table import Row
from multicloud_lab.neardata.cutting.cut import cut
from multicloud_lab.neardata.plans.numbering import task_graph

OUTWARD = (0.0, 0.09e-9, 0.12e-9, 0.087e-9)  # USD a byte: home, and what three clouds ask for
INWARD = (0.0, 0.0, 0.0, 0.0)
LIMIT_SECONDS = 5.0  # of 400,000 tasks
BLOCK = 16  # hours: some 400,000 tasks
SMALL = HOURS // 8
LATER = 5  # hours

Arrays = Sequence[xr.DataArray]


def common_means(arrays: Arrays) -> list[xr.DataArray]:
    """Write means over what no array lacks."""
    there = arrays[0].notnull() & arrays[1].notnull() & arrays[2].notnull()
    return [array.where(there).mean("time") for array in arrays]


def covariances(arrays: Arrays) -> list[xr.DataArray]:
    """Write means of products of two anomalies."""
    first, second, third = (array - array.mean("time") for array in arrays)
    return [(one * other).mean("time") for one, other in ((first, second), (second, third))]


def shifted(arrays: Arrays) -> list[xr.DataArray]:
    """Write the mean of how one array differs from the two others some hours before."""
    later = arrays[0].isel(time=slice(LATER, None)).drop_vars("time")
    before = [array.isel(time=slice(0, -LATER)).drop_vars("time") for array in arrays[1:]]
    return [(later - before[0] - before[1]).mean("time")]


def plan(results: list[xr.DataArray]) -> int:
    """Place the tasks of results between the regions that they read in; give their number."""
    graph = task_graph(results)
    pins = np.where(graph.source >= 0, graph.source % 3 + 1, -1).astype(np.int8)
    cut(graph, pins, OUTWARD, INWARD)
    return len(graph)


def measure(make: Callable[[Arrays], list[xr.DataArray]], arrays: Arrays) -> tuple[float, int]:
    """Give the CPU seconds of planning, and the number of tasks."""
    results = make(arrays)
    return seconds(plan, results), plan(results)


def run(repeats: int = 3) -> list[Row]:
    """Plan each expression at both sizes in turns."""
    rows = []
    with TemporaryDirectory() as folder:
        large = [era5(Path(folder) / name, BLOCK).tp for name in "abc"]
        small = [array.isel(time=slice(0, SMALL)) for array in large]
        for make in (common_means, covariances, shifted):
            turns = [(measure(make, small), measure(make, large)) for _ in range(repeats)]
            tasks = turns[0][1][1]
            name = f"planning {make.__name__.replace('_', ' ')} over three regions"
            rows += [
                Row(
                    f"{name}, {tasks:,} tasks, 400,000 of them",
                    [4e5 * spent / count for _, (spent, count) in turns],
                    [LIMIT_SECONDS],
                    "CPU s",
                    "the limit",
                ),
                Row(
                    f"{name}, a task",
                    [1e6 * spent / count for _, (spent, count) in turns],
                    [1e6 * spent / count for (spent, count), _ in turns],
                    "CPU µs",
                    f"{turns[0][0][1]:,} tasks: 1 is linear",
                ),
            ]
    return rows


if __name__ == "__main__":
    from benchmarks.table import render

    print(render(run()))
