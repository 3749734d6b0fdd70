"""Placements are the best ones there are: against all others of small graphs, in known cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multicloud_lab.neardata.cutting import programme
from multicloud_lab.neardata.cutting.cut import Cut, UnknownSizesError, cut
from multicloud_lab.neardata.places import ANYWHERE
from tests.neardata.small_graphs import Case, random_case, tangled

GB = 1e9
NAN = float("nan")


def solve(case: Case, unknown: float | None = None) -> Cut:
    """Cut a case, and check what holds for every cut."""
    found = cut(
        case.graph,
        case.pinned,
        case.outward,
        case.inward,
        stores=case.afar,
        stay=case.stay,
        unknown=unknown,
        handling=case.handling,
    )
    active = case.active()
    for task, place in enumerate(found.place.tolist()):
        assert (place == ANYWHERE) == (task not in active)
        if task in active and case.pins[task] >= 0:
            assert place == case.pins[task]
    return found


def is_best(case: Case) -> None:
    """Check a cut against every other placement."""
    found, least = solve(case), case.least()
    assert found.cost == pytest.approx(case.cost(found.place.tolist()), rel=1e-9, abs=1e-12)
    assert found.cost == pytest.approx(least, rel=1e-6, abs=1e-12)
    assert found.bound <= least * (1 + 1e-9)
    assert found.gap == 0


@pytest.mark.parametrize("regions", [1, 2])
@pytest.mark.parametrize("afar", [False, True])
@pytest.mark.parametrize("seed", range(100))
def test_no_placement_is_better_for_one_or_two_regions(seed: int, afar: bool, regions: int) -> None:
    is_best(random_case(seed, regions, 8, afar=afar))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n = draw(st.integers(1, 7))
    price = st.sampled_from([0.0, 0.02, 0.09, 0.12])
    place = st.sampled_from([-1, -1, 0, 1, 2])
    return Case(
        inputs=[sorted(draw(st.sets(st.integers(0, max(task - 1, 0)), max_size=min(task, 3))))
                for task in range(n)],
        size=draw(st.lists(st.floats(0, 1e12), min_size=n, max_size=n)),
        pins=draw(st.lists(place, min_size=n, max_size=n)),
        wanted=sorted(draw(st.sets(st.integers(0, n - 1), min_size=1))),
        outward=[0.0, draw(price), draw(price)],
        inward=[0.0, draw(price), draw(price)],
        handling=draw(st.sampled_from([0.0, 1e-3])),
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(cases())
def test_no_placement_is_better_whatever_is_drawn(case: Case) -> None:
    is_best(case)


def test_a_reduction_runs_beside_what_it_reads() -> None:
    # read A, read B, partial A, partial B, difference
    found = solve(Case([[], [], [0], [1], [2, 3]], [GB, GB, 8, 8, 8], [1, 2, -1, -1, -1], [4],
                       [0, 0.09, 0.12], [0, 0, 0]))  # fmt: skip
    assert found.place[:4].tolist() == [1, 2, 1, 2]
    assert found.cost == pytest.approx(8 * 0.09 + 8 * 0.12)


def test_elementwise_maths_runs_beside_what_is_dearer_to_move() -> None:
    found = solve(Case([[], [], [0, 1]], [GB, GB, GB], [1, 2, -1], [2], [0, 0.09, 0.12], [0, 0, 0]))
    assert found.cost == pytest.approx(0.21 * GB)
    reduced = solve(
        Case([[], [], [0, 1], [2]], [GB, GB, GB, 8], [1, 2, -1, -1], [3],
             [0, 0.09, 0.12], [0, 0, 0], handling=1e-4)
    )  # fmt: skip
    assert reduced.place.tolist() == [1, 2, 2, 2]


def test_a_value_crosses_once_however_many_take_it() -> None:
    many = 20
    inputs = [[], *[[0]] * many, list(range(1, many + 1))]
    case = Case(inputs, [5.0, *[100.0] * many, 1.0], [1, *[2] * many, -1], [many + 1],
                [0, 1, 1], [0, 1, 1])  # fmt: skip
    assert solve(case).cost == pytest.approx(5 + 5 + 1)


def test_a_value_wanted_at_home_and_in_another_region_leaves_its_own_once() -> None:
    case = Case([[], [0]], [7.0, 1.0], [1, 2], [0, 1], [0, 1, 10], [0, 1, 100])
    assert solve(case).cost == pytest.approx(7 + 700 + 10)


def test_tasks_that_depend_on_no_place_cost_nothing_and_are_anywhere() -> None:
    case = Case([[], [], [0, 1]], [1e15, GB, 8], [-1, 1, -1], [2, 0], [0, 1], [0, 1])
    found = solve(case)
    assert found.place.tolist() == [ANYWHERE, 1, 1]
    assert found.cost == 8


def test_tasks_that_nobody_needs_have_no_influence() -> None:
    case = Case([[], [], [0, 1], [0]], [GB, GB, GB, 8], [1, 2, -1, -1], [3], [0, 1, 1], [0, 1, 1])
    assert solve(case).place.tolist() == [1, ANYWHERE, ANYWHERE, 1]


def test_free_transfers_are_kept_few_all_the_same() -> None:
    """Home is in region 1: nothing costs anything, and the notebook is spared the bytes."""
    case = Case([[], [0]], [GB, 8], [1, -1], [1], [0, 0], [0, 0], handling=1e-12)
    assert solve(case).place.tolist() == [1, 1]


def test_among_equal_bytes_fewer_values_move() -> None:
    """Two halves or their join weigh the same."""
    case = Case([[], [], [0, 1]], [4, 4, 8], [1, 1, -1], [2], [0, 1], [0, 1], handling=1e-3)
    assert solve(case).place.tolist() == [1, 1, 1]


def test_results_stay_where_they_are_if_they_may() -> None:
    case = Case([[], [0]], [GB, GB], [1, -1], [1], [0, 1], [0, 1], stay=True, handling=1e-12)
    found = solve(case)
    assert found.place.tolist() == [1, 1]
    assert found.cost == 0


def test_everything_at_home_costs_nothing() -> None:
    found = solve(Case([[], [0]], [GB, 8], [0, -1], [1], [0], [0]))
    assert found.place.tolist() == [0, 0]
    assert found.cost == found.bound == found.gap == 0


@pytest.mark.parametrize("regions", [3, 4])
@pytest.mark.parametrize("seed", range(60))
def test_placements_in_more_regions_are_good_and_say_how_good(seed: int, regions: int) -> None:
    case = random_case(seed, regions, 6, afar=seed % 2 == 0)
    found, least = solve(case), case.least()
    assert found.cost == pytest.approx(case.cost(found.place.tolist()), rel=1e-9, abs=1e-12)
    assert found.bound <= least * (1 + 1e-9)
    assert found.cost <= least * (2 - 2 / (regions + 1)) + 1e-12
    # With so few tasks it is a best one as well, and known to be.
    assert found.cost == pytest.approx(least, rel=1e-6, abs=1e-12)
    assert found.gap == 0


@pytest.mark.parametrize("regions", [3, 4])
@pytest.mark.parametrize("seed", range(10))
def test_larger_graphs_over_more_regions_come_with_a_small_gap(seed: int, regions: int) -> None:
    case = tangled(seed, regions, 600)
    found = solve(case)
    assert found.cost == pytest.approx(case.cost(found.place.tolist()), rel=1e-9)
    assert 0 < found.bound <= found.cost
    assert found.gap < 0.02


def test_more_regions_are_cut_the_same_without_the_integer_programme(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in graphs that are too large for it."""
    monkeypatch.setattr(programme, "_LARGEST", 0)
    for seed in range(40):
        case = random_case(seed, 3, 6)
        found, least = solve(case), case.least()
        assert found.bound <= least * (1 + 1e-9)
        assert found.cost <= least * (2 - 2 / 4) + 1e-12


