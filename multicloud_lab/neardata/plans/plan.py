"""The plan of a computation: what runs where, what moves between places, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isnan

from multicloud_lab.neardata.places import Place
from multicloud_lab.neardata.plans.assignment import Assignment
from multicloud_lab.regions import Region


@dataclass(frozen=True, slots=True)
class Amount:
    """Bytes that leave somewhere, and what that costs.

    Parameters
    ----------
    bytes : float
        As far as they are known; an estimate.
    low, high : float or None
        USD for these bytes; None where nobody knows the price.
    unknown : int
        How many results or readings there are whose size cannot be told; they are not in
        ``bytes``.
    """

    bytes: float = 0.0
    low: float | None = 0.0
    high: float | None = 0.0
    unknown: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            self.bytes + other.bytes,
            _sum(self.low, other.low),
            _sum(self.high, other.high),
            self.unknown + other.unknown,
        )

    @property
    def free(self) -> bool:
        """Whether it is known to cost nothing."""
        return self.high == 0 and not self.unknown


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of one store or file.

    Parameters
    ----------
    url : str
        As ``gs://bucket/store``; for what cannot be located, the words that say so.
    dataset : str
        Its id, if it was opened as a dataset of the lab; else empty.
    region : Region or None
        Where the bytes are; None if that is not known, or if they are on this machine.
    place : int
        Number of the place that reads them.
    tasks : int
        How many tasks read.
    amount : Amount
        Stored bytes, with what leaving ``region`` for the place costs.
    crosses : bool
        Whether the place is outside of that region, so that what is read leaves it.
    others : tuple of str
        What the same tasks read as well, as further files of a table.
    """

    url: str
    dataset: str
    region: Region | None
    place: int
    tasks: int
    amount: Amount
    crosses: bool
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Results that cross a border; one end is always home, as clusters cannot reach each other.

    Parameters
    ----------
    source, destination : int
        Numbers of places.
    results : int
        How many results of tasks cross.
    amount : Amount
    """

    source: int
    destination: int
    results: int
    amount: Amount


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """One of the objects that are computed together.

    Parameters
    ----------
    name : str
    places : tuple of int
        Where its tasks run, those that read first.
    readings : tuple of Reading
    moves : tuple of Move
        What it needs moved; a value that two objects share is in both.
    tasks : int
    """

    name: str
    places: tuple[int, ...]
    readings: tuple[Reading, ...]
    moves: tuple[Move, ...]
    tasks: int

    @property
    def total(self) -> Amount:
        """Everything that leaves a region for it."""
        return total(self.moves, self.readings)


@dataclass(frozen=True, slots=True)
class Alternative:
    """The same computation placed in another way.

    Parameters
    ----------
    name : str
        As "everything here" or "everything in aws:us-west-2".
    amount : Amount
        What leaves its region then.
    """

    name: str
    amount: Amount


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """What runs where, what moves and what it costs; nothing has been computed.

    Every figure in bytes is an estimate made from the sizes of chunks and results; every price
    is a list price, or one that was agreed, with the date in ``prices_of``.

    Parameters
    ----------
    places : tuple of Place
        The first is home.
    objects : tuple of PlannedObject
    readings : tuple of Reading
        Of all objects together, each store once.
    moves : tuple of Move
        Of all objects together, a shared value once.
    tasks : tuple of int
        How many run in each place.
    alternatives : tuple of Alternative
    gap : float
        How much cheaper a better placement could be at most, as a share of the cost: 0 is proven
        to be the best.
    uncertain : tuple of str
        What the estimate leaves out or does not know, a sentence each.
    advice : tuple of str
        What would make it cheaper, a sentence each, where placement alone cannot.
    prices_of : str
        Date or dates of the prices; empty if nothing is priced.
    anywhere : int
        How many more tasks there are, which depend on nothing that is read, and run wherever their
        results are wanted.
    assignment : Assignment or None
        The place of each task, for running it.
    """

    places: tuple[Place, ...]
    objects: tuple[PlannedObject, ...]
    readings: tuple[Reading, ...]
    moves: tuple[Move, ...]
    tasks: tuple[int, ...]
    alternatives: tuple[Alternative, ...] = ()
    gap: float = 0.0
    uncertain: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    prices_of: str = ""
    anywhere: int = 0
    assignment: Assignment | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        from multicloud_lab.neardata.plans.plan_text import plan_text

        return plan_text(self)

    def _repr_html_(self) -> str:
        from multicloud_lab.neardata.plans.plan_html import plan_html

        return plan_html(self)

    @property
    def total(self) -> Amount:
        """Everything that leaves a region: results, values between regions, and far reads."""
        return total(self.moves, self.readings)


def total(moves: Iterable[Move], readings: Iterable[Reading]) -> Amount:
    """Add up what leaves a region; a reading inside its own region is no move."""
    amount = Amount()
    for move in moves:
        amount += move.amount
    for reading in readings:
        if reading.crosses:
            amount += reading.amount
    return amount


def read_in(place: int, readings: Sequence[Reading]) -> Amount:
    """Add up what a place reads."""
    amount = Amount()
    for reading in readings:
        if reading.place == place:
            amount += reading.amount
    return amount


def _sum(one: float | None, other: float | None) -> float | None:
    if one is None or other is None or isnan(one + other):
        return None
    return one + other
