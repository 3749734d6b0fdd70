"""Small stores of three regions on disk, whose paths tell the region."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cloudpickle
import dask.dataframe
import numpy as np
import pandas as pd
import xarray as xr
from dask.typing import Key
from numcodecs import Base64

from multicloud_lab.neardata.graphs.lowering import lowered, tasks_of
from tests.neardata.computations import Data

dd: Any = dask.dataframe
open_zarr: Any = functools.partial(xr.open_zarr, consolidated=False)
REGIONS = ("store-aws", "store-gcp", "store-azure")


def write(directory: Path) -> Data:
    """Write the stores on disk, and open them."""
    return write_to([(str(directory), None)] * 3)


def write_to(folders: Sequence[tuple[str, dict[str, Any] | None]]) -> Data:
    """Write the stores of each region to a folder or URL with its storage options; open them."""
    opened, raw, frames = [], [], []
    for number, (region, (folder, options)) in enumerate(zip(REGIONS, folders, strict=True)):
        path = f"{folder}/{region}"
        _write_dataset(path, number, options)
        opened.append(open_zarr(path, storage_options=options))
        raw.append(open_zarr(path, mask_and_scale=False, storage_options=options))
        frames.append(_write_frame(f"{path}-frames", number, options))
    return Data(*opened, *raw[:2], *frames[:2])


def _write_dataset(path: str, seed: int, options: dict[str, Any] | None) -> None:
    rng = np.random.default_rng(seed)
    shape, dims = (48, 8, 12), ("time", "lat", "lon")
    missing = rng.random(shape) < 0.1
    values = {
        "packed": np.where(missing, np.nan, rng.normal(size=shape)),
        "t": rng.normal(size=shape).astype("f4"),
        "m": np.where(missing, np.nan, rng.normal(size=shape)),
        "n": rng.integers(0, 100, shape, dtype="i4"),
    }
    dataset = xr.Dataset(
        {name: (dims, each) for name, each in values.items()},
        coords={
            "time": pd.date_range("2000-01-01", periods=48, freq="6h"),
            "lat": np.linspace(-70, 70, 8),
            "lon": np.arange(0.0, 360, 30),
        },
    )
    packing = {"dtype": "int16", "scale_factor": 0.001, "add_offset": 0.5, "_FillValue": -32768}
    # As text: the GCS emulator takes a line's end off what ends with one.
    stored = {"chunks": (12, 4, 6), "compressors": [Base64()]}
    encoding: dict[str, dict[str, Any]] = {name: dict(stored) for name in values}
    encoding["packed"].update(packing)
    for name in dataset.coords:
        encoding[str(name)] = {"compressors": [Base64()]}
    dataset.to_zarr(
        path, encoding=encoding, storage_options=options, consolidated=False, zarr_format=2
    )


def _write_frame(path: str, seed: int, options: dict[str, Any] | None) -> Any:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"key": rng.integers(0, 12, 120), "x": rng.normal(size=120), "y": rng.normal(size=120)}
    )
    dd.from_pandas(frame, npartitions=4).to_parquet(path, storage_options=options)
    return dd.read_parquet(path, storage_options=options)


def by_source(collections: Sequence[Any]) -> Callable[[Key], int]:
    """Place every task where all that it depends on is read, at home where that is not one place.

    Places 1 to 3 are the regions; what reads nothing may run anywhere.
    """
    nodes = tasks_of([lowered(each) for each in collections]).nodes
    found: dict[Key, frozenset[int]] = {}

    def regions(key: Key) -> frozenset[int]:
        stack = [key]
        while stack:
            at = stack[-1]
            pending = [k for k in nodes[at].dependencies if k not in found and k in nodes]
            if pending:
                stack += pending
                continue
            stack.pop()
            if at not in found:
                taken = [found[k] for k in nodes[at].dependencies if k in found]
                found[at] = frozenset().union(*taken, _read_by(nodes[at]))
        return found[key]

    def place_of(key: Key) -> int:
        where = regions(key)
        return -1 if not where else next(iter(where)) if len(where) == 1 else 0

    return place_of


def _read_by(node: Any) -> frozenset[int]:
    try:
        text = pickle.dumps(node)
    except Exception:  # noqa: BLE001 - a function that only cloudpickle can write
        text = cloudpickle.dumps(node)
    return frozenset(n for n, region in enumerate(REGIONS, 1) if region.encode() in text)
