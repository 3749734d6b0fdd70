"""Opening by URL: every format over real sockets, lazily; hostile references refused in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
import xarray as xr
from aiohttp import web
from distributed.protocol.pickle import dumps, loads

from multicloud_lab.catalogs import opening_url
from multicloud_lab.catalogs.opening_url import open_url
from multicloud_lab.catalogs.references import plain_references
from multicloud_lab.demo.stores import Store
from multicloud_lab.errors import (
    AccessDeniedError,
    CatalogError,
    InvalidInputError,
    UntrustedSourceError,
)
from multicloud_lab.records import Dataset, Opening
from tests.catalogs.serving import serving
from tests.formats import references, small_dataset, write_formats


def opening(url: str, data_format: str = "", *, pays: bool = False, **reading: Any) -> Opening:
    return Opening(
        dataset=Dataset(
            id="lab/x", name="x", catalog="lab", format=data_format, requester_pays=pays
        ),
        kind="url",
        url=url,
        catalog_url="https://example.org/catalog.json",
        entry=url,
        reading=reading,
    )


@pytest.fixture(scope="module")
def data() -> xr.Dataset:
    return small_dataset()


@pytest.fixture(scope="module")
def folder(data: xr.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same data in every format."""
    root = tmp_path_factory.mktemp("data")
    write_formats(data, root)
    (root / "refs.json").write_text(json.dumps(references(root / "v2.zarr", "v2.zarr")))
    return root


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    app = web.Application()

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=403)

    app.router.add_route("*", "/secret/{rest:.*}", refuse)
    app.router.add_static("/", folder)
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def bucket(folder: Path, s3: Store) -> tuple[str, dict[str, Any]]:
    """An S3 bucket with the folder in it, and what reads it."""
    options: dict[str, Any] = {"key": "k", "secret": "s", "endpoint_url": s3.endpoint}
    store = fsspec.filesystem("s3", **options)
    store.mkdir("data")
    store.put(f"{folder}/", "data/all/", recursive=True)
    return "s3://data/all", {"anon": False, **options}


@pytest.mark.parametrize(
    ("url", "pays", "own", "given", "expected"),
    [
        ("s3://b/x", False, {}, {}, {"anon": True}),
        ("gs://b/x", False, {}, {}, {"token": "anon"}),
        ("https://h/x", False, {}, {}, {}),
        ("/x", False, {}, {}, {}),
        ("s3://b/x", True, {}, {}, {"requester_pays": True}),
        ("s3://b/x", True, {}, {"profile": "me"}, {"requester_pays": True, "profile": "me"}),
        ("s3://b/x", False, {"anon": True}, {"key": "k"}, {"key": "k"}),
        ("gs://b/x", False, {"token": "anon"}, {"token": "cloud"}, {"token": "cloud"}),
        ("az://c/x", False, {"account_name": "a"}, {}, {"anon": True, "account_name": "a"}),
        ("az://c/x", False, {"account_name": "a"}, {"sas_token": "s"},
         {"account_name": "a", "sas_token": "s"}),
    ],
)  # fmt: skip
def test_who_asks_a_store(
    url: str, pays: bool, own: dict[str, Any], given: dict[str, Any], expected: dict[str, Any]
) -> None:
    wanted = opening(url, "zarr", pays=pays, storage_options=own)
    assert opening_url._options(wanted, given) == expected


ARRAYS = ["v2.zarr", "bare2.zarr", "v3.zarr", "bare3.zarr", "four.nc", "three.nc"]


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_of_this_machine(name: str, folder: Path, data: xr.Dataset) -> None:
    found = open_url(opening(str(folder / name)), {"auto_mkdir": False})
    assert found.t.chunks is not None
    xr.testing.assert_equal(found.compute(), data)


@pytest.mark.parametrize("name", ["v2.zarr", "four.nc", "three.nc", "refs.json"])
def test_arrays_over_http(name: str, site: str, data: xr.Dataset) -> None:
    found = open_url(opening(f"{site}/{name}"), {})
    assert found.t.chunks is not None
    xr.testing.assert_equal(found.compute(), data)


