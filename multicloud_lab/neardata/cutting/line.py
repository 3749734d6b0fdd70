"""The best placement for one or two regions: the places lie on a line, and one flow finds it."""

from __future__ import annotations

import numpy as np

from multicloud_lab.neardata.cutting.borders import Edges, border, network
from multicloud_lab.neardata.cutting.exchange import Exchange, Places, Tariff
from multicloud_lab.neardata.cutting.flow import SINK, SOURCE, minimum_cut
from multicloud_lab.neardata.graphs.task_graph import Ints
from multicloud_lab.neardata.places import ANYWHERE, HOME


def place_on_line(exchange: Exchange, tariff: Tariff) -> tuple[Places, float]:
    """Find the best placement for home and one or two regions.

    The places lie on a line, A - home - B, and the cost is a sum over its two borders. A group has
    a node at each: "in A" and "not in B", and an edge that cannot be cut from the first to the
    second. The values that cross a border are the cut of its edges, so the least cut of both
    together is the best placement.

    Returns
    -------
    place : array of int8
        Of each group.
    bound : float
        No placement costs less.
    """
    free = exchange.pins == ANYWHERE
    count = int(free.sum())
    regions = len(tariff) - 1
    new = 2 + count * regions
    edges: list[Edges] = []
    nodes: list[Ints] = []
    for region in range(1, regions + 1):
        pinned = exchange.pins == region
        node = np.where(pinned == (region == 1), SOURCE, SINK).astype(np.int32)
        first = 2 + count * (region - 1)
        node[free] = np.arange(first, first + count, dtype=np.int32)
        nodes.append(node)
        found, new = border(exchange, node, region, tariff, new, flipped=region == 2)
        edges += found
    if regions == 2:
        edges.append((nodes[0][free], nodes[1][free], np.full(count, np.inf)))
    limit = min(exchange.cost(exchange.all_in(place), tariff) for place in range(len(tariff)))
    found_cut = minimum_cut(network(edges, new), limit)
    options = []
    for side in (found_cut.far, found_cut.near):
        place = np.full(len(exchange), HOME, np.int8)
        place[side[nodes[0]]] = 1
        if regions == 2:
            place[~side[nodes[1]]] = 2
        options.append(place)
    # Among equals, what has least to do at home: clusters have workers.
    costs = [exchange.cost(place, tariff) for place in options]
    best = min(costs) * (1 + 1e-12)
    place = min(
        (place for place, cost in zip(options, costs, strict=True) if cost <= best),
        key=lambda place: int((place == HOME).sum()),
    )
    return place, found_cut.bound
