"""The budget: what a computation may move out of a region before somebody has to agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from multicloud_lab.errors import InvalidInputError, OverBudgetError
from multicloud_lab.neardata.places import HOME
from multicloud_lab.neardata.plans.plan import Plan
from multicloud_lab.regions import Region, continent

Policy = Literal["none", "continental", "global"]
"""How far data may go, whatever it costs: ``none``, only results leave their region; within a
``continental`` border; or anywhere (``global``)."""


def check_policy(policy: str) -> None:
    """Refuse a word that is no policy.

    Raises
    ------
    InvalidInputError
    """
    if policy not in get_args(Policy):
        raise InvalidInputError(f"policy={policy!r} is none of {', '.join(get_args(Policy))}.")


def check_budget(plan: Plan, budget_usd: float, policy: Policy) -> None:
    """Refuse a plan that moves too much.

    Parameters
    ----------
    plan : Plan
    budget_usd : float
        The most that everything which leaves its region may cost, at the high end of its price;
        infinity for no limit.
    policy : str
        See :data:`Policy`.

    Raises
    ------
    OverBudgetError
        With the plan; nothing has been started.
    """
    far = next(_too_far(plan, policy), None)
    if far is not None:
        raise OverBudgetError(
            f"This would move {far}, which policy={policy!r} does not allow. Reduce the data in "
            'their own region first, or say policy="global". Nothing has moved.\n\n' + str(plan),
            plan,
        )
    if budget_usd == float("inf"):
        return
    nowhere = [each.url for each in plan.readings if each.crosses and each.region is None]
    if nowhere:
        raise OverBudgetError(
            f"Nobody has said in which region {nowhere[0]} is, so what this would move cannot be "
            "priced. Add it to `regions` in the configuration of MulticloudLab, say near=… (a "
            "dataset's id, a URL or a region), or egress_budget_usd=float('inf') to read it from "
            f"here all the same. Nothing has moved.\n\n{plan}",
            plan,
        )
    total = plan.total
    wider = "Say egress_budget_usd=… with the amount that you accept"
    # A result of unknown size is one that was asked for: others are never moved.
    unread = any(reading.crosses and reading.amount.unknown for reading in plan.readings)
    if total.high is None or unread:
        raise OverBudgetError(
            "What this would move out of its region cannot be priced, so it cannot be held to the "
            f"budget of ${budget_usd:,.2f}. {wider}, as egress_budget_usd=float('inf'). Nothing "
            f"has moved.\n\n{plan}",
            plan,
        )
    if total.high > budget_usd:
        raise OverBudgetError(
            f"This would cost up to ${max(total.high, 0.01):,.2f} in egress, over the "
            f"budget of ${budget_usd:,.2f}. {wider}, or move less. Nothing has moved.\n\n{plan}",
            plan,
        )


def _too_far(plan: Plan, policy: Policy) -> Iterator[str]:
    """Say what a policy does not allow."""
    if policy == "global":
        return
    for reading in plan.readings:
        where = plan.places[reading.place]
        if reading.crosses and not _allowed(reading.region, where.region, policy):
            yield f"what is read of {reading.url} to {where.name}"
    senders = {move.source for move in plan.moves if move.destination == HOME}
    for move in plan.moves:  # What comes home is wanted here, or goes on from here.
        where = plan.places[move.destination]
        for sender in sorted(senders - {move.destination}) if move.destination != HOME else ():
            if not _allowed(plan.places[sender].region, where.region, policy):
                yield f"results from {plan.places[sender].name} to {where.name}"


def _allowed(source: Region | None, destination: Region | None, policy: Policy) -> bool:
    if policy == "none" or source is None or destination is None:
        return False
    return continent(source) is not None and continent(source) == continent(destination)
