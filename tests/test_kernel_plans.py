"""What plans would move: added up by border, the newest of each kernel, and not kept for ever."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.kernel_plans import LASTS, MOST, KernelPlans
from multicloud_lab.neardata.places import Place
from multicloud_lab.neardata.plans.plan import Amount, Move
from multicloud_lab.planned_moves import planned_moves
from multicloud_lab.records import Change, PlannedMove, TellPlan
from multicloud_lab.regions import Region
from tests.neardata.plans import AWS, GCP, HOSTILE, at_home, tangled, workflow


def move(source: Region, size: int, destination: Region | None = None) -> PlannedMove:
    return PlannedMove(
        source=source, destination=destination, bytes=size, unsized=0, price_low=0, price_high=0
    )


def told(*moves: PlannedMove, notebook: str = "rain.ipynb") -> TellPlan:
    return TellPlan(notebook=notebook, moves=moves or (move(AWS, 5),))


def test_the_moves_of_a_plan_are_those_between_regions() -> None:
    assert planned_moves(workflow()) == [
        move(AWS, 288_000),
        move(GCP, 288_000),
    ]
    assert planned_moves(at_home()) == []


def test_what_is_read_from_afar_is_a_move_and_nothing_of_it_is_named() -> None:
    found = {(str(each.source), str(each.destination)): each for each in planned_moves(tangled())}
    assert found["aws:us-east-1", "aws:us-west-2"].bytes == 5e9
    assert found["azure:westeurope", "None"].unsized == 3
    assert found["None", "gcp:us-central1"].bytes == 399e9
    # Nobody knows where that one is read from.
    assert ("None", "None") not in found
    written = TellPlan(moves=tuple(found.values())).model_dump_json()
    assert HOSTILE not in written
    assert "://" not in written


def test_values_within_a_region_move_nowhere_and_the_largest_are_told() -> None:
    plan = workflow()
    same = replace(plan, places=(Place(AWS), *plan.places[1:]))
    assert [each.source for each in planned_moves(same)] == [GCP]
    huge = replace(plan, moves=(Move(1, 0, 1, Amount(inf, inf, None)),))
    (most,) = planned_moves(huge)
    assert (most.bytes, most.price_low, most.price_high) == (10**18, 1e12, None)


def test_the_newest_plan_of_a_kernel_is_kept_until_it_ends_or_a_day_is_over() -> None:
    changes: list[Change] = []
    time = 1000.0
    plans = KernelPlans(changes.append, now=lambda: time)
    plans.tell("one", told())
    plans.tell("two", told(notebook="<b>.ipynb"))
    plans.tell("one", told(move(GCP, 7)))
    assert [(each.kernel, each.moves[0].bytes) for each in plans.all()] == [("one", 7), ("two", 5)]
    plans.forget("one")
    plans.forget("one")
    assert [each.notebook for each in plans.all()] == ["<b>.ipynb"]
    plans.tell("two", TellPlan(moves=()))  # What it plans now moves nothing.
    plans.tell("two", TellPlan(moves=()))
    assert plans.all() == []
    assert [(each.topic, each.action) for each in changes] == [
        ("plans", "planned"),
        ("plans", "planned"),
        ("plans", "planned"),
        ("plans", "forgotten"),
        ("plans", "forgotten"),
    ]
    plans.tell("two", told())
    time += LASTS + 1
    plans.tell("one", told())
    assert [each.kernel for each in plans.all()] == ["one"]


def test_it_does_not_grow_for_ever() -> None:
    plans = KernelPlans(lambda change: None)
    for number in range(MOST + 5):
        plans.tell(f"k{number}", told())
    assert [each.kernel for each in plans.all()][:: MOST - 1] == [f"k{MOST + 4}", "k5"]
    with pytest.raises(InvalidInputError):
        plans.tell("k" * 201, told())
