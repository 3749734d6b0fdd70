"""Where lazy objects read: over real stores of every kind, however they are opened and reduced."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask
import dask.array
import dask.bag
import dask.dataframe
import distributed as dask_distributed
import fsspec
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import xarray as xr
import zarr
from zarr.storage import FsspecStore, ObjectStore

from multicloud_lab.neardata.reading.reads import read_of
from multicloud_lab.neardata.reading.sources import Sources, find_sources, say_where
from tests.neardata.layers import assert_sources

# dask says few of its types.
lazy: Any = dask
da: Any = dask.array
dd: Any = dask.dataframe
distributed: Any = dask_distributed

NOTHING = Sources()


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same packed variable in every format."""
    directory = tmp_path_factory.mktemp("stores")
    data = xr.Dataset(
        {"tp": (("time", "x"), np.arange(40.0).reshape(10, 4))},
        {"time": np.arange(10), "x": np.arange(4)},
    )
    packed = {"dtype": "i2", "scale_factor": 0.1, "add_offset": 2.0, "_FillValue": -9}
    for number in (2, 3):
        data.to_zarr(
            directory / f"v{number}.zarr",
            zarr_format=number,
            consolidated=number == 2,
            encoding={"tp": {**packed, "chunks": (5, 4)}},
        )
    data.to_netcdf(directory / "a.nc", engine="netcdf4", encoding={"tp": packed})
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    frame.to_parquet(directory / "a.parquet")
    frame.to_csv(directory / "a.csv")
    return directory


OPENED: dict[str, tuple[str, Callable[[str], Any]]] = {
    "zarr v2": ("v2.zarr", xr.open_zarr),
    "zarr v3": ("v3.zarr", lambda p: xr.open_zarr(p, consolidated=False)),
    "without dask": ("v2.zarr", lambda p: xr.open_dataset(p, engine="zarr")),
    "inline": (
        "v2.zarr",
        lambda p: xr.open_dataset(p, engine="zarr", chunks={}, inline_array=True),
    ),
    "raw": ("v2.zarr", lambda p: xr.open_zarr(p, mask_and_scale=False)),
    "rechunked": ("v2.zarr", lambda p: xr.open_zarr(p).chunk({"time": 3})),
    "a mapper": ("v2.zarr", lambda p: xr.open_zarr(fsspec.get_mapper(p))),
    "a URL": ("v2.zarr", lambda p: xr.open_zarr(f"file://{p}")),
    "a cache": ("v2.zarr", lambda p: xr.open_zarr(f"simplecache::file://{p}")),
    "netCDF": ("a.nc", lambda p: xr.open_dataset(p, chunks={}, engine="netcdf4")),
    "netCDF without dask": ("a.nc", lambda p: xr.open_dataset(p, engine="netcdf4")),
    "several files": ("a.nc", lambda p: xr.open_mfdataset([p], engine="netcdf4")),
}


@pytest.mark.parametrize("how", OPENED)
def test_an_opened_dataset_is_located(stores: Path, how: str) -> None:
    name, opened = OPENED[how]
    dataset = opened(str(stores / name))
    url = f"file://{stores / name}"
    assert_sources(dataset, Sources(frozenset({url})))
    assert_sources(dataset.tp, Sources(frozenset({url})))


REDUCED: dict[str, Callable[[xr.DataArray], Any]] = {
    "sliced": lambda x: x.isel(x=slice(1, 3), time=2),
    "mean": lambda x: (x * 2).mean(),
    "coarsened": lambda x: x.coarsen(time=2).sum(),
    "grouped": lambda x: x.groupby(x.x % 2).sum(),
    "mapped": lambda x: x.data.map_blocks(lambda block: block + 1),
    "stacked": lambda x: xr.concat([x, x + 1], "member"),
    "delayed": lambda x: lazy.delayed(np.sum)(x.data),
    "chunk by chunk": lambda x: list(x.data.to_delayed().flat),
    "a frame": lambda x: x.to_dataset(name="tp").to_dask_dataframe(),
}


