"""What workers read is counted as it comes from the stores, whatever reads it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import dask.dataframe
import distributed
import fsspec
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from multicloud_lab.neardata.measuring import ReadCounts
from multicloud_lab.neardata.meters import PLUGIN
from tests.neardata.leftovers import eventually

dd: Any = dask.dataframe
make: Any = distributed

STEPS = 24


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A cluster whose workers are processes of their own."""
    with (
        make.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster,
        make.Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, so that it does not compress to nothing, in several formats."""
    directory = tmp_path_factory.mktemp("stores")
    random = np.random.default_rng(1)
    data = xr.Dataset({"tp": (("time", "x"), random.random((STEPS, 500)))})
    data.chunk(time=4).to_zarr(directory / "a.zarr", zarr_format=2)
    data.chunk(time=4).to_zarr(directory / "b.zarr", zarr_format=3, consolidated=False)
    data.to_netcdf(directory / "a.nc", engine="h5netcdf")
    pd.DataFrame({"tp": random.random(5000)}).to_parquet(directory / "a.parquet")
    return directory


@pytest.fixture(scope="module")
def web(stores: Path) -> Iterator[str]:
    """The same stores over HTTP."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(stores)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def chunks(store: Path) -> int:
    """Bytes of all chunks of the variable."""
    found = [p for p in (store / "tp").rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in found if not p.name.startswith((".z", "zarr.")))


OPENED: dict[str, tuple[str, str, Callable[[str], Any]]] = {
    "a local store": ("{path}/a.zarr", "file://{path}/a.zarr", lambda u: xr.open_zarr(u)),
    "version 3": (
        "{path}/b.zarr",
        "file://{path}/b.zarr",
        lambda u: xr.open_zarr(u, consolidated=False),
    ),
    "fsspec": ("file://{path}/a.zarr", "file://{path}/a.zarr", lambda u: xr.open_zarr(u)),
    "HTTP": ("{web}/a.zarr", "{web}/a.zarr", lambda u: xr.open_zarr(u)),
    "a mapper": ("{web}/a.zarr", "{web}/a.zarr", lambda u: xr.open_zarr(fsspec.get_mapper(u))),
}


@pytest.mark.parametrize("how", OPENED)
def test_every_chunk_is_counted_once_for_its_store(
    client: Any, stores: Path, web: str, how: str
) -> None:
    given, root, opened = OPENED[how]
    given, root = (text.format(path=stores, web=web) for text in (given, root))
    dataset = opened(given)
    counts = ReadCounts(client)
    counts.count([root])
    client.compute(dataset.tp.sum(), sync=True)
    assert counts.since() == {root: chunks(stores / given.rpartition("/")[2])}
    assert counts.since() == {}
    client.compute(dataset.tp.isel(time=slice(0, 4)).mean(), sync=True)
    (part,) = counts.since().values()
    assert 0 < part < chunks(stores / given.rpartition("/")[2]) / 4


def test_files_are_counted_by_what_is_fetched_of_them(client: Any, stores: Path, web: str) -> None:
    url = f"{web}/a.nc"
    counts = ReadCounts(client)
    counts.count([url])

    def read(url: str) -> float:
        import fsspec
        import xarray

        with fsspec.open(url) as file, xarray.open_dataset(file, engine="h5netcdf") as opened:
            return float(opened.tp.sum())

    client.submit(read, url, pure=False).result()
    size = (stores / "a.nc").stat().st_size
    assert size * 0.9 < counts.since()[url] < size * 3  # it reads ahead, and the header twice


def test_tables_are_counted(client: Any, stores: Path) -> None:
    url = f"file://{stores}/a.parquet"
    counts = ReadCounts(client)
    counts.count([url])
    client.compute(dd.read_parquet(url).tp.sum(), sync=True)
    assert counts.since()[url] > 5000 * 8 * 0.9


def test_files_of_one_folder_are_told_apart(client: Any, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("0", "1", "2", "3")]
    for number, file in enumerate(files):
        file.write_bytes(bytes(100 + number))
    counts = ReadCounts(client)
    counts.count(file.as_uri() for file in files[:3])

    def read_all(names: list[str]) -> None:
        for name in names:
            with fsspec.open(name) as opened:
                opened.read()

    client.submit(read_all, [file.as_uri() for file in files], pure=False).result()
    assert counts.since() == {file.as_uri(): 100 + n for n, file in enumerate(files[:3])}


def test_what_others_read_is_not_ours(client: Any, stores: Path, web: str) -> None:
    dataset = xr.open_zarr(f"{web}/a.zarr")
    first = ReadCounts(client)
    first.count([f"{web}/a.zarr"])
    client.compute(dataset.tp.sum(), sync=True)
    later = ReadCounts(client)
    later.count([f"{web}/a.zarr"])
    assert later.since() == {}
    other = ReadCounts(client)
    other.count([f"{web}/b.zarr"])
    client.compute(dataset.tp.sum(), sync=True)
    assert other.since() == {}
    assert later.since() == {f"{web}/a.zarr": chunks(stores / "a.zarr")}


def test_what_is_not_asked_for_is_told_later(client: Any, stores: Path, web: str) -> None:
    urls = {name: f"{web}/{name}.zarr" for name in "ab"}
    counts = ReadCounts(client)
    counts.count([urls["a"]])
    counts.count(urls.values())
    for url in urls.values():
        client.compute(xr.open_zarr(url, consolidated=False).tp.sum(), sync=True)
    assert counts.since([]) == {}
    assert counts.since([f"{urls['b']}/", f"{web}/c.zarr"]) == {
        urls["b"]: chunks(stores / "b.zarr")
    }
    assert counts.since([web]) == {urls["a"]: chunks(stores / "a.zarr")}
    assert counts.since() == {}


def test_a_worker_that_has_left_is_still_counted(stores: Path, web: str) -> None:
    dataset = xr.open_zarr(f"{web}/a.zarr")
    with (
        make.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
        make.Client(cluster, set_as_default=False) as client,
    ):
        counts = ReadCounts(client)
        counts.count([f"{web}/a.zarr"])
        client.compute(dataset.tp.sum(), sync=True)
        cluster.scale(0)
        # It says what it has read when it ends, which may be after it was taken off the list.
        assert eventually(lambda: bool(client.get_events(PLUGIN)))
        cluster.scale(1)
        client.wait_for_workers(1)
        assert counts.since() == {f"{web}/a.zarr": chunks(stores / "a.zarr")}
        client.compute(dataset.tp.sum(), sync=True)  # The new worker counts as well.
        assert counts.since() == {f"{web}/a.zarr": chunks(stores / "a.zarr")}


def test_this_process_is_counted_too(stores: Path) -> None:
    """In a process of its own: whatever else these tests read is counted as well."""
    code = f"""
import xarray as xr
from multicloud_lab.neardata.measuring import ReadCounts
counts = ReadCounts(None)
counts.count(["file://{stores}/a.zarr"])
xr.open_zarr("{stores}/a.zarr").tp.sum().compute()
print(counts.since())
"""
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    (size,) = eval(printed).values()
    assert size >= chunks(stores / "a.zarr")


def test_workers_need_nothing_of_ours(client: Any) -> None:
    ReadCounts(client).count(["s3://somewhere"])
    loaded = client.run(lambda: [n for n in __import__("sys").modules if "multicloud_lab" in n])
    assert [n for names in loaded.values() for n in names if not n.startswith("_")] == []
