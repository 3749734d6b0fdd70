"""What writes is placed beside what it writes into: files and arrays of this process, here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dask
import dask.array
import dask.bag
import dask.dataframe
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from multicloud_lab.neardata.graphs.lowering import lowered
from multicloud_lab.neardata.graphs.task_graph import Source
from multicloud_lab.neardata.places import HOME, Place
from multicloud_lab.neardata.plans.numbering import task_graph
from multicloud_lab.neardata.plans.plan import Plan
from multicloud_lab.neardata.plans.planning import make_plan
from multicloud_lab.neardata.reading.sources import find_sources
from multicloud_lab.neardata.running.execution import RunPlace, run
from tests.neardata.places import AWS, GATEWAYS, quotes, sites

lazy: Any = dask
da: Any = dask.array
dd: Any = dask.dataframe
bag: Any = dask.bag

HERE = Source(here=True)


def ones() -> Any:
    return da.ones((4, 4), chunks=2)


def frame() -> Any:
    return dd.from_pandas(pd.DataFrame({"a": range(4)}), npartitions=2)


def stored(folder: Path, array: Any) -> Any:
    return da.store(array, np.zeros(array.shape), compute=False)


WRITERS: dict[str, tuple[Any, str]] = {
    "an array": (lambda folder: stored(folder, ones()), ""),
    "an array, optimised": (lambda folder: lazy.optimize(stored(folder, ones()))[0], ""),
    "an array, in a call": (lambda folder: lazy.delayed(len)(stored(folder, ones())), ""),
    "zarr": (lambda folder: ones().to_zarr(str(folder / "z"), compute=False), "z"),
    "xarray's zarr": (
        lambda folder: xr.Dataset({"a": (("x", "y"), ones())}).to_zarr(
            folder / "z", compute=False, consolidated=False
        ),
        "z",
    ),
    "netCDF": (
        lambda folder: xr.Dataset({"a": (("x", "y"), ones())}).to_netcdf(
            folder / "a.nc", compute=False, engine="h5netcdf"
        ),
        "a.nc",
    ),
    "Parquet": (lambda folder: frame().to_parquet(str(folder / "p"), compute=False), "p"),
    "CSV": (
        lambda folder: frame().to_csv(str(folder / "c.csv"), compute=False, single_file=True)[0],
        "c.csv",
    ),
    "text": (
        lambda folder: bag.from_sequence("ab", npartitions=1).to_textfiles(
            [str(folder / "t.txt")], compute=False
        )[0],
        "t.txt",
    ),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_what_writes_belongs_to_what_it_writes_into(tmp_path: Path, kind: str) -> None:
    make, name = WRITERS[kind]
    written = make(tmp_path)
    graph = task_graph([lowered(written)])
    expected = Source(urls=(f"file://{tmp_path / name}",)) if name else HERE
    assert set(graph.sources) == {expected}
    assert find_sources(written).urls == set(expected.urls)
    assert not np.isnan(graph.read_bytes).any(), "it is no reading of unknown size"


@pytest.fixture
def store(tmp_path: Path) -> xr.DataArray:
    """Data that stands for some in a bucket."""
    data = xr.Dataset({"x": (("time", "point"), np.random.default_rng(1).random((8, 100)))})
    data.chunk(time=2).to_zarr(tmp_path / "aws.zarr", zarr_format=2)
    opened: xr.DataArray = xr.open_zarr(tmp_path / "aws.zarr").x
    return opened


def planned(what: Any, only: Place | None = None) -> Plan:
    where = sites()
    return make_plan(
        {"x": lowered(what)}, type(where)(None, where.locate, where.beside, only=only), quotes
    )


@pytest.mark.parametrize("only", [None, Place(GATEWAYS["iowa"], "iowa")])
def test_an_array_of_this_process_is_filled_whatever_the_data_are_near(
    places: Sequence[RunPlace], store: xr.DataArray, only: Place | None
) -> None:
    target = np.zeros(100)
    writes = da.store(store.data.mean(axis=0), target, compute=False)
    plan = planned(writes, only)
    assert plan.objects[0].places[-1] == HOME
    assert plan.moves[0].amount.bytes == target.nbytes
    assert plan.assignment is not None
    run([writes], places[: len(plan.places)], [None], plan.assignment.place_of)
    np.testing.assert_array_equal(target, store.mean("time").to_numpy())


def test_what_is_written_beside_its_data_stays_there(store: xr.DataArray, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    writes = store.data.mean(axis=0).to_zarr(str(tmp_path / "out" / "aws.zarr"), compute=False)
    plan = planned(writes)
    assert [plan.places[place].region for place in plan.objects[0].places] == [AWS]
    assert [reading.url for reading in plan.readings] == [f"file://{tmp_path / 'aws.zarr'}"]
