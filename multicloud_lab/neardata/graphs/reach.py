"""Which tasks are needed for some results, and which depend on some tasks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from multicloud_lab.neardata.graphs.task_graph import Ints, TaskGraph

Mask = NDArray[np.bool_]


def needed(graph: TaskGraph, wanted: Ints) -> Mask:
    """Mark the tasks that some tasks need, themselves among them; linear also in deep graphs."""
    return _reached(graph.starts, graph.inputs, wanted)


def dependent(graph: TaskGraph, sources: Ints) -> Mask:
    """Mark the tasks that depend on some tasks, themselves among them."""
    n = len(graph)
    takers = csr_array(
        (np.ones(len(graph.inputs), np.int8), graph.inputs, graph.starts), shape=(n, n)
    ).tocsc()
    return _reached(takers.indptr, takers.indices, sources)


def _reached(starts: NDArray[np.integer], targets: NDArray[np.integer], seeds: Ints) -> Mask:
    """Follow edges from several tasks at once: from one more, that leads to each of them."""
    n = len(starts) - 1
    indices = np.concatenate([targets, seeds]).astype(np.int32, copy=False)
    indptr = np.append(starts, len(indices)).astype(np.int32, copy=False)
    edges = csr_array((np.ones(len(indices), np.int8), indices, indptr), shape=(n + 1, n + 1))
    reached = np.zeros(n + 1, np.bool_)
    reached[breadth_first_order(edges, n, return_predecessors=False)] = True
    return reached[:n]
