"""Trees of xarray datasets, which are no dask collections: to datasets, and back to trees."""

from __future__ import annotations

import sys
from typing import Any


def as_datasets(value: Any) -> Any:
    """Give the datasets of a tree by their paths; anything else as it is."""
    if not _is_tree(value):
        return value
    return {path: node.to_dataset(inherit=False) for path, node in value.subtree_with_keys}


def as_tree(value: Any, computed: Any) -> Any:
    """Put together what became of the datasets of a tree; of anything else, what became of it.

    Parameters
    ----------
    value : object
        Which :func:`as_datasets` was given.
    computed : object
        What it gave, computed.
    """
    if not _is_tree(value):
        return computed
    datasets = {"/" if path == "." else path: each for path, each in computed.items()}
    return type(value).from_dict(datasets, name=value.name)


def _is_tree(value: Any) -> bool:
    xarray = sys.modules.get("xarray")  # Without it, nothing is one.
    return xarray is not None and isinstance(value, xarray.DataTree)