@pytest.mark.parametrize("how", REDUCED)
def test_a_reduction_keeps_its_source(stores: Path, how: str) -> None:
    reduced = REDUCED[how](xr.open_zarr(stores / "v2.zarr").tp)
    for part in reduced if isinstance(reduced, list) else [reduced]:
        assert_sources(part, Sources(frozenset({f"file://{stores / 'v2.zarr'}"})))


def test_all_sources_of_a_mixture_are_found(stores: Path) -> None:
    mixed = xr.open_zarr(stores / "v2.zarr").tp + xr.open_dataset(stores / "a.nc", chunks={}).tp
    assert find_sources(mixed.mean()).urls == {
        f"file://{stores / 'v2.zarr'}",
        f"file://{stores / 'a.nc'}",
    }


def test_a_zarr_array_of_dask_is_located(stores: Path) -> None:
    array = da.from_zarr(str(stores / "v3.zarr"), component="tp")
    assert_sources(array.sum(), Sources(frozenset({f"file://{stores / 'v3.zarr'}"})))


def test_tables_are_located(stores: Path) -> None:
    parquet = dd.read_parquet(stores / "a.parquet")
    csv = dd.read_csv(stores / "a.csv")
    at_parquet, at_csv = f"file://{stores / 'a.parquet'}", f"file://{stores / 'a.csv'}"
    assert_sources(parquet.a.sum(), Sources(frozenset({at_parquet})))
    assert_sources(csv[csv.a > 1], Sources(frozenset({at_csv})))
    assert_sources(parquet.merge(csv, on="a"), Sources(frozenset({at_parquet, at_csv})))
    assert_sources(lazy.bag.read_text(stores / "a.csv"), Sources(frozenset({at_csv})))


TABLES: dict[str, Callable[[Path], Any]] = {
    "an array of a table of Parquet": lambda p: dd.read_parquet(p / "a.parquet").a.to_dask_array(),
    "an array of a table of text": lambda p: dd.read_csv(p / "a.csv").a.to_dask_array(),
    "Arrow's reader": lambda p: dd.read_parquet(p / "a.parquet", filesystem="arrow"),
    "pieces of Arrow's reader": lambda p: dd.read_parquet(
        p / "a.parquet", filesystem="arrow"
    ).a.to_dask_array(),
    "pieces as tasks": lambda p: dd.read_parquet(p / "a.parquet").to_delayed()[0],
    "lines": lambda p: lazy.bag.read_text(p / "a.csv").count(),
    "a file system and a path": lambda p: dd.read_parquet(
        "a.parquet", filesystem=fsspec.filesystem("dir", path=str(p), fs=fsspec.filesystem("file"))
    ),
}


@pytest.mark.parametrize("how", TABLES)
def test_tables_are_located_at_every_level(stores: Path, how: str) -> None:
    name = "a.csv" if "text" in how or how == "lines" else "a.parquet"
    assert_sources(TABLES[how](stores), Sources(frozenset({f"file://{stores / name}"})))


@pytest.mark.parametrize("protocol", ["s3", "gs"])
def test_a_bucket_is_located_by_its_own_scheme(protocol: str) -> None:
    from multicloud_lab.neardata.reading.leaves import url_of

    secret = {"s3": {"key": "K", "secret": "S"}, "gs": {"token": "anon"}}[protocol]
    filesystem = fsspec.filesystem(protocol, skip_instance_cache=True, **secret)
    assert url_of(filesystem, "bucket/store") == (f"{protocol}://bucket/store",)


def test_a_directory_of_a_filesystem_is_located_in_it() -> None:
    from multicloud_lab.neardata.reading.leaves import url_of

    inner = fsspec.filesystem("s3", anon=True)
    outer = fsspec.filesystem("dir", path="bucket/folder", fs=inner)
    assert url_of(outer, "store") == ("s3://bucket/folder/store",)


