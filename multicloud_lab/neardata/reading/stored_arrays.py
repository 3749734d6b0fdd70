"""How arrays are laid out in their stores: chunks, shards, and the size of an element there."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from multicloud_lab.neardata.reading import references, sampled_sizes


@dataclass(frozen=True, slots=True)
class StoredArray:
    """An array in a store.

    Parameters
    ----------
    shape : tuple of int
    units : tuple of int
        Extents of what is read whole: of a chunk, also of one inside of a shard.
    shards : tuple of int
        Extents of a shard; zeros if there are none.
    element_bytes : float
        Stored bytes of one element, on average; NaN if not known.
    certain : bool
        Whether that is known or was sampled.
    padded : bool
        Whether the last chunk along an axis is stored as large as the others.
    index_bytes : float
        Of the index that is read of each shard.
    """

    shape: tuple[int, ...]
    units: tuple[int, ...]
    shards: tuple[int, ...]
    element_bytes: float
    certain: bool
    padded: bool = False
    index_bytes: float = 0.0


def stored_array(leaf: Any) -> StoredArray | None:
    """Describe an array of zarr, HDF5 or netCDF; ``None`` for anything else.

    Parameters
    ----------
    leaf : object
        ``zarr.Array``, ``h5py.Dataset``, ``netCDF4.Variable``, or what xarray reads them with.
    """
    for name, describe in _KINDS.items():
        if any(
            f"{c.__module__.partition('.')[0]}.{c.__name__}" == name for c in type(leaf).__mro__
        ):
            return describe(leaf)
    return None


def _zarr(array: Any) -> StoredArray | None:
    shape = tuple(array.shape)
    try:
        chunks, shards = tuple(array.chunks), array.shards
    except (AttributeError, NotImplementedError):
        return None  # Its chunks are not all of one shape.
    units = tuple(max(1, extent) for extent in chunks)
    sampled = sampled_sizes.known(array)
    decoded = math.nan if array.dtype.kind == "O" else float(array.dtype.itemsize)
    plain = not array.compressors and not array.filters and array.dtype.kind != "O"
    listed = None if plain else references.element_bytes(array)
    return StoredArray(
        shape=shape,
        units=units,
        shards=tuple(shards or (0,) * len(shape)),
        element_bytes=decoded if plain else _first(listed, sampled, decoded),
        certain=plain or listed is not None or sampled is not None,
        padded=plain,
        # Offset and length of each chunk, and a checksum.
        index_bytes=16.0 * math.prod(s // u for s, u in zip(shards, units, strict=True)) + 4
        if shards
        else 0.0,
    )


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _hdf5(dataset: Any, ratio: float | None = None) -> StoredArray:
    """Describe a dataset of HDF5; its storage is only asked for in a file of this machine."""
    plain = (
        not (dataset.compression or dataset.scaleoffset)
        and not dataset.id.get_create_plist().get_nfilters()
    )
    return _described(dataset.shape, dataset.chunks, dataset.dtype, plain, ratio)


def _netcdf4(variable: Any, ratio: float | None = None) -> StoredArray:
    chunking = variable.chunking()
    plain = not any((variable.filters() or {}).get(name) for name in _COMPRESSIONS)
    dtype = np.dtype(object if variable.dtype is str else variable.dtype)
    chunks = None if chunking == "contiguous" else chunking
    return _described(variable.shape, chunks, dtype, plain, ratio)


_COMPRESSIONS = ("zlib", "szip", "zstd", "bzip2", "blosc")


def _described(
    shape: Sequence[int],
    chunks: Sequence[int] | None,
    dtype: np.dtype[Any],
    plain: bool,
    ratio: float | None,
) -> StoredArray:
    """Describe an array of a file; what is contiguous is read element by element."""
    units = tuple(max(1, int(extent)) for extent in chunks or (1,) * len(shape))
    decoded = math.nan if dtype.kind == "O" else float(dtype.itemsize)
    return StoredArray(
        shape=tuple(shape),
        units=units,
        shards=(0,) * len(units),
        element_bytes=decoded if plain or ratio is None else decoded * ratio,
        certain=plain or ratio is not None,
        padded=plain,
    )


def _backend(array: Any) -> StoredArray | None:
    """Look at the variable that one of xarray's readers of netCDF has open."""
    manager = getattr(array.datastore, "_manager", None)
    cached = getattr(manager, "_cache", None)
    if cached is not None and getattr(manager, "_key", None) not in cached:
        return None  # The file would have to be opened again.
    if cached is None and getattr(manager, "_file", manager) is None:
        return None
    try:
        variable = array.get_array()
        ratio = _ratio(manager, array.datastore)
    except Exception:  # noqa: BLE001 - a file that cannot be looked into now; its size is unknown
        return None
    if hasattr(variable, "_h5ds"):
        return _hdf5(variable._h5ds, ratio)
    return _netcdf4(variable, ratio)


def _ratio(manager: Any, datastore: Any) -> float | None:
    """Compare the size of a file, which opening it has told, with that of all that is in it."""
    opened = (getattr(manager, "_args", None) or (None,))[0]
    if isinstance(opened, str):
        size = Path(opened).stat().st_size if Path(opened).is_file() else None
    else:
        size = getattr(opened, "size", None)
    variables = datastore._acquire(False).variables.values()
    decoded = sum(
        math.prod(each.shape) * np.dtype(each.dtype).itemsize
        for each in variables
        if each.dtype is not str
    )
    return min(1.0, size / decoded) if isinstance(size, int) and decoded else None


_KINDS: dict[str, Callable[[Any], StoredArray | None]] = {
    "zarr.Array": _zarr,
    "h5py.Dataset": _hdf5,
    "netCDF4.Variable": _netcdf4,
    "xarray.BaseNetCDF4Array": _backend,
}
