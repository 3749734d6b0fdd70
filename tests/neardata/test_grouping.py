"""Which region an object is computed in, and what is said when there is not just one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dask
import fsspec
import numpy as np
import pytest
import xarray as xr

from multicloud_lab.errors import MixedRegionsError, RegionUnknownError
from multicloud_lab.neardata.plans.grouping import places
from multicloud_lab.records import Location
from multicloud_lab.regions import Region

delayed: Any = vars(dask)["delayed"]
AWS, GCP = Region("aws", "us-west-2"), Region("gcp", "us-central1")


@pytest.fixture
def opened(tmp_path: Path) -> dict[str, xr.DataArray]:
    """One variable in each of three stores."""
    made = {}
    for name in ("here", "aws", "gcp"):
        data = xr.Dataset({name: ("x", np.arange(6.0))})
        data.to_zarr(tmp_path / name, zarr_format=2)
        made[name] = xr.open_zarr(tmp_path / name)[name]
    return made


def locate(urls: Sequence[str]) -> list[Location]:
    known = {"aws": AWS, "gcp": GCP}
    return [Location(url=url, region=known.get(url.rpartition("/")[2])) for url in urls]


def test_each_object_has_the_region_of_its_sources(opened: dict[str, xr.DataArray]) -> None:
    objects = {
        "a": opened["aws"].mean(),
        "b": opened["gcp"] + 1,
        "c": opened["here"],
        "d": xr.DataArray(np.ones(3)).chunk(),
    }
    assert [place.region for place in places(objects, locate)] == [AWS, GCP, None, None]


def test_an_object_of_two_regions_is_refused_by_name(opened: dict[str, xr.DataArray]) -> None:
    with pytest.raises(MixedRegionsError) as caught:
        places({"the difference": (opened["aws"] - opened["gcp"]).mean()}, locate)
    for word in ("the difference", "aws:us-west-2", "gcp:us-central1", "mcl.compute"):
        assert word in str(caught.value)
    with pytest.raises(MixedRegionsError, match="this machine"):
        places({"x": opened["aws"] - opened["here"]}, locate)


def test_an_unknown_region_is_named_with_the_ways_out(opened: dict[str, xr.DataArray]) -> None:
    def nowhere(urls: Sequence[str]) -> list[Location]:
        return [Location(url=url) for url in urls]

    store = fsspec.filesystem("s3", anon=True).get_mapper("some-bucket/store")
    lazy: Any = delayed(len)(store)
    with pytest.raises(RegionUnknownError) as caught:
        places({"x": lazy}, nowhere)
    for word in ("s3://some-bucket/store", "near=", "regions"):
        assert word in str(caught.value)


def test_a_function_that_may_read_anything_is_refused() -> None:
    def read() -> int:
        return 1

    with pytest.raises(RegionUnknownError, match=r"function .*read.*near="):
        places({"x": delayed(read)()}, locate)
