"""Small stores of three regions on disk, whose paths tell the region."""

from __future__ import annotations

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

from multicloud_lab.neardata.lowering import lowered, tasks_of
from tests.neardata.computations import Data

dd: Any = dask.dataframe
REGIONS = ("store-aws", "store-gcp", "store-azure")


def write(directory: Path) -> Data:
    """Write the stores, and open them."""
    opened, raw, frames = [], [], []
    for number, region in enumerate(REGIONS):
        path = directory / region
        _write_dataset(path, number)
        opened.append(xr.open_zarr(path))
        raw.append(xr.open_zarr(path, mask_and_scale=False))
        frames.append(_write_frame(directory / f"{region}-frames", number))
    return Data(*opened, *raw[:2], *frames[:2])


def _write_dataset(path: Path, seed: int) -> None:
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
    encoding = {name: {"chunks": (12, 4, 6)} for name in values}
    encoding["packed"].update(packing)  # type: ignore[arg-type]
    dataset.to_zarr(path, encoding=encoding)


def _write_frame(path: Path, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"key": rng.integers(0, 12, 120), "x": rng.normal(size=120), "y": rng.normal(size=120)}
    )
    dd.from_pandas(frame, npartitions=4).to_parquet(path)
    return dd.read_parquet(path)


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
