"""What a run did, measured: what crossed between places, and how long each was busy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dask.sizeof import sizeof
from dask.utils import format_bytes
from distributed.protocol.serialize import serialize


@dataclass(frozen=True, slots=True)
class Moved:
    """What crossed a border in one direction.

    Parameters
    ----------
    results : int
        How many.
    nbytes : int
        Of them in memory.
    sent_bytes : int
        Of them as they are sent, before a connection compresses them.
    """

    results: int = 0
    nbytes: int = 0
    sent_bytes: int = 0

    def __add__(self, other: Moved) -> Moved:
        return Moved(
            self.results + other.results,
            self.nbytes + other.nbytes,
            self.sent_bytes + other.sent_bytes,
        )

    def __str__(self) -> str:
        return f"{self.results} results, {format_bytes(self.sent_bytes)}"


def measured(value: Any) -> Moved:
    """Measure one result."""
    _, frames = serialize(value)
    sent = sum(memoryview(frame).nbytes for frame in frames)
    return Moved(1, int(sizeof(value)), sent)


@dataclass(frozen=True, slots=True)
class Run:
    """What a run gave, and what it took.

    Parameters
    ----------
    results : list
        Of each collection, in order.
    moved : mapping of (int, int) to Moved
        By the numbers of the places from and to; 0 is home. A result that goes from one cluster to
        another crosses twice, by way of home.
    seconds : mapping of int to float
        From the first task sent to a place until its last result was there.
    restarts : int
        How often work was sent again because a cluster had lost what it held.
    graphs : mapping of int to int
        Bytes of the graphs of tasks that were sent to each place.
    """

    results: list[Any]
    moved: Mapping[tuple[int, int], Moved] = field(default_factory=dict)
    seconds: Mapping[int, float] = field(default_factory=dict)
    restarts: int = 0
    graphs: Mapping[int, int] = field(default_factory=dict)
