"""Whatever Zarr group xarray writes, the structure is what xarray opens."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.structure.samples import assert_as_xarray, structure

DTYPES = ["i1", "u2", "i4", "i8", "f4", "f8", "?", "c16", "S3", "U4"]
SIZES = {"x": 6, "y": 4, "z": 1, "none": 0}


@st.composite
def variables(draw: st.DrawFn) -> tuple[xr.Variable, dict[str, Any]]:
    """A variable, and how it is encoded."""
    dims = tuple(draw(st.lists(st.sampled_from(sorted(SIZES)), unique=True, max_size=3)))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    values = np.zeros(tuple(SIZES[dim] for dim in dims), dtype)
    attributes: dict[str, Any] = draw(
        st.sampled_from([{}, {"units": "m"}, {"long_name": "A name"}, {"standard_name": "a"}])
    )
    encoding: dict[str, Any] = {}
    if dtype.kind == "f":
        encoding = draw(
            st.sampled_from(
                [
                    {},
                    {"_FillValue": -1.0},
                    {"dtype": "int16", "scale_factor": 0.5, "_FillValue": -9},
                    {"dtype": "uint8", "scale_factor": np.float32(0.1), "add_offset": 1.0},
                    {"dtype": "int32", "add_offset": 2.0},
                ]
            )
        )
    # xarray itself cannot decode no times at all of the year 1.
    if dtype.kind == "i" and values.size and draw(st.booleans()):
        attributes = draw(
            st.sampled_from(
                [
                    {"units": "hours since 1900-01-01"},
                    {"units": "days since 0001-01-01", "calendar": "360_day"},
                    {"units": "days since 0001-01-01", "calendar": "gregorian"},
                ]
            )
        )
    if draw(st.booleans()) and all(values.shape):
        encoding = {**encoding, "chunks": tuple(max(1, size // 2) for size in values.shape)}
    return xr.Variable(dims, values, attributes), encoding


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "x", "y"]), variables(), max_size=4),
    st.sampled_from([2, 3]),
    st.booleans(),
)
def test_random_groups(
    made: dict[str, tuple[xr.Variable, dict[str, Any]]], version: int, consolidated: bool
) -> None:
    kept = {
        name: (variable, encoding)
        for name, (variable, encoding) in made.items()
        # A variable named as a dimension is one, or xarray does not write it.
        if name not in SIZES or variable.dims == (name,)
    }
    dataset = xr.Dataset({name: variable for name, (variable, _) in kept.items()})
    encoding = {name: encoding for name, (_, encoding) in kept.items() if name in dataset}
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "random.zarr"
        dataset.to_zarr(
            path,
            zarr_format=version,
            consolidated=consolidated,
            encoding=encoding,
        )
        with xr.open_dataset(
            path, engine="zarr", chunks=None, consolidated=consolidated
        ) as expected:
            # Dates before 1582 are read as objects, and here all of a Gregorian calendar are.
            same = [str(n) for n, v in expected.variables.items() if _can_be_told(v)]
            found = structure(path)
            kept_variables = tuple(v for v in found.variables if v.name in same)
            names = {dim for v in kept_variables for dim in v.dims}
            told = found.model_copy(
                update={
                    "variables": kept_variables,
                    "dims": tuple(d for d in found.dims if d.name in names),
                }
            )
            others = [name for name in expected.variables if name not in same]
            assert_as_xarray(told, expected.drop_vars(others))


def _can_be_told(variable: xr.Variable) -> bool:
    return variable.encoding.get("calendar") != "gregorian"
