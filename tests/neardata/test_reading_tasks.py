"""Which tasks read: those that take a region of what a store holds, with its stored bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import numpy as np
import pytest
import xarray as xr
import zarr
from dask.delayed import delayed as _delayed

from multicloud_lab.neardata.graphs.task_graph import TaskGraph
from multicloud_lab.neardata.plans.numbering import task_graph
from tests.neardata.computing import nbytes, results
from tests.neardata.expressions import da, db

delayed: Any = _delayed


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Write 100 days on a grid, in uncompressed chunks of 7 days, packed in int16."""
    data = xr.Dataset(
        {"tp": (("time", "lat", "lon"), np.arange(100.0 * 6 * 8).reshape(100, 6, 8) / 10)},
        {"time": np.arange(100), "lat": np.arange(6.0), "lon": np.arange(8.0)},
    )
    encoding = {
        "chunks": (7, 6, 4), "dtype": "int16", "scale_factor": 0.1, "_FillValue": -1,
        "compressors": None,
    }  # fmt: skip
    data.to_zarr(tmp_path / "tp.zarr", encoding={"tp": encoding}, consolidated=False)
    return tmp_path / "tp.zarr"


def opened(store: Path, **kwargs: Any) -> xr.Dataset:
    """Open the dataset with dask."""
    return xr.open_dataset(store, engine="zarr", chunks={}, consolidated=False, **kwargs)


def reading(graph: TaskGraph) -> dict[str, list[float]]:
    """Give the bytes that each layer's tasks read, of those that read."""
    layers: dict[str, list[float]] = {}
    for task in np.flatnonzero(graph.source >= 0):
        name = graph.layer_of(int(task)).name.rpartition("-")[0]
        layers.setdefault(name, []).append(float(graph.read_bytes[task]))
    return layers


CHUNK = 7 * 6 * 4 * 2.0  # bytes stored


def test_those_that_take_a_region_read_and_the_one_that_holds_the_store_does_not(
    store: Path,
) -> None:
    graph = task_graph([opened(store).tp])
    assert [source.urls for source in graph.sources] == [(f"file://{store}/tp",)] or [
        source.urls for source in graph.sources
    ] == [(f"file://{store}",)]
    read = reading(graph)
    assert sorted(read) == ["open_dataset-tp", "original-open_dataset-tp"]
    assert read["original-open_dataset-tp"] == [0.0]
    assert read["open_dataset-tp"] == [CHUNK] * 30
    held = np.flatnonzero((graph.source >= 0) & (graph.read_bytes == 0))
    assert np.isnan(graph.result_bytes[held]).all()


def test_the_store_may_be_in_every_task(store: Path) -> None:
    graph = task_graph([opened(store, inline_array=True).tp])
    assert reading(graph) == {"open_dataset-tp": [CHUNK] * 30}


def test_a_selection_reads_whole_chunks_and_no_others(store: Path) -> None:
    graph = task_graph([opened(store).tp.isel(time=slice(10, 16), lon=0).mean("time")])
    assert reading(graph)["open_dataset-tp"] == [CHUNK] * 2


def test_larger_blocks_read_several_chunks(store: Path) -> None:
    read = reading(task_graph([opened(store).chunk(time=14).tp]))
    assert sorted(read) == ["open_dataset-tp", "original-open_dataset-tp"]
    blocks = xr.open_dataset(store, engine="zarr", chunks={"time": 10}, consolidated=False).tp
    assert reading(task_graph([blocks]))["open_dataset-tp"][:4] == [2 * CHUNK] * 4


def test_what_is_read_has_its_decoded_size(store: Path) -> None:
    lazy = opened(store).tp.where(lambda a: a > 3).mean("time")
    graph = task_graph([lazy])
    done = results(lazy)
    for task in range(len(graph)):
        told, real = graph.result_bytes[task], nbytes(done[graph.key(task)])
        assert told == real or np.isnan([told, real]).any()
    holders = (graph.source >= 0) & (graph.read_bytes == 0)
    assert (np.isnan(graph.result_bytes) == holders).all()


