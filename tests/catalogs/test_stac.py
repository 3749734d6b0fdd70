"""STAC is read as it is found: files, APIs with pages, both storage extensions, odd values."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from multicloud_lab.catalogs import Entry
from multicloud_lab.catalogs.formats import stac
from multicloud_lab.catalogs.reach import Reach
from multicloud_lab.catalogs.reader import Document
from multicloud_lab.regions import Region
from tests.catalogs.conftest import Read
from tests.catalogs.serving import serving
from tests.catalogs.stac_samples import Json, daymet, landsat, naip, sentinel

WEST = Region("aws", "us-west-2")


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def by_id(entries: list[Entry]) -> dict[str, Entry]:
    return {"/".join(entry.path): entry for entry in entries}


def catalog(*links: Json, **more: Any) -> Json:
    return {
        "type": "Catalog",
        "stac_version": "1.0.0",
        "id": "top",
        "description": "d",
        "links": list(links),
        **more,
    }


def collection(name: str, *links: Json, **more: Any) -> Json:
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": name,
        "title": f"The {name}",
        "description": "d",
        "license": "CC-0",
        "extent": {},
        "links": list(links),
        **more,
    }


def item(name: str, href: str = "", **asset: Any) -> Json:
    data = {"href": href or f"s3://bucket/{name}.nc", "roles": ["data"], **asset}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "properties": {"datetime": "2020-01-01T00:00:00Z"},
        "assets": {"data": data},
        "links": [],
    }


# --- one document -------------------------------------------------------------------------------


def test_a_store_by_two_addresses_is_one_dataset(tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path / "c.json", daymet()))
    assert entry.path == ("daymet-daily-hi",)
    assert entry.title == "Daymet Daily Hawaii"
    assert entry.format == "zarr"
    assert entry.kind == "url"
    assert entry.url == ("abfs://daymet-zarr@daymeteuwest.dfs.core.windows.net/daily/hi.zarr")
    assert len(entry.copies) == 1
    assert entry.copies[0].region == Region("azure", "westeurope")
    assert entry.variables == ("prcp", "tmax")
    assert entry.tags == ("Daymet", "Hawaii", "Temperature", "Precipitation", "1980-2020")
    assert entry.reading == {
        "format": "zarr",
        "open_kwargs": {"consolidated": True},
        "storage_options": {"account_name": "daymeteuwest"},
    }
    assert not entry.untrusted


def test_a_region_that_is_none_is_told(tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path / "c.json", daymet(region="US")))
    assert entry.copies[0].region is None
    assert "cannot be used" in entry.copies[0].detail


def test_an_alternate_is_a_copy_with_its_own_region_and_payer(tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path / "i.json", landsat()))
    assert entry.path == ("LC09_L2SP_081108_20230311_02_T1",)
    assert entry.format == "rasterio"
    assert entry.tags == ("2023",)
    web_copy, bucket = entry.copies
    assert web_copy.url.startswith("https://landsatlook.usgs.gov/")
    assert (web_copy.region, web_copy.requester_pays) == (None, False)
    assert bucket.url.startswith("s3://usgs-landsat/")
    assert (bucket.region, bucket.requester_pays) == (WEST, True)


def test_schemes_are_followed_by_reference(tmp_path: Path, read: Read) -> None:
    entries = by_id(read(write(tmp_path / "i.json", naip())))
    assert list(entries) == ["naip/rgb", "naip/rgbir"]
    own, other = entries["naip/rgb"].copies
    assert (own.region, own.requester_pays, own.endpoint) == (WEST, True, "")
    assert other.region is None
    assert other.endpoint == "https://play.min.io:9000"
    assert "play.min.io" in other.detail
    assert entries["naip/rgbir"].copies[0].region == Region("azure", "westus2")


@pytest.mark.parametrize(
    ("fields", "region", "pays", "endpoint"),
    [
        ({"storage:region": "us-west-2"}, WEST, False, ""),
        ({"storage:platform": "AWS", "storage:region": "us-west-2"}, WEST, False, ""),
        ({"storage:requester_pays": True}, None, True, ""),
        ({"storage:platform": "ALIBABA", "storage:region": "us-west-1"}, None, False, ""),
        ({"storage:platform": "AWS", "storage:region": "us-central-1"}, None, False, ""),
        (
            {"xarray:storage_options": {"client_kwargs": {"region_name": "us-west-2"}}},
            WEST, False, "",
        ),
        (
            {
                "xarray:storage_options": {
                    "client_kwargs": {"region_name": "us-west-2", "endpoint_url": "https://osn.x"}
                }
            },
            None, False, "https://osn.x",
        ),
        ({"xarray:storage_options": {"requester_pays": True}}, None, True, ""),
        ({"storage:refs": ["nowhere"]}, None, False, ""),
        ({"msft:region": "westeurope"}, None, False, ""),  # of Azure, and this is in S3
    ],
)  # fmt: skip
def test_what_an_asset_says_of_its_storage(
    fields: Json, region: Region | None, pays: bool, endpoint: str, tmp_path: Path, read: Read
) -> None:
    (entry,) = read(write(tmp_path / "i.json", item("x", **fields)))
    (found,) = entry.copies
    assert (found.region, found.requester_pays, found.endpoint) == (region, pays, endpoint)


def test_what_a_collection_says_holds_for_its_items(tmp_path: Path, read: Read) -> None:
    links = [{"rel": "item", "href": f"./{name}.json"} for name in ("aws", "gcp")]
    write(tmp_path / "aws.json", item("aws"))
    write(tmp_path / "gcp.json", item("gcp", "gs://bucket/gcp.nc"))
    summaries = {"storage:platform": ["AWS"], "storage:region": ["us-west-2"]}
    top = collection("c", *links, summaries=summaries)
    entries = by_id(read(write(tmp_path / "collection.json", top)))
    assert entries["c/aws"].copies[0].region == WEST
    assert entries["c/gcp"].copies[0].region is None  # what is on GCS is in no region of AWS


def test_google_v1_of_the_extensions_example(tmp_path: Path, read: Read) -> None:
    fields = {"storage:platform": "GCP", "storage:region": "us-central1"}
    (entry,) = read(write(tmp_path / "i.json", item("x", "gs://swift/x.tif", **fields)))
    assert entry.copies[0].region == Region("gcp", "us-central1")


@pytest.mark.parametrize(
    ("asset", "data_format"),
    [
        ({"href": "s3://b/x.nc"}, "netcdf"),
        ({"href": "s3://b/x", "type": "application/x-netcdf"}, "netcdf"),
        ({"href": "s3://b/x", "type": "application/vnd.zarr; version=3"}, "zarr"),
        ({"href": "s3://b/x", "type": "application/vnd.apache.parquet"}, "parquet"),
        ({"href": "s3://b/x.json", "type": "application/json", "roles": ["index"]}, "kerchunk"),
        ({"href": "s3://b/kerchunk.json", "type": "application/json"}, None),
        ({"href": "s3://b/x", "type": "image/tiff; application=geotiff"}, "rasterio"),
        ({"href": "s3://b/x.grib2", "type": "application/wmo-GRIB2"}, "grib"),
        ({"href": "s3://b/x", "type": "application/octet-stream", "roles": ["data"]}, ""),
        ({"href": "s3://b/x", "xarray:open_kwargs": {"engine": "zarr"}}, "zarr"),
        ({"href": "s3://b/x.png", "type": "image/png", "roles": ["data"]}, None),
        ({"href": "s3://b/x.tif", "roles": ["thumbnail"]}, None),
        ({"href": "s3://b/x.tif", "roles": ["overview"]}, None),
        ({"href": "s3://b/x.json", "type": "application/json", "roles": ["metadata"]}, None),
        ({"href": "s3://b/items.parquet", "roles": ["stac-items"]}, None),
        ({"href": "s3://b/readme"}, None),
        ({"type": "application/x-netcdf"}, None),
    ],
)  # fmt: skip
def test_which_assets_are_data(
    asset: Json, data_format: str | None, tmp_path: Path, read: Read
) -> None:
    content = {**item("x"), "assets": {"a": asset}}
    assert [e.format for e in read(write(tmp_path / "i.json", content))] == (
        [] if data_format is None else [data_format]
    )


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("./data/x.nc", "{folder}/data/x.nc"),
        ("../x.nc", "{above}/x.nc"),
        ("/vsis3/bucket/x.nc", "s3://bucket/x.nc"),
        ("/vsicurl/https://example.org/x.nc", "https://example.org/x.nc"),
        ("https://example.org/x.nc?a=b", "https://example.org/x.nc?a=b"),
        ("s3://bucket/x.zarr/", "s3://bucket/x.zarr/"),
    ],
)
def test_addresses_are_made_whole(href: str, url: str, tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path / "i.json", item("x", href)))
    assert entry.url == url.format(folder=tmp_path, above=tmp_path.parent)


@pytest.mark.parametrize("href", ["simplecache::s3://b/x.nc", "ssh://host/x.nc", "evil://x.nc"])
def test_unusual_file_systems_are_told(href: str, tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path / "i.json", item("x", href)))
    assert entry.untrusted


def test_what_opening_is_told_is_plain_and_safe(tmp_path: Path, read: Read) -> None:
    opens = {
        "engine": "evil.engine",
        "backend_kwargs": {"x": 1},
        "preprocess": "{func(os.system)}",
        "chunks": {"time": 10, "x": "auto"},
        "decode_times": False,
        "group": "a/b",
        "storage_options": {"anon": True, "key": "AKIA", "endpoint_url": "http://169.254.169.254"},
    }
    options = {"token": "/etc/passwd", "credential": "x", "account_name": "good"}
    asset = {"xarray:open_kwargs": opens, "xarray:storage_options": options}
    (entry,) = read(write(tmp_path / "i.json", item("x", "s3://b/x.zarr", **asset)))
    assert entry.reading == {
        "format": "zarr",
        "open_kwargs": {"chunks": {"time": 10, "x": "auto"}, "decode_times": False, "group": "a/b"},
        "storage_options": {"anon": True, "account_name": "good"},
    }


# --- static catalogs ----------------------------------------------------------------------------


def test_a_static_catalog_is_followed_and_a_broken_child_is_one_row(
    tmp_path: Path, read: Read
) -> None:
    top = catalog(
        {"rel": "root", "href": "./catalog.json"},
        {"rel": "self", "href": "./catalog.json"},
        {"rel": "child", "href": "./good/collection.json", "title": "Good"},
        {"rel": "child", "href": "./broken/collection.json", "title": "Broken"},
        {"rel": "child", "href": "./sub/catalog.json"},
        {"rel": "item", "href": "./lone/lone.json"},
        {"rel": "child"},
        {"rel": "child", "href": 7},
    )
    links = [
        {"rel": "parent", "href": "../catalog.json"},
        {"rel": "item", "href": "./one/one.json"},
        {"rel": "item", "href": "./none/none.json"},
    ]
    write(tmp_path / "good/collection.json", collection("good-id", *links))
    write(tmp_path / "good/one/one.json", item("one", "./one.nc"))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/collection.json").write_text("{")
    write(tmp_path / "sub/catalog.json", catalog({"rel": "child", "href": "./c.json"}, id="sub-id"))
    write(tmp_path / "sub/c.json", daymet())
    write(tmp_path / "lone/lone.json", item("lone"))
    entries = by_id(read(write(tmp_path / "catalog.json", top)))
    assert {name: bool(entry.problem) for name, entry in entries.items()} == {
        "good-id/one": False,
        "good-id/none": True,
        "broken": True,
        "sub-id/daymet-daily-hi": False,
        "lone": False,
    }
    assert entries["good-id/one"].url == str(tmp_path / "good/one/one.nc")
    assert "not JSON" in entries["broken"].problem
    assert entries["broken"].title == "Broken"
    assert "not there" in entries["good-id/none"].problem


def test_a_collection_of_many_items_is_one_dataset_where_its_first_item_is(
    tmp_path: Path, read: Read
) -> None:
    links = [{"rel": "item", "href": f"./{i}.json"} for i in range(stac.MAX_ITEMS + 1)]
    pays: Json = {"storage:region": "us-west-2", "storage:requester_pays": True}
    first = item("0", **pays)
    write(tmp_path / "0.json", first)
    (entry,) = read(write(tmp_path / "collection.json", collection("many", *links)))
    assert entry.path == ("many",)
    assert entry.format == "stac"
    assert not entry.problem
    (found,) = entry.copies
    assert (found.url, found.region, found.requester_pays) == ("s3://bucket", WEST, True)


def test_a_collection_of_few_items_lists_them(tmp_path: Path, read: Read) -> None:
    links = [{"rel": "item", "href": f"./{i}.json"} for i in range(stac.MAX_ITEMS)]
    for i in range(stac.MAX_ITEMS):
        write(tmp_path / f"{i}.json", item(str(i)))
    entries = read(write(tmp_path / "collection.json", collection("few", *links)))
    assert [entry.path for entry in entries] == [("few", str(i)) for i in range(stac.MAX_ITEMS)]


def test_a_collection_without_anything_is_not_lost(tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path / "collection.json", collection("empty")))
    assert (entry.path, entry.format, entry.url) == (("empty",), "stac", "")


def test_catalogs_that_go_round_end(tmp_path: Path, read: Read) -> None:
    write(tmp_path / "a.json", catalog({"rel": "child", "href": "./b.json"}, id="a"))
    write(tmp_path / "b.json", catalog({"rel": "child", "href": "./a.json"}, id="b"))
    (entry,) = read(tmp_path / "a.json")
    assert "circle" in entry.problem


# --- APIs ---------------------------------------------------------------------------------------


class Api:
    """A STAC API with pages, which counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.address = ""
        self.pages: list[list[Json]] = []
        self.items: list[Json] = []
        self.next: Json = {}

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        page = int(request.query.get("page", 0))
        here = f"{self.address}/api/v1"
        if request.path == "/api/v1":
            links = [
                {"rel": "data", "href": "/api/v1/collections"},
                {"rel": "search", "href": f"{here}/search", "method": "POST"},
                {"rel": "child", "href": f"{here}/collections/daymet-daily-hi"},
                {"rel": "child", "href": f"{here}/more"},
            ]
            return web.json_response(catalog(*links, conformsTo=["https://api.stacspec.org/v1"]))
        if request.path == "/api/v1/more":
            return web.json_response(catalog(id="more"))
        if request.path == "/api/v1/collections":
            further = {"rel": "next", "href": f"{here}/collections?page={page + 1}", **self.next}
            links = [further] if page + 1 < len(self.pages) else []
            return web.json_response({"collections": self.pages[page], "links": links})
        if request.path.endswith("/items"):
            limit = int(request.query.get("limit", 10))
            found = {"type": "FeatureCollection", "features": self.items[:limit], "links": []}
            return web.json_response(found, content_type="application/geo+json")
        return web.Response(status=404)


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    app = web.Application()
    app.router.add_get("/{rest:.*}", made.answer)
    with serving(app) as address:
        made.address = address
        yield made


