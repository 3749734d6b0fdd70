"""What a plan would move between regions, as the map of the panel shows it: no names, no URLs."""

from __future__ import annotations

from collections.abc import Iterator

from multicloud_lab import records as r
from multicloud_lab.neardata.plans.plan import Amount, Plan
from multicloud_lab.regions import Region

Border = tuple[Region | None, Region | None]


def planned_moves(plan: Plan) -> list[r.PlannedMove]:
    """Add up what would cross each border, in each direction.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    list of PlannedMove
        One for each pair of regions: results and values, and what is read from afar. What stays
        within a region is not in it, nor what is read nobody knows where.
    """
    amounts: dict[Border, Amount] = {}
    for border, amount in _crossings(plan):
        if border[0] != border[1]:
            amounts[border] = amounts.get(border, Amount()) + amount
    return [
        r.PlannedMove(
            source=source,
            destination=destination,
            bytes=int(min(amount.bytes, r.MOST_BYTES)),
            unsized=amount.unknown,
            price_low=_told(amount.low),
            price_high=_told(amount.high),
        )
        for (source, destination), amount in amounts.items()
    ]


def _crossings(plan: Plan) -> Iterator[tuple[Border, Amount]]:
    for move in plan.moves:
        source, destination = (plan.places[end].region for end in (move.source, move.destination))
        yield (source, destination), move.amount
    for reading in plan.readings:
        if reading.crosses and reading.region is not None:
            yield (reading.region, plan.places[reading.place].region), reading.amount


def _told(dollars: float | None) -> float | None:
    return None if dollars is None else min(dollars, r.MOST_DOLLARS)
