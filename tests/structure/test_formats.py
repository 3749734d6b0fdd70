"""Each format's structure against what xarray, pandas and pyarrow themselves make of the data."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import zarr

from multicloud_lab import records as r
from multicloud_lab.structure.formats.parquet import MAX_FOOTERS
from tests.structure import samples
from tests.structure.samples import assert_as_xarray, structure

WRITERS: dict[str, tuple[str, Callable[[Path], xr.Dataset], str]] = {
    f"zarr v{version}{' consolidated' * consolidated}": (
        "data.zarr",
        partial(samples.write_zarr, version=version, consolidated=consolidated),
        f"zarr v{version}",
    )
    for version in (2, 3)
    for consolidated in (True, False)
}
WRITERS |= {
    "netcdf-4": ("data.nc", samples.write_netcdf4, "netcdf-4"),
    "netcdf-3 classic": (
        "data.nc",
        partial(samples.write_netcdf3, kind="NETCDF3_CLASSIC"),
        "netcdf-3 classic",
    ),
    "netcdf-3 64-bit": (
        "data.nc",
        partial(samples.write_netcdf3, kind="NETCDF3_64BIT"),
        "netcdf-3 64-bit offset",
    ),
    "netcdf-5": (
        "data.nc",
        partial(samples.write_netcdf3, kind="NETCDF3_64BIT_DATA"),
        "netcdf-3 64-bit data",
    ),
    "kerchunk json": ("data.json", samples.write_reference_json, "kerchunk (zarr v2)"),
    "kerchunk tables": ("data.parq", samples.write_reference_tables, "kerchunk (zarr v2)"),
}


def size_on_disk(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


@pytest.mark.parametrize("name", WRITERS)
def test_variables_are_as_xarray_opens_them(name: str, tmp_path: Path) -> None:
    file, write, told = WRITERS[name]
    with write(tmp_path / file) as expected:
        found = structure(tmp_path / file)
        assert_as_xarray(found, expected)
    assert found.format == told
    assert found.dataset == "lab/x"
    assert found.attributes["title"] == "A title"
    by_name = {variable.name: variable for variable in found.variables}
    assert by_name["packed"].stored_dtype in ("int16", ">i2")
    assert by_name["model"].units.endswith("(noleap)")
    assert by_name["old"].dtype == "datetime64[ns]"
    assert "model" in found.detail  # the size of such dates in memory is not told


def test_zarr_sizes_are_those_of_its_files(tmp_path: Path) -> None:
    path = tmp_path / "data.zarr"
    samples.write_zarr(path, 3, consolidated=True).close()
    found = structure(path)
    assert found.stored_bytes == size_on_disk(path)
    for variable in found.variables:
        assert variable.stored_bytes == size_on_disk(path / variable.name / "c") + (
            (path / variable.name / "c").stat().st_size
            if (path / variable.name / "c").is_file()
            else 0
        )


def test_netcdf_sizes_are_those_of_hdf5(tmp_path: Path) -> None:
    path = tmp_path / "data.nc"
    samples.write_netcdf4(path).close()
    found = structure(path)
    assert found.stored_bytes == path.stat().st_size
    by_name = {variable.name: variable for variable in found.variables}
    air = by_name["air"]
    assert air.stored_bytes is not None
    assert air.bytes is not None
    assert 0 < air.stored_bytes < air.bytes  # it is compressed
    assert by_name["x"].stored_bytes == 50 * 8


def test_kerchunk_sizes_are_those_of_its_references(tmp_path: Path) -> None:
    samples.write_reference_json(tmp_path / "a.json").close()
    samples.write_reference_tables(tmp_path / "b.parq").close()
    refs = json.loads((tmp_path / "a.json").read_text())["refs"]
    air = sum(v[2] for k, v in refs.items() if k.startswith("air/") and isinstance(v, list))
    for path in ("a.json", "b.parq"):
        found = structure(tmp_path / path)
        assert {v.name: v.stored_bytes for v in found.variables}["air"] == air
        assert found.stored_bytes == sum(v.stored_bytes or 0 for v in found.variables)


def test_a_reference_file_behind_an_address_of_references(tmp_path: Path) -> None:
    samples.write_reference_json(tmp_path / "a.json").close()
    found = structure("reference://", "zarr", fo=str(tmp_path / "a.json"), remote_protocol="file")
    assert found.format == "kerchunk (zarr v2)"


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("consolidated", [True, False])
def test_a_hierarchy_of_zarr(version: int, consolidated: bool, tmp_path: Path) -> None:
    path = tmp_path / "tree.zarr"
    made = tree()
    made.to_zarr(path, zarr_format=version, consolidated=consolidated)
    assert_hierarchy(structure(path), made)


def test_a_hierarchy_of_netcdf(tmp_path: Path) -> None:
    made = tree()
    made.to_netcdf(tmp_path / "tree.nc", engine="h5netcdf")
    assert_hierarchy(structure(tmp_path / "tree.nc"), made)


def tree() -> xr.DataTree:
    root = samples.dataset()[["air", "packed"]]
    return xr.DataTree.from_dict(
        {
            "/": root,
            "/one": xr.Dataset({"q": (("x",), np.zeros(50))}),
            "/one/deep": xr.Dataset({"q": (("y",), np.zeros(3, "f4"))}),
            "/two": xr.Dataset({"q": (("y",), np.zeros(4))}),
        }
    )


def assert_hierarchy(found: r.Structure, made: xr.DataTree) -> None:
    assert found.groups == ("one", "one/deep", "two")
    shapes = {v.name: (v.dims, v.shape, v.dtype) for v in found.variables}
    assert shapes["one/q"] == (("x",), (50,), "float64")
    assert shapes["one/deep/q"] == (("y",), (3,), "float32")
    assert shapes["two/q"] == (("two/y",), (4,), "float64")  # another y than above
    sizes = {dim.name: dim.size for dim in found.dims}
    assert sizes == {**dict(made.to_dataset().sizes), "y": 3, "two/y": 4}


def test_a_group_without_arrays(tmp_path: Path) -> None:
    zarr.open_group(tmp_path / "empty.zarr", mode="w", attributes={"note": "nothing yet"})
    found = structure(tmp_path / "empty.zarr")
    assert (found.dims, found.variables, found.bytes) == ((), (), 0)
    assert found.attributes == {"note": "nothing yet"}


@pytest.mark.parametrize("version", [2, 3])
def test_an_array_without_names_of_dimensions(version: Literal[2, 3], tmp_path: Path) -> None:
    zarr.create_array(
        tmp_path / "bare.zarr", shape=(4, 6), chunks=(2, 6), dtype="i4", zarr_format=version
    )[:] = 1
    found = structure(tmp_path / "bare.zarr")
    (variable,) = found.variables
    assert variable.name == "bare"
    assert (variable.shape, variable.chunks, variable.stored_dtype) == ((4, 6), (2, 6), "int32")
    assert variable.stored_bytes
    assert "no names of dimensions" in found.detail


def test_an_array_packed_by_a_codec_that_is_not_installed(tmp_path: Path) -> None:
    samples.write_zarr(tmp_path / "data.zarr", 2, consolidated=False).close()
    file = tmp_path / "data.zarr" / "air" / ".zarray"
    metadata = json.loads(file.read_text())
    file.write_text(json.dumps({**metadata, "compressor": {"id": "nobody-has-this"}}))
    names = {variable.name for variable in structure(tmp_path / "data.zarr").variables}
    assert "air" in names


def test_a_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "one.parquet"
    samples.table().to_parquet(path, row_group_size=300)
    found = structure(path)
    expected = pd.read_parquet(path).reset_index()
    assert {v.name: v.dtype for v in found.variables} == {
        str(name): str(dtype) for name, dtype in expected.dtypes.items()
    }
    assert {d.name: d.size for d in found.dims} == {"row": 1000}
    by_name = {variable.name: variable for variable in found.variables}
    assert by_name["whole"].chunks == (300,)
    assert by_name["whole"].bytes == 8000
    assert by_name["part.dot"].stored_dtype == "float"
    assert by_name["several"].stored_dtype.startswith("list")
    assert found.stored_bytes == path.stat().st_size
    stored = [variable.stored_bytes for variable in found.variables]
    assert all(stored)
    assert sum(size or 0 for size in stored) < path.stat().st_size


def test_a_directory_of_parquet_files(tmp_path: Path) -> None:
    samples.table().to_parquet(tmp_path / "hive", partition_cols=["kind"])
    found = structure(tmp_path / "hive", "parquet")
    assert {d.name: d.size for d in found.dims} == {"row": 1000}
    assert {v.name: v.dtype for v in found.variables}["kind"] == "category"
    assert found.stored_bytes == size_on_disk(tmp_path / "hive")


def test_many_parquet_files_are_told_in_part(tmp_path: Path) -> None:
    (tmp_path / "many.parquet").mkdir()
    for number in range(MAX_FOOTERS + 6):
        samples.table().to_parquet(tmp_path / "many.parquet" / f"part.{number}.parquet")
    found = structure(tmp_path / "many.parquet")
    assert found.dims == ()
    assert found.bytes is None
    assert f"{MAX_FOOTERS} of {MAX_FOOTERS + 6} files" in found.detail
    assert found.stored_bytes == size_on_disk(tmp_path / "many.parquet")
