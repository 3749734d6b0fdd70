"""Where each task is best computed: the placement whose moves between regions cost least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.cutting.contraction import components, contract
from multicloud_lab.neardata.cutting.exchange import Exchange, Places, Tariff
from multicloud_lab.neardata.cutting.folding import fold, fold_roughly
from multicloud_lab.neardata.cutting.line import place_on_line
from multicloud_lab.neardata.cutting.star import place_on_star
from multicloud_lab.neardata.graphs.reach import dependent, needed
from multicloud_lab.neardata.graphs.task_graph import Floats, Ints, TaskGraph
from multicloud_lab.neardata.places import ANYWHERE, HOME

HANDLING = 1e-12
"""Price of moving a byte over any border, in USD, on top of what a provider asks: 0.001 USD a GB.

Providers ask nothing for what comes in, nor for what leaves a region for home if home is in it.
Moving it takes time and the notebook's memory all the same, so that among placements of one price
the one that moves the fewest bytes is taken, and of those the one with the fewest values."""

_LARGE = 20_000  # pairs of a value and its taker
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A placement, and how good it is.

    Parameters
    ----------
    place : array of int8
        Of each task: 0 home, 1 and up the regions, :data:`ANYWHERE` for those that depend on no
        pinned task, and so are computed wherever their results are wanted.
    cost : float
        Of the placement, in the unit of the prices, with handling.
    bound : float
        No placement costs less; the placement is proven to be a best one where they meet, as they
        can to six digits.
    """

    place: Places
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """By what share a better placement could be cheaper, at most; 0 if it is a best one."""
        gap = 1 - self.bound / self.cost if self.cost > 0 else 0.0
        return gap if gap > _ROUNDING else 0.0


class UnknownSizesError(Exception):
    """Every placement moves results of unknown size, and nobody has said what they may weigh.

    Parameters
    ----------
    tasks : array of int32
        The fewest tasks whose results of unknown size would have to move.
    """

    def __init__(self, tasks: Ints) -> None:
        super().__init__(f"{len(tasks)} results of unknown size would have to move.")
        self.tasks = tasks


def cut(
    graph: TaskGraph,
    pins: Places,
    outward: Sequence[float],
    inward: Sequence[float],
    *,
    stores: Places | None = None,
    stay: bool = False,
    unknown: float | None = None,
    handling: float = HANDLING,
) -> Cut:
    """Find the placement of least cost.

    Regions cannot reach one another, so what one computes and another takes goes through home and
    pays both borders; each border once, however many take it behind it. Results that are wanted go
    home. Exact for one or two regions, by a largest flow; for more see
    :func:`~multicloud_lab.neardata.cutting.star.place_on_star`.

    Parameters
    ----------
    graph : TaskGraph
    pins : array of int8
        Of each task, the place where it has to run; -1 if it may run anywhere.
    outward, inward : sequence of float
        By place, the price of a byte that it sends home, and of one that home sends it; home's
        own, the first, are 0. A region may be the one that home is in.
    stores : array of int8, optional
        Of each task that reads and is not pinned, the place beside what it reads, -1 for all
        others. It may run elsewhere, and then what it reads crosses the border as it is stored
        (``read_bytes``). Where that is not known the task is pinned. By default no task is such.
    stay : bool
        Whether results that are wanted may stay where they are computed.
    unknown : float, optional
        Bytes to assume for results of unknown size. By default they never move between tasks;
        one that is wanted comes home all the same, which has no influence on the placement.
    handling : float
        See :data:`HANDLING`.

    Raises
    ------
    UnknownSizesError
        Results of unknown size would have to move, and ``unknown`` is not given.
    ValueError
        Prices or pins that make no sense.
    """
    tariff = Tariff.of(outward, inward, handling)
    exchange, active = _exchange(graph, pins, len(tariff), stores, stay)
    if unknown is not None:
        exchange = _known(exchange, unknown)
        whole, label = exchange, np.arange(len(exchange), dtype=np.int32)
    else:
        whole, label = _unmoved(exchange, active)
    found, bound = _best(whole, tariff)
    cost = whole.cost(found, tariff)
    place = np.full(len(graph), ANYWHERE, np.int8)
    place[active] = found[label[: len(active)]]
    return Cut(place, cost, min(bound, cost))


def _best(exchange: Exchange, tariff: Tariff) -> tuple[Places, float]:
    """Place groups, after those are put together that belong together; give a bound as well."""
    if len(tariff) == 1:
        return exchange.all_in(HOME), 0.0
    exchange, label = contract(exchange)
    large = len(exchange.value) > _LARGE
    kinds = fold(exchange) if large else None
    if len(tariff) > 3:
        if large and kinds is None:
            kinds = fold_roughly(exchange)
        place, bound = place_on_star(exchange, tariff, kinds)
    elif kinds is not None:
        place, bound = place_on_line(kinds.exchange, tariff)
        place = place[kinds.label]
    else:
        place, bound = place_on_line(exchange, tariff)
    return place[label], bound


