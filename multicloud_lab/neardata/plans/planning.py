"""Making the plan: sources beside gateways, the cut between them, and what that moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.errors import MixedRegionsError
from multicloud_lab.neardata.cutting.cut import Cut, UnknownSizesError, cut
from multicloud_lab.neardata.cutting.exchange import Places
from multicloud_lab.neardata.graphs.reach import needed
from multicloud_lab.neardata.graphs.task_graph import Ints, TaskGraph
from multicloud_lab.neardata.places import ANYWHERE, HOME
from multicloud_lab.neardata.plans.accounts import Accounts
from multicloud_lab.neardata.plans.advice import advise
from multicloud_lab.neardata.plans.assignment import Assignment
from multicloud_lab.neardata.plans.numbering import task_graph
from multicloud_lab.neardata.plans.plan import Plan, PlannedObject
from multicloud_lab.neardata.plans.pricing import GB, Ask, Prices, Quotes
from multicloud_lab.neardata.plans.siting import Site, Sites
from multicloud_lab.neardata.reading.sources import sample_sizes

_DIRECT = 0.999
"""What a byte that is read from afar counts, against one that goes through the notebook."""


def make_plan(
    objects: Mapping[str, Any],
    sites: Sites,
    quotes: Quotes,
    *,
    dataset_of: Callable[[str], str] = lambda url: "",
    unknown: float | None = None,
    stay: bool = False,
) -> Plan:
    """Plan a computation; nothing is computed, and no data are read.

    Parameters
    ----------
    objects : mapping of str to object
        Lazy objects by what they are called.
    sites : Sites
        Puts sources beside gateways.
    quotes : callable
        Gives prices.
    dataset_of : callable
        Gives the id of the dataset that a URL was opened as; empty if none was.
    unknown : float, optional
        Bytes to assume for results whose size cannot be told. Without it, they never cross.
    stay : bool
        Whether the results stay where they are computed.

    Notes
    -----
    Stores are asked for the sizes of a few chunks of each array.

    Raises
    ------
    MixedRegionsError
        Sources in several places are joined only through results of unknown size.
    """
    sample_sizes(objects.values())
    graph = task_graph(list(objects.values()))
    if unknown is not None:
        assumed = np.where(np.isnan(graph.result_bytes), unknown, graph.result_bytes)
        graph = replace(graph, result_bytes=assumed)
    sited = sites.put(graph.sources)
    prices = Prices(quotes)
    placed = _placed(graph, sites, sited, prices, stay=stay)
    accounts = Accounts(graph, sites, sited, placed.place, prices, stay)
    planned = tuple(
        _planned(name, graph, placed.place, accounts, wanted, dataset_of, alone=len(objects) == 1)
        for name, wanted in zip(objects, graph.wanted, strict=True)
    )
    dates = prices.dates
    return Plan(
        places=tuple(sites.places),
        objects=planned,
        readings=accounts.readings(dataset_of),
        moves=accounts.moves(),
        tasks=tuple(int((placed.place == number).sum()) for number in range(len(sites.places))),
        alternatives=accounts.alternatives(),
        gap=placed.gap,
        uncertain=tuple(accounts.doubts()),
        advice=_advice(graph, placed, sites, sited, prices, stay=stay),
        prices_of=" to ".join(dict.fromkeys([*dates[:1], *dates[-1:]])),
        assignment=Assignment(graph, placed.place),
    )


def _placed(
    graph: TaskGraph,
    sites: Sites,
    sited: Sequence[Site],
    prices: Prices,
    *,
    stay: bool,
) -> Cut:
    """Place every task: where all are to run, or where least has to move."""
    if sites.only is not None:
        everywhere = np.full(len(graph), sites.number(sites.only), np.int8)
        return Cut(everywhere, cost=0.0, bound=0.0)
    outward, inward = _rates(sites, prices)
    try:
        pins, stores = _pins(graph, sited)
        # Stored data go from one region to another without a stop here: the better of equal ways.
        graph = replace(graph, read_bytes=graph.read_bytes * _DIRECT)
        return cut(graph, pins, outward, inward, stores=stores, stay=stay)
    except UnknownSizesError as error:
        raise _joined(graph, sites, error) from None


def _advice(
    graph: TaskGraph,
    placed: Cut,
    sites: Sites,
    sited: Sequence[Site],
    prices: Prices,
    *,
    stay: bool,
) -> tuple[str, ...]:
    names = [place.name for place in sites.places]
    _, stores = _pins(graph, sited)
    return advise(graph, placed.place, names, *_rates(sites, prices), stores=stores, stay=stay)


def _planned(
    name: str,
    graph: TaskGraph,
    place: NDArray[np.int8],
    accounts: Accounts,
    wanted: Ints,
    dataset_of: Callable[[str], str],
    *,
    alone: bool,
) -> PlannedObject:
    within = np.ones(len(graph), np.bool_) if alone else needed(graph, wanted)
    readings = accounts.readings(dataset_of, within)
    reads = {reading.place for reading in readings}
    runs = [int(number) for number in np.unique(place[within]) if number != ANYWHERE]
    return PlannedObject(
        name=name,
        places=tuple(sorted(runs, key=lambda number: (number not in reads, number))) or (HOME,),
        readings=readings,
        moves=accounts.moves(wanted, within),
        tasks=int(within.sum()),
    )


def _joined(graph: TaskGraph, sites: Sites, error: UnknownSizesError) -> MixedRegionsError:
    """Say through which layers regions are joined that cannot be cut."""
    layers = list(dict.fromkeys(str(graph.layer_of(int(task)).name) for task in error.tasks))
    listed = ", ".join(layers[:3]) + (", …" if len(layers) > 3 else "")
    where = " and ".join(place.name for place in sites.places)
    return MixedRegionsError(
        f"What is read in {where} is joined through results whose size cannot be told ({listed}), "
        "so nobody can say what would move. Reduce each part by itself and combine the small "
        "results, or say unknown_bytes=… with what one such result may have."
    )


def _pins(graph: TaskGraph, sited: Sequence[Site]) -> tuple[Places, Places]:
    """Give the place where each task that reads has to run, and the one that it may read beside.

    What may be read from afar is not pinned: it is read where that is cheapest, as it is stored.
    The task that only holds the array of such a store is free, and is made again where it is used.
    """
    portable = [
        source.portable and site.place != HOME and site.region is not None
        for source, site in zip(graph.sources, sited, strict=True)
    ]
    near = [site.place for site in sited]
    pinned = [ANYWHERE if far else place for far, place in zip(portable, near, strict=True)]
    beside = [place if far else ANYWHERE for far, place in zip(portable, near, strict=True)]
    # -1, for what reads nothing, is the last of each.
    pins = np.array([*pinned, ANYWHERE], np.int8)[graph.source]
    stores = np.array([*beside, ANYWHERE], np.int8)[graph.source]
    stores[graph.read_bytes == 0] = ANYWHERE
    return pins, stores


def _rates(sites: Sites, prices: Prices) -> tuple[list[float], list[float]]:
    """Give USD per byte from each place home, and back; one that nobody knows counts as none."""
    outward: list[Ask] = [(place.region, sites.home, GB) for place in sites.places]
    inward: list[Ask] = [(sites.home, place.region, GB) for place in sites.places]
    prices.learn([*outward, *inward])
    return (
        [prices.per_byte(ask).high or 0.0 for ask in outward],
        [prices.per_byte(ask).high or 0.0 for ask in inward],
    )
