"""Seconds and memory to find the best placement of a million tasks over two regions.

The graph is that of a masked mean of two arrays, as in a correlation: both are read in chunks, a
mask is made of each pair, both are masked by it and reduced in trees. No task of it is cheap to
place: everything hangs on everything.
"""

from __future__ import annotations

import multiprocessing
import time

import numpy as np
import psutil

from benchmarks.table import Row
from multicloud_lab.neardata.cutting.cut import cut
from multicloud_lab.neardata.graphs.task_graph import Floats, Ints, LayerTasks, TaskGraph

SIZES = (100_000, 1_000_000)
SECONDS = 3.0  # the limit for the largest
BYTES_A_TASK = 1000.0  # the limit
CHUNK = 1e8  # bytes
OUTWARD, INWARD = (0.0, 0.0, 0.12e-9), (0.0, 0.0, 0.09e-9)  # USD a byte


class Build:
    """A graph that is written layer by layer."""

    def __init__(self) -> None:
        self.inputs: list[Ints] = []
        self.taken: list[Ints] = []
        self.size: list[Floats] = []
        self.tasks = 0

    def layer(self, count: int, inputs: Ints | None, size: float) -> Ints:
        """Add tasks; ``inputs`` has a row for each, filled up with -1."""
        rows = np.empty((count, 0), np.int32) if inputs is None else inputs
        self.taken.append((rows >= 0).sum(axis=1).astype(np.int32))
        self.inputs.append(rows[rows >= 0].astype(np.int32))
        self.size.append(np.full(count, size))
        self.tasks += count
        return np.arange(self.tasks - count, self.tasks, dtype=np.int32)

    def tree(self, tasks: Ints, size: float) -> Ints:
        """Reduce by fours."""
        while len(tasks) > 1:
            count = -(-len(tasks) // 4)
            rows = np.full(count * 4, -1, np.int32)
            rows[: len(tasks)] = tasks
            tasks = self.layer(count, rows.reshape(count, 4), size)
        return tasks

    def graph(self, wanted: Ints) -> TaskGraph:
        """Put it together."""
        return TaskGraph(
            starts=np.concatenate([[0], np.cumsum(np.concatenate(self.taken), dtype=np.int64)]),
            inputs=np.concatenate(self.inputs),
            result_bytes=np.concatenate(self.size),
            read_bytes=np.zeros(self.tasks),
            source=np.full(self.tasks, -1, np.int32),
            sources=(),
            wanted=(wanted,),
            layers=(LayerTasks("x", 0, numblocks=(self.tasks,)),),
        )


def masked_means(tasks: int) -> tuple[TaskGraph, Ints]:
    """Make a graph of about so many tasks, and give those that read the second store."""
    chunks = tasks * 3 // 23
    build = Build()
    a, b = build.layer(chunks, None, CHUNK), build.layer(chunks, None, CHUNK)
    mask = build.layer(chunks, np.stack([a, b], axis=1), CHUNK / 4)
    results = []
    for array in (a, b):
        masked = build.layer(chunks, np.stack([array, mask], axis=1), CHUNK)
        results.append(build.tree(build.layer(chunks, masked[:, None], 1e4), 1e4))
    return build.graph(np.concatenate(results)), b


def measure(tasks: int) -> tuple[float, float]:
    """Cut a graph; give seconds, and bytes of memory at the peak for each task."""
    graph, second = masked_means(tasks)
    pins = np.full(len(graph), -1, np.int8)
    pins[: len(second)], pins[second] = 1, 2
    process = psutil.Process()
    before = process.memory_info().rss
    begun = time.perf_counter()
    found = cut(graph, pins, OUTWARD, INWARD)
    seconds = time.perf_counter() - begun
    if found.gap:
        raise AssertionError("The placement is not proven to be a best one.")
    peak = _peak() - before
    return seconds, peak / len(graph)


def _peak() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def run(repeats: int = 3) -> list[Row]:
    """Cut graphs of both sizes in turns, each in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as fresh:
        measured = [[fresh.apply(measure, (size,)) for size in SIZES] for _ in range(repeats)]
    seconds = [[one[0] for one in turn] for turn in measured]
    name = f"cutting {SIZES[-1]:,} tasks over two regions"
    return [
        Row(name, [turn[-1] for turn in seconds], [SECONDS], "s", "the limit"),
        Row(
            f"{name}, per task",
            [1e6 * turn[-1] / SIZES[-1] for turn in seconds],
            [1e6 * turn[0] / SIZES[0] for turn in seconds],
            "µs",
            f"{SIZES[0]:,} tasks: 1 is linear",
        ),
        Row(
            f"{name}, memory per task",
            [turn[-1][1] for turn in measured],
            [BYTES_A_TASK],
            "bytes",
            "the limit",
        ),
    ]


if __name__ == "__main__":
    from benchmarks.table import render

    print(render(run()))
