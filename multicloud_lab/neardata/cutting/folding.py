"""Groups that are alike, put in one place: a graph of arrays is one block's, many times over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from multicloud_lab.neardata.cutting.exchange import Exchange
from multicloud_lab.neardata.graphs.task_graph import Ints
from multicloud_lab.neardata.places import ANYWHERE

_Kinds = NDArray[np.uint64]

_ROUNDS = 60  # A tree of reductions takes about twice its depth.
_WORTH = 0.2  # the share of groups above which what is left is not worth being looked at by itself


def fold(exchange: Exchange) -> tuple[Exchange, Ints]:
    """Put groups together that cannot be told apart by what they give and take.

    Groups are told apart by their pins, then by what they give and take (how many values of which
    size, which kinds of groups give and take those), and so on until nothing new is told apart.
    What is pinned is known by its place alone.

    No bound by a linear programme or a cut is changed by that. Proof: take a fractional placement
    (for each group and region a share, 1 in all at most; for each value and border at least the
    giver's share less a taker's, and the other way round), and give each group and each value the
    mean share of its kind. The cost is the same, since values of one kind weigh the same. What a
    value of a kind V pays is still enough: each of V has as many takers of a kind G as any other,
    each of G takes as many of V, and each of one kind gives as many of V. So the mean over all
    these pairs of the giver's share less the taker's is the difference of the kinds' means; those
    that are pinned have one share anyway. For one or two regions, where the least cut is the best
    placement, one that treats alike what is alike is therefore a best one; for more, only what is
    bounded by the integer programme is lost.

    Kinds are told by hashes of 64 bits.

    Returns
    -------
    exchange : Exchange
        Between kinds; the one that was given if they are not far fewer, or if telling them apart
        takes long, as it does along a chain.
    label : array of int32
        For each group that was given, the one that it is in now.
    """
    values, groups = len(exchange.giver), len(exchange)
    pairs = np.ones(len(exchange.value), np.uint64), (exchange.value, exchange.taker)
    takers = csr_array(pairs, shape=(values, groups))
    taken = takers.T.tocsr()
    owned = np.ones(values, np.uint64), (exchange.giver, np.arange(values))
    given = csr_array(owned, shape=(groups, values))
    pinned = exchange.pins != ANYWHERE
    start = _mixed(exchange.pins)
    weight = _mixed(exchange.size.view(np.uint64), exchange.count, exchange.home)
    kind, told = start, 0
    for _ in range(_ROUNDS):
        value = _mixed(weight, kind[exchange.giver], takers @ kind)
        kinds, label = np.unique(kind, return_inverse=True)
        if len(kinds) == told:
            return _of_kinds(exchange, label.astype(np.int32), value), label.astype(np.int32)
        told = len(kinds)
        if told > _WORTH * groups:
            break
        kind = np.where(pinned, start, _mixed(kind, given @ value, taken @ value))
    return exchange, np.arange(groups, dtype=np.int32)


def _of_kinds(exchange: Exchange, label: Ints, kind: _Kinds) -> Exchange:
    """Write an exchange between kinds of groups: the first value of each kind stands for all."""
    _, first, of = np.unique(kind, return_index=True, return_inverse=True)
    stands = first[of[exchange.value]] == exchange.value
    return Exchange(
        exchange.pins,
        exchange.giver[first],
        np.bincount(of, exchange.size).astype(np.float64),
        np.bincount(of, exchange.count).astype(np.int32),
        exchange.home[first],
        of[exchange.value[stands]].astype(np.int32),
        exchange.taker[stands],
    ).merged(label)


def _mixed(*parts: NDArray[np.generic]) -> _Kinds:
    """Hash numbers together, each of its own, so that equal sums of hashes are no accident."""
    mixed = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + part.astype(np.uint64)
        # The finaliser of splitmix64 (Steele, Lea, Flood 2014).
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed
