"""Attempts to run collections: again, with what is at home, when a cluster has lost something."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from dask.typing import Key
from distributed import Client

from multicloud_lab.errors import ClusterFailedError, InvalidInputError
from multicloud_lab.neardata.graphs.lowering import (
    Tasks,
    finished,
    keys_of,
    lowered,
    share_layers,
    tasks_of,
)
from multicloud_lab.neardata.places import HOME
from multicloud_lab.neardata.running.cluster_station import ClusterStation
from multicloud_lab.neardata.running.course import WINDOW, Course, LostError, Measured
from multicloud_lab.neardata.running.failures import check_held, is_lost
from multicloud_lab.neardata.running.home_station import HomeStation
from multicloud_lab.neardata.running.options import Options
from multicloud_lab.neardata.running.progress import Progress
from multicloud_lab.neardata.running.runner import Runner
from multicloud_lab.neardata.running.splitting import Goal, split
from multicloud_lab.neardata.running.stations import Event, Failed, Station

_RESTARTS = 3


@dataclass(frozen=True, slots=True)
class RunPlace:
    """A place where tasks can run.

    Parameters
    ----------
    where : str
        The place in words, for an error.
    client : distributed.Client or None
        ``None`` is this process, with one of dask's local schedulers.
    """

    where: str
    client: Client | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once, and who looks on.

    Parameters
    ----------
    size_of, window, tick, progress
        As for :func:`multicloud_lab.neardata.running.execution.run`.
    """

    size_of: Callable[[Key], float] | None = None
    window: float = WINDOW
    tick: Callable[[], None] = lambda: None
    progress: Progress | None = None


class Attempts:
    """Runs work until it is done, and lets go of what is left everywhere at the end.

    Parameters
    ----------
    work : Work
    limits : Limits

    Attributes
    ----------
    measured : Measured
    failures : dict of list of Failed
        For each collection that failed, why.
    restarts : int
    """

    def __init__(self, work: Work, limits: Limits) -> None:
        self.measured = Measured()
        self.failures: dict[int, list[Failed]] = {}
        self.restarts = 0
        self._work = work
        self._limits = limits
        self._stations: list[Station] = []
        self._spent: list[tuple[int, Station]] = []

    def __enter__(self) -> Attempts:
        return self

    def __exit__(self, *_: object) -> None:
        for _place, station in self._spent:
            station.close()

    def run(self) -> dict[Key, Any]:
        """Run, and give the results that came home, by key.

        Raises
        ------
        ClusterFailedError
            A cluster has lost what it held again and again.
        """
        given: dict[Key, Any] = {}
        if self._limits.progress is not None:
            self._limits.progress.begin([each.where for each in self._work.places])
        while True:
            events: SimpleQueue[Event] = SimpleQueue()
            self._stations = self._work.stations(events, given)
            self._spent += enumerate(self._stations)
            course = self._work.course(given, self.restarts, self._limits)
            runner = Runner(course, self._stations, events, self.measured)
            try:
                runner.run()
            except LostError as error:
                self._again(error)
                given.update(runner.values)
                given.update(runner.copies)
                continue
            self.failures = runner.failures
            return {**given, **runner.values}

    def _again(self, error: LostError) -> None:
        check_held(self._work.collections, error)
        self.restarts += 1
        if self.restarts > _RESTARTS:
            raise ClusterFailedError(
                f"A cluster has lost what it held {self.restarts} times, the last time because: "
                f"{error} Give it workers with more memory, or that live longer."
            ) from error
        for station in self._stations:
            station.leave()

    def graphs(self) -> dict[int, int]:
        """Give the bytes of the graphs that were sent to each place."""
        sent: dict[int, int] = {}
        for place, station in self._spent:
            if station.sent_graphs:
                sent[place] = sent.get(place, 0) + station.sent_graphs
        return sent

    def taken(self) -> dict[Key, Any]:
        """Give the results that stay where they were made: futures, or values at home."""
        found: dict[Key, Any] = {}
        for station in self._stations:
            found.update(station.taken())
        return found


class Work:
    """Collections and places, as the attempts to run them need them.

    Parameters
    ----------
    collections, places, whole, place_of, options
        As for :func:`multicloud_lab.neardata.running.execution.run`.
    stays : bool
        Whether results stay where they are made.
    """

    def __init__(
        self,
        collections: Sequence[Any],
        places: Sequence[RunPlace],
        whole: Sequence[int | None],
        place_of: Callable[[Key], int] | None,
        options: Options,
        *,
        stays: bool = False,
    ) -> None:
        if options.workers is not None and sum(each.client is not None for each in places) > 1:
            raise InvalidInputError(
                "workers=… names workers of one cluster, and this runs on several: compute each "
                "object by itself, or leave it out."
            )
        self._options = options
        self._stays = stays
        self.places = list(places)
        self._place_of = place_of
        self.collections = list(collections)
        self._whole = list(whole)
        placed = [each for each, at in zip(collections, whole, strict=True) if at is None]
        if placed:
            self._whole = [
                None if at is not None and share_layers(each, placed) else at
                for each, at in zip(collections, whole, strict=True)
            ]
        self._by_task = {
            number: lowered(each)
            for number, each in enumerate(collections)
            if self._whole[number] is None
        }
        self._tasks = tasks_of(self._by_task.values()) if self._by_task else Tasks({}, {}, {})
        self._held = self._find_held()
        self._id = uuid.uuid4().hex[:8]

    def _find_held(self) -> dict[Key, int]:
        """Find the place of each persisted result; one of a cluster not among them adds it."""
        held = {}
        for key, future in self._tasks.held.items():
            address = _address(future.client)
            for place, each in enumerate(self.places):
                if each.client is not None and _address(each.client) == address:
                    held[key] = place
                    break
            else:
                held[key] = len(self.places)
                self.places.append(RunPlace(f"the cluster at {address}", future.client))
        return held

    def stations(self, events: SimpleQueue[Event], given: Mapping[Key, Any]) -> list[Station]:
        """Make the stations of an attempt."""
        made: list[Station] = []
        for place, each in enumerate(self.places):
            if each.client is None:
                made.append(HomeStation(place, events, self._options, given))
                continue
            cluster = ClusterStation(
                place, each.client, events, self._options, self._tasks.annotations
            )
            held = {key: self._tasks.held[key] for key, at in self._held.items() if at == place}
            cluster.hold(held)
            made.append(cluster)
        return made

    def course(self, given: Mapping[Key, Any], attempt: int, limits: Limits) -> Course:
        """Say what an attempt is to run: what is not at home yet."""
        keys = {number: keys_of(each) for number, each in self._by_task.items()}
        wanted = dict.fromkeys(key for mine in keys.values() for key in mine)
        parts = split(
            self._tasks.nodes,
            [key for key in wanted if key not in given],
            self._place_of or (lambda key: HOME),
            len(self.places),
            held=self._held,
            given=given,
        )
        wholes = {
            Goal(("whole", number), place): self.collections[number]
            for number, place in enumerate(self._whole)
            if place is not None and ("whole", number) not in given
        }
        wants: dict[int, list[Goal]] = {
            number: [parts.wanted[key] for key in mine if key not in given]
            for number, mine in keys.items()
        }
        wants.update(
            (number, [goal])
            for goal in wholes
            if isinstance(goal.key, tuple) and isinstance(number := goal.key[1], int)
        )
        return Course(
            split=parts,
            wholes=wholes,
            wants=wants,
            name=lambda key: _moved(key, f"moved-{self._id}-{attempt}"),
            stays=frozenset(parts.wanted.values()) if self._stays else frozenset(),
            given=given,
            size_of=limits.size_of,
            window=limits.window,
            lost=is_lost,
            tick=limits.tick,
            progress=limits.progress,
        )

    def by_task(self) -> dict[int, Any]:
        """Give the collections whose tasks are placed one by one, lowered, by their number."""
        return self._by_task

    def results(
        self, values: Mapping[Key, Any], failures: Mapping[int, list[Failed]]
    ) -> dict[int, Any]:
        """Put together what did not fail."""
        return {
            number: values["whole", number]
            if at is not None
            else finished(self._by_task[number], values)
            for number, at in enumerate(self._whole)
            if number not in failures
        }


def _address(client: Client) -> str:
    scheduler: Any = client.scheduler
    return str(scheduler.address)


def _moved(key: Key, mark: str) -> Key:
    """Name a result where it was moved to: as its key, and no other run's."""
    if isinstance(key, tuple) and key:
        return (f"{key[0]}-{mark}", *key[1:])
    return f"{key}-{mark}"
