"""A plan as rows, which its text, its picture and its tables are written from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from multicloud_lab.neardata.places import HOME
from multicloud_lab.neardata.plans.figures import plain, price_words
from multicloud_lab.neardata.plans.plan import Alternative, Amount, Plan, read_in


@dataclass(frozen=True, slots=True)
class Row:
    """What one place reads, and what moves from it to another; either may be missing.

    Parameters
    ----------
    place : str
        Its name.
    reads : Amount or None
        What it reads of its own; None in rows of nothing but a move.
    moves : Amount or None
    to : str
        Where that goes; empty if nothing moves.
    far : bool
        Whether what moves is stored data that is read from elsewhere, not a result.
    """

    place: str
    reads: Amount | None
    moves: Amount | None = None
    to: str = ""
    far: bool = False


def rows(plan: Plan) -> list[Row]:
    """Write a plan as rows: regions and what they send home, what they are sent, far readings."""
    order = [*range(1, len(plan.places)), HOME]
    found = []
    for place in order:
        own = read_in(place, [reading for reading in plan.readings if not reading.crosses])
        outward = _move(plan, place, HOME)
        if place != HOME or own.bytes or own.unknown:
            found.append(Row(name(plan, place), own, outward, name(plan, HOME) if outward else ""))
    inward = (
        Row(name(plan, HOME), None, entering, name(plan, place))
        for place in order
        if (entering := _move(plan, HOME, place)) is not None
    )
    return [*found, *inward, *far_rows(plan)]


def far_rows(plan: Plan) -> Iterator[Row]:
    """Give what is read from outside of its region, by where it is and what reads it."""
    amounts: dict[tuple[str, int], Amount] = {}
    for reading in plan.readings:
        if reading.crosses:
            where = "an unknown place" if reading.region is None else str(reading.region)
            at = where, reading.place
            amounts[at] = amounts.get(at, Amount()) + reading.amount
    for (where, place), amount in amounts.items():
        yield Row(plain(where), None, amount, name(plan, place), far=True)


def name(plan: Plan, place: int) -> str:
    """Give the name of a place, with its gateway and cluster where others have the same."""
    own = plan.places[place]
    twins = [each for each in plan.places if each.name == own.name]
    if len(twins) == 1:
        return plain(own.name)
    if len([each for each in twins if each.gateway == own.gateway]) == 1:
        return plain(f"{own.name} ({own.gateway})")
    cluster = own.cluster.rpartition("/")[2] or "any cluster"
    return plain(f"{own.name} ({own.gateway}, {cluster})")


def judgement(plan: Plan) -> str:
    """Say how good the placement is, if there was anything to choose."""
    cheaper = _cheaper(plan)
    if cheaper is not None:
        return (
            f"To compute {plain(cheaper.name)}, which reads from afar what is stored elsewhere, "
            f"would cost less: {price_words(cheaper.amount)}. No placement that reads each store "
            "beside it costs less than this one."
        )
    if sum(tasks > 0 for tasks in plan.tasks) < 2 and not plan.gap:
        return ""
    if plan.gap == 0:
        return "No other placement that reads each store beside it costs less."
    return f"Another placement could cost less, by {max(plan.gap, 0.001):.1%} at most."


def _cheaper(plan: Plan) -> Alternative | None:
    """Find the cheapest alternative, if it is cheaper than the plan by more than a trifle."""
    priced = [
        (other.amount.high, number)
        for number, other in enumerate(plan.alternatives)
        if other.amount.high is not None and not other.amount.unknown
    ]
    total = plan.total
    if not priced or total.high is None:
        return None
    least, number = min(priced)
    return plan.alternatives[number] if least < 0.99 * total.high - 0.005 else None


def prices_note(plan: Plan) -> str:
    """Say of when the prices are, and what they leave out."""
    if not plan.prices_of:
        return ""
    return f"Prices of {plain(plan.prices_of)}, for what leaves a region; bytes are estimates."


def _move(plan: Plan, source: int, destination: int) -> Amount | None:
    amount, found = Amount(), False
    for move in plan.moves:
        if (move.source, move.destination) == (source, destination) and source != destination:
            amount, found = amount + move.amount, True
    return amount if found else None
