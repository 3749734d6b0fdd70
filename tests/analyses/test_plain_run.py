"""Plain cells that open data, run: every format, on this machine, the web and a store; intake 2."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
import xarray as xr
import yaml
from aiohttp import web

from multicloud_lab import records as r
from multicloud_lab.analyses import CellSource, make_cells
from multicloud_lab.config import read_config
from multicloud_lab.demo.stores import Store
from multicloud_lab.service import LabService
from tests.catalogs.serving import serving
from tests.formats import references, small_dataset, write_formats

pytestmark = pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")

FORMATS = {
    "v2.zarr": "zarr",
    "v3.zarr": "zarr",
    "four.nc": "netcdf",
    "three.nc": "netcdf",
    "refs.json": "kerchunk",
}


@pytest.fixture(scope="module")
def data() -> xr.Dataset:
    return small_dataset()


@pytest.fixture(scope="module")
def folder(data: xr.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same data in every format."""
    root = tmp_path_factory.mktemp("plain")
    write_formats(data, root)
    data.to_zarr(root / "groups.zarr", group="inner", zarr_format=2, consolidated=True)
    describe(root, root.as_uri())
    return root


def describe(root: Path, base: str) -> None:
    """Write kerchunk's references to the Zarr store, whose chunks are at an address."""
    refs = references(root / "v2.zarr", f"{base}/v2.zarr")
    (root / "refs.json").write_text(json.dumps(refs))


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    async def refuse(request: web.Request) -> web.Response:
        raise web.HTTPForbidden

    app = web.Application()
    app.router.add_get("/refused/{rest:.*}", refuse)
    app.router.add_static("/", folder)
    with serving(app) as address:
        describe(folder, address)
        yield address
    describe(folder, folder.as_uri())


@pytest.fixture(scope="module")
def bucket(folder: Path, s3: Store) -> tuple[str, dict[str, Any]]:
    """A public S3 bucket with the folder in it, and the endpoint that it is at."""
    store = fsspec.filesystem("s3", key="k", secret="s", endpoint_url=s3.endpoint)
    store.mkdir("data")
    store.put(f"{folder}/", "data/all/", recursive=True)
    describe(folder, "s3://data/all")
    store.put(str(folder / "refs.json"), "data/all/refs.json")
    store.chmod("data", acl="public-read")
    store.chmod("data/all", acl="public-read", recursive=True)
    describe(folder, folder.as_uri())
    return "s3://data/all", {"anon": True, "endpoint_url": s3.endpoint}


def cells_at(url: str, data_format: str, *, options: Any = None, **reading: Any) -> str:
    opening = r.Opening(
        dataset=r.Dataset(id="lab/x", name="x", catalog="lab", format=data_format),
        kind="url",
        url=url,
        catalog_url=url,
        entry="",
        reading=reading,
        storage_options=options or {},
    )
    return make_cells("open", [CellSource(opening.dataset, opening)], "plain").cells[0].source


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(source, "cell", "exec"), names)
    return names


def check(source: str, expected: xr.Dataset) -> None:
    """Run a cell without this package, and look at what it opened."""
    assert "multicloud_lab" not in source
    found = run(source)["x"]
    assert found["t"].chunks is not None
    xr.testing.assert_equal(found.load(), expected)
    found.close()


@pytest.mark.parametrize("name", FORMATS)
def test_files_of_this_machine(name: str, folder: Path, data: xr.Dataset) -> None:
    check(cells_at(str(folder / name), FORMATS[name]), data)


@pytest.mark.parametrize("name", FORMATS)
def test_data_on_the_web(name: str, site: str, data: xr.Dataset) -> None:
    check(cells_at(f"{site}/{name}", FORMATS[name]), data)


@pytest.mark.parametrize("name", FORMATS)
def test_data_in_a_store(name: str, bucket: tuple[str, Any], data: xr.Dataset) -> None:
    root, options = bucket
    check(cells_at(f"{root}/{name}", FORMATS[name], options=options), data)


def test_a_table(folder: Path) -> None:
    found = run(cells_at(str(folder / "table.csv"), "csv"))["x"]
    assert list(found["a"].compute()) == [1, 2, 3]


def test_what_the_catalog_says_of_reading_is_followed(folder: Path, data: xr.Dataset) -> None:
    kwargs = {"group": "inner", "chunks": {"time": 6}, "drop_variables": ["x"]}
    source = cells_at(str(folder / "groups.zarr"), "zarr", open_kwargs=kwargs)
    found = run(source)["x"]
    assert found["t"].chunks == ((6,), (4,))
    xr.testing.assert_equal(found.load(), data.drop_vars("x"))


OPTIONS = [
    ("s3://b/x.zarr", {}, {}, False, '{"anon": True}'),
    ("gs://b/x.zarr", {"token": "cloud"}, {"token": "anon"}, False, '{"token": "cloud"}'),
    ("gs://b/x.zarr", {}, {}, True, '{"requester_pays": True}'),
    ("az://c/x.zarr", {}, {"account_name": "a"}, False, '{"anon": True, "account_name": "a"}'),
    ("s3://b/x.zarr", {"key": "MARKER", "secret": "MARKER"}, {}, False, '{"anon": True}'),
]


