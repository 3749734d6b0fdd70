"""Which tasks of one place can be sent there: those that wait for nothing still to be moved."""

from __future__ import annotations

from dask.typing import Key

from multicloud_lab.neardata.running.splitting import Part


class Readiness:
    """The tasks of a part, from when they are asked for until all that they take is on its way.

    Parameters
    ----------
    part : Part
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._claimed: set[Key] = set()
        self._there: set[Key] = set()
        self._waits: dict[Key, int] = {}

    def claim(self, key: Key) -> list[Key]:
        """Ask for a task, and give those that can be sent now, in order."""
        if key in self._claimed or key not in self._part.tasks:
            return []
        self._claimed.add(key)
        waits = sum(
            taken not in self._there
            for taken in self._part.tasks[key].dependencies
            if taken in self._part.imports or taken in self._part.tasks
        )
        if waits:
            self._waits[key] = waits
            return []
        return [key, *self.land(key)]

    def land(self, key: Key) -> list[Key]:
        """Note that a result is there or on its way, and give the tasks that can be sent now."""
        free: list[Key] = []
        pending = [key]
        while pending:
            key = pending.pop()
            self._there.add(key)
            for dependent in self._part.dependents.get(key, ()):
                if dependent in self._waits:
                    self._waits[dependent] -= 1
                    if not self._waits[dependent]:
                        del self._waits[dependent]
                        free.append(dependent)
                        pending.append(dependent)
        return free
