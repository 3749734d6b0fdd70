"""Collections computed in several places at once: sent, gathered, put together."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from dask.typing import Key
from distributed import Client

from multicloud_lab.errors import ClusterFailedError
from multicloud_lab.neardata.cluster_station import ClusterStation
from multicloud_lab.neardata.failures import failure, is_lost
from multicloud_lab.neardata.home_station import HomeStation
from multicloud_lab.neardata.lowering import (
    Tasks,
    finished,
    keys_of,
    lowered,
    share_layers,
    tasks_of,
)
from multicloud_lab.neardata.moved import Run
from multicloud_lab.neardata.options import Options
from multicloud_lab.neardata.running import WINDOW, Course, LostError, Measured, Runner
from multicloud_lab.neardata.splitting import HOME, Goal, split
from multicloud_lab.neardata.stations import Event, Failed, Station

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


def run(
    collections: Sequence[Any],
    places: Sequence[RunPlace],
    whole: Sequence[int | None],
    place_of: Callable[[Key], int] | None = None,
    *,
    size_of: Callable[[Key], float] | None = None,
    options: Options | None = None,
    window: float = WINDOW,
    tick: Callable[[], None] = lambda: None,
) -> Run:
    """Compute collections, each task in its place, and bring the results home.

    Parameters
    ----------
    collections : sequence of dask collection
        As ``dask.base.unpack_collections`` gives them; the caller packs the results again.
    places : sequence of RunPlace
        The first is home, this process, and has no client.
    whole : sequence of int or None
        For each collection the number of the place that runs all of it, given to that cluster's
        client untouched; ``None`` for one whose tasks are placed one by one. A collection that
        shares layers with one of these is placed by task as well, so that nothing is done twice.
    place_of : callable, optional
        For each key of the graph of ``lowered(collection)`` the number of its place, or -1 for a
        task that reads nothing: it runs in every place that wants its result. Persisted results
        stay where they are, whatever this says. Needed if ``whole`` has a ``None``.
    size_of : callable, optional
        The expected bytes of the result of a key that crosses a border; NaN if not known.
    options : Options, optional
        ``Options.read(keywords)`` reads the keywords of ``dask.compute``.
    window : float
        Bytes that may be between two places at once.
    tick : callable
        Called a few times a second, in the thread that runs this.

    Returns
    -------
    Run
        The results in order, and what crossed each border.

    Raises
    ------
    Exception
        What a task raised, as it was, once everything that it has not spoilt is done; with notes
        that name the place, and the results of the other collections in its attribute
        ``partial_results`` (:class:`PartialResults`).
    ClusterFailedError
        A cluster is gone, or has lost what it held again and again.
    KeyboardInterrupt
        What runs anywhere is let go of first.
    """
    work = _Work(collections, places, whole, place_of, options or Options())
    measured = Measured()
    given: dict[Key, Any] = {}
    spent: list[Station] = []
    restarts = 0
    try:
        while True:
            events: SimpleQueue[Event] = SimpleQueue()
            stations = work.stations(events, given)
            spent += stations
            course = work.course(given, restarts, size_of, window, tick)
            runner = Runner(course, stations, events, measured)
            try:
                runner.run()
            except LostError as error:
                restarts += 1
                if restarts > _RESTARTS:
                    raise ClusterFailedError(
                        f"A cluster has lost what it held {restarts} times, the last time "
                        f"because: {error}. Give it workers with more memory, or that live longer."
                    ) from error
                given.update(runner.values)
                given.update(runner.copies)
                for station in stations:
                    station.leave()
                continue
            break
        given.update(runner.values)
        results = work.results(given, runner.failures)
    finally:
        for station in spent:
            station.close()
    if runner.failures:
        raise failure(runner.failures, results, [each.where for each in work.places])
    return Run(
        results=[results[number] for number in range(len(collections))],
        moved=dict(measured.moved),
        seconds={
            place: measured.ended.get(place, began) - began
            for place, began in measured.began.items()
        },
        restarts=restarts,
    )


class _Work:
    """Collections and places, as the attempts to run them need them."""

    def __init__(
        self,
        collections: Sequence[Any],
        places: Sequence[RunPlace],
        whole: Sequence[int | None],
        place_of: Callable[[Key], int] | None,
        options: Options,
    ) -> None:
        self._options = options
        self.places = list(places)
        self._place_of = place_of
        self._collections = list(collections)
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

    def course(
        self,
        given: Mapping[Key, Any],
        attempt: int,
        size_of: Callable[[Key], float] | None,
        window: float,
        tick: Callable[[], None],
    ) -> Course:
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
            Goal(("whole", number), place): self._collections[number]
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
            given=given,
            size_of=size_of,
            window=window,
            lost=is_lost,
            tick=tick,
        )

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
