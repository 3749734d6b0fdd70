"""Minimum cuts of networks whose capacities are real numbers, with a proof of how good they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from multicloud_lab.neardata.graphs.task_graph import Floats, Ints

Mask = NDArray[np.bool_]

SOURCE, SINK = 0, 1
"""The first two nodes of every network."""

_LARGEST = 2**30 - 1  # A residual capacity is at most twice this, and has to fit in an int32.
_ROUNDS = 6
_NOISE = 1e-9  # Sums of floats differ by their order; a limit must not be below the least cut.
_LEAST = 1e-290  # The limit where nothing has to be cut.


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Edges with capacities.

    Parameters
    ----------
    nodes : int
        How many there are, with :data:`SOURCE` and :data:`SINK`.
    tail, head : array of int32
        Where each edge begins and ends. Edges between the same two nodes add up.
    capacity : array of float
        0 or more; infinite for edges that must not be cut.
    """

    nodes: int
    tail: Ints
    head: Ints
    capacity: Floats


@dataclass(frozen=True, slots=True, eq=False)
class MinimumCut:
    """Nodes on the source's side of a cut of least capacity, and how little it can be.

    Parameters
    ----------
    near, far : array of bool
        The smallest and the largest set of nodes on the source's side.
    bound : float
        The value of a flow: no cut has less capacity.
    """

    near: Mask
    far: Mask
    bound: float


def minimum_cut(network: Network, limit: float, tolerance: float = 5e-7) -> MinimumCut:
    """Find a cut of least capacity by a largest flow.

    SciPy's flows are int32. Capacities are scaled so that the limit just fits, which is as good as
    infinite for those above it, and are rounded down, so that the flow is possible in the real
    network too, and is a lower bound. What rounding lost is found again by the same in the network
    that this flow leaves, at the scale of the gap that is left; two rounds are enough for six
    digits.

    Parameters
    ----------
    network : Network
    limit : float
        The capacity of some cut, finite.
    tolerance : float
        The gap between cut and flow, as a share of the cut, at which to stop.
    """
    tail, head, capacity = network.tail, network.head, network.capacity
    direct = (tail == SOURCE) & (head == SINK)  # Always cut.
    constant = bound = float(capacity[direct].sum())
    limit = limit - constant + _NOISE * limit
    used = (tail != head) & (head != SOURCE) & (tail != SINK) & (capacity > 0) & ~direct
    tail, head, capacity = tail[used], head[used], capacity[used]
    # The way back is written down for every edge, as SciPy would add it: its flow then has the
    # same pattern as these capacities.
    back = np.zeros(len(capacity))
    edges = coo_array(
        (
            np.concatenate([capacity, back]),
            (np.concatenate([tail, head]), np.concatenate([head, tail])),
        ),
        shape=(network.nodes, network.nodes),
    ).tocsr()
    del tail, head, capacity, back
    free = edges.data.copy()
    near = far = np.arange(network.nodes) == SOURCE
    for _ in range(_ROUNDS):
        limit = max(limit, _LEAST)
        scale = _LARGEST / limit
        whole = (np.minimum(free, limit) * scale).astype(np.int32)
        solved = maximum_flow(_like(edges, whole), SOURCE, SINK, method="dinic")
        bound += solved.flow_value / scale
        whole -= solved.flow.data
        free = np.maximum(free - solved.flow.data / scale, 0.0)
        near = _reached(_like(edges, whole), SOURCE)
        gap = _capacity(edges, near) + constant - bound
        if gap <= tolerance * bound:
            break
        limit = gap * (1 + _NOISE)
    far = ~_reached(_like(edges, whole).T.tocsr(), SINK)
    return MinimumCut(near, far, bound)


def _like(pattern: csr_array, data: NDArray[np.int32]) -> csr_array:
    return csr_array((data, pattern.indices, pattern.indptr), shape=pattern.shape)


def _reached(residual: csr_array, start: int) -> Mask:
    """Mark the nodes to which an edge or several with some capacity lead."""
    residual = residual.copy()
    residual.eliminate_zeros()
    reached = np.zeros(residual.shape[0], np.bool_)
    reached[breadth_first_order(residual, start, return_predecessors=False)] = True
    return reached


def _capacity(edges: csr_array, side: Mask) -> float:
    """Add up what leads out of a side."""
    tails = np.repeat(side, np.diff(edges.indptr))
    return float(edges.data[tails & ~side[edges.indices]].sum())
