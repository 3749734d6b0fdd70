"""Tasks split by the place that each is to run in, with the borders between the places."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dask._task_spec import GraphNode
from dask.typing import Key

from multicloud_lab.neardata.places import ANYWHERE, HOME


class Goal(NamedTuple):
    """A result that leaves the place where it is made.

    Parameters
    ----------
    key : hashable
    place : int
        Where it is made.
    """

    key: Key
    place: int


@dataclass(slots=True)
class Part:
    """What one place runs.

    Parameters
    ----------
    tasks : dict of GraphNode
        By key, each after those it takes.
    dependents : dict of list
        For each key, the tasks here that take it.
    imports : dict of int
        The place that each result comes from that is made elsewhere.
    """

    tasks: dict[Key, GraphNode] = field(default_factory=dict)
    dependents: dict[Key, list[Key]] = field(default_factory=dict)
    imports: dict[Key, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Split:
    """A graph, split.

    Parameters
    ----------
    parts : tuple of Part
        By place.
    exports : dict of list of int
        For each goal that other places take, those places.
    wanted : dict of Goal
        For each key that was asked for, where it is made.
    order : list of Goal
        Every task in its place, each after those that it depends on: depth first, so that what is
        made is soon used.
    """

    parts: tuple[Part, ...]
    exports: dict[Goal, list[int]]
    wanted: dict[Key, Goal]
    order: list[Goal]

    def needed(self, goals: Iterable[Goal]) -> set[Goal]:
        """List the tasks, each in its place, that some results depend on, and these."""
        pending = list(goals)
        seen: set[Goal] = set()
        while pending:
            task = pending.pop()
            if task in seen:
                continue
            seen.add(task)
            part = self.parts[task.place]
            node = part.tasks.get(task.key)
            taken = node.dependencies if node is not None else ()
            pending += [Goal(key, part.imports.get(key, task.place)) for key in taken]
        return seen

    def apart(self) -> set[Goal]:
        """List the tasks of wanted results for which nothing is moved."""
        moves: set[Goal] = set()
        for task in self.order:
            part = self.parts[task.place]
            node = part.tasks.get(task.key)
            for key in node.dependencies if node is not None else ():
                if key in part.imports or Goal(key, task.place) in moves:
                    moves.add(task)
                    break
        wanted = (goal for goal in self.wanted.values() if goal not in moves)
        return self.needed(goal for goal in wanted if goal not in self.exports)


def split(
    tasks: Mapping[Key, GraphNode],
    wanted: Sequence[Key],
    place_of: Callable[[Key], int],
    places: int,
    held: Mapping[Key, int] | None = None,
    given: Container[Key] = (),
) -> Split:
    """Split tasks by place, leaving out what nobody needs.

    Parameters
    ----------
    tasks : mapping of GraphNode
    wanted : sequence of hashable
        The keys whose results come home.
    place_of : callable
        The place of a key: 0 is home, -1 anywhere.
    places : int
        How many there are, home included.
    held : mapping of int, optional
        The place of each persisted result, whatever ``place_of`` says.
    given : container, optional
        Keys whose results are at home already, whatever ``place_of`` says.
    """
    walk = _Walk(tasks, place_of, places, held or {}, given)
    for key in wanted:
        walk.want(key)
    return Split(tuple(walk.parts), walk.exports, walk.wanted, walk.order)


class _Walk:
    """One walk, from the wanted results to what they depend on."""

    def __init__(
        self,
        tasks: Mapping[Key, GraphNode],
        place_of: Callable[[Key], int],
        places: int,
        held: Mapping[Key, int],
        given: Container[Key],
    ) -> None:
        self.parts = [Part() for _ in range(places)]
        self.exports: dict[Goal, list[int]] = {}
        self.wanted: dict[Key, Goal] = {}
        self.order: list[Goal] = []
        self._tasks = tasks
        self._place_of = place_of
        self._held = held
        self._given = given
        self._seen: set[Goal] = set()

    def _place(self, key: Key, asked_from: int) -> int:
        if key in self._given:
            return HOME
        held = self._held.get(key)
        if held is not None:
            return held
        place = self._place_of(key)
        return asked_from if place == ANYWHERE else place

    def want(self, key: Key) -> None:
        """Add what a wanted key depends on."""
        goal = self.wanted[key] = Goal(key, self._place(key, HOME))
        stack = [(goal, False)]
        while stack:
            task, expanded = stack.pop()
            if expanded:
                self._add(task)
                continue
            if task in self._seen:
                continue
            self._seen.add(task)
            stack.append((task, True))
            stack += [
                (Goal(key, self._place(key, task.place)), False)
                for key in self._dependencies(task.key)
            ]

    def _dependencies(self, key: Key) -> Iterable[Key]:
        if key in self._given or key in self._held:
            return ()
        taken = self._tasks[key].dependencies
        if len(taken) < 2:
            return taken
        try:  # Neighbours after each other: they often share what they take.
            return sorted(taken, key=_index, reverse=True)
        except TypeError:
            return sorted(taken, key=str, reverse=True)

    def _add(self, task: Goal) -> None:
        """Add a task once all that it depends on have been added."""
        self.order.append(task)
        if task.key in self._given or task.key in self._held:
            return
        part = self.parts[task.place]
        node = part.tasks[task.key] = self._tasks[task.key]
        for key in node.dependencies:
            part.dependents.setdefault(key, []).append(task.key)
            made = self._place(key, task.place)
            if made != task.place:
                part.imports[key] = made
                takers = self.exports.setdefault(Goal(key, made), [])
                if task.place not in takers:
                    takers.append(task.place)


def _index(key: Key) -> tuple[Any, ...]:
    return key[1:] if isinstance(key, tuple) else ()