def test_an_api_is_asked_for_its_collections_page_by_page(api: Api, read: Read) -> None:
    here = f"{api.address}/api/v1"
    azure = sentinel(
        here,
        **{
            "msft:region": "westeurope",
            "msft:storage_account": "sentinel2l2a01",
            "msft:container": "sentinel2-l2",
        },
    )
    api.pages = [[daymet(), azure], [sentinel(here, id="sentinel-2-c1-l2a")], [collection("last")]]
    scheme = {"type": "aws-s3", "bucket": "e84-earth-search-sentinel-data", "region": "us-west-2"}
    first = item("S2B_1", "https://e84-earth-search-sentinel-data.s3.us-west-2.amazonaws.com/B.tif")
    first["properties"]["storage:schemes"] = {"aws": scheme}
    first["assets"]["data"]["storage:refs"] = ["aws"]
    api.items = [first, item("other")]
    entries = by_id(read(here))
    assert list(entries) == ["daymet-daily-hi", "sentinel-2-l2a", "sentinel-2-c1-l2a", "last"]
    assert not any(entry.problem for entry in entries.values())
    assert entries["daymet-daily-hi"].format == "zarr"
    behind = entries["sentinel-2-l2a"]
    assert behind.format == "stac"
    assert behind.url == "abfs://sentinel2-l2@sentinel2l2a01.dfs.core.windows.net"
    assert behind.copies[0].region == Region("azure", "westeurope")
    assert behind.tags == ("2015-",)
    # Of what does not say where it is, one item is asked.
    sampled = entries["sentinel-2-c1-l2a"]
    assert sampled.format == "stac"
    assert [(c.url, c.region) for c in sampled.copies] == [
        ("s3://e84-earth-search-sentinel-data", WEST)
    ]
    assert sorted(api.asked) == [
        "/api/v1",
        "/api/v1/collections",
        "/api/v1/collections/sentinel-2-l2a/items?limit=1",
        "/api/v1/collections?page=1",
        "/api/v1/collections?page=2",
        "/api/v1/more",
    ]


