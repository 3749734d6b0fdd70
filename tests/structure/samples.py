"""Data of each format, made by the libraries that write it, and what xarray makes of them."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cftime
import fsspec
import numpy as np
import pandas as pd
import xarray as xr
from fsspec.implementations.reference import LazyReferenceMapper
from kerchunk.hdf import SingleHdf5ToZarr

from multicloud_lab import records as r
from multicloud_lab.structure import read_structure


def structure(
    url: str | Path,
    word: str = "",
    *,
    deadline: float = 60,
    allowed: Callable[[str], bool] = lambda url: True,
    **options: Any,
) -> r.Structure:
    """Read a structure, of an address that the administrator named."""
    return read_structure(
        str(url), word, dataset="lab/x", options=options, deadline=deadline, allowed=allowed
    )


def dataset() -> xr.Dataset:
    """Every kind of variable that CF encoding makes something else of."""
    random = np.random.default_rng(7)
    time = pd.date_range("2000-01-01", periods=100, unit="ns")
    made = xr.Dataset(
        {
            "air": (
                ("time", "x"),
                random.random((100, 50)).astype("f4"),
                {"long_name": "Air temperature", "units": "K"},
            ),
            "packed": (("time", "x"), random.random((100, 50))),
            "count": (("time",), np.arange(100)),
            "flag": (("x",), np.arange(50) % 2 == 0),
            "text": (("x",), np.array([f"s{i}" * i for i in range(50)], dtype=object)),
            "scalar": ((), 5.0),
            "step": (("x",), np.arange(50).astype("timedelta64[h]").astype("timedelta64[ns]")),
            "tiny": (("x",), np.arange(50, dtype="i1")),
        },
        {
            "time": time,
            "x": np.arange(50.0),
            "lat": (("x",), np.arange(50.0), {"standard_name": "latitude"}),
            "model": (
                "model",
                cftime.num2date(
                    np.arange(10), "days since 1920-01-01", calendar="noleap", has_year_zero=True
                ),
            ),
            "old": ("time", time),
        },
        {"title": "A title", "Conventions": "CF-1.8"},
    )
    made["packed"].encoding = {
        "dtype": "int16",
        "scale_factor": 0.01,
        "add_offset": 3.0,
        "_FillValue": -9999,
    }
    made["old"].encoding = {"units": "days since 0001-01-01", "calendar": "standard"}
    return made


def write_zarr(path: Path, version: int, *, consolidated: bool) -> xr.Dataset:
    """Write the dataset as Zarr, with an empty array, bytes and fixed text, and give it back."""
    made = dataset()
    made["fixed"] = ("x", np.array([f"s{i}" for i in range(50)]))
    made["empty"] = ("z", np.zeros(0))
    encoding: dict[str, Any] = {"air": {"chunks": (10, 25)}}
    if version == 3:
        encoding["air"]["shards"] = (50, 50)
    made.to_zarr(path, zarr_format=version, consolidated=consolidated, encoding=encoding)
    return xr.open_dataset(path, engine="zarr", chunks=None, consolidated=consolidated)


def write_netcdf4(path: Path) -> xr.Dataset:
    """Write the dataset as netCDF-4, with bytes of a fixed length."""
    made = dataset()
    made["letters"] = ("x", np.array([b"abc"] * 50))
    encoding = {"air": {"chunksizes": (10, 25), "zlib": True}}
    made.to_netcdf(path, engine="h5netcdf", encoding=encoding)
    return xr.open_dataset(path, engine="h5netcdf")


def write_netcdf3(path: Path, kind: str) -> xr.Dataset:
    """Write the dataset as netCDF-3, time its records."""
    dataset().to_netcdf(path, engine="netcdf4", format=kind, unlimited_dims=["time"])  # type: ignore[call-overload]
    opened: xr.Dataset = xr.open_dataset(path, engine="netcdf4")
    return opened


def references(path: Path) -> dict[str, Any]:
    """Give kerchunk's references to a netCDF-4 file, small chunks inline."""
    # kerchunk waits for Zarr's thread with h5py's lock held: what that thread collects must not be
    # an object of h5py, or both wait for ever.
    gc.collect()
    gc.disable()
    try:
        made: dict[str, Any] = SingleHdf5ToZarr(str(path), inline_threshold=100).translate()
    finally:
        gc.enable()
    return made


def write_reference_json(path: Path) -> xr.Dataset:
    """Write references to a netCDF-4 file beside them."""
    source = path.with_suffix(".nc")
    write_netcdf4(source).close()
    path.write_text(json.dumps(references(source)))
    return xr.open_dataset(str(path), engine="kerchunk")


def write_reference_tables(path: Path) -> xr.Dataset:
    """Write references to a netCDF-4 file as Parquet tables, five references each."""
    source = path.with_suffix(".nc")
    write_netcdf4(source).close()
    found = references(source)["refs"]
    tables = LazyReferenceMapper.create(
        str(path), fs=fsspec.filesystem("file"), record_size=5, engine="pyarrow"
    )
    for is_metadata in (True, False):
        for key, value in found.items():
            if key.rpartition("/")[2].startswith(".z") is is_metadata:
                tables[key] = value
    tables.flush()
    inline = path.with_suffix(".json")
    inline.write_text(json.dumps({"version": 1, "refs": found}))
    return xr.open_dataset(str(inline), engine="kerchunk")


def table() -> pd.DataFrame:
    """A table with a column of each kind that pandas and Arrow see differently."""
    return pd.DataFrame(
        {
            "whole": np.arange(1000),
            "text": ["x"] * 1000,
            "when": pd.date_range("2000", periods=1000, tz="UTC", unit="us"),
            "kind": pd.Categorical(["u", "v"] * 500),
            "maybe": pd.array([1, None] * 500, dtype="Int64"),
            "several": [[1, 2]] * 1000,
            "part.dot": np.random.default_rng(1).random(1000).astype("f4"),
        },
        index=pd.Index(np.arange(1000) * 2, name="station"),
    )


def assert_as_xarray(found: r.Structure, expected: xr.Dataset, group: str = "") -> None:
    """Check every variable against what xarray opens."""
    prefix = f"{group}/" if group else ""
    variables = {v.name: v for v in found.variables if v.name.rpartition("/")[0] == group}
    assert variables.keys() == {f"{prefix}{name}" for name in expected.variables}
    for name, variable in expected.variables.items():
        one = variables[f"{prefix}{name}"]
        assert one.shape == variable.shape, name
        assert one.coordinate == (name in expected.coords), name
        encoding = variable.encoding
        chunks = encoding.get("chunks") or encoding.get("chunksizes") or None
        assert (one.chunks or None) == (chunks and tuple(chunks)[: variable.ndim]), name
        assert one.shards == encoding.get("shards"), name
        if one.dtype == "str":  # xarray reads text to know how it will hold it
            assert variable.dtype.kind in "OTU", name
            assert one.bytes is None
        else:
            assert one.dtype == str(variable.dtype), name
            assert one.bytes == (None if variable.dtype.kind == "O" else variable.nbytes), name
        assert one.title == str(
            variable.attrs.get("long_name") or variable.attrs.get("standard_name") or ""
        )
    if not group:
        assert {d.name: d.size for d in found.dims} == dict(expected.sizes)