@pytest.mark.parametrize("name", ["bare2.zarr", "bare3.zarr"])
def test_a_store_that_must_be_listed_says_so(name: str, site: str) -> None:
    with pytest.raises(CatalogError, match="no consolidated metadata"):
        open_url(opening(f"{site}/{name}"), {})


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_in_s3(name: str, bucket: tuple[str, dict[str, Any]], data: xr.Dataset) -> None:
    root, options = bucket
    found = open_url(opening(f"{root}/{name}"), options)
    assert found.t.chunks is not None
    xr.testing.assert_equal(found.compute(), data)


def test_references_into_s3(
    bucket: tuple[str, dict[str, Any]], folder: Path, data: xr.Dataset
) -> None:
    root, options = bucket
    refs = references(folder / "v2.zarr", f"{root}/v2.zarr")
    with fsspec.open(f"{root}/refs-s3.json", "wt", **options) as file:
        file.write(json.dumps(refs))
    found = open_url(opening(f"{root}/refs-s3.json", "kerchunk"), options)
    xr.testing.assert_equal(found.compute(), data)


@pytest.mark.parametrize("name", ["v2.zarr", "four.nc", "three.nc", "refs.json"])
def test_what_is_open_goes_to_a_worker(name: str, site: str, data: xr.Dataset) -> None:
    found = open_url(opening(f"{site}/{name}"), {})
    again = loads(dumps(found))  # type: ignore[no-untyped-call]
    xr.testing.assert_equal(again.compute(), data)


@pytest.mark.parametrize("name", ["table.parquet", "table.csv"])
def test_tables(name: str, site: str, folder: Path, bucket: tuple[str, dict[str, Any]]) -> None:
    root, options = bucket
    for place, given in ((str(folder), {}), (site, {}), (root, options)):
        found = open_url(opening(f"{place}/{name}"), given)
        assert found.npartitions == 1
        assert list(found.compute().a) == [1, 2, 3]


def test_what_the_catalog_says_of_reading_is_followed(site: str) -> None:
    found = open_url(
        opening(f"{site}/v2.zarr", open_kwargs={"decode_times": False, "chunks": {"time": 2}}), {}
    )
    assert found.time.dtype.kind == "i"
    assert found.t.chunks == ((2, 2, 2), (4,))


def test_an_engine_of_the_catalog_does_not_change_what_a_format_is(site: str) -> None:
    found = open_url(opening(f"{site}/v2.zarr", format="zarr", open_kwargs={"engine": "scipy"}), {})
    assert found.t.shape == (6, 4)


@pytest.mark.parametrize(
    ("url", "data_format", "complaint"),
    [
        ("s3://b/x", "", r"lab/x cannot be opened at s3://b/x: its catalog does not say"),
        ("s3://b/x.zip", "zip", r"its catalog says 'zip'"),
        ("https://h/c", "stac", r"STAC collection of many items"),
        ("s3://b/x.grib2", "", r"GRIB is only read from files"),
        ("s3://b/x", "icechunk", r"Icechunk"),
    ],
)
def test_what_is_not_opened_by_its_url(url: str, data_format: str, complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=complaint):
        open_url(opening(url, data_format), {})


@pytest.mark.parametrize(
    "url", ["simplecache::file:///etc/x.zarr", "evil://host/x.nc", "s3://{{ env(HOME) }}/x.zarr"]
)
def test_an_address_that_is_no_plain_one_is_not_opened(url: str) -> None:
    with pytest.raises(UntrustedSourceError, match="lab/x"):
        open_url(opening(url), {})


def test_what_its_catalog_made_doubtful_is_not_opened(site: str) -> None:
    doubtful = opening(f"{site}/v2.zarr").model_copy(update={"untrusted": ("it is odd",)})
    with pytest.raises(UntrustedSourceError, match="it is odd"):
        open_url(doubtful, {})
    assert open_url(doubtful, {}, trust=True).t.shape == (6, 4)


def test_parameters_there_are_none() -> None:
    with pytest.raises(InvalidInputError, match="no parameters; year"):
        open_url(opening("s3://b/x.zarr"), {}, {"year": 2000})


