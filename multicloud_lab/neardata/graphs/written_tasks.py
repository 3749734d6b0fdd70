"""What tasks that are written out one by one take: of dask's task classes, and of older tuples."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dask._task_spec import GraphNode, Task, TaskRef

_NAMES = (str, int, float)


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """Which values in the arguments of a task of the older form are keys.

    Parameters
    ----------
    lengths : mapping of hashable to int
        Of the keys of arrays whose tasks are not written out, by their first part.
    tasks : mapping of hashable to mapping
        The tasks that are, by the first part of their keys.
    """

    lengths: Mapping[Hashable, int]
    tasks: Mapping[Hashable, Mapping[Hashable, Any]]

    def __contains__(self, value: Any) -> bool:
        try:
            if type(value) is not tuple:
                return value in self.tasks.get(value, ())
            if self.lengths.get(value[0]) == len(value):
                return True
            return value in self.tasks.get(value[0], ())
        except TypeError:  # It holds something without a hash, and so it is no key.
            return False


def inputs_of(key: Hashable, task: Any, keys: KnownKeys) -> Collection[Hashable]:
    """List the keys that a task takes, each once.

    Parameters
    ----------
    key : hashable
        The task's own, which is none of its inputs.
    task : object
        Of any form that a graph may hold.
    keys : KnownKeys
        Of the graph; a task of the older form, a tuple of a function and its arguments, does not
        say which of them are.
    """
    if isinstance(task, GraphNode):
        return task.dependencies
    if isinstance(task, TaskRef):  # Also a future: under its own key, it is the result itself.
        return () if task.key == key else (task.key,)
    found: dict[Hashable, None] = {}
    values = [task]
    while values:
        value = values.pop()
        kind = type(value)
        if kind is tuple and value:
            if type(value[0]) is str and value in keys:
                found[value] = None
            elif callable(value[0]):
                values += value[1:]
            elif value in keys:
                found[value] = None
            else:
                values += value
        elif kind is list or kind is set or kind is frozenset:
            values += value
        elif kind is dict:
            values += value.values()
        elif isinstance(value, GraphNode):
            found.update(dict.fromkeys(value.dependencies))
        elif isinstance(value, TaskRef):
            found[value.key] = None
        elif isinstance(value, _NAMES):
            if value in keys:
                found[value] = None
        elif isinstance(value, tuple):  # One with names for its parts.
            values += value
    found.pop(key, None)
    return found


def is_future(task: Any) -> bool:
    """Say whether a task is a result that a cluster holds."""
    return isinstance(task, TaskRef) and hasattr(task, "client")


def futures_in(task: Any) -> Iterator[TaskRef]:
    """List the futures in the arguments of a task."""
    values = [task]
    while values:
        value = values.pop()
        if is_future(value):
            yield value
        elif isinstance(value, Task):
            values += (*value.args, *value.kwargs.values())
        elif isinstance(value, list | tuple | set | frozenset):
            values += value
        elif isinstance(value, dict):
            values += value.values()
