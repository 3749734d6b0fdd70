"""How many stored bytes tasks read: against what their stores were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dask.array
import fsspec
import numpy as np
import pytest
import xarray as xr
import zarr
from zarr.storage import LocalStore

from multicloud_lab.neardata.reading import sampled_sizes
from multicloud_lab.neardata.reading.chunk_grids import Axis, ChunkGrid
from multicloud_lab.neardata.reading.reads import Read, read_of
from multicloud_lab.neardata.reading.sampled_sizes import sample

da: Any = dask.array
SHAPE = (103, 37, 20)


class CountingStore(LocalStore):
    """A store on disk that counts the bytes of chunks that are read from it."""

    counted = 0

    async def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        value = await super().get(key, *args, **kwargs)
        if value is not None and not key.endswith((".json", ".zarray", ".zattrs", ".zgroup")):
            type(self).counted += len(value)
        return value


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    sampled_sizes._known.clear()
    yield
    sampled_sizes._known.clear()


STORED: dict[str, dict[str, Any]] = {
    "v2": {"zarr_format": 2, "chunks": (10, 20, 20), "compressors": None},
    "v3": {"zarr_format": 3, "chunks": (10, 20, 20), "compressors": None},
    "a chunk for each day": {"zarr_format": 3, "chunks": (1, 37, 20), "compressors": None},
    "sharded": {
        "zarr_format": 3,
        "chunks": (5, 10, 20),
        "shards": (20, 20, 20),
        "compressors": None,
    },
}

TAKEN: dict[str, Callable[[xr.DataArray], xr.DataArray]] = {
    "all": lambda x: x,
    "a slice": lambda x: x[13:58, 5:18],
    "one index": lambda x: x[17, :, 3],
    "every 25th": lambda x: x[3::25],
    "every other, backwards": lambda x: x[::-2],
    "some": lambda x: x[[5, 3, 90], :, :3],
    "a slice of a slice": lambda x: x[10:90][::30, 8:].isel(x=1),
    "by a mask": lambda x: x[x.time % 40 == 0],
}


def stored(directory: Path, name: str) -> xr.DataArray:
    store = CountingStore(directory / "a.zarr")
    zarr.create_array(store, name="tp", shape=SHAPE, dtype="f4", fill_value=None, **STORED[name])[
        :
    ] = np.random.default_rng(0).random(SHAPE)
    array = zarr.open_array(store, path="tp", mode="r")
    dataset: Any = xr.Dataset(
        {"tp": (("time", "y", "x"), xr.core.indexing.LazilyIndexedArray(wrapped(array)))},
        {"time": np.arange(SHAPE[0])},
    )
    lazy: xr.DataArray = dataset.tp
    return lazy


def wrapped(array: Any) -> Any:
    from xarray.backends.zarr import ZarrArrayWrapper

    return ZarrArrayWrapper(array)  # type: ignore[no-untyped-call]


def leaf_of(array: Any) -> Any:
    """Give the lazy object that a dask array's reading tasks slice."""
    layers = array.__dask_graph__().layers
    (name,) = (name for name in layers if name.startswith("original-"))
    return layers[name][name]


def read(leaf: Any) -> Read:
    found = read_of(leaf)
    assert found is not None
    return found


@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize("layout", STORED)
def test_the_chunks_that_are_read_are_counted(tmp_path: Path, layout: str, taken: str) -> None:
    lazy = TAKEN[taken](stored(tmp_path, layout))
    lazy = lazy.chunk({name: {"time": 14, "y": 9}.get(str(name), -1) for name in lazy.dims})
    leaf = read(leaf_of(lazy.data))
    assert leaf.certain
    expected = leaf.stored_bytes_of_blocks(lazy.data.chunks)
    assert expected.shape == lazy.data.numblocks
    measured = np.zeros(lazy.data.numblocks)
    for index in np.ndindex(*lazy.data.numblocks):
        CountingStore.counted = 0
        lazy.data.blocks[index].compute(scheduler="sync")
        measured[index] = CountingStore.counted
    if layout == "sharded":  # Of a shard that is wanted whole, the index is not asked for apart.
        np.testing.assert_allclose(expected, measured, rtol=0.05)
    else:
        np.testing.assert_array_equal(expected, measured)


def test_a_region_is_a_grid_of_one_block(tmp_path: Path) -> None:
    leaf = read(leaf_of(stored(tmp_path, "v3")[5:].chunk({"time": 10}).data))
    whole = leaf.stored_bytes()
    assert whole == 11 * 2 * 10 * 20 * 20 * 4
    assert leaf.stored_bytes((slice(0, 5), slice(None), slice(None))) == 2 * 10 * 20 * 20 * 4
    assert leaf.stored_bytes((slice(0, 6), slice(0, 1), 3)) == 2 * 10 * 20 * 20 * 4
    assert leaf.stored_bytes((-1, 0, 0)) == 10 * 20 * 20 * 4


