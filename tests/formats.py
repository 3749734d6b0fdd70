"""One small dataset in every format that is opened by its URL, for the suites that open it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr


def small_dataset() -> xr.Dataset:
    """Six days of four numbers."""
    time = pd.date_range("2020-01-01", periods=6, name="time")
    values = np.arange(24.0).reshape(6, 4)
    return xr.Dataset({"t": (("time", "x"), values)}, {"time": time, "x": np.arange(4)})


def write_formats(data: xr.Dataset, root: Path) -> None:
    """Write it as Zarr 2 and 3, each with consolidated metadata and bare, and as netCDF 3 and 4;
    beside it a table as Parquet and CSV."""
    data.to_zarr(root / "v2.zarr", zarr_format=2, consolidated=True)
    data.to_zarr(root / "v3.zarr", zarr_format=3, consolidated=True)
    data.to_zarr(root / "bare2.zarr", zarr_format=2, consolidated=False)
    data.to_zarr(root / "bare3.zarr", zarr_format=3, consolidated=False)
    data.to_netcdf(root / "four.nc", engine="h5netcdf")
    data.to_netcdf(root / "three.nc", format="NETCDF3_64BIT", engine="scipy")
    frame = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    frame.to_parquet(root / "table.parquet")
    frame.to_csv(root / "table.csv", index=False)


def references(store: Path, base: str) -> dict[str, Any]:
    """Describe a Zarr store as kerchunk does: metadata inline, chunks by their address."""
    refs: dict[str, Any] = {}
    for path in sorted(p for p in store.rglob("*") if p.is_file()):
        key = path.relative_to(store).as_posix()
        if path.name.startswith(".z"):
            refs[key] = path.read_text()
        else:
            refs[key] = [f"{{{{u}}}}/{key}", 0, path.stat().st_size]
    return {"version": 1, "templates": {"u": base}, "refs": refs}