@pytest.mark.parametrize(("url", "given", "own", "pays", "expected"), OPTIONS)
def test_who_asks_a_store(url: str, given: Any, own: Any, pays: bool, expected: str) -> None:
    dataset = r.Dataset(id="a/x", name="x", catalog="a", format="zarr", requester_pays=pays)
    reading = {"storage_options": own} if own else {}
    opening = r.Opening(
        dataset=dataset, kind="url", url=url, catalog_url=url, entry="", reading=reading,
        storage_options=given,
    )  # fmt: skip
    (cell,) = make_cells("open", [CellSource(dataset, opening)], "plain").cells
    assert f"storage_options = {expected}" in cell.source
    assert "MARKER" not in cell.source


def test_a_public_asset_of_an_intake_esm_catalog_is_read_by_nobody_in_particular() -> None:
    for pays, expected in ((False, '{"anon": True}'), (True, '{"requester_pays": True}')):
        dataset = r.Dataset(id="a/x", name="x", catalog="a", requester_pays=pays)
        opening = r.Opening(
            dataset=dataset, kind="intake-esm", catalog_url="https://x.org/c.json", entry="s3://b/x"
        )
        (cell,) = make_cells("open", [CellSource(dataset, opening)], "plain").cells
        assert f"storage_options = {expected}\n" in cell.source
        assert "storage_options=storage_options" in cell.source


@pytest.fixture(scope="module")
def catalog(folder: Path) -> Path:
    """A catalog of intake 2, as intake itself writes it."""
    import intake
    from intake.readers import datatypes, readers

    made = intake.entry.Catalog()
    inner = datatypes.Zarr(str(folder / "groups.zarr"), root="inner")
    made["grouped"] = readers.XArrayDatasetReader(inner, chunks={})
    made["file"] = datatypes.HDF5(str(folder / "four.nc"))
    store = readers.XArrayDatasetReader(datatypes.Zarr(str(folder / "v2.zarr")), chunks={})
    made["first"] = store.isel(time=[0])
    path = folder / "v2.yaml"
    made.to_yaml_file(str(path))
    return path


def cells_of(catalog: Path, name: str) -> str:
    async def ask() -> str:
        service = LabService(read_config({"catalogs": [{"name": "c", "url": str(catalog)}]}))
        await service.start()
        try:
            wanted = r.CellsRequest(datasets=(f"c/{name}",), analysis="open", style="plain")
            return (await service.cells(wanted)).cells[0].source
        finally:
            await service.close()

    return asyncio.run(ask())


def test_entries_of_intake_2(catalog: Path, data: xr.Dataset) -> None:
    xr.testing.assert_equal(run(cells_of(catalog, "grouped"))["grouped"].load(), data)
    xr.testing.assert_equal(run(cells_of(catalog, "file"))["file_2"].load(), data)


def test_a_pipeline_of_intake_2_runs_once_somebody_vouches(catalog: Path, data: xr.Dataset) -> None:
    source = cells_of(catalog, "first")
    assert "# Nobody has vouched for what opening it runs: it runs the reader" in source
    with pytest.raises(PermissionError, match="vouched = True"):
        run(source)
    found = run(source.replace("vouched = False", "vouched = True"))["first"]
    xr.testing.assert_equal(found.load(), data.isel(time=[0]))


def test_an_untrusted_driver_is_not_imported_unless_somebody_vouches(tmp_path: Path) -> None:
    (tmp_path / "canary.py").write_text(
        "from pathlib import Path\n"
        "from intake.source.base import DataSource\n"
        "Path(__file__).with_name('sung').touch()\n\n"
        "class Source(DataSource):\n"
        "    def to_dask(self):\n"
        "        return 42\n"
    )
    path = tmp_path / "catalog.yaml"
    entry = {"driver": "canary.Source", "args": {}}
    path.write_text(yaml.safe_dump({"sources": {"bird": entry}}))
    source = cells_of(path, "bird")
    (tmp_path / "cell.py").write_text(source)
    command = [sys.executable, "cell.py"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "PermissionError" in ran.stderr
    assert not (tmp_path / "sung").exists()
    (tmp_path / "cell.py").write_text(source.replace("vouched = False", "vouched = True"))
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (tmp_path / "sung").exists()


def test_the_lines_are_formatted(tmp_path: Path) -> None:
    for number, (url, options) in enumerate(
        (f"{scheme}{'b' * length}/x.json", options)
        for scheme in ("s3://", "https://", "/")
        for length in (1, 30, 60, 90)
        for options in ({}, {"anon": True, "endpoint_url": f"https://{'e' * 40}.org"})
    ):
        for data_format in ("kerchunk", "netcdf", "zarr", "parquet"):
            source = cells_at(url, data_format, options=options) + "\n"
            path = tmp_path / f"{data_format}{number}.py"
            path.write_text(source)
            path.with_suffix(".txt").write_text(source)
    subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "-q", str(tmp_path)], check=True
    )
    for path in tmp_path.glob("*.py"):
        assert path.read_text() == path.with_suffix(".txt").read_text()
