"""Opening a dataset on a cluster beside it, so that it is lazy here and read only there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

import xarray as xr

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.neardata.through_cluster import Passage

COORDINATE = 16_000_000
"""Bytes of the largest coordinate that comes home when a dataset is opened."""
_NOBODY = ("anon", "token")
"""Options that say who asks; the workers ask as themselves."""

Address: TypeAlias = Callable[[str, Mapping[str, Any]], tuple[str, dict[str, Any]]]
"""Gives the URL and the fsspec options to open instead of some."""


def open_there(
    opened: Callable[[Address], Any], client: Any, *, name: str, keep: Collection[str] = ()
) -> xr.Dataset:
    """Open a dataset through a cluster.

    Its metadata and the coordinates that are not large are brought here. All else is read where
    its graph runs, with the rights that the workers have; here it is refused.

    Parameters
    ----------
    opened : callable
        Opens the dataset at the addresses that it is given.
    client : distributed.Client
        Of a cluster beside the data.
    name : str
        What messages call the dataset.
    keep : collection of str
        Options that say who asks and that the workers are to use as well.

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    InvalidInputError
        It is no dataset of arrays, or in no object store.
    PermissionError
        The workers are refused as well; or whatever ``opened`` makes of that.
    """
    passages: list[Passage] = []

    def address(url: str, options: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        if "::" in url:
            raise InvalidInputError(
                f"{name} is at a chain of addresses, which cannot be opened through a cluster."
            )
        told = {key: value for key, value in options.items() if key in keep or key not in _NOBODY}
        passages.append(Passage(url, told, client))
        return passages[-1].address, {"passage": passages[-1].id}

    try:
        dataset = opened(address)
        if not isinstance(dataset, xr.Dataset):
            raise InvalidInputError(
                f"{name} is no dataset of arrays; through='cluster' opens Zarr and netCDF."
            )
        if not passages:
            raise InvalidInputError(f"{name} is not in an object store, so no cluster can open it.")
        for coordinate in dataset.coords.values():
            if coordinate.nbytes <= COORDINATE:
                coordinate.variable.load()
        dataset.encoding["source"] = f"{passages[0].protocol}://{passages[0].path}"
        return dataset
    finally:
        for passage in passages:
            passage.seal()
