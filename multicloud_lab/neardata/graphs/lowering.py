"""From dask collections to their tasks, one by one, as they are placed and run."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import dask
from dask._expr import Expr
from dask._task_spec import GraphNode, TaskRef, convert_legacy_graph
from dask.core import flatten
from dask.highlevelgraph import HighLevelGraph
from dask.typing import Key
from distributed import Future

K = TypeVar("K")

EXPRESSIONS = threading.RLock()
"""Held while a table is optimised: of two threads that do so at once each may wait for the other,
since a ``cached_property`` of Python 3.11 has one lock for all objects of a class."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks of several collections.

    Parameters
    ----------
    nodes : dict of GraphNode
        By key. A persisted result is not among them.
    held : dict of Future
        The persisted results that tasks refer to, by key.
    annotations : dict of dict
        What ``dask.annotate`` said of tasks, by key; most have nothing.
    """

    nodes: dict[Key, GraphNode]
    held: dict[Key, Future[Any]]
    annotations: dict[Key, dict[str, Any]]


def lowered(collection: Any) -> Any:
    """Give a collection whose graph has the keys that will run.

    A dataframe is an expression, which is rewritten before it has tasks; everything else is given
    back as it is. Plan and run the same lowered collection. Shuffles go by tasks, which may be
    placed one by one, unless ``dataframe.shuffle.method`` is configured; also where that is
    ``p2p``, of which all tasks have to be on one cluster.

    Parameters
    ----------
    collection : dask collection
    """
    if not is_table(collection):
        return collection  # An array may be an expression, but its keys are those that it has.
    if dask.config.get("dataframe.shuffle.method", None) not in {None, "p2p"}:
        with EXPRESSIONS:
            return collection.optimize(fuse=False)
    with EXPRESSIONS, dask.config.set({"dataframe.shuffle.method": "tasks"}):
        return collection.optimize(fuse=False)


def is_table(collection: Any) -> bool:
    """Say whether a collection is an expression that is rewritten before it has tasks."""
    is_expression = isinstance(getattr(collection, "expr", None), Expr)
    return is_expression and not type(collection).__module__.startswith("dask.array.")


def keys_of(collection: Any) -> list[Key]:
    """List the keys of the results that a lowered collection consists of."""
    return list(flatten([collection.__dask_keys__()]))  # type: ignore[no-untyped-call]


def tasks_of(collections: Iterable[Any]) -> Tasks:
    """Write the graphs of lowered collections as tasks.

    Parameters
    ----------
    collections : iterable of dask collection
    """
    raw: dict[Key, Any] = {}
    annotations: dict[Key, dict[str, Any]] = {}
    for collection in collections:
        graph = collection.__dask_graph__()
        if isinstance(graph, HighLevelGraph):
            seen_annotations = [layer for layer in graph.layers.values() if layer.annotations]
            for layer in seen_annotations:
                _annotate(layer, annotations)
        raw.update(graph)
    nodes: dict[Key, GraphNode] = convert_legacy_graph(raw)
    held = {key: value for key, value in raw.items() if isinstance(value, Future)}
    for key, value in held.items():
        if value.key == key:
            nodes.pop(key, None)
    held = {future.key: future for future in held.values()}
    for node in nodes.values():
        for key in node.dependencies:
            if key not in nodes and key not in held:
                found = _future(node, key)
                if found is not None:
                    held[key] = found
    return Tasks(nodes, held, annotations)


def _annotate(layer: Any, annotations: dict[Key, dict[str, Any]]) -> None:
    for key in layer:
        said = {
            name: value(key) if callable(value) else value
            for name, value in layer.annotations.items()
        }
        annotations.setdefault(key, {}).update(said)


def _future(value: Any, key: Key) -> Future[Any] | None:
    """Find the persisted result of a key among what a task was given."""
    if isinstance(value, Future):
        return value if value.key == key else None
    inner: Iterable[Any] = ()
    if isinstance(value, GraphNode):
        inner = [
            *getattr(value, "args", ()),
            *getattr(value, "kwargs", {}).values(),
            getattr(value, "value", None),
        ]
    elif isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        inner = value
    elif isinstance(value, TaskRef):
        return None
    for item in inner:
        found = _future(item, key)
        if found is not None:
            return found
    return None


def finished(collection: Any, values: Mapping[Key, Any]) -> Any:
    """Put a collection's results together, as ``dask.compute`` does.

    Parameters
    ----------
    collection : dask collection
        Lowered.
    values : mapping
        The result of each of its keys.
    """
    finalize, arguments = collection.__dask_postcompute__()
    return finalize(_filled(collection.__dask_keys__(), values), *arguments)


def persisted(collection: Any, values: Mapping[Key, Any]) -> Any:
    """Make a collection of results that are there, as ``dask.persist`` does.

    Parameters
    ----------
    collection : dask collection
        Lowered.
    values : mapping
        For each of its keys the result, or the future that holds it.
    """
    rebuild, arguments = collection.__dask_postpersist__()
    return rebuild({key: values[key] for key in keys_of(collection)}, *arguments)


def _filled(keys: Any, values: Mapping[Key, Any]) -> Any:
    if isinstance(keys, list):
        return [_filled(key, values) for key in keys]
    return values[keys]


def by_kind(collections: Mapping[K, Any]) -> dict[K, Any]:
    """Put collections of one kind after each other, as arrays, or dataframes.

    dask (2026.8) optimises those of one kind together, and gives the results in the order of the
    kinds: of ``dask.compute(delayed, array, other_delayed)`` the last two are exchanged.
    """
    kinds: dict[Any, list[K]] = {}
    for key, collection in collections.items():
        is_expression = isinstance(getattr(collection, "expr", None), Expr)
        kind = None if is_expression else getattr(collection, "__dask_optimize__", None)
        kinds.setdefault(kind, []).append(key)
    return {key: collections[key] for keys in kinds.values() for key in keys}


def share_layers(one: Any, others: Sequence[Any]) -> bool:
    """Say whether a collection has layers in common with others: work to be done once."""
    mine = _layers(one)
    return any(not mine.isdisjoint(_layers(other)) for other in others)


def _layers(collection: Any) -> frozenset[str]:
    expression = getattr(collection, "expr", None)
    if isinstance(expression, Expr):
        return frozenset(each._name for each in expression.walk())
    graph = collection.__dask_graph__()
    return frozenset(graph.layers) if isinstance(graph, HighLevelGraph) else frozenset(graph)