class TestUnknownSizes:
    """Results whose size cannot be told."""

    def test_what_takes_them_runs_where_they_are(self) -> None:
        # A's opaque result would save the 1 GB of B if it were small; nobody knows.
        case = Case([[], [], [0, 1]], [NAN, GB, 8], [1, 2, -1], [2], [0, 1, 1], [0, 1, 1])
        assert solve(case).place.tolist() == [1, 2, 1]

    def test_one_that_is_wanted_comes_home_all_the_same(self) -> None:
        case = Case([[], [0]], [GB, NAN], [1, -1], [1], [0, 1], [0, 1])
        found = solve(case)
        assert found.place.tolist() == [1, 1]
        assert found.cost == 0

    def test_that_have_to_move_are_named(self) -> None:
        inputs = [[], [], [0], [1], [2, 3], [4]]
        case = Case(inputs, [NAN, NAN, NAN, 8, 8, 8], [1, 2, -1, -1, -1, -1], [5],
                    [0, 1, 1], [0, 1, 1])  # fmt: skip
        assert solve(case).place[4] == 1  # What is known may move.
        opaque = Case(inputs, [NAN, NAN, NAN, NAN, 8, 8], case.pins, [5], [0, 1, 1], [0, 1, 1])
        with pytest.raises(UnknownSizesError) as raised:
            solve(opaque)
        assert len(raised.value.tasks) == 1
        assert raised.value.tasks[0] in (0, 1, 2, 3)

    def test_that_have_to_move_among_three_regions_are_named(self) -> None:
        case = Case([[], [], [], [0, 1, 2]], [NAN, NAN, NAN, 8], [1, 2, 3, -1], [3],
                    [0, 1, 1, 1], [0, 1, 1, 1])  # fmt: skip
        with pytest.raises(UnknownSizesError) as raised:
            solve(case)
        assert len(raised.value.tasks) == 2

    def test_may_be_assumed(self) -> None:
        case = Case([[], [], [0, 1]], [NAN, GB, 8], [1, 2, -1], [2], [0, 1, 1], [0, 1, 1])
        assert solve(case, unknown=100.0).place.tolist() == [1, 2, 2]
        assert solve(case, unknown=1e12).place.tolist() == [1, 2, 1]

    @pytest.mark.parametrize("seed", range(60))
    def test_are_never_cut(self, seed: int) -> None:
        """As if they weighed more than everything else."""
        case = random_case(seed, 2, 7)
        opaque = np.random.default_rng(seed).random(len(case.size)) < 0.3
        heavy = 1e15
        free = {task for task in range(len(opaque)) if opaque[task] and task in case.wanted}
        opaque[list(free)] = False
        size = [NAN if hidden else size for hidden, size in zip(opaque, case.size, strict=True)]
        told = [heavy if hidden else size for hidden, size in zip(opaque, case.size, strict=True)]
        prices = [0.0, 0.05, 0.09]
        known = Case(case.inputs, told, case.pins, case.wanted, prices, prices)
        unknown = Case(case.inputs, size, case.pins, case.wanted, prices, prices)
        least = known.least()
        if least >= heavy * 0.05:
            with pytest.raises(UnknownSizesError):
                solve(unknown)
        else:
            assert solve(unknown).cost == pytest.approx(least, abs=1e-9)