def test_an_answer_of_an_api_may_be_the_catalog(api: Api, read: Read) -> None:
    api.pages = [[daymet()], [collection("last")]]
    assert len(read(f"{api.address}/api/v1/collections")) == 2
    api.items = [item("a"), item("b")]
    entries = read(f"{api.address}/api/v1/collections/x/items")
    assert [entry.path for entry in entries] == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("following", "problem"),
    [
        ({"method": "POST"}, "only told to a POST"),
        ({"href": "/api/v1/nowhere"}, "not there"),
        ({"href": "http://169.254.169.254/latest"}, "169.254.169.254"),
        ({"href": "file:///etc/passwd"}, "file of this machine"),
        ({"href": "http://[::1/x"}, "holds ::"),
        ({"href": "http://[1/x"}, "no address"),
    ],
)
def test_pages_that_cannot_be_had_are_one_row(
    following: Json, problem: str, api: Api, read: Read
) -> None:
    api.pages, api.next = [[daymet()], [collection("last")]], following
    entries = read(f"{api.address}/api/v1/collections")
    assert [entry.path for entry in entries] == [("daymet-daily-hi",), ("…",)]
    assert problem in entries[-1].problem


def test_pages_are_bounded_and_a_circle_ends(
    api: Api, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stac, "MAX_PAGES", 3)
    api.pages = [[collection(f"c{i}")] for i in range(9)]
    entries = read(f"{api.address}/api/v1/collections")
    assert [entry.path[0] for entry in entries] == ["c0", "c1", "c2", "…"]
    assert "Only 3 pages" in entries[-1].problem
    api.next = {"href": "/api/v1/collections"}
    assert [entry.path[0] for entry in read(f"{api.address}/api/v1/collections")] == ["c0"]