def test_kerchunk_references_lead_to_what_they_refer_to(stores: Path) -> None:
    folder = f"file://{stores / 'v2.zarr'}"
    names = ["0.0", "1.0", ".zarray", ".zattrs"]
    references: dict[str, Any] = {f"tp/{n}": [f"{folder}/tp/{n}"] for n in names}
    references[".zgroup"] = '{"zarr_format": 2}'
    mapper = fsspec.filesystem("reference", fo=references).get_mapper("")
    dataset = xr.open_zarr(mapper, consolidated=False, decode_times=False)
    assert_sources(dataset.tp, Sources(frozenset({f"{folder}/tp"})))


def test_what_is_in_memory_or_made_has_no_source() -> None:
    data = xr.Dataset({"a": ("x", np.ones(3))})
    data.to_zarr("memory://nowhere.zarr", zarr_format=2, mode="w")
    for made in (
        data,
        data.chunk({"x": 1}),
        xr.open_zarr("memory://nowhere.zarr"),
        da.ones((4, 4), chunks=2),
        da.random.random((4, 4), chunks=2).mean(),
        da.arange(9, chunks=3),
        lazy.delayed(len)([1, 2]),
        dd.from_pandas(pd.DataFrame({"a": [1, 2]}), npartitions=2).a.sum(),
        3,
        "gs://bucket/a-word-is-no-source",
    ):
        assert_sources(made, NOTHING)


def opened_by_hand(*arguments: Any, **options: Any) -> int:
    return len(arguments) + len(options)


URL = "s3://bucket/store/a.nc"
DELAYED: dict[str, tuple[Callable[[], Any], str]] = {
    "xarray": (lambda: lazy.delayed(xr.open_dataset)(URL), URL),
    "pandas": (lambda: lazy.delayed(pd.read_csv)(URL), URL),
    "a path for pandas": (lambda: lazy.delayed(pd.read_csv)("/data/a.csv"), "file:///data/a.csv"),
    "a path for numpy": (lambda: lazy.delayed(np.load)("/data/a.npy"), "file:///data/a.npy"),
    "a path object": (lambda: lazy.delayed(opened_by_hand)(Path("/data/a")), "file:///data/a"),
    "somebody's own function": (lambda: lazy.delayed(opened_by_hand)(URL, 3), URL),
    "a keyword": (lambda: lazy.delayed(opened_by_hand)(3, url=URL), URL),
    "in a list": (lambda: lazy.delayed(opened_by_hand)([{"urls": [URL]}]), URL),
    "after another task": (lambda: lazy.delayed(opened_by_hand)(lazy.delayed(len)("a"), URL), URL),
    "behind a cache": (
        lambda: lazy.delayed(fsspec.open)(f"simplecache::{URL}"),
        URL,
    ),
    "mapped": (lambda: dd.from_map(opened_by_hand, [URL, URL], meta={"a": float}), URL),
    "an array": (
        lambda: da.from_delayed(lazy.delayed(opened_by_hand)(URL), (3,), float).sum(),
        URL,
    ),
    "a partial function": (lambda: lazy.delayed(functools.partial(opened_by_hand, URL))(), URL),
    "an item of a bag": (lambda: lazy.bag.from_sequence([URL]).map(opened_by_hand), URL),
}


@pytest.mark.parametrize("how", DELAYED)
def test_addresses_in_delayed_calls_are_found(how: str) -> None:
    make, url = DELAYED[how]
    assert_sources(make(), Sources(frozenset({url})))


OPAQUE: dict[str, Callable[[], Any]] = {
    "a path for somebody's own function": lambda: lazy.delayed(opened_by_hand)("/data/a.bin"),
    "a reader without an address": lambda: lazy.delayed(np.load)(3),
    "references": lambda: lazy.delayed(xr.open_dataset)("reference::s3://bucket/refs.json"),
    "an archive": lambda: lazy.delayed(pd.read_csv)("zip://a.csv::s3://bucket/all.zip"),
    "blocks from nowhere": lambda: da.map_blocks(
        opened_by_hand, chunks=((3, 3),), dtype=float, meta=np.ones(0)
    ),
}


@pytest.mark.parametrize("how", OPAQUE)
def test_what_a_function_reads_is_not_guessed(how: str) -> None:
    found = find_sources(OPAQUE[how]())
    assert found.unknown
    assert not found.urls