def test_compressed_chunks_are_sampled(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 9, (1000, 50))
    xr.Dataset({"tp": (("time", "x"), values)}).to_zarr(
        tmp_path / "a.zarr", encoding={"tp": {"chunks": (60, 50), "dtype": "i4"}}
    )
    lazy = xr.open_zarr(tmp_path / "a.zarr").tp
    before = read(leaf_of(lazy.data))
    assert not before.certain
    assert before.stored_bytes() == values.size * 4  # Decoded, while nobody has asked.
    array = zarr.open_array(tmp_path / "a.zarr", path="tp", mode="r")
    store = xr.open_zarr(tmp_path / "a.zarr").tp
    assert sample(arrays_of(store), deadline=60) == 1
    after = read(leaf_of(lazy.data))
    assert after.certain
    assert after.stored_bytes() == pytest.approx(array.nbytes_stored(), rel=0.05)
    blocks = after.stored_bytes_of_blocks(lazy.data.chunks)
    assert blocks.sum() == pytest.approx(array.nbytes_stored(), rel=0.05)


def arrays_of(lazy: xr.DataArray) -> list[Any]:
    from multicloud_lab.neardata.reading.reads import zarr_array

    found = zarr_array(leaf_of(lazy.data))
    return [] if found is None else [found]


def test_a_store_that_does_not_answer_costs_the_deadline_alone(tmp_path: Path) -> None:
    import asyncio
    import time

    class DeafStore(LocalStore):
        async def getsize(self, key: str) -> int:
            await asyncio.sleep(60)
            raise AssertionError(key)

    zarr.create_array(LocalStore(tmp_path / "a.zarr"), shape=(9,), dtype="f8", chunks=(3,))
    array = zarr.open_array(DeafStore(tmp_path / "a.zarr"), mode="r")
    began = time.monotonic()
    assert sample([array], deadline=0.1) == 0
    assert time.monotonic() - began < 30
    assert not read(array).certain


def test_kerchunk_references_list_the_sizes(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 9, (100, 50))
    xr.Dataset({"tp": (("time", "x"), values)}).to_zarr(
        tmp_path / "a.zarr", zarr_format=2, encoding={"tp": {"chunks": (10, 50), "dtype": "i4"}}
    )
    array = zarr.open_array(tmp_path / "a.zarr", path="tp", mode="r")
    folder = tmp_path / "a.zarr" / "tp"
    references: dict[str, Any] = {
        f"tp/{i}.0": [f"file://{folder}/{i}.0", 0, (folder / f"{i}.0").stat().st_size]
        for i in range(10)
    }
    references |= {f"tp/{n}": (folder / n).read_text() for n in (".zarray", ".zattrs")}
    references[".zgroup"] = '{"zarr_format": 2}'
    mapper = fsspec.filesystem("reference", fo=references).get_mapper("")
    lazy = xr.open_zarr(mapper, consolidated=False).tp
    leaf = read(leaf_of(lazy.data))
    assert leaf.certain
    chunks = sum(reference[2] for reference in references.values() if isinstance(reference, list))
    assert leaf.stored_bytes() == pytest.approx(chunks)
    assert array.nbytes_stored() > chunks  # It counts the metadata.


@pytest.mark.parametrize("engine", ["netcdf4", "h5netcdf"])
@pytest.mark.parametrize("compressed", [False, True])
def test_files_of_netcdf_are_read_by_the_chunk(
    tmp_path: Path, engine: Any, *, compressed: bool
) -> None:
    values = np.random.default_rng(0).integers(0, 9, (100, 500))
    path = tmp_path / "a.nc"
    encoding = {"tp": {"chunksizes": (10, 50), "dtype": "i4", "zlib": compressed}}
    xr.Dataset({"tp": (("time", "x"), values)}).to_netcdf(path, encoding=encoding, engine=engine)
    opened: Any = fsspec.open(f"file://{path}").open() if engine == "h5netcdf" else path
    with xr.open_dataset(opened, engine=engine, chunks={}) as dataset:
        leaf = read(leaf_of(dataset.tp.data))
        assert leaf.certain
        assert leaf.source.urls == (f"file://{path}",)
        whole = leaf.stored_bytes()
        if compressed:
            assert whole == pytest.approx(path.stat().st_size, rel=0.1)
        else:
            assert whole == values.size * 4
        assert leaf.stored_bytes((slice(0, 1), slice(0, 51))) == pytest.approx(whole / 50)


def test_what_is_not_known_is_nan_and_data_is_no_reading(tmp_path: Path) -> None:
    assert read_of(np.ones(3)) is None
    assert read_of("a word") is None
    lazy = stored(tmp_path, "v3")
    points = xr.DataArray([1, 2], dims="point")
    pointwise = lazy.isel(time=points, y=points).chunk()
    leaf = read(leaf_of(pointwise.data))
    assert leaf.source.urls == (f"file://{tmp_path / 'a.zarr'}",)
    assert np.isnan(leaf.stored_bytes())
    assert np.isnan(leaf.stored_bytes_of_blocks(pointwise.data.chunks)).all()


def test_many_blocks_are_one_calculation() -> None:
    """The hourly reanalysis: 350,640 chunks."""
    axes = (
        Axis(range(350_640), 350_640, 1),
        Axis(range(721), 721, 721),
        Axis(range(1440), 1440, 1440),
    )
    grid = ChunkGrid(axes, 2.0)
    blocks = grid.bytes_of_blocks([(1,) * 350_640, (721,), (1440,)])
    assert blocks.shape == (350_640, 1, 1)
    assert (blocks == 721 * 1440 * 2).all()
