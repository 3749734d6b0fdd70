"""What a lazy object is made of, in words: for a failure that says which layer has changed."""

from __future__ import annotations

from typing import Any

from dask.base import is_dask_collection
from dask.highlevelgraph import HighLevelGraph

from multicloud_lab.neardata.reading.sources import Sources, find_sources

_ENOUGH = 12


def assert_sources(lazy: Any, expected: Sources) -> None:
    """Assert what an object reads; a failure names the layers, and what each of them holds."""
    found = find_sources(lazy)
    assert found == expected, f"found {found}\nwanted {expected}\nin\n{told(lazy)}"


def told(lazy: Any) -> str:
    """List the layers of a lazy object, with the kinds of what their tasks hold."""
    if not is_dask_collection(lazy):
        return f"{type(lazy).__name__}, which is no dask collection"
    expression = getattr(lazy, "expr", None)
    if expression is not None and hasattr(expression, "lower_completely"):
        graph = expression.lower_completely().__dask_graph__()
    else:
        graph = lazy.__dask_graph__()
    layers = graph.layers if isinstance(graph, HighLevelGraph) else {"(no layers)": graph}
    return "\n".join(
        f"layer {name} ({_kind(layer)}): {_held(layer)}" for name, layer in layers.items()
    )


def _kind(layer: Any) -> str:
    return type(layer).__name__


def _held(layer: Any) -> str:
    kinds = dict.fromkeys(" > ".join(_chain(task)) for task in list(dict(layer).values())[:_ENOUGH])
    return ", ".join(kinds)


def _chain(value: Any) -> list[str]:
    """Name a value and what it wraps, as deep as that goes."""
    names: list[str] = []
    while value is not None and len(names) < _ENOUGH:
        kind = type(value)
        function = getattr(value, "func", None)
        names.append(f"{kind.__module__}.{kind.__name__}" + (f"[{function}]" if function else ""))
        inner = getattr(value, "array", None)
        value = inner if inner is not None else getattr(value, "_array", None)
    return names
