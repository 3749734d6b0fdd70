"""What tasks that are written out one by one take: of dask's task classes, and of older tuples."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from typing import Any, TypeAlias

from dask._task_spec import GraphNode, TaskRef

IsKey: TypeAlias = Callable[[Hashable], bool]

_NAMES = (str, int, float)


def inputs_of(key: Hashable, task: Any, is_key: IsKey) -> Collection[Hashable]:
    """List the keys that a task takes, each once.

    Parameters
    ----------
    key : hashable
        The task's own, which is none of its inputs.
    task : object
        Of any form that a graph may hold.
    is_key : callable
        Says whether a value is a key of the graph; a task of the older form, a tuple of a function
        and its arguments, does not say which of them are.
    """
    if isinstance(task, GraphNode):
        return task.dependencies
    if isinstance(task, TaskRef):  # Also a future: under its own key, it is the result itself.
        return () if task.key == key else (task.key,)
    found: dict[Hashable, None] = {}
    _look(task, is_key, found)
    found.pop(key, None)
    return found


def is_future(task: Any) -> bool:
    """Say whether a task is a result that a cluster holds."""
    return hasattr(task, "client") and hasattr(task, "status") and hasattr(task, "key")


def _look(value: Any, is_key: IsKey, found: dict[Hashable, None]) -> None:
    """Note the keys in an argument, however deep."""
    kind = type(value)
    if kind is tuple:
        if not value:
            return
        if callable(value[0]):
            for each in value[1:]:
                _look(each, is_key, found)
            return
        if _is_known(value, is_key):
            found[value] = None
            return
        for each in value:
            _look(each, is_key, found)
    elif kind is list or kind is set or kind is frozenset:
        for each in value:
            _look(each, is_key, found)
    elif kind is dict:
        for each in value.values():
            _look(each, is_key, found)
    elif isinstance(value, GraphNode):
        found.update(dict.fromkeys(value.dependencies))
    elif isinstance(value, TaskRef):
        found[value.key] = None
    elif isinstance(value, _NAMES):
        if is_key(value):
            found[value] = None
    elif isinstance(value, tuple):  # One with names for its parts.
        for each in value:
            _look(each, is_key, found)


def _is_known(value: tuple[Any, ...], is_key: IsKey) -> bool:
    try:
        return is_key(value)
    except TypeError:  # It holds something without a hash, and so it is no key.
        return False
