"""How much of an array tasks cut out of it with slices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from dask._task_spec import Task
from numpy.typing import NDArray

from multicloud_lab.neardata.graphs.task_graph import Floats

_INDICES = (int, np.integer, slice, np.ndarray, list, type(None))


def index_of(task: Any) -> Any:
    """Give the index that a task takes a part of an array by; ``...`` if it is none of these."""
    arguments = task.args if isinstance(task, Task) else task[1:]
    return arguments[1] if len(arguments) == 2 else ...


def is_of_elements(task: Any) -> bool:
    """Say whether a task takes elements of an array, and not a field of a structure."""
    index = index_of(task)
    return isinstance(index, _INDICES) or (
        isinstance(index, tuple) and all(isinstance(each, _INDICES) for each in index)
    )


def elements(tasks: Sequence[Any], shapes: Floats) -> Floats | None:
    """Count the elements that tasks take.

    Parameters
    ----------
    tasks : sequence
        That each take a part of an array, by slices.
    shapes : array of float
        Of those arrays, as rows.

    Returns
    -------
    array of float, or None
        ``None`` if one takes anything but slices that go forward.
    """
    indices = [index if type(index) is tuple else (index,) for index in map(index_of, tasks)]
    width = shapes.shape[1]
    if any(len(index) > width for index in indices):
        return None
    flat = [each for index in indices for each in (*index, *(_ALL,) * (width - len(index)))]
    if any(type(each) is not slice for each in flat):
        return None
    starts = _bounds([each.start for each in flat], shapes, 0.0)
    stops = _bounds([each.stop for each in flat], shapes, np.inf)
    steps = _bounds([each.step for each in flat], None, 1.0)
    if starts is None or stops is None or steps is None or (steps <= 0).any():
        return None
    taken = np.ceil((stops - starts) / steps).reshape(shapes.shape)
    return np.asarray(np.where(taken > 0, taken, 0.0).prod(axis=1), dtype=float)


_ALL = slice(None)


def _bounds(bounds: list[Any], shapes: Floats | None, without: float) -> NDArray[Any] | None:
    """Give bounds of slices as Python counts them, within the shapes."""
    try:
        values = np.array([without if bound is None else bound for bound in bounds], dtype=float)
    except (TypeError, ValueError):
        return None
    if shapes is None:
        return values
    extents = shapes.reshape(-1)
    return np.clip(np.where(values < 0, values + extents, values), 0.0, extents)
