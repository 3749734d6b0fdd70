"""What a budget and a policy let through, and what they say of the rest."""

from __future__ import annotations

import pytest

from multicloud_lab.errors import InvalidInputError, OverBudgetError
from multicloud_lab.neardata.places import HOME, Place
from multicloud_lab.neardata.plans.budget import Policy, check_budget, check_policy
from multicloud_lab.neardata.plans.plan import Amount, Move, Plan, Reading
from multicloud_lab.regions import parse_region

OREGON, IOWA, BELGIUM = map(parse_region, ("aws:us-west-2", "gcp:us-central1", "gcp:europe-west1"))
PLACES = (Place(None), Place(OREGON, "oregon"), Place(IOWA, "iowa"), Place(BELGIUM, "belgium"))
RESULTS = (Move(1, HOME, 4, Amount(1e9, 0.05, 0.09)),)
UNLIMITED = float("inf")


def plan(moves: tuple[Move, ...] = RESULTS, readings: tuple[Reading, ...] = ()) -> Plan:
    return Plan(PLACES, (), readings, moves, (0, 1, 1, 1))


def reading(price: float | None, *, crosses: bool = True, unknown: int = 0) -> Reading:
    amount = Amount(1e12, price, price, unknown)
    return Reading("gs://bucket/store", "", BELGIUM, 2, 10, amount, crosses)


def test_what_is_within_the_budget_passes() -> None:
    check_budget(plan(), 0.09, "global")
    check_budget(plan(readings=(reading(50.0, crosses=False),)), 1.0, "none")
    wanted = Move(1, HOME, 1, Amount(0.0, 0.0, 0.0, unknown=1))
    check_budget(plan((wanted,)), 1.0, "global")  # asked for, whatever its size


@pytest.mark.parametrize(
    ("moves", "readings", "says"),
    [
        ((Move(1, HOME, 1, Amount(1e11, 5.0, 9.0)),), (), r"up to \$9\.00"),
        (RESULTS, (reading(50.0),), r"up to \$50\.09"),
        ((*RESULTS, Move(2, HOME, 1, Amount(1e12, 1.0, 1.0))), (), r"up to \$1\.09 .* \$1\.00"),
        (RESULTS, (reading(None),), "cannot be priced"),
        (RESULTS, (reading(0.0, unknown=3),), "cannot be priced"),
    ],
)
def test_what_is_over_it_is_refused_with_the_plan_and_the_way_out(
    moves: tuple[Move, ...], readings: tuple[Reading, ...], says: str
) -> None:
    made = plan(moves, readings)
    with pytest.raises(OverBudgetError, match=says) as caught:
        check_budget(made, 1.0, "global")
    assert caught.value.plan is made
    assert "egress_budget_usd=" in str(caught.value)
    check_budget(made, UNLIMITED, "global")


FAR_READ = (RESULTS, (reading(0.0),))
TO_IOWA = ((*RESULTS, Move(HOME, 2, 4, Amount(1e9, 0.0, 0.0))), ())
TO_BELGIUM = ((*RESULTS, Move(HOME, 3, 4, Amount(1e9, 0.0, 0.0))), ())


@pytest.mark.parametrize(
    ("made", "allowed"),
    [
        ((RESULTS, ()), {"none", "continental", "global"}),
        (TO_IOWA, {"continental", "global"}),
        (TO_BELGIUM, {"global"}),
        (FAR_READ, {"global"}),
    ],
)
@pytest.mark.parametrize("policy", ["none", "continental", "global"])
def test_a_policy_says_how_far_data_may_go(
    made: tuple[tuple[Move, ...], tuple[Reading, ...]], allowed: set[str], policy: Policy
) -> None:
    if policy in allowed:
        check_budget(plan(*made), UNLIMITED, policy)
        return
    with pytest.raises(OverBudgetError, match=f"policy='{policy}' does not allow"):
        check_budget(plan(*made), UNLIMITED, policy)


def test_a_word_that_is_no_policy_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="none, continental, global"):
        check_policy("lokal")
