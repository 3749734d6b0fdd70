"""Groups that are alike, put in one place: a graph of arrays is one block's, many times over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from multicloud_lab.neardata.cutting.exchange import Exchange
from multicloud_lab.neardata.graphs.task_graph import Ints
from multicloud_lab.neardata.places import ANYWHERE

_Hashes = NDArray[np.uint64]

_ROUNDS = 60  # A tree of reductions takes about twice its depth.
_MOST = 1000  # kinds; graphs of arrays have some hundred, and chains any number
_ROUGH = 300  # kinds of what is only about alike
_OCTAVE = 2  # sizes that are told apart in an octave, in what is only about alike


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Groups put together by their kind.

    Parameters
    ----------
    exchange : Exchange
        Between kinds. A placement costs here what it costs the groups.
    label : array of int32
        Of each group, its kind.
    exact : bool
        Whether the groups of a kind cannot be told apart, so that bounds hold for them as well.
    """

    exchange: Exchange
    label: Ints
    exact: bool


def fold(exchange: Exchange) -> Kinds | None:
    """Put groups together that cannot be told apart by what they give and take.

    Groups are told apart by their pins, then by what they give and take (how many values of which
    size, which kinds of groups give and take those), and so on until nothing new is told apart.
    What is pinned is known by its place alone. If that takes long, as along a chain, or leaves
    many kinds, as of sizes that differ a little, it is given up.

    These kinds change no bound by a linear programme or a cut. Proof: take a fractional placement
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
    """
    telling = _Telling(exchange, exchange.size.view(np.uint64))
    return telling.kinds(exact=True) if telling.until_all_is_told(_MOST) else None


def fold_roughly(exchange: Exchange) -> Kinds:
    """Put groups together that are about alike: sizes are rounded, and little is looked at."""
    octaves = np.log2(np.maximum(exchange.size, 1.0))
    about = _Telling(exchange, np.round(octaves * _OCTAVE).astype(np.uint64))
    about.until_all_is_told(_ROUGH)
    return about.kinds(exact=False)


class _Telling:
    """Groups that are told apart further in each round."""

    def __init__(self, exchange: Exchange, weight: _Hashes) -> None:
        values, groups = len(exchange.giver), len(exchange)
        self._exchange = exchange
        pairs = np.ones(len(exchange.value), np.uint64), (exchange.value, exchange.taker)
        self._takers = csr_array(pairs, shape=(values, groups))
        self._taken = self._takers.T.tocsr()
        owned = np.ones(values, np.uint64), (exchange.giver, np.arange(values))
        self._given = csr_array(owned, shape=(groups, values))
        self._weight = _mixed(weight, exchange.count, exchange.home)
        self._group = _mixed(exchange.pins)
        self._free = exchange.pins == ANYWHERE

    def until_all_is_told(self, most: int) -> bool:
        """Tell groups apart as long as they are of so few kinds; say whether nothing is left."""
        told = len(np.unique(self._group))
        for _ in range(_ROUNDS):
            value = self._values()
            seen = _mixed(self._group, self._given @ value, self._taken @ value)
            group = np.where(self._free, seen, self._group)
            kinds = len(np.unique(group))
            if kinds == told:
                return True
            if kinds > most:
                return False
            self._group, told = group, kinds
        return False

    def kinds(self, *, exact: bool) -> Kinds:
        """Put groups together; the first value of each kind stands for all of it."""
        exchange = self._exchange
        _, label = np.unique(self._group, return_inverse=True)
        _, first, of = np.unique(self._values(), return_index=True, return_inverse=True)
        stands = first[of[exchange.value]] == exchange.value
        between = Exchange(
            exchange.pins,
            exchange.giver[first],
            np.bincount(of, exchange.size).astype(np.float64),
            np.bincount(of, exchange.count).astype(np.int32),
            exchange.home[first],
            of[exchange.value[stands]].astype(np.int32),
            exchange.taker[stands],
        ).merged(label.astype(np.int32))
        return Kinds(between, label.astype(np.int32), exact)

    def _values(self) -> _Hashes:
        """Tell values apart by who gives and takes them."""
        giver = self._group[self._exchange.giver]
        return _mixed(self._weight, giver, self._takers @ self._group)


def _mixed(*parts: NDArray[np.generic]) -> _Hashes:
    """Hash numbers together, each of its own, so that equal sums of hashes are no accident."""
    mixed = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        mixed += part.astype(np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)
    # The finaliser of splitmix64 (Steele, Lea, Flood 2014).
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    return mixed