@pytest.mark.parametrize("inline", [False, True])
def test_arrays_of_dask_alone(store: Path, inline: bool) -> None:
    array = zarr.open_array(store / "tp", mode="r")
    graph = task_graph([da.from_array(array, chunks=(14, 6, 8), inline_array=inline).sum()])
    (read,) = [
        each for name, each in reading(graph).items() if name in {"array", "array-original"}
    ][:1]
    assert sum(sum(each) for each in reading(graph).values()) == 30 * CHUNK
    assert len(read) in {1, 8}


def test_a_function_that_is_given_a_store_reads_nobody_knows_how_much(store: Path) -> None:
    array = zarr.open_array(store / "tp", mode="r")
    graph = task_graph([delayed(np.mean)(array)])
    (bytes_read,) = (each for each in reading(graph).values())
    assert np.isnan(bytes_read).all()
    assert graph.sources[0].urls


def test_addresses_in_calls_are_read_by_the_calls() -> None:
    calls = [delayed(len)(f"s3://bucket/{number % 2}.nc") for number in range(4)]
    loaded = [delayed(_load)(f"s3://bucket/{number % 2}.nc") for number in range(4)]
    graph = task_graph([delayed(sum)(calls), delayed(sum)(loaded)])
    assert {source.urls for source in graph.sources} == {
        ("s3://bucket/0.nc",),
        ("s3://bucket/1.nc",),
    }
    assert (graph.source >= 0).sum() == 4
    assert np.isnan(graph.read_bytes[graph.source >= 0]).all()


def test_a_function_of_a_user_that_is_given_nothing_may_read_anything() -> None:
    parts = [da.from_delayed(delayed(_make)(), (3,), dtype=float) for _ in range(5)]
    graph = task_graph([da.concatenate(parts) + 1])
    assert [source.unknown for source in graph.sources] != []
    assert all(source.unknown for source in graph.sources)
    assert (graph.source >= 0).sum() == 5


def test_functions_of_users_on_given_data_read_nothing() -> None:
    lazy = da.ones(40, chunks=2).map_blocks(lambda block: block + 1).sum()
    assert (task_graph([lazy]).source == -1).all()
    assert (task_graph([db.range(20, npartitions=5).map(_load).fold(max)]).source == -1).all()


def test_a_function_that_carries_a_store_reads_it(store: Path) -> None:
    array = zarr.open_array(store / "tp", mode="r")
    lazy = da.ones(40, chunks=2).map_blocks(lambda block: block + array[0, 0, 0])
    graph = task_graph([lazy])
    assert (graph.source >= 0).sum() == 20
    assert np.isnan(graph.read_bytes[graph.source >= 0]).all()


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Start a cluster in this process."""
    make: Any = distributed
    with (
        make.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            host="127.0.0.1",
            protocol="tcp",
            dashboard_address=None,
        ) as cluster,
        make.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def test_persisted_results_belong_to_their_cluster_and_have_a_size(client: Any) -> None:
    kept = client.persist(da.ones((20, 20), chunks=5))
    graph = task_graph([kept.sum(axis=0)])
    held = graph.source >= 0
    assert held.sum() == 16
    (source,) = graph.sources
    assert source.cluster == client.scheduler.address
    assert (graph.read_bytes[held] == 0).all()
    assert (graph.result_bytes[held] == 5 * 5 * 8).all()
    assert np.isfinite(graph.result_bytes).all()


def test_a_future_in_a_call_is_a_task_of_its_own(client: Any) -> None:
    future = client.submit(np.ones, 10)
    lazy = delayed(np.sum)(future)
    graph = task_graph([lazy])
    assert future.key in [graph.key(task) for task in range(len(graph))]
    (task,) = np.flatnonzero(graph.source >= 0)
    assert graph.sources[graph.source[task]].cluster == client.scheduler.address


def _load(url: str) -> Any:
    return url


def _make() -> Any:
    return np.ones(3)
