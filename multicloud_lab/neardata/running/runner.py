"""One run of a split graph: what is sent where and when, until everything wanted is at home."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from dask._task_spec import GraphNode
from dask.typing import Key

from multicloud_lab.neardata.places import HOME
from multicloud_lab.neardata.running.course import Course, LostError, Measured
from multicloud_lab.neardata.running.fusing import fuse
from multicloud_lab.neardata.running.moved import Moved, measured
from multicloud_lab.neardata.running.readiness import Readiness
from multicloud_lab.neardata.running.splitting import Goal
from multicloud_lab.neardata.running.stations import Done, Event, Failed, Fetched, Landed, Station

_GUESS = float(2**20)
_TICK = 0.2


class Runner:
    """One run.

    Parameters
    ----------
    course : Course
    stations : sequence of Station
        By place.
    events : SimpleQueue
        What the stations report to.
    measured : Measured
        To add to.

    Attributes
    ----------
    values : dict
        The wanted results that are at home.
    copies : dict
        Results on their way to places where they are not used up yet.
    failures : dict of list of Failed
        For each collection that failed, why.
    """

    def __init__(
        self,
        course: Course,
        stations: Sequence[Station],
        events: SimpleQueue[Event],
        measured: Measured,
    ) -> None:
        self.values: dict[Key, Any] = {}
        self.copies: dict[Key, Any] = {}
        self.failures: dict[int, list[Failed]] = {}
        self._course = course
        self._split = course.split
        self._stations = stations
        self._events = events
        self._measured = measured
        self._wanted = {goal for goals in course.wants.values() for goal in goals}
        self._goals = (self._wanted - course.stays).union(course.split.exports)
        apart = course.split.apart()  # First: nothing holds these up.
        self._queue = [*course.wholes, *(task for task in course.split.order if task in apart)]
        self._queue += [task for task in course.split.order if task not in apart]
        self._at = 0
        self._live: set[Goal] | None = None  # Everything, until something has failed.
        self._asked: set[Goal] = set()
        self._made = {Goal(key, HOME) for key in course.given}
        self._arrived: set[Goal] = set()
        self._outstanding: set[Goal] = set()
        self._fetching: set[Goal] = set()
        self._putting: set[Goal] = set()
        self._in_flight = 0.0
        self._costs: dict[Key, float] = {}
        self._takers_left: dict[Key, int] = {}
        self._originals: dict[Key, Key] = {}
        self._sizes = (0, 0.0)
        self._readiness = [Readiness(part) for part in course.split.parts]
        self._to_run: list[list[Key]] = [[] for _ in stations]
        self._to_fetch: list[list[Key]] = [[] for _ in stations]
        self._to_put: list[dict[Key, Any]] = [{} for _ in stations]
        self._references: dict[Goal, int] = dict.fromkeys(course.wholes, 1)
        self._uses: dict[Goal, list[Goal]] = {}
        self._shares: dict[Goal, float] = {}
        self._done = [0.0] * len(stations)

    def run(self) -> None:
        """Run until every collection is at home or has failed.

        Raises
        ------
        LostError
        """
        wholes: defaultdict[int, dict[Key, Any]] = defaultdict(dict)
        for goal, collection in self._course.wholes.items():
            wholes[goal.place][goal.key] = collection
            self._outstanding.add(goal)
        for place, collections in wholes.items():
            self._begin(place)
            self._stations[place].run_whole(collections, self._course.progress)
        while True:
            self._ask()
            self._flush()
            if self._is_over():
                return
            self._handle(self._next())

    def _is_over(self) -> bool:
        return all(
            number in self.failures or self._arrived.issuperset(goals)
            for number, goals in self._course.wants.items()
        )

    def _next(self) -> list[Event]:
        """Wait for something to happen, and give everything that has.

        In short steps: an endless wait for a lock is not left by every interrupt.
        """
        happened: list[Event] = []
        while not happened:
            self._course.tick()
            try:
                happened.append(self._events.get(timeout=_TICK))
            except Empty:
                happened += [
                    Failed(place, None, ConnectionError("The connection to the cluster is lost."))
                    for place, station in enumerate(self._stations)
                    if not station.alive()
                ]
        while len(happened) < 1000:
            try:
                happened.append(self._events.get_nowait())
            except Empty:
                break
        return happened

    def _handle(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Failed):
                self._fail(event)
            elif isinstance(event, Done):
                self._finish(Goal(event.key, event.place))
            elif isinstance(event, Fetched):
                for key, value in event.values.items():
                    self._arrive(Goal(key, event.place), value)
            elif isinstance(event, Landed):
                for name in event.keys:
                    self._land(Goal(name, event.place))

    # Asking for results: as many as may be on their way at once.

    def _ask(self) -> None:
        while self._at < len(self._queue):
            task = self._queue[self._at]
            if self._is_live(task):
                if task in self._split.exports:
                    cost = self._expected(task.key)
                    if self._in_flight + cost > self._course.window and not self._is_idle():
                        return
                    self._costs[task.key] = cost
                    self._in_flight += cost
                if task in self._goals:
                    self._asked.add(task)
                if task in self._made:
                    self._bring(task)
                else:
                    self._to_run[task.place] += self._readiness[task.place].claim(task.key)
            self._at += 1

    def _is_live(self, task: Goal) -> bool:
        return self._live is None or task in self._live

    def _is_idle(self) -> bool:
        waiting = (*self._to_run, *self._to_fetch, *self._to_put)
        return not (self._outstanding or self._fetching or self._putting or any(waiting))

    def _expected(self, key: Key) -> float:
        size = self._course.size_of(key) if self._course.size_of is not None else float("nan")
        if size == size:  # It is a number.
            return size
        count, total = self._sizes
        return total / count if count else _GUESS

    # Sending what has come together.

    def _flush(self) -> None:
        for place, station in enumerate(self._stations):
            if self._to_run[place]:
                keys, self._to_run[place] = self._to_run[place], []
                self._send(place, [key for key in keys if self._is_live(Goal(key, place))])
            if self._to_fetch[place]:
                keys, self._to_fetch[place] = self._to_fetch[place], []
                station.fetch(keys)
            if self._to_put[place]:
                values, self._to_put[place] = self._to_put[place], {}
                station.put(values)

    def _begin(self, place: int) -> None:
        self._measured.began.setdefault(place, time.monotonic())

    def _send(self, place: int, keys: list[Key]) -> None:
        if not keys:
            return
        self._begin(place)
        part, batch = self._split.parts[place], set(keys)
        tasks, outputs = {}, dict[Key, None]()
        for key in keys:
            node, here = part.tasks[key], Goal(key, place)
            names: dict[Key, Key | GraphNode] = {
                k: self._course.name(k) for k in node.dependencies if k in part.imports
            }
            tasks[key] = node.substitute(names) if names else node
            later = sum(each not in batch for each in part.dependents.get(key, ()))
            needed = later + (here in self._goals) + (here in self._course.stays)
            if needed:
                outputs[key] = None
                self._references[here] = needed
        fused = fuse(tasks, outputs.copy())
        for key, node in fused.items():
            taken = [Goal(each, place) for each in node.dependencies if each not in fused]
            used = [each for each in taken if each in self._references]
            if used:  # They are kept until this is done, since a lost worker may want them again.
                for each in [Goal(key, place), *used]:
                    self._references[each] = self._references.get(each, 0) + 1
                self._uses[Goal(key, place)] = used
                outputs[key] = None
        for node in tasks.values():
            for each in node.dependencies:
                if each not in batch:
                    self._let_go(Goal(each, place))
        self._outstanding.update(Goal(key, place) for key in outputs)
        self._shares.update((Goal(key, place), len(batch) / len(outputs)) for key in outputs)
        self._stations[place].run(fused, list(outputs))

    def _let_go(self, result: Goal) -> None:
        """Note that a result at a place is needed once less, and drop it after the last time."""
        if result not in self._references:
            return  # A persisted one, which its collection keeps.
        self._references[result] -= 1
        if self._references[result]:
            return
        del self._references[result]
        self._stations[result.place].drop([result.key])
        original = self._originals.get(result.key)
        if original is not None:
            self._takers_left[original] -= 1
            if not self._takers_left[original]:
                del self.copies[original]
                self._in_flight -= self._costs.pop(original)

    # What happens.

    def _finish(self, result: Goal) -> None:
        self._outstanding.discard(result)
        self._measured.ended[result.place] = time.monotonic()
        share = self._shares.pop(result, None)
        if share is not None and self._course.progress is not None:
            self._done[result.place] += share
            tasks = len(self._split.parts[result.place].tasks)
            done = round(self._done[result.place], 6)
            self._course.progress.set((id(self), result.place), result.place, done, tasks)
        uses = self._uses.pop(result, None)
        if uses is not None:
            for each in [*uses, result]:
                self._let_go(each)
        if result in self._course.stays:
            self._arrived.add(result)
        if result in self._goals and result not in self._made:
            self._made.add(result)
            if result in self._asked:
                self._bring(result)

    def _bring(self, goal: Goal) -> None:
        self._fetching.add(goal)
        self._to_fetch[goal.place].append(goal.key)

    def _arrive(self, goal: Goal, value: Any) -> None:
        if goal not in self._fetching:
            return
        self._fetching.discard(goal)
        if goal not in self._course.stays:
            self._arrived.add(goal)
        self._measured.ended[goal.place] = time.monotonic()
        size = measured(value)
        self._cross(goal.place, HOME, size)
        if goal in self._wanted:
            self.values[goal.key] = value
        takers = self._split.exports.get(goal, ())
        if takers:
            count, total = self._sizes
            self._sizes = (count + 1, total + size.nbytes)
            self._in_flight += size.nbytes - self._costs[goal.key]
            self._costs[goal.key] = float(size.nbytes)
            self._takers_left[goal.key] = len(takers)
            self.copies[goal.key] = value
        for place in takers:
            name = self._course.name(goal.key)
            self._originals[name] = goal.key
            self._putting.add(Goal(name, place))
            self._to_put[place][name] = value
            self._cross(HOME, place, size)
        self._let_go(goal)

    def _cross(self, source: int, destination: int, size: Moved) -> None:
        if source != destination:
            self._measured.moved[source, destination] += size
            if self._course.progress is not None:
                self._course.progress.move(size.sent_bytes)

    def _land(self, moved: Goal) -> None:
        self._putting.discard(moved)
        original = self._originals[moved.key]
        dependents = self._split.parts[moved.place].dependents[original]
        self._references[moved] = len(dependents)
        self._to_run[moved.place] += self._readiness[moved.place].land(original)

    def _fail(self, failed: Failed) -> None:
        """Give up the collections that cannot be had any more, and what only they need."""
        if failed.key is not None and not self._is_live(Goal(failed.key, failed.place)):
            return
        if self._course.lost(failed):
            raise LostError(str(failed.error)) from failed.error
        live: set[Goal] = set()
        for number, goals in self._course.wants.items():
            if number in self.failures or self._arrived.issuperset(goals):
                continue
            needed = self._needed(goals)
            if self._is_hit(needed, failed):
                self.failures[number] = [failed]
            else:
                live |= needed
        self._live = live
        self._fetching &= live
        gone = self._outstanding - live
        self._outstanding &= live
        for goal in gone:
            self._stations[goal.place].drop([goal.key])

    def _needed(self, goals: Sequence[Goal]) -> set[Goal]:
        return {goal for goal in goals if goal in self._course.wholes} | self._split.needed(
            goal for goal in goals if goal not in self._course.wholes
        )

    def _is_hit(self, needed: set[Goal], failed: Failed) -> bool:
        if failed.key is not None:
            return Goal(failed.key, failed.place) in needed
        return any(
            task.place == failed.place and task in self._goals and task not in self._arrived
            for task in needed
        )
