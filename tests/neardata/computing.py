"""Compute a lazy object task by task, to see how large the result of each really is."""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from dask._task_spec import convert_legacy_graph
from dask.core import flatten


def results(lazy: Any) -> dict[Hashable, Any]:
    """Compute every task that an object needs, of its unoptimised graph."""
    tasks: dict[Hashable, Any] = convert_legacy_graph(dict(lazy.__dask_graph__()))
    done: dict[Hashable, Any] = {}
    stack = list(flatten(lazy.__dask_keys__()))  # type: ignore[no-untyped-call]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        while stack:
            key = stack[-1]
            missing = [need for need in tasks[key].dependencies if need not in done]
            if missing:
                stack += missing
                continue
            stack.pop()
            if key not in done:
                needs = tasks[key].dependencies
                done[key] = tasks[key]({need: done[need] for need in needs})
    return done


def nbytes(result: Any) -> float:
    """Count the bytes of the arrays in a result; NaN if there is something else in it."""
    if isinstance(result, np.ma.MaskedArray):
        mask = np.ma.getmask(result)
        return float(result.data.nbytes + (0 if mask is np.ma.nomask else mask.nbytes))
    if isinstance(result, np.ndarray | np.generic):
        return math.nan if result.dtype.hasobject else float(result.nbytes)
    if isinstance(result, Mapping):
        return float(sum(map(nbytes, result.values())))
    if isinstance(result, list | tuple):
        return float(sum(map(nbytes, result)))
    return math.nan
