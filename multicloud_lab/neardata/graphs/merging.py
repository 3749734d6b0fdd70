"""The unoptimised graphs of several lazy objects as one, each shared layer once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from dask.base import is_dask_collection
from dask.blockwise import Blockwise
from dask.core import flatten
from dask.highlevelgraph import HighLevelGraph

Key: TypeAlias = Hashable

TASKS = "tasks"
"""Name of the layer that holds the tasks of graphs that have no layers."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Layers of tasks, and what is wanted of them.

    Parameters
    ----------
    layers : mapping of str to mapping
        Tasks by key, what consumes before what it consumes; a layer of dask's own is written out
        only if it must be.
    homes : mapping of str to str
        The layer of each name that keys are called by; one layer a name.
    wanted : tuple of list
        For each object, the keys whose results it consists of; none of an object that is not lazy.
    """

    layers: Mapping[str, Mapping[Key, Any]]
    homes: Mapping[Key, str]
    wanted: tuple[list[Key], ...]

    def written(self) -> Merged:
        """Give the same tasks as one layer."""
        tasks: dict[Key, Any] = {}
        for layer in self.layers.values():
            tasks.update(layer)
        return Merged({TASKS: tasks}, {named(key): TASKS for key in tasks}, self.wanted)


def merge(objects: Sequence[Any]) -> Merged:
    """Merge graphs without optimising or writing out any of their layers.

    Parameters
    ----------
    objects : sequence
        Dask collections and xarray objects. A graph without layers, as a dataframe's or an array's
        under ``array.query-planning``, is one layer of tasks.
    """
    layers: dict[str, Any] = {}
    dependencies: dict[str, set[str]] = {}
    tasks: dict[Key, Any] = {}
    wanted: list[list[Key]] = []
    for each in objects:
        if not is_dask_collection(each):
            wanted.append([])
            continue
        graph = each.__dask_graph__()
        keys: Any = each.__dask_keys__()
        wanted.append(list(flatten(keys)))  # type: ignore[no-untyped-call]
        if isinstance(graph, HighLevelGraph):
            layers.update(graph.layers)
            for name, needed in graph.dependencies.items():
                dependencies.setdefault(name, set()).update(needed)
        else:
            tasks.update(graph)
    ordered = {name: layers[name] for name in _consumers_first(dependencies)}
    if tasks:
        ordered[TASKS] = tasks
    homes: dict[Key, str] = {}
    apart = True
    for name, layer in ordered.items():
        names = {layer.output} if isinstance(layer, Blockwise) else set(map(named, layer))
        for shared in homes.keys() & names:
            # A key that several layers hold, as one index that several selections share, is taken
            # from the last, which comes after all that consume it. A part of an array is not.
            apart = apart and shared in layer and shared in layers[homes[shared]]
        homes.update(dict.fromkeys(names, name))
    merged = Merged(ordered, homes, tuple(wanted))
    return merged if apart else merged.written()


def named(key: Key) -> Key:
    """Give what a key is called by: the name of an array or dataframe, or the key itself."""
    return key[0] if type(key) is tuple and key else key


def _consumers_first(dependencies: Mapping[str, set[str]]) -> list[str]:
    """Sort layers so that each comes before those that it takes results of."""
    consumers = dict.fromkeys(dependencies, 0)
    for needed in dependencies.values():
        for name in needed:
            consumers[name] += 1
    ready = [name for name, count in consumers.items() if not count]
    order: list[str] = []
    while ready:
        order.append(ready.pop())
        for name in dependencies[order[-1]]:
            consumers[name] -= 1
            if not consumers[name]:
                ready.append(name)
    return order