@pytest.mark.parametrize("name", ["none.zarr", "none.nc", "none.parquet", "none.csv"])
def test_not_there(
    name: str, site: str, bucket: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    root, options = bucket
    places: tuple[tuple[str, dict[str, Any]], ...] = (
        (site, {}),
        (root, options),
        (str(tmp_path), {}),
    )
    for place, given in places:
        with pytest.raises(CatalogError, match="lab/x is not there any more"):
            open_url(
                opening(f"{place}/{name}?sig=hunter2" if "http" in place else f"{place}/{name}"),
                given,
            )


@pytest.mark.parametrize("name", ["a.nc", "a.csv", "a.parquet"])
def test_access_denied(name: str, site: str) -> None:
    with pytest.raises(AccessDeniedError, match="access is denied") as caught:
        open_url(opening(f"{site}/secret/{name}?sig=hunter2"), {})
    assert "hunter2" not in str(caught.value)
    with pytest.raises(AccessDeniedError, match="its reader pays"):
        open_url(opening(f"{site}/secret/{name}", pays=True), {})


def test_not_what_it_should_be(site: str) -> None:
    with pytest.raises(CatalogError, match="cannot be opened as netcdf"):
        open_url(opening(f"{site}/table.csv", "netcdf"), {})


def test_a_package_that_is_not_here() -> None:
    with pytest.raises(
        CatalogError, match=r"needs rioxarray.*pip install 'multicloud-lab.raster.'"
    ):
        open_url(opening("https://example.org/a.tif", "rasterio"), {})
    with pytest.raises(CatalogError, match=r"needs adlfs.*pip install 'multicloud-lab.azure.'"):
        open_url(opening("abfs://c@account.dfs.core.windows.net/a.zarr", "zarr"), {})


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/x",
        "simplecache::http://example.org/x",
        "ssh://example.org/x",
    ],
)
def test_references_that_lead_inside_are_refused(target: str) -> None:
    refs = {".zgroup": '{"zarr_format": 2}', "t/0": [target, 0, 10]}
    app = web.Application()

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(refs)

    app.router.add_get("/refs.json", answer)
    with serving(app) as address, pytest.raises(UntrustedSourceError, match="may not name"):
        # As of a public host, whose own address is no excuse for any other.
        open_url(opening(f"{address}/refs.json", "kerchunk"), {})


def test_references_of_this_machine_and_trusted_ones_lead_anywhere(
    site: str, folder: Path, tmp_path: Path, data: xr.Dataset
) -> None:
    local = tmp_path / "local.json"
    local.write_text(json.dumps(references(folder / "v2.zarr", str(folder / "v2.zarr"))))
    found = open_url(opening(str(local), "kerchunk"), {})
    xr.testing.assert_equal(found.compute(), data)
    far = folder / "far.json"
    far.write_text(json.dumps(references(folder / "v2.zarr", f"file://{folder}/v2.zarr")))
    with pytest.raises(UntrustedSourceError):
        open_url(opening(f"{site}/far.json", "kerchunk"), {})
    found = open_url(opening(f"{site}/far.json", "kerchunk"), {}, trust=True)
    xr.testing.assert_equal(found.compute(), data)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("nonsense", "not JSON"),
        ("[]", "no references"),
        ('{"a": 1}', "no references"),
        ('{".zgroup": "", "x": 7}', "a reference that is none"),
        ('{"version": 1, "refs": 7}', "no references"),
        ('{"refs": {".zgroup": ""}, "gen": [{}]}', "generators"),
        ('{"refs": {".zgroup": ""}, "templates": {"u": "{{ 7*7 }}"}}', "not plain"),
        ('{"refs": {".zgroup": "", "a": ["{{ f(1) }}"]}}', "not plain"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_odd_references_are_refused_in_words(content: str, complaint: str) -> None:
    with pytest.raises((CatalogError, UntrustedSourceError), match=complaint):
        plain_references(content.encode(), "https://example.org/refs.json")


def test_targets_are_made_whole() -> None:
    content = {
        "version": 1,
        "templates": {"u": "s3://b/x.nc"},
        "refs": {".zgroup": {"zarr_format": 2}, "a/0": ["{{u}}", 1, 2], "a/1": ["../y.nc"]},
    }
    found, targets = plain_references(json.dumps(content).encode(), "https://e.org/r/refs.json")
    assert found == {
        ".zgroup": '{"zarr_format": 2}',
        "a/0": ["s3://b/x.nc", 1, 2],
        "a/1": ["https://e.org/y.nc"],
    }
    assert targets == {"s3://b/x.nc", "https://e.org/y.nc"}
