"""The border of a region as edges of a network: what a cut of them costs is what crosses it."""

from __future__ import annotations

import numpy as np

from multicloud_lab.neardata.cutting.exchange import Exchange, Tariff
from multicloud_lab.neardata.cutting.flow import SINK, SOURCE, Network
from multicloud_lab.neardata.graphs.task_graph import Floats, Ints

Edges = tuple[Ints, Ints, Floats]
"""Tails, heads and capacities."""


def border(
    exchange: Exchange,
    node: Ints,
    region: int,
    tariff: Tariff,
    new: int,
    *,
    flipped: bool = False,
) -> tuple[list[Edges], int]:
    """Write the edges whose cut is what crosses the border of one region.

    Parameters
    ----------
    exchange : Exchange
    node : array of int32
        Of each group; one that is on the source's side is inside the region.
    region : int
    tariff : Tariff
    new : int
        Number of the first node that is not used yet: a value that several groups take has a node
        of its own in each direction, so that it is paid once.
    flipped : bool
        Whether one that is on the sink's side is inside instead.

    Returns
    -------
    edges : list of (tail, head, capacity)
    new : int
        Number of the first node that is still not used.
    """
    inside, outside = (SINK, SOURCE) if flipped else (SOURCE, SINK)
    leaving = exchange.leaving(region, tariff)
    entering = exchange.entering(region, tariff)
    giver, value, taker = node[exchange.giver], exchange.value, node[exchange.taker]
    takers = np.bincount(value, minlength=len(giver))
    edges: list[Edges] = []

    home = np.flatnonzero(exchange.home & (giver != outside))
    edges.append((giver[home], np.full(len(home), outside, np.int32), leaving[home]))
    for costs, there in ((leaving, outside), (entering, inside)):
        crosses = giver != there
        if there == outside:
            crosses &= ~exchange.home
        single = np.flatnonzero((crosses & (takers == 1))[value])
        one = (giver[value[single]], taker[single], costs[value[single]])
        several = np.flatnonzero(crosses & (takers > 1))
        helper = np.full(len(giver), -1, np.int32)
        helper[several] = np.arange(new, new + len(several), dtype=np.int32)
        new += len(several)
        shared = np.flatnonzero(helper[value] >= 0)
        once = (giver[several], helper[several], costs[several])
        each = (helper[value[shared]], taker[shared], np.full(len(shared), np.inf))
        for tail, head, capacity in (one, once, each):
            way = (tail, head) if there == outside else (head, tail)
            edges.append((*way, capacity))
    if flipped:
        edges = [(head, tail, capacity) for tail, head, capacity in edges]
    return edges, new


def network(edges: list[Edges], nodes: int) -> Network:
    """Put edges together."""
    tails, heads, capacities = zip(*edges, strict=True)
    return Network(nodes, np.concatenate(tails), np.concatenate(heads), np.concatenate(capacities))
