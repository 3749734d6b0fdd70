"""Values that groups of tasks give each other, and what carrying them over borders costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.task_graph import Floats, Ints
from multicloud_lab.neardata.places import ANYWHERE, HOME

Places = NDArray[np.int8]
Mask = NDArray[np.bool_]

MESSAGE = 1000.0
"""Bytes that handling a value takes beside its own: its key, its frames, its bookkeeping."""


@dataclass(frozen=True, slots=True, eq=False)
class Tariff:
    """What a byte costs at each border, in each direction.

    Parameters
    ----------
    outward, inward : array of float
        By place, for what it sends home and for what home sends it; 0 for home itself.
    handling : float
        On top of each price, for every byte and :data:`MESSAGE` more for every value: among
        placements of one price it prefers the one that moves less, in fewer pieces.
    """

    outward: Floats
    inward: Floats
    handling: float

    @classmethod
    def of(cls, outward: Sequence[float], inward: Sequence[float], handling: float) -> Tariff:
        """Check prices and hold them."""
        out, into = np.asarray(outward, np.float64), np.asarray(inward, np.float64)
        if out.shape != into.shape or out.ndim != 1 or not len(out):
            raise ValueError("Prices are needed for home and for each region, in both directions.")
        prices = np.array([*out, *into, handling])
        if not (np.isfinite(prices) & (prices >= 0)).all():
            raise ValueError("A price is a number that is not negative.")
        if out[HOME] or into[HOME]:
            raise ValueError("Home has no border with itself: its prices are 0.")
        return cls(out, into, handling)

    def __len__(self) -> int:
        return len(self.outward)


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """Groups of tasks that are each computed in one place, and the values they give each other.

    Parameters
    ----------
    pins : array of int8
        Of each group, the place where it has to be; :data:`ANYWHERE` if it may be anywhere.
    giver : array of int32
        Of each value, the group that computes it.
    size : array of float
        Of each value, bytes.
    count : array of int32
        Of each value, as how many it is handled: what stands for several alike (see
        ``folding.py``) has the bytes of them all.
    home : array of bool
        Of each value, whether it is wanted at home.
    value, taker : array of int32
        Which group takes which value: each pair once, never the giver itself.
    """

    pins: Places
    giver: Ints
    size: Floats
    count: Ints
    home: Mask
    value: Ints
    taker: Ints

    def __len__(self) -> int:
        return len(self.pins)

    def leaving(self, region: int, tariff: Tariff) -> Floats:
        """Give the cost of sending each value from a region home."""
        return self._carried(float(tariff.outward[region]), tariff.handling)

    def entering(self, region: int, tariff: Tariff) -> Floats:
        """Give the cost of sending each value from home to a region."""
        return self._carried(float(tariff.inward[region]), tariff.handling)

    def _carried(self, price: float, handling: float) -> Floats:
        return self.size * (price + handling) + self.count * (handling * MESSAGE)

    def all_in(self, place: int) -> Places:
        """Give the placement that puts every group in one place if it may be anywhere."""
        return np.where(self.pins == ANYWHERE, np.int8(place), self.pins)

    def cost(self, place: Places, tariff: Tariff) -> float:
        """Give the cost of a placement.

        A value that is taken in several places leaves its own once and enters each of the others
        once: between two regions it goes through home.
        """
        return sum(
            self.cost_at(place == region, region, tariff) for region in range(1, len(tariff))
        )

    def cost_at(self, inside: Mask, region: int, tariff: Tariff) -> float:
        """Give the cost at the border of one region, of the groups that are inside."""
        giver, taker = inside[self.giver], inside[self.taker]
        given = giver[self.value]
        leaves, enters = self.home & giver, np.zeros(len(giver), np.bool_)
        leaves[self.value[given & ~taker]] = True
        enters[self.value[taker & ~given]] = True
        cost = self.leaving(region, tariff)[leaves].sum()
        return float(cost + self.entering(region, tariff)[enters].sum())

    def merged(self, label: Ints) -> Exchange:
        """Put groups that have the same label, from 0 on, together.

        Values that no other group takes and nobody wants at home are dropped.
        """
        pins = np.full(int(label.max(initial=-1)) + 1, ANYWHERE, np.int8)
        pinned = self.pins != ANYWHERE
        pins[label[pinned]] = self.pins[pinned]
        giver, taker = label[self.giver], label[self.taker]
        outer = giver[self.value] != taker
        pairs = self.value[outer].astype(np.int64) * len(pins) + taker[outer]
        pairs.sort()
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        value, taker = pairs // max(len(pins), 1), (pairs % max(len(pins), 1)).astype(np.int32)
        kept = self.home.copy()
        kept[value] = True
        number = np.cumsum(kept, dtype=np.int32) - np.int32(1)
        return Exchange(
            pins,
            giver[kept],
            self.size[kept],
            self.count[kept],
            self.home[kept],
            number[value],
            taker,
        )