def _exchange(
    graph: TaskGraph, pins: Places, places: int, stores: Places | None, stay: bool
) -> tuple[Exchange, Ints]:
    """Write a graph as an exchange of single tasks, and give the numbers of these tasks.

    Left out are tasks that nobody needs and those that depend on no place. Where tasks may read
    from afar there is a last group for each place, which gives them what is stored there.
    """
    far = np.full(len(graph), ANYWHERE, np.int8) if stores is None else stores.copy()
    far[pins != ANYWHERE] = ANYWHERE
    if max(pins.max(initial=ANYWHERE), far.max(initial=ANYWHERE)) >= places:
        raise ValueError(f"A task is pinned to a place that is not among the {places} of prices.")
    unread = (far != ANYWHERE) & np.isnan(graph.read_bytes)
    pins = np.where(unread, far, pins)
    far[unread] = ANYWHERE
    wanted = np.unique(np.concatenate([*graph.wanted, np.empty(0, np.int32)])).astype(np.int32)
    sources = np.flatnonzero((pins != ANYWHERE) | (far != ANYWHERE)).astype(np.int32)
    active = np.flatnonzero(needed(graph, wanted) & dependent(graph, sources)).astype(np.int32)
    number = np.full(len(graph), -1, np.int32)
    number[active] = np.arange(len(active), dtype=np.int32)

    taker = np.repeat(number, np.diff(graph.starts))
    value = number[graph.inputs]
    both = (taker >= 0) & (value >= 0)
    home = np.zeros(len(active), np.bool_)
    if not stay:
        home[number[wanted[number[wanted] >= 0]]] = True
    readers = np.flatnonzero(far[active] != ANYWHERE).astype(np.int32)
    virtual = places if len(readers) else 0
    read = np.arange(len(active), len(active) + len(readers), dtype=np.int32)
    exchange = Exchange(
        pins=np.concatenate([pins[active], np.arange(virtual, dtype=np.int8)]),
        giver=np.concatenate(
            [
                np.arange(len(active), dtype=np.int32),
                far[active[readers]].astype(np.int32) + np.int32(len(active)),
            ]
        ),
        size=np.concatenate([graph.result_bytes[active], graph.read_bytes[active[readers]]]),
        count=np.ones(len(active) + len(readers), np.int32),
        home=np.concatenate([home, np.zeros(len(readers), np.bool_)]),
        value=np.concatenate([value[both], read]),
        taker=np.concatenate([taker[both], readers]),
    )
    return exchange, active


def _known(exchange: Exchange, unknown: float) -> Exchange:
    """Assume a size where there is none."""
    size: Floats = np.where(np.isnan(exchange.size), unknown, exchange.size)
    return replace(exchange, size=size)


def _unmoved(exchange: Exchange, active: Ints) -> tuple[Exchange, Ints]:
    """Put the giver and the takers of each value of unknown size together."""
    opaque = np.isnan(exchange.size)
    if not opaque.any():
        return exchange, np.arange(len(exchange), dtype=np.int32)
    pairs = opaque[exchange.value]
    label = components(len(exchange), exchange.giver[exchange.value[pairs]], exchange.taker[pairs])
    pinned = np.flatnonzero(exchange.pins != ANYWHERE)
    pin = np.full(int(label.max()) + 1, ANYWHERE, np.int8)
    pin[label[pinned]] = exchange.pins[pinned]
    if (pin[label[pinned]] != exchange.pins[pinned]).any():
        raise UnknownSizesError(active[_fewest_unknown(exchange, opaque)])
    # What goes home in any case has no weight that could be compared.
    known = replace(
        exchange, size=np.where(opaque, 0.0, exchange.size), home=exchange.home & ~opaque
    )
    return known.merged(label), label


def _fewest_unknown(exchange: Exchange, opaque: NDArray[np.bool_]) -> Ints:
    """Find the fewest values of unknown size that have to cross borders."""
    places = max(int(exchange.pins.max()) + 1, 2)
    outward, inward = np.ones(places), np.full(places, 0.25)  # A second border counts for less.
    outward[HOME] = inward[HOME] = 0.0
    tariff = Tariff(outward, inward, 0.0)
    counted = replace(
        exchange, size=opaque.astype(np.float64), home=np.zeros(len(opaque), np.bool_)
    )
    place, _ = _best(counted, tariff)
    apart = place[exchange.giver[exchange.value]] != place[exchange.taker]
    crossing: Ints = np.unique(exchange.value[apart & opaque[exchange.value]])
    return crossing
