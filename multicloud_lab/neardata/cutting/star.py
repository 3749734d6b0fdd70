"""Good placements for three regions or more, with a bound that says how good they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from multicloud_lab.neardata.cutting.borders import Edges, border, network
from multicloud_lab.neardata.cutting.exchange import Exchange, Places, Tariff
from multicloud_lab.neardata.cutting.flow import SINK, SOURCE, minimum_cut
from multicloud_lab.neardata.cutting.folding import Kinds
from multicloud_lab.neardata.cutting.programme import solve_small
from multicloud_lab.neardata.graphs.task_graph import Floats, Ints
from multicloud_lab.neardata.places import ANYWHERE, HOME

_SMALL = 20_000
"""Pairs of a value and its taker up to which a best placement is looked for."""

_WORK = 2_000_000  # pairs that the steps of the bound look at together, unless they are very few


@dataclass(frozen=True, slots=True)
class _Effort:
    """How much is done.

    Parameters
    ----------
    enough : float
        The gap at which to stop.
    better : float
        The share by which a placement has to be cheaper to be taken.
    tolerance : float
        Of each flow.
    steps : int
        Of the bound, at most.
    """

    enough: float
    better: float
    tolerance: float
    steps: int


_THOROUGH = _Effort(enough=1e-9, better=1e-9, tolerance=5e-7, steps=60)
_QUICK = _Effort(enough=5e-3, better=1e-4, tolerance=1e-4, steps=12)


def place_on_star(
    exchange: Exchange, tariff: Tariff, kinds: Kinds | None = None
) -> tuple[Places, float]:
    """Find a good placement for home and three or more regions round it.

    The cost is a sum over the borders of the regions, but here a best placement is as hard to find
    as a multiway cut. What is done:

    - *Isolating cuts*: for each region alone, which groups would it take if no other wanted them?
      Their costs add up to a lower bound. A group that several regions take pays a toll for being
      in any, which is refunded once; tolls go up and down (a subgradient method with Polyak's
      steps) and bring the bound up to that of the linear programme.
    - *Moves*: from what the isolating cuts and "everything in one place" leave, the best set of
      groups to move to a place, for each place in turn until none helps. Each is one flow.
    - Where a gap is left and the exchange is small, the integer programme itself.

    A large exchange is left at a gap of half a percent, or after six to twelve steps of the bound:
    its placement is as good as it gets after the first moves, and the rest only proves it. Where
    its groups are of a few kinds these are placed; if they are only about alike, that is where the
    search of the groups begins, from the tolls as well, and little is left to do.

    Parameters
    ----------
    exchange : Exchange
    tariff : Tariff
    kinds : Kinds, optional
        Of groups that are alike.

    Returns
    -------
    place : array of int8
        Of each group.
    bound : float
        No placement costs less. Where it meets the cost the placement is a best one.
    """
    if kinds is None:
        search = _searched(exchange, tariff, np.ones(len(exchange)))
        return search.place, search.bound
    rough = _searched(kinds.exchange, tariff, np.bincount(kinds.label).astype(np.float64))
    place = rough.place[kinds.label]
    if kinds.exact:
        return place, rough.bound
    search = _Search(exchange, tariff, np.ones(len(exchange)))
    search.offer(place)
    search.toll = rough.toll[kinds.label]
    search.raise_bound(search.steps // 2)
    return search.place, search.bound


def _searched(exchange: Exchange, tariff: Tariff, members: Floats) -> _Search:
    """Do all that can be done, with nothing known yet."""
    search = _Search(exchange, tariff, members)
    for place in range(len(tariff)):
        search.offer(exchange.all_in(place))
    search.raise_bound(search.steps)
    if not search.done:
        alike = bool((members > 1).any())
        found, bound = solve_small(exchange, tariff, search.place, folded=alike)
        search.offer(found)
        search.bound = max(search.bound, bound)
    return search


@dataclass(slots=True)
class _Search:
    """The best placement so far, and the best bound.

    Parameters
    ----------
    exchange : Exchange
    tariff : Tariff
    members : array of float
        Of each group, how many it stands for.

    Attributes
    ----------
    toll : array of float
        Of each group, what each of those that it stands for pays for being in any region, where
        the bound is best.
    """

    exchange: Exchange
    tariff: Tariff
    members: Floats
    place: Places = field(init=False)
    cost: float = field(init=False, default=np.inf)
    bound: float = field(init=False, default=0.0)
    toll: Floats = field(init=False)
    free: Ints = field(init=False)
    effort: _Effort = field(init=False)

    def __post_init__(self) -> None:
        self.effort = _THOROUGH if len(self.exchange.value) <= _SMALL else _QUICK
        self.free = np.flatnonzero(self.exchange.pins == ANYWHERE).astype(np.int32)
        self.toll = np.zeros(len(self.exchange))

    @property
    def done(self) -> bool:
        """Whether the gap is small enough."""
        return self.cost - self.bound <= self.effort.enough * self.cost

    @property
    def steps(self) -> int:
        """How many steps the bound is worth."""
        return min(self.effort.steps, max(_WORK // max(len(self.exchange.value), 1), 6))

    def offer(self, place: Places) -> bool:
        """Take a placement if it is clearly better."""
        cost = self.exchange.cost(place, self.tariff)
        if cost < self.cost * (1 - self.effort.better):
            self.place, self.cost = place, cost
            return True
        return False

    def improve(self) -> None:
        """Move groups to each place in turn until no such move makes it cheaper."""
        unchanged, place = 0, 0
        while unchanged < len(self.tariff):
            unchanged = 0 if self.offer(self._moved_to(place)) else unchanged + 1
            place = (place + 1) % len(self.tariff)

    def raise_bound(self, steps: int) -> None:
        """Bring the isolating cuts to agree, and use what they leave."""
        toll = self.toll[self.free]
        members = self.members[self.free]
        pace = 1.0
        for step in range(steps):
            taken, bound = self._isolated(toll * members)
            if bound > self.bound:
                self.bound, self.toll[self.free], pace = bound, toll, 1.0
            else:
                pace *= 0.8
            if self.done:
                break
            if self.offer(self._settled(taken)) or not step:
                self.improve()
            over = taken.sum(axis=0) - 1.0
            over[(toll == 0) & (over < 0)] = 0.0
            square = float(members * over @ over)
            if square == 0 or self.done:
                break
            toll = np.maximum(toll + pace * (self.cost - bound) / square * over, 0.0)

    def _moved_to(self, target: int) -> Places:
        """Make the best move of any groups to a place; the source's side is what moves."""
        node = np.full(len(self.exchange), SINK, np.int32)
        node[self.place == target] = SOURCE
        moving = self.free[self.place[self.free] != target]
        node[moving] = np.arange(2, 2 + len(moving), dtype=np.int32)
        new = 2 + len(moving)
        edges: list[Edges] = []
        for region in range(1, len(self.tariff)):
            stays = region != target
            inside = np.where(self.place == region, node, SOURCE) if stays else node
            found, new = border(self.exchange, inside, region, self.tariff, new, flipped=stays)
            edges += found
        side = minimum_cut(network(edges, new), self.cost, self.effort.tolerance).near
        place = self.place.copy()
        place[moving[side[node[moving]]]] = target
        return place

    def _isolated(self, toll: Floats) -> tuple[np.ndarray, float]:
        """Give what each region takes for itself, one row each, and the bound that follows."""
        count = len(self.free)
        own = np.arange(2, 2 + count, dtype=np.int32)
        charge = (own, np.full(count, SINK, np.int32), toll)
        taken = np.zeros((len(self.tariff) - 1, count), np.bool_)
        bound = -float(toll.sum())
        for region in range(1, len(self.tariff)):
            pinned = self.exchange.pins == region
            node = np.where(pinned, SOURCE, SINK).astype(np.int32)
            node[self.free] = own
            edges, new = border(self.exchange, node, region, self.tariff, 2 + count)
            limit = self.exchange.cost_at(pinned, region, self.tariff)
            found = minimum_cut(network([*edges, charge], new), limit, self.effort.tolerance)
            taken[region - 1] = found.near[own]
            bound += found.bound
        return taken, bound

    def _settled(self, taken: np.ndarray) -> Places:
        """Place groups where one region takes them; where several do, as in the best so far."""
        place = self.place.copy()
        claims = taken.sum(axis=0)
        place[self.free[claims == 0]] = HOME
        place[self.free[claims == 1]] = taken[:, claims == 1].argmax(axis=0) + 1
        return place
