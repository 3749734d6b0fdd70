"""How far a run is, by place: told by the run, read by whoever shows it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from dask.utils import format_bytes


class Progress:
    """How many tasks are done, of how many, in each place; and what has moved between them.

    The run tells it as things happen. Of a collection that a cluster computes by dask's own ways
    the scheduler tells, twice a second, and only if this is asked for.
    """

    def __init__(self) -> None:
        self._where: Sequence[str] = ()
        self._parts: dict[object, tuple[int, float, float]] = {}
        self._moved = 0
        self._lock = threading.Lock()

    def begin(self, where: Sequence[str]) -> None:
        """Note the places, in words."""
        self._where = where

    def set(self, part: object, place: int, done: float, tasks: float) -> None:
        """Note how far a part of the work is.

        Parameters
        ----------
        part : hashable
            Any name for it.
        place : int
        done, tasks : float
            How many tasks are done, of how many.
        """
        with self._lock:
            self._parts[part] = (place, done, tasks)

    def move(self, nbytes: int) -> None:
        """Note that bytes have crossed a border."""
        with self._lock:
            self._moved += nbytes

    @property
    def moved(self) -> int:
        """Bytes that have crossed a border."""
        return self._moved

    def places(self) -> dict[str, tuple[int, int]]:
        """Give the tasks that are done, and how many there are, in each place."""
        with self._lock:
            parts = list(self._parts.values())
        found: dict[str, tuple[int, int]] = {}
        for number, where in enumerate(self._where):
            mine = [(done, tasks) for place, done, tasks in parts if place == number]
            if mine:
                done, tasks = (sum(each) for each in zip(*mine, strict=True))
                found[where] = (int(done), int(tasks))
        return found

    def __str__(self) -> str:
        places = [
            f"{where}: {done:,} of {tasks:,} tasks"
            for where, (done, tasks) in self.places().items()
            if tasks
        ]
        return " · ".join([*places, f"{format_bytes(self._moved)} moved"])
