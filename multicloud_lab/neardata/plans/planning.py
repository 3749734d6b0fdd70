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
from multicloud_lab.neardata.graphs.merging import TASKS
from multicloud_lab.neardata.graphs.reach import needed
from multicloud_lab.neardata.graphs.task_graph import Ints, TaskGraph
from multicloud_lab.neardata.places import ANYWHERE, HOME
from multicloud_lab.neardata.plans.accounts import Accounts
from multicloud_lab.neardata.plans.advice import advise
from multicloud_lab.neardata.plans.assignment import Assignment
from multicloud_lab.neardata.plans.figures import task_words
from multicloud_lab.neardata.plans.numbering import task_graph
from multicloud_lab.neardata.plans.plan import Plan, PlannedObject
from multicloud_lab.neardata.plans.pricing import GB, Ask, Prices, Quotes
from multicloud_lab.neardata.plans.siting import Site, Sites
from multicloud_lab.neardata.reading.held_results import check_held, held_elsewhere
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
    ClusterFailedError
        A cluster is gone that held what an object is made of.
    """
    sample_sizes(objects.values())
    graph = task_graph(list(objects.values()))
    if unknown is not None:
        assumed = np.where(np.isnan(graph.result_bytes), unknown, graph.result_bytes)
        graph = replace(graph, result_bytes=assumed)
    if held_elsewhere(graph.sources, sites.clusters):
        check_held(objects)
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
        anywhere=int((placed.place == ANYWHERE).sum()),
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
        here = np.array([*(source.here for source in graph.sources), False])
        everywhere[here[graph.source]] = HOME
        return Cut(everywhere, cost=0.0, bound=0.0)
    outward, inward = _rates(sites, prices)
    pins, stores = _pins(graph, sited)
    try:
        # Stored data go from one region to another without a stop here: the better of equal ways.
        graph = replace(graph, read_bytes=graph.read_bytes * _DIRECT)
        return cut(graph, pins, outward, inward, stores=stores, stay=stay)
    except UnknownSizesError as error:
        raise _joined(graph, sites, np.maximum(pins, stores), error) from None


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


def _joined(
    graph: TaskGraph, sites: Sites, pinned: Places, error: UnknownSizesError
) -> MixedRegionsError:
    """Say through which tasks regions are joined that cannot be cut."""
    names = ((graph.layer_of(int(task)).name, graph.key(int(task))) for task in error.tasks)
    # Graphs without layers, as those of tables, are one.
    tasks = list(dict.fromkeys(task_words(key if of == TASKS else of) for of, key in names))
    listed = ", ".join(tasks[:3]) + (", …" if len(tasks) > 3 else "")
    ends = [sites.places[place].name for place in np.unique(pinned[pinned != ANYWHERE])]
    where = " and ".join([", ".join(ends[:-1]), ends[-1]] if len(ends) > 1 else ends)
    return MixedRegionsError(
        f"What is read or written in {where} meets through results whose size cannot be told: "
        f"those of {listed}. Nobody can say what would move. Reduce each part by itself and "
        "combine the small results, or say unknown_bytes=… with what one such result may have."
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