class TestStores:
    """Tasks that may read across a border, where what is stored is smaller than what it holds."""

    def test_packed_bytes_cross_instead_of_decoded_ones(self) -> None:
        case = Case([[], [], [0, 1], [2]], [GB, GB, GB, 8], [-1] * 4, [3],
                    [0, 0.09, 0.12], [0, 0, 0], stores=[1, 2, -1, -1],
                    read=[0.2 * GB, 0.2 * GB, 0, 0])  # fmt: skip
        found = solve(case)
        assert found.place.tolist() == [2, 2, 2, 2]
        assert found.cost == pytest.approx(0.2 * GB * 0.09, rel=1e-6)

    def test_readers_of_unknown_bytes_stay_beside_their_store(self) -> None:
        case = Case([[], [0]], [GB, 2 * GB], [-1, 2], [1], [0, 1, 1], [0, 1, 1],
                    stores=[1, -1], read=[NAN, 0])  # fmt: skip
        found = cut(case.graph, case.pinned, case.outward, case.inward, stores=case.afar)
        assert found.place.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("outward", "inward"),
    [([0, 1], [0]), ([0, -1], [0, 0]), ([1, 1], [0, 0]), ([0, NAN], [0, 0]), ([], [])],
)
def test_prices_that_make_no_sense_are_refused(outward: list[float], inward: list[float]) -> None:
    case = Case([[]], [1], [0], [0], outward, inward)
    with pytest.raises(ValueError, match=r"(?i)price"):
        cut(case.graph, case.pinned, outward, inward)


def test_pins_without_a_price_are_refused() -> None:
    case = Case([[]], [1], [2], [0], [0, 1], [0, 1])
    with pytest.raises(ValueError, match="2 of prices"):
        cut(case.graph, case.pinned, case.outward, case.inward)


def test_a_deep_chain_takes_no_longer_than_a_wide_graph() -> None:
    """A running sum over two stores that alternate: a chain of 20,000 tasks."""
    n = 10_000
    inputs: list[list[int]] = [[] for _ in range(n)] + [
        [0],
        *([n + i, i + 1] for i in range(n - 1)),
    ]
    case = Case(inputs, [8.0] * n + [8.0] * n, [1 + i % 2 for i in range(n)] + [-1] * n,
                [2 * n - 1], [0, 1, 2], [0, 1, 1])  # fmt: skip
    found = cut(case.graph, case.pinned, case.outward, case.inward, handling=0)
    assert found.gap == 0
    assert found.cost == pytest.approx(8 * (n // 2) * (1 + 1) + 8 * 2)


def test_a_large_graph_over_three_regions_is_left_at_a_small_gap() -> None:
    n = 4000
    reads: list[list[int]] = [[] for _ in range(3 * n)]
    mixed = [[i, n + i, 2 * n + i] for i in range(n)]
    again = [[3 * n + i, i] for i in range(n)]
    sums = [list(range(start, start + n)) for start in (3 * n, 4 * n)]
    size = np.random.default_rng(0).uniform(0.6, 1.4, 5 * n + 2)
    case = Case([*reads, *mixed, *again, *sums], size.tolist(),
                [*[1] * n, *[2] * n, *[3] * n, *[-1] * (2 * n + 2)], [5 * n, 5 * n + 1],
                [0, 0.09, 0.12, 0.087], [0, 0, 0, 0])  # fmt: skip
    found = cut(case.graph, case.pinned, case.outward, case.inward)
    assert 0 < found.gap < 0.05
    everywhere = [
        cut(case.graph, np.where(case.pinned < 0, np.int8(place), case.pinned), case.outward,
            case.inward).cost
        for place in range(4)
    ]  # fmt: skip
    assert found.cost <= min(everywhere)
