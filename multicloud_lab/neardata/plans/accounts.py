"""What a placement reads and moves, in bytes and dollars, for all objects and for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.task_graph import Ints, TaskGraph
from multicloud_lab.neardata.places import HOME
from multicloud_lab.neardata.plans.crossings import Crossing, crossings
from multicloud_lab.neardata.plans.plan import Alternative, Amount, Move, Reading
from multicloud_lab.neardata.plans.pricing import GB, Ask, Prices
from multicloud_lab.neardata.plans.siting import Site, Sites
from multicloud_lab.regions import Region

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Read:
    """What is read of one source: how many tasks do, stored bytes, and how many of unknown size."""

    tasks: int
    bytes: float
    unknown: int


@dataclass(slots=True)
class Accounts:
    """A placement and its prices.

    Parameters
    ----------
    graph : TaskGraph
    sites : Sites
    sited : sequence of Site
        One for each source of the graph.
    place : array of int8
        Of each task.
    prices : Prices
    stay : bool
        Whether results stay where they are computed.
    """

    graph: TaskGraph
    sites: Sites
    sited: Sequence[Site]
    place: NDArray[np.int8]
    prices: Prices
    stay: bool = False
    _wanted: Ints = field(init=False)
    _borders: Mapping[tuple[int, int], Crossing] = field(init=False)
    _read: Mapping[tuple[int, int], Read] = field(init=False)

    def __post_init__(self) -> None:
        self._wanted = np.unique(np.concatenate([*self.graph.wanted, np.empty(0, np.int32)]))
        self._borders = self._crossings(self._wanted, None)
        self._read = self._reads(None)
        self.prices.learn(
            [
                *(self._of_move(move) for move in self._borders),
                *(self._of_reading(source) for source in self._read),
                *(ask for place in range(len(self.sites.places)) for ask in self._all_in(place)),
            ]
        )

    def moves(self, wanted: Ints | None = None, within: Mask | None = None) -> tuple[Move, ...]:
        """Give what crosses the borders.

        Parameters
        ----------
        wanted : array of int32, optional
            The tasks whose results are wanted; those of all objects by default.
        within : array of bool, optional
            Only what these tasks need.
        """
        borders = self._borders if wanted is None else self._crossings(wanted, within)
        return tuple(
            Move(
                *move,
                results=found.results,
                amount=self.prices.amount(self._of_move(move), found.bytes, found.unknown),
            )
            for move, found in borders.items()
        )

    def readings(
        self, dataset_of: Callable[[str], str], within: Mask | None = None
    ) -> tuple[Reading, ...]:
        """Give what is read of each source, by all tasks or by some."""
        read = self._read if within is None else self._reads(within)
        return tuple(self._reading(source, found, dataset_of) for source, found in read.items())

    def alternatives(self) -> tuple[Alternative, ...]:
        """Give what would leave its region if one place did everything."""
        found = []
        for number, place in enumerate(self.sites.places):
            amount = Amount()
            for ask in self._all_in(number):
                amount += self.prices.amount(ask)
            amount += Amount(unknown=self._unknown_in(number))
            where = "here" if number == HOME else f"in {place.name}"
            found.append(Alternative(f"everything {where}", amount))
        return tuple(found)

    def doubts(self) -> list[str]:
        """Say what is not known, and what is not counted."""
        doubts = [site.doubt for site in self.sited if site.doubt]
        if unread := sum(read.unknown for read in self._read.values()):
            they = "task reads" if unread == 1 else "tasks read"
            doubts.append(f"How many bytes {unread:,} {they} is not known")
        for site in dict.fromkeys(self.sited):
            ask = (site.region, self.sites.places[site.place].region, GB)
            if site.region is not None and ask[0] != ask[1] and not site.crosses:
                self.prices.learn([ask])
                if high := self.prices.per_byte(ask).high:
                    doubts.append(
                        f"Reading {ask[0]} from {ask[1]} costs up to ${high * GB:.3g} per GB; that "
                        "is no egress, and not counted"
                    )
        return list(dict.fromkeys(doubts))

    # --- how it is done -----------------------------------------------------------------------

    def _crossings(self, wanted: Ints, within: Mask | None) -> dict[tuple[int, int], Crossing]:
        count = len(self.sites.places)
        outward, inward = crossings(
            self.graph, self.place, count, wanted=wanted, within=within, stay=self.stay
        )
        moves = {(place, HOME): outward[place] for place in range(1, count)}
        moves |= {(HOME, place): inward[place] for place in range(1, count)}
        return {move: crossing for move, crossing in moves.items() if crossing.results}

    def _reads(self, within: Mask | None) -> dict[tuple[int, int], Read]:
        """Add up what is read, by the number of the source and that of the place."""
        graph, count = self.graph, len(self.sites.places)
        reads = (graph.source >= 0) & (graph.read_bytes != 0)
        if within is not None:
            reads &= within
        tasks = np.flatnonzero(reads)
        if not len(tasks):
            return {}
        size = graph.read_bytes[tasks]
        # One that runs anywhere is computed at home, if that is where it is wanted.
        both = graph.source[tasks].astype(np.int64) * count + np.maximum(self.place[tasks], HOME)
        readers = np.bincount(both)
        known = np.bincount(both, np.nan_to_num(size))
        unknown = np.bincount(both[np.isnan(size)], minlength=len(readers))
        return {
            divmod(int(key), count): Read(int(readers[key]), float(known[key]), int(unknown[key]))
            for key in np.flatnonzero(readers)
        }

    def _reading(
        self, where: tuple[int, int], read: Read, dataset_of: Callable[[str], str]
    ) -> Reading:
        source, site = self.graph.sources[where[0]], self.sited[where[0]]
        crosses = self._crosses(where)
        if not crosses:
            amount = Amount(read.bytes, unknown=read.unknown)
        elif site.region is None:
            amount = Amount(read.bytes, None, None, read.unknown)
        else:
            amount = self.prices.amount(self._of_reading(where), read.bytes, read.unknown)
        return Reading(
            url=source.urls[0] if source.urls else source.unknown or "a persisted result",
            dataset=next(filter(None, map(dataset_of, source.urls)), ""),
            region=site.region,
            place=where[1],
            tasks=read.tasks,
            amount=amount,
            crosses=crosses,
            others=source.urls[1:],
        )

    def _crosses(self, where: tuple[int, int]) -> bool:
        """Say whether what a place reads of a source leaves the source's region."""
        site, place = self.sited[where[0]], self.sites.places[where[1]]
        return site.crosses if where[1] == site.place else site.region != place.region

    def _of_move(self, move: tuple[int, int]) -> Ask:
        source, destination = (self.sites.places[end].region for end in move)
        return source, destination, int(self._borders[move].bytes)

    def _of_reading(self, where: tuple[int, int]) -> Ask:
        source, place = where
        region = self.sited[source].region
        return region, self.sites.places[place].region, int(self._read[where].bytes)

    def _far_from(self, place: int) -> Iterator[tuple[Region, Read]]:
        """Give what leaves its region if one place reads everything."""
        there = self.sites.places[place].region
        for (number, _), read in self._read.items():
            site = self.sited[number]
            beside = site.place == place and not site.crosses
            if site.region is not None and site.region != there and not beside:
                yield site.region, read

    def _unknown_in(self, place: int) -> int:
        """Count what would move of which nobody knows the size, if one place did everything."""
        found = sum(read.unknown for _, read in self._far_from(place))
        if place != HOME and not self.stay:
            found += int(np.isnan(self.graph.result_bytes[self._wanted]).sum())
        return found

    def _all_in(self, place: int) -> list[Ask]:
        """Give what leaves its region if one place reads everything, and sends the results home."""
        there = self.sites.places[place].region
        sizes: dict[Region, float] = {}
        for region, read in self._far_from(place):
            sizes[region] = sizes.get(region, 0.0) + read.bytes
        asks: list[Ask] = [(region, there, int(size)) for region, size in sizes.items()]
        if place != HOME and not self.stay:
            results = float(np.nansum(self.graph.result_bytes[self._wanted]))
            asks.append((there, self.sites.home, int(results)))
        return asks