def test_links_to_places_inside_are_not_followed(api: Api, read: Read, tmp_path: Path) -> None:
    app = web.Application()
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response(daymet())

    app.router.add_get("/{rest:.*}", note)
    with serving(app) as inside:
        links = [{"rel": "child", "href": f"{inside}/secret.json"}, {"rel": "item", "href": inside}]
        api.pages = [[collection("c", *links)]]
        entries = read(f"{api.address}/api/v1/collections")
    assert len(entries) == 2
    assert all("is not read" in entry.problem for entry in entries)
    assert not asked


# --- odd values ---------------------------------------------------------------------------------

ODD: list[Any] = [
    None, 7, -1.5, True, "text", "", [], [1], ["a"], {}, {"a": 1}, [[]], [{}], {"a": {"b": []}},
    "http://[", "\x00", {"href": 7}, [{"href": "x"}], [{"rel": "next", "href": "http://["}],
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a nested value."""
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(part, dict | list):
            yield from places(part, (*path, key))


@pytest.mark.parametrize("row", [None, Entry(path=("x",), name="x", catalog_url="", kind="url",
                                             driver="stac", format="stac")])  # fmt: skip
@pytest.mark.parametrize("sample", [daymet, landsat, naip, sentinel])
def test_an_odd_value_anywhere_costs_nothing_else(sample: Any, row: Entry | None) -> None:
    url = "https://example.org/x.json"
    reach = Reach.of(url, lambda url: {})
    reader, tried = stac.StacFormat(), 0
    for path in places(sample()):
        for value in ODD:
            content = holder = copy.deepcopy(sample())
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = value
            if not reader.owns(content, url):
                continue
            # No more is fetched here than this one file, so nothing but odd values can fail.
            for found in reader.read(Document(url, content, (), row, reach, 5)):
                entry = found if isinstance(found, Entry) else found.row
                assert all(part and part.isprintable() for part in entry.path), (path, value)
                json.dumps(dict(entry.reading))
                tried += 1
    assert tried > 300
