"""What is alike is placed as one: placements are as good, and bounds hold for each by itself."""

from __future__ import annotations

import numpy as np
import pytest

from multicloud_lab.neardata.cutting import cut as cutting
from multicloud_lab.neardata.cutting.cut import cut
from multicloud_lab.neardata.cutting.exchange import Exchange, Tariff
from multicloud_lab.neardata.cutting.folding import Kinds, fold, fold_roughly
from multicloud_lab.neardata.places import ANYWHERE
from tests.neardata.small_graphs import Case, random_case, tangled


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fold also what is small."""
    monkeypatch.setattr(cutting, "_LARGE", 0)


def twice(case: Case) -> Case:
    """Put a case beside itself, with a task that takes the last of both."""
    n = len(case.inputs)
    again = [[task + n for task in inputs] for inputs in case.inputs]
    return Case(
        inputs=[*case.inputs, *again, [n - 1, 2 * n - 1]],
        size=[*case.size, *case.size, 3.0],
        pins=[*case.pins, *case.pins, -1],
        wanted=[*case.wanted, *(task + n for task in case.wanted), 2 * n],
        outward=case.outward,
        inward=case.inward,
        handling=case.handling,
        stay=case.stay,
    )


def exchange(case: Case) -> Exchange:
    """Write a case as an exchange of single tasks, all of them."""
    pairs = [(taken, task) for task, inputs in enumerate(case.inputs) for taken in inputs]
    value, taker = np.array(pairs, np.int32).reshape(-1, 2).T
    n = len(case.inputs)
    return Exchange(
        pins=case.pinned,
        giver=np.arange(n, dtype=np.int32),
        size=np.array(case.size, np.float64),
        count=np.ones(n, np.int32),
        home=np.isin(np.arange(n), case.wanted),
        value=value,
        taker=taker,
    )


def exact(whole: Exchange) -> Kinds:
    """Fold what can be folded."""
    kinds = fold(whole)
    assert kinds is not None
    return kinds


def blocks(count: int) -> Case:
    """Make a mean of the difference of two arrays in blocks: by fours, then of all."""
    reads: list[list[int]] = [[] for _ in range(2 * count)]
    differences = [[block, count + block] for block in range(count)]
    inputs, last = [*reads, *differences], range(2 * count, 3 * count)
    while len(last) > 1:
        nodes = [list(last[at : at + 4]) for at in range(0, len(last), 4)]
        last = range(len(inputs), len(inputs) + len(nodes))
        inputs += nodes
    size = [100.0] * (3 * count) + [8.0] * (len(inputs) - 3 * count)
    pins = [1] * count + [2] * count + [ANYWHERE] * (len(inputs) - 2 * count)
    return Case(inputs, size, pins, [len(inputs) - 1], [0, 0.09, 0.12], [0, 0, 0])


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("regions", [1, 2])
@pytest.mark.parametrize("seed", range(60))
def test_no_placement_is_better_for_one_or_two_regions(seed: int, regions: int) -> None:
    case = twice(random_case(seed, regions, 4))
    found, least = cut(case.graph, case.pinned, case.outward, case.inward, stay=case.stay,
                       handling=case.handling), case.least()  # fmt: skip
    assert found.cost == pytest.approx(case.cost(found.place.tolist()), rel=1e-9, abs=1e-12)
    assert found.cost == pytest.approx(least, rel=1e-6, abs=1e-12)
    assert found.bound <= least * (1 + 1e-9)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("regions", [3, 4])
@pytest.mark.parametrize("seed", range(30))
def test_placements_in_more_regions_are_good_and_bounds_hold(seed: int, regions: int) -> None:
    case = twice(random_case(seed, regions, 4))
    found, least = cut(case.graph, case.pinned, case.outward, case.inward, stay=case.stay,
                       handling=case.handling), case.least()  # fmt: skip
    assert found.cost == pytest.approx(case.cost(found.place.tolist()), rel=1e-9, abs=1e-12)
    assert found.bound <= least * (1 + 1e-9)
    assert found.cost <= least * (2 - 2 / (regions + 1)) + 1e-12


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("seed", range(60))
def test_a_placement_of_kinds_costs_what_that_of_their_groups_does(seed: int) -> None:
    whole = exchange(twice(random_case(seed, 3, 6)))
    folded = exact(whole) if seed % 2 else fold_roughly(whole)
    kinds, label = folded.exchange, folded.label
    assert len(kinds) < len(whole)
    tariff = Tariff.of([0, 0.09, 0.12, 0.3], [0, 0.01, 0, 0.2], 1e-3)
    random = np.random.default_rng(seed)
    for _ in range(5):
        drawn = random.integers(0, 4, len(kinds)).astype(np.int8)
        place = np.where(kinds.pins == ANYWHERE, drawn, kinds.pins)
        assert (place[label][whole.pins != ANYWHERE] == whole.pins[whole.pins != ANYWHERE]).all()
        assert kinds.cost(place, tariff) == pytest.approx(whole.cost(place[label], tariff))


def test_blocks_of_arrays_are_a_few_kinds_however_many_there_are() -> None:
    few, many = (len(exact(exchange(blocks(count))).exchange) for count in (300, 30_000))
    assert few < 60
    assert many < 3 * few


@pytest.mark.usefixtures("always")
def test_what_weighs_differently_is_told_apart() -> None:
    case = blocks(4)
    size = [*case.size[:8], 100.0, 100.0, 50.0, 100.0, *case.size[12:]]
    whole = exchange(Case(case.inputs, size, case.pins, case.wanted, [0, 1, 1], [0, 1, 1]))
    label = exact(whole).label
    assert label[8] == label[9] == label[11] != label[10]


def chain(n: int) -> Case:
    """Make a running sum over three stores in turns."""
    inputs = [*([] for _ in range(n)), [0], *([n + task, task + 1] for task in range(n - 1))]
    pins = [*(1 + task % 3 for task in range(n)), *[ANYWHERE] * n]
    return Case(inputs, [8.0] * 2 * n, pins, [2 * n - 1], [0, 0.09, 0.12, 0.087], [0, 0, 0, 0])


def test_along_a_chain_groups_are_about_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    case = chain(2000)
    assert fold(exchange(case)) is None
    assert len(fold_roughly(exchange(case)).exchange) < 400
    alone = cut(case.graph, case.pinned, case.outward, case.inward)
    monkeypatch.setattr(cutting, "_LARGE", 0)
    found = cut(case.graph, case.pinned, case.outward, case.inward)
    assert found.cost <= alone.cost * (1 + 1e-3)
    assert found.gap < 0.01


@pytest.mark.parametrize("regions", [3, 4])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_only_about_alike_is_placed_about_as_well(
    seed: int, regions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tangled(seed, regions, 400)
    alone = cut(case.graph, case.pinned, case.outward, case.inward, handling=case.handling)
    monkeypatch.setattr(cutting, "_LARGE", 0)
    found = cut(case.graph, case.pinned, case.outward, case.inward, handling=case.handling)
    assert found.cost == pytest.approx(case.cost(found.place.tolist()), rel=1e-9)
    assert found.bound <= alone.cost * (1 + 1e-9)
    assert found.cost <= alone.cost * 1.01
