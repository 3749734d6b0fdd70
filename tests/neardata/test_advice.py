"""Where placement cannot help, it is said which side moves and what to reduce first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.cutting.cut import cut
from multicloud_lab.neardata.graphs.task_graph import LayerTasks, TaskGraph
from multicloud_lab.neardata.plans.advice import advise

GB = 1e9
TOKEN = "0123456789abcdef0123456789abcdef"
NAMES = ("here", "aws:us-west-2", "gcp:us-central1")
OUTWARD, INWARD = [0, 0.09e-9, 0.12e-9], [0.0, 0.0, 0.0]
CHUNKS = 100


@dataclass
class Build:
    """A graph that is written layer by layer."""

    inputs: list[list[int]] = field(default_factory=list)
    size: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    pins: list[int] = field(default_factory=list)
    stores: list[int] = field(default_factory=list)
    layers: list[LayerTasks] = field(default_factory=list)

    def layer(
        self,
        name: str,
        inputs: Sequence[Sequence[int]],
        size: float,
        pin: int = -1,
        store: int = -1,
        read: float = 0.0,
    ) -> list[int]:
        """Add a layer and give the numbers of its tasks."""
        first, count = len(self.inputs), len(inputs)
        self.layers.append(LayerTasks(f"{name}-{TOKEN}", first, numblocks=(count,)))
        self.inputs += [sorted(each) for each in inputs]
        self.size += [size] * count
        self.read += [read] * count
        self.pins += [pin] * count
        self.stores += [store] * count
        return list(range(first, first + count))

    def graph(self, wanted: Sequence[int]) -> TaskGraph:
        """Give the whole."""
        lengths = [len(each) for each in self.inputs]
        graph = TaskGraph(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.array([task for each in self.inputs for task in each], np.int32),
            np.array(self.size),
            np.array(self.read),
            np.full(len(self.size), -1, np.int32),
            (),
            (np.array(wanted, np.int32),),
            tuple(self.layers),
        )
        graph.check()
        return graph

    def advise(self, wanted: Sequence[int], *, stay: bool = False) -> tuple[str, ...]:
        """Cut it and ask for advice."""
        graph = self.graph(wanted)
        stores: NDArray[np.int8] = np.array(self.stores, np.int8)
        pins = np.array(self.pins, np.int8)
        found = cut(graph, pins, OUTWARD, INWARD, stores=stores, stay=stay)
        return advise(graph, found.place, NAMES, OUTWARD, INWARD, stores=stores, stay=stay)


def reads(build: Build, name: str, place: int) -> list[int]:
    return build.layer(name, [[]] * CHUNKS, 4 * GB, pin=place)


def difference(build: Build) -> list[int]:
    a, b = reads(build, "open-lens", 1), reads(build, "open-era5", 2)
    return build.layer("sub", list(zip(a, b, strict=True)), 4 * GB)


def test_a_reduction_that_follows_is_named_with_what_it_saves() -> None:
    build = Build()
    chunk = build.layer("mean_chunk", [[task] for task in difference(build)], 1e5)
    (result,) = build.layer("mean_agg", [chunk], 8)
    (said,) = build.advise([result])
    assert said == (
        "sub needs 400 GB of open-lens from aws:us-west-2 in gcp:us-central1, which costs $36; the "
        "other way round 400 GB would move, for $48. mean comes after it and leaves 8 B: where the "
        "analysis allows it on each side first, that much moves, for <$0.01, $36 less."
    )


def test_without_a_reduction_it_says_to_coarsen() -> None:
    build = Build()
    tasks = difference(build)
    (said,) = build.advise(tasks, stay=True)
    assert said == (
        "sub needs 400 GB of open-lens from aws:us-west-2 in gcp:us-central1, which costs $36; the "
        "other way round 400 GB would move, for $48. Select or coarsen each side first: with a "
        "tenth of the bytes it would cost $32 less."
    )


def test_both_sides_that_meet_at_home_are_named_the_dearer_first() -> None:
    build = Build()
    era5, lens = build.advise(difference(build))
    assert era5.startswith("sub needs 400 GB of open-era5 from gcp:us-central1 here, which")
    assert lens.startswith("sub needs 400 GB of open-lens from aws:us-west-2 here, which")
    assert "the other way round" not in era5 + lens


def test_results_that_are_large_themselves_are_better_left_there() -> None:
    build = Build()
    tasks = reads(build, "open-lens", 1)
    (said,) = build.advise(tasks)
    assert said == (
        "400 GB of open-lens come home from aws:us-west-2 because they are wanted themselves, for "
        "$36. Reduce or select before computing, or leave them there with mcl.persist."
    )
    assert build.advise(tasks, stay=True) == ()


def test_stored_data_that_is_read_from_afar_counts_as_stored() -> None:
    build = Build()
    a = build.layer("open-lens", [[]] * CHUNKS, 4 * GB, store=1, read=GB)
    b = build.layer("open-era5", [[]] * CHUNKS, 4 * GB, store=2, read=GB)
    sub = build.layer("sub", list(zip(a, b, strict=True)), 4 * GB)
    chunk = build.layer("mean_chunk", [[task] for task in sub], 1e5)
    (result,) = build.layer("mean_agg", [chunk], 8)
    (said,) = build.advise([result])
    assert said.startswith(
        "sub needs 100 GB read by open-lens from aws:us-west-2 in gcp:us-central1, which costs $9"
    )
    assert "mean comes after it and leaves 8 B" in said


def test_what_takes_it_alone_is_not_where_it_meets_the_other() -> None:
    build = Build()
    a, b = reads(build, "open-lens", 1), reads(build, "open-era5", 2)
    masks = [
        build.layer(f"isnan{at}", [[each] for each in side], GB) for at, side in enumerate((a, b))
    ]
    both = build.layer("and_", list(zip(*masks, strict=True)), GB)
    layers = [build.layer(f"where{at}", list(zip(side, both, strict=True)), 4 * GB)
              for at, side in enumerate((a, b))]  # fmt: skip
    mul = build.layer("mul", list(zip(*layers, strict=True)), 4 * GB)
    (result,) = build.layer("mean_agg", [build.layer("mean_chunk", [[x] for x in mul], 8)], 8)
    (said,) = build.advise([result])
    assert said.startswith("and_ needs 400 GB of open-lens")
    assert "the other way round" not in said  # It would take all of open-era5, not only its mask.
    assert "mean comes after it" in said


def test_cheap_moves_need_no_advice() -> None:
    build = Build()
    partial = [
        build.layer(f"mean_chunk{place}", [[task] for task in reads(build, "open", place)], 1e3)
        for place in (1, 2)
    ]
    (result,) = build.layer("sub", [[*partial[0], *partial[1]]], 8)
    assert build.advise([result]) == ()


def test_names_of_layers_are_safe_to_print() -> None:
    build = Build()
    tasks = build.layer("x\n\x1b[31mred", [[]] * CHUNKS, 4 * GB, pin=1)
    (said,) = build.advise(tasks)
    assert said.isprintable()
    assert TOKEN not in said