def test_words_that_are_no_address_are_none() -> None:
    for made in (
        lazy.delayed(len)("s3://bucket/of-a-function-that-reads-nothing"),
        xr.DataArray(da.ones(3), attrs={"source": "https://example.org/a"}).chunk().sum(),
    ):
        assert_sources(made, NOTHING)


def test_what_a_closure_reads_is_found(stores: Path) -> None:
    held = zarr.open_array(stores / "v3.zarr", path="tp", mode="r")
    mapped = da.ones(4, chunks=2).map_blocks(lambda block: block + held[0, 0])
    assert_sources(mapped, Sources(frozenset({f"file://{stores / 'v3.zarr'}"})))


def test_persisted_results_belong_to_their_cluster() -> None:
    with (
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            host="127.0.0.1",
            protocol="tcp",
            dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        there = Sources(clusters=frozenset({client.scheduler.address}))
        array = client.persist(da.ones((4, 4), chunks=2) + 1)
        frame = client.persist(dd.from_pandas(pd.DataFrame({"a": [1, 2]}), npartitions=2))
        future = client.submit(np.ones, 4)
        for lazy_object in (
            array,
            array.sum(),
            xr.DataArray(array).mean(),
            frame,
            frame.a.sum(),
            da.from_delayed(lazy.delayed(future), (4,), float),
            lazy.delayed(opened_by_hand)(future, 1),
        ):
            assert_sources(lazy_object, there)
        client.gather(future)


def obstore() -> Any:
    return pytest.importorskip("obstore.store", reason="obstore is not installed")


OBJECT_STORES: dict[str, tuple[Callable[[], Any], str]] = {
    "S3": (
        lambda: obstore().S3Store(
            "bucket", prefix="a/b", access_key_id="AK", secret_access_key="MARKER"
        ),
        "s3://bucket/a/b",
    ),
    "S3 at an endpoint": (
        lambda: obstore().S3Store("bucket", endpoint="http://127.0.0.1:1", allow_http=True),
        "s3://bucket",
    ),
    "GCS": (lambda: obstore().GCSStore("bucket", prefix="a"), "gs://bucket/a"),
    "Azure": (
        lambda: obstore().AzureStore(
            container_name="box", account_name="us", account_key="TUFSS0VS", prefix="a"
        ),
        "abfs://box@us.dfs.core.windows.net/a",
    ),
    "the web": (
        lambda: obstore().HTTPStore.from_url("https://example.org/a"),
        "https://example.org/a",
    ),
}


@pytest.mark.parametrize("how", OBJECT_STORES)
def test_stores_of_obstore_are_located(how: str) -> None:
    make, url = OBJECT_STORES[how]
    store = ObjectStore(make(), read_only=True)
    assert find_sources_of_store(store) == (url,)
    assert "MARKER" not in repr(read_of(store))


def find_sources_of_store(store: Any) -> tuple[str, ...]:
    read = read_of(store)
    assert read is not None
    return read.source.urls


def test_an_array_is_read_through_obstore(stores: Path) -> None:
    store = ObjectStore(obstore().LocalStore(stores / "v3.zarr"), read_only=True)
    dataset = xr.open_zarr(store, consolidated=False)
    assert_sources(dataset.tp.mean(), Sources(frozenset({f"file://{stores / 'v3.zarr'}"})))


def test_icechunk_is_where_somebody_says(tmp_path: Path, stores: Path) -> None:
    icechunk = pytest.importorskip("icechunk", reason="Icechunk is not installed")
    repository = icechunk.Repository.create(icechunk.local_filesystem_storage(str(tmp_path)))
    session = repository.writable_session("main")
    xr.open_zarr(stores / "v3.zarr", consolidated=False).drop_encoding().to_zarr(
        session.store, consolidated=False
    )
    session.commit("first")

    def opened() -> Any:
        return xr.open_zarr(repository.readonly_session("main").store, consolidated=False).tp.mean()

    assert find_sources(opened()).unknown
    assert say_where(opened(), "s3://bucket/repository") == 1
    assert_sources(opened(), Sources(frozenset({"s3://bucket/repository"})))


def test_references_in_parquet_lead_to_what_they_refer_to(tmp_path: Path, stores: Path) -> None:
    from fsspec.implementations.reference import LazyReferenceMapper

    folder = stores / "v2.zarr"
    references = LazyReferenceMapper.create(
        str(tmp_path / "refs.parq"), fs=fsspec.filesystem("file"), record_size=10, engine="pyarrow"
    )
    for name in ("tp", "time", "x"):
        for path in sorted((folder / name).iterdir()):
            key = f"{name}/{path.name}"
            if path.name.startswith("."):
                references[key] = path.read_bytes()
            else:
                references[key] = [f"file://{path}", 0, path.stat().st_size]
    references[".zgroup"] = (folder / ".zgroup").read_bytes()
    references.flush()
    filesystem = fsspec.filesystem(
        "reference",
        fo=LazyReferenceMapper(
            str(tmp_path / "refs.parq"), fsspec.filesystem("file"), engine="pyarrow"
        ),
        remote_protocol="file",
        asynchronous=True,
    )
    store = FsspecStore(filesystem, read_only=True, path="")
    dataset = xr.open_zarr(store, consolidated=False)
    assert_sources(dataset.tp.mean(), Sources(frozenset({f"file://{folder}/tp"})))
    np.testing.assert_array_equal(dataset.tp, xr.open_zarr(folder).tp)


class Instrument:
    """Something array-like that reads who knows where."""

    shape = (4,)
    dtype = np.dtype("f8")
    ndim = 1

    def __getitem__(self, key: Any) -> npt.NDArray[np.float64]:
        return np.ones(4)[key]  # type: ignore[no-any-return]


def read_somewhere(number: int) -> npt.NDArray[np.float64]:
    return np.full(3, float(number))


def test_what_cannot_be_located_is_named_and_never_guessed(stores: Path) -> None:
    array = da.from_array(Instrument(), name="from-the-instrument")
    assert find_sources(array.sum()).unknown == {"original-from-the-instrument"}
    delayed = da.from_delayed(lazy.delayed(read_somewhere)(3), (3,), float)
    (name,) = find_sources(delayed).unknown
    assert "read_somewhere" in name
    (name,) = find_sources(dd.from_map(read_somewhere, [1, 2], meta={"a": float})).unknown
    assert "read_somewhere" in name
    half = find_sources(delayed + xr.open_zarr(stores / "v2.zarr").tp.data[0, :3])
    assert half.urls
    assert half.unknown


def test_a_failure_names_the_layer(stores: Path) -> None:
    """For the day when a new version of dask or xarray writes something else."""
    unknown = da.from_array(Instrument(), name="from-the-instrument").sum()
    with pytest.raises(AssertionError) as failure:
        assert_sources(unknown, NOTHING)
    assert "layer original-from-the-instrument (MaterializedLayer)" in str(failure.value)
    assert ".Instrument" in str(failure.value)
    packed = xr.open_zarr(stores / "v2.zarr").tp
    with pytest.raises(AssertionError, match=r"layer original-open_dataset-tp.*ZarrArrayWrapper"):
        assert_sources(packed, NOTHING)


def test_secrets_of_a_store_are_not_in_what_is_found() -> None:
    from multicloud_lab.neardata.reading.leaves import url_of

    filesystem = fsspec.filesystem("s3", key="AKIA", secret="MARKER", skip_instance_cache=True)
    assert "MARKER" not in repr(url_of(filesystem, "bucket/store"))


def test_the_workflow_is_looked_through_quickly(stores: Path) -> None:
    """The layers are enough: a hundred thousand tasks are not written out."""
    array = xr.open_zarr(stores / "v2.zarr").tp.data
    wide = da.concatenate([array] * 2000).rechunk((5, 2)) + 1
    assert len(wide.sum(split_every=4).__dask_graph__().layers) < 60
    assert find_sources(wide).urls == {f"file://{stores / 'v2.zarr'}"}
