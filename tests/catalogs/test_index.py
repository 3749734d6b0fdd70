"""The index: words, filters, facets, order, ids, near misses; against a plain model too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from multicloud_lab.catalogs.entry import Copy, Entry
from multicloud_lab.catalogs.index import CatalogIndex, Found
from multicloud_lab.catalogs.index.words import words
from multicloud_lab.errors import DatasetNotFoundError, InvalidInputError
from multicloud_lab.records import Dataset, DatasetQuery, Location, Parameter
from multicloud_lab.regions import Evidence, Region, parse_region


def root_of(url: str, endpoint: str) -> str:
    """A bucket is a site."""
    return "/".join([*url.split("/")[:3], *([endpoint] if endpoint else [])])


def entry(path: str, *urls: str, **more: Any) -> Entry:
    parts = tuple(path.split("/"))
    copies = tuple(Copy(url=url) for url in urls)
    values = {"path": parts, "name": parts[-1], "catalog_url": "https://example.org/cat.yaml"}
    return Entry(**{**values, "copies": copies, **more})


BUCKETS = {
    "gs://central": "gcp:us-central1",
    "gs://multi": "gcp:us",
    "s3://west": "aws:us-west-2",
    "abfs://europe": "azure:westeurope",
}


def settle(index: CatalogIndex, buckets: dict[str, str] | None = None) -> bool:
    known = BUCKETS if buckets is None else buckets
    return index.settle(
        {
            site.id: Location(
                url=site.root,
                region=parse_region(known[site.root]) if site.root in known else None,
                evidence=Evidence.PROBED if site.root in known else Evidence.UNKNOWN,
                detail=f"asked {site.root}",
            )
            for site in index.sites()
        }
    )


@pytest.fixture
def index() -> Iterator[CatalogIndex]:
    index = CatalogIndex(None)
    index.keep_only({"cat": "u", "other": "v"})
    index.replace(
        "other",
        "v",
        [entry("rain", "abfs://europe/rain", title="Regen über Europa")],
        root_of=root_of,
        at=1.0,
    )
    index.replace(
        "cat",
        "u",
        [
            entry(
                "rain",
                "gs://central/rain.zarr",
                title="Total Precipitation",
                tags=("model", "daily"),
                format="zarr",
                aliases=("20C/rain", "wind"),
            ),
            entry("wind", "s3://west/wind", description="near-surface wind", format="zarr"),
            entry("ice", "gs://multi/a", "s3://west/a", variables=("aice",), tags=("daily",)),
            entry("lost", "https://nowhere.example/x.nc", format="netcdf"),
            entry("broken", problem="it is not there"),
            entry(
                "atm/hourly6-1990-2005/PRECT",
                "s3://west/hourly6-1990-2005/PRECT.zarr",
                description="mentions precipitation only",
            ),
        ],
        root_of=root_of,
        at=1.0,
    )
    settle(index)
    yield index
    index.close()


def ids(found: Found) -> list[str]:
    return [dataset.id for dataset in found.items]


CAT = [
    "cat/rain",
    "cat/wind",
    "cat/ice",
    "cat/lost",
    "cat/broken",
    "cat/atm/hourly6-1990-2005/PRECT",
]
PRECT = CAT[-1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [*CAT, "other/rain"]),
        ({"text": "   "}, [*CAT, "other/rain"]),
        ({"text": "PRECIPITATION"}, ["cat/rain", PRECT]),
        ({"text": "rain other"}, ["other/rain"]),
        ({"text": "aice"}, ["cat/ice"]),
        ({"text": "model precip"}, ["cat/rain"]),
        ({"text": "surface"}, ["cat/wind"]),
        ({"text": "urface"}, []),
        ({"text": "UBER"}, ["other/rain"]),
        ({"text": "über"}, ["other/rain"]),
        ({"text": "central"}, ["cat/rain"]),
        ({"text": "gs://central/rain.zarr"}, ["cat/rain"]),
        ({"text": "hourly6-1990-2005"}, [PRECT]),
        ({"text": "atm/hourly6-1990-2005/PRECT"}, [PRECT]),
        ({"text": "nothing-such"}, []),
        ({"region": "gcp:*"}, ["cat/rain", "cat/ice"]),
        ({"region": "us-west-2"}, ["cat/wind", "cat/ice", PRECT]),
        ({"region": ("azure:*", "gcp:us")}, ["cat/ice", "other/rain"]),
        ({"region": "*"}, ["cat/rain", "cat/wind", "cat/ice", PRECT, "other/rain"]),
        ({"region": "unknown"}, ["cat/lost", "cat/broken"]),
        ({"region": "gcp:us-central1", "text": "wind"}, []),
        ({"provider": "azure"}, ["other/rain"]),
        ({"provider": ("Google", "azure")}, ["cat/rain", "cat/ice", "other/rain"]),
        ({"provider": "unknown"}, ["cat/lost", "cat/broken"]),
        ({"catalog": "other"}, ["other/rain"]),
        ({"catalog": "none"}, []),
        ({"format": "netcdf"}, ["cat/lost"]),
        ({"format": ("",)}, ["cat/ice", "cat/broken", PRECT, "other/rain"]),
        ({"tag": "daily"}, ["cat/rain", "cat/ice"]),
        ({"tag": ("model", "none")}, ["cat/rain"]),
        ({"tag": "dail"}, []),
        ({"near": True}, ["cat/wind", "cat/ice", PRECT]),
        ({"near": False, "tag": "daily"}, ["cat/rain"]),
    ],
)
def test_search(index: CatalogIndex, query: dict[str, Any], expected: list[str]) -> None:
    found = index.search(DatasetQuery(**query), near=lambda region: region.provider == "aws")
    assert ids(found) == expected
    assert found.total == len(expected)
    assert found.cursor is None


@pytest.mark.parametrize(
    "text",
    ['"', "*", "rain*", '"rain"', "NEAR(rain)", "title:rain", "rain OR wind", "-rain", "^rain",
     "rain AND", "NOT wind", "{rain}", "'; DROP TABLE dataset; --", "%", "_", "\x00",
     "\ud800", "(" * 999],
)  # fmt: skip
def test_no_text_is_syntax(index: CatalogIndex, text: str) -> None:
    found = index.search(DatasetQuery.model_construct(text=text, limit=9))
    typed = words(text)
    if not typed:
        assert found.total == 7
    elif typed == ["rain"]:
        assert ids(found) == ["cat/rain", "other/rain"]
    else:  # words as OR and TITLE are looked for as words
        assert found.total <= 1
    assert index.search(DatasetQuery()).total == 7


def test_too_many_words(index: CatalogIndex) -> None:
    with pytest.raises(InvalidInputError, match="words"):
        index.search(DatasetQuery(text=" ".join(f"w{i}" for i in range(61))))


def test_what_is_named_so_is_above_what_mentions_it() -> None:
    index = CatalogIndex(None)
    index.replace(
        "c",
        "u",
        [
            entry("a", description="precipitation precipitation precipitation"),
            entry("b", title="Precipitations and much else that is in this long title"),
            entry("c", title="Precipitation and much else that is in this long title"),
            entry("d", tags=("precipitationlike",)),
            entry("e", variables=("precipitation",)),
            entry("precipitation"),
        ],
        root_of=root_of,
        at=0.0,
    )
    found = index.search(DatasetQuery(text="precipitation"))
    assert ids(found) == ["c/precipitation", "c/c", "c/b", "c/a", "c/e", "c/d"]
    index.close()


def test_in_a_gateways_region_means_also_a_multi_region_around_it(index: CatalogIndex) -> None:
    found = index.search(DatasetQuery(), in_region=Region("gcp", "us-central1"))
    assert ids(found) == ["cat/rain", "cat/ice"]
    assert {facet.name: sum(v.count for v in facet.values) for facet in found.facets}[
        "catalog"
    ] == 2


@pytest.mark.parametrize("region", ["gcp us", "gcp:us; drop", "<b>", "gcp:\x00"])
def test_patterns_that_are_none(index: CatalogIndex, region: str) -> None:
    with pytest.raises(InvalidInputError, match="pattern"):
        index.search(DatasetQuery(region=(region,)))


def test_a_provider_that_is_none(index: CatalogIndex) -> None:
    with pytest.raises(InvalidInputError, match=r"'amazing'.*aws"):
        index.search(DatasetQuery(provider=("amazing",)))


def values(found: Found, name: str) -> dict[str, int]:
    facet = next(facet for facet in found.facets if facet.name == name)
    return {value.value: value.count for value in facet.values}


def test_facets_count_without_their_own_words(index: CatalogIndex) -> None:
    found = index.search(
        DatasetQuery(provider=("gcp",), tag=("daily",)), near=lambda region: region.name == "us"
    )
    assert values(found, "provider") == {"gcp": 2, "aws": 1}  # all that are daily
    assert values(found, "tag") == {"daily": 2, "model": 1}  # all in gcp
    assert values(found, "region") == {"gcp:us-central1": 1, "gcp:us": 1, "aws:us-west-2": 1}
    assert values(found, "near") == {"true": 1, "false": 1}
    assert values(found, "requester_pays") == {"false": 2}
    titles = {v.value: v.title for f in found.facets if f.name == "region" for v in f.values}
    assert titles["aws:us-west-2"] == "Oregon"


def test_facets_of_very_many_values_say_how_many_are_left_out() -> None:
    index = CatalogIndex(None)
    many = [
        entry(f"d{i}", f"https://h{i}.example/x", tags=(f"only-{i}", "all"), format=f"f{i}")
        for i in range(200)
    ]
    index.replace("c", "u", many, root_of=root_of, at=0.0)
    facets = {f.name: f for f in index.search(DatasetQuery(tag=("only-199", "all"))).facets}
    tags = facets["tag"]
    assert (tags.values[0].value, tags.values[0].count) == ("all", 200)
    assert "only-199" in {value.value for value in tags.values}, "what was chosen is listed"
    assert len(tags.values) + tags.more == 201
    assert (len(facets["format"].values), facets["format"].more) == (50, 150)
    index.close()


def test_the_best_replica_is_the_first_that_is_located(index: CatalogIndex) -> None:
    settle(index, {"s3://west": "aws:us-west-2"})
    ice = index.get("cat/ice")
    assert (ice.url, ice.region, ice.evidence) == (
        "s3://west/a",
        Region("aws", "us-west-2"),
        Evidence.PROBED,
    )
    assert [replica.region for replica in ice.replicas] == [None, Region("aws", "us-west-2")]
    lost = index.get("cat/lost")
    assert (lost.url, lost.region) == ("https://nowhere.example/x.nc", None)


def test_rows_with_a_problem_are_listed(index: CatalogIndex) -> None:
    broken = index.get("cat/broken")
    assert (broken.problem, broken.replicas, broken.url) == ("it is not there", (), "")


def test_get_by_id_and_alias(index: CatalogIndex) -> None:
    assert index.get("cat/rain").id == "cat/rain"
    assert index.get("/cat/rain/").id == "cat/rain"
    assert index.get("cat/20C/rain").id == "cat/rain"
    assert index.get("cat/wind").id == "cat/wind", "an alias hides no dataset"
    assert index.get(PRECT).name == "PRECT"


@pytest.mark.parametrize(
    ("wanted", "suggested"),
    [
        ("cat/rian", "cat/rain"),
        ("cat/atmosphere/wind", "cat/wind"),
        ("cat/atm/hourly6-1990-2005/PRECL", PRECT),
        ("rain", "/rain"),
        ("x\ud800", "see the list"),
        ("", "see the list"),
    ],
)
def test_a_near_miss_is_suggested(index: CatalogIndex, wanted: str, suggested: str) -> None:
    with pytest.raises(DatasetNotFoundError, match=suggested):
        index.get(wanted)
    with pytest.raises(DatasetNotFoundError, match=suggested):
        index.entry(wanted)


def test_an_entry_comes_back_as_it_was() -> None:
    full = Entry(
        path=("a", "b"),
        name="b",
        catalog_url="https://example.org/c.yaml",
        kind="intake-esm",
        entry="x",
        title="T",
        description="D é 雨",
        format="zarr",
        tags=("t",),
        variables=("v", "w"),
        copies=(
            Copy(url="s3://b/x", requester_pays=True, endpoint="https://store.example"),
            Copy(url="gs://b/x", region=Region("gcp", "us"), detail="so it says"),
            Copy(url=""),
        ),
        aliases=("c",),
        driver="zarr",
        parameters=(Parameter(name="p", default=[1, None], allowed=("x", 2)),),
        reading={"engine": "zarr", "chunks": {}},
        untrusted=("why",),
        registry=True,
        problem="p",
    )
    bare = Entry(path=("bare",), name="bare", catalog_url="u")
    index = CatalogIndex(None)
    index.replace("c", "u", [full, bare], root_of=root_of, at=0.0)
    assert index.entry("c/a/b") == full
    assert index.entry("c/bare") == bare
    assert index.get("c/a/b").requester_pays
    index.close()


def test_hostile_text_is_kept_as_text() -> None:
    index = CatalogIndex(None)
    half = "half \ud800 pair"
    hostile = entry(
        "x\x00'; DROP TABLE word; --",
        f"s3://b/{half}",
        title=half,
        description="d " * 500_000 + "beyond",
        tags=(half, "'"),
        format=half,
        aliases=(half,),
        reading={"when": half},
    )
    index.replace("c", "u", [hostile, entry("next")], root_of=root_of, at=0.0)
    found = index.search(DatasetQuery())
    assert found.total == 2
    assert len(found.items[0].description) == 20_000
    assert index.search(DatasetQuery(text="beyond")).total == 0
    assert Found(found.items, 2, None, found.facets) == found
    for dataset in found.items:
        assert Dataset.model_validate_json(dataset.model_dump_json()) == dataset
    index.close()


def test_an_empty_index() -> None:
    index = CatalogIndex(None)
    found = index.search(DatasetQuery(text="x", region=("gcp:*",), tag=("t",), near=True))
    assert (found.items, found.total, found.cursor) == ([], 0, None)
    assert all(facet.values == () for facet in found.facets)
    assert index.statuses() == ()
    assert index.sites() == []
    with pytest.raises(DatasetNotFoundError, match="see the list"):
        index.get("x")
    index.close()


# A plain model of the same search: every dataset looked at one by one.

WORDS = st.sampled_from(["rain", "rainfall", "snow", "Wind", "ra", "r", "x-1", "Été", "雨", "w10"])
TEXTS = st.lists(WORDS, max_size=3).map(" ".join)
ROOTS = [*BUCKETS, "https://nowhere.example"]
ENTRIES = st.lists(
    st.builds(
        lambda number, **more: (number, more),
        st.integers(0, 10**6),
        title=TEXTS,
        description=TEXTS,
        tags=st.lists(WORDS, max_size=3, unique=True).map(tuple),
        format=st.sampled_from(["zarr", "netcdf", ""]),
        copies=st.lists(
            st.builds(
                lambda root, word, pays: Copy(url=f"{root}/{word}", requester_pays=pays),
                st.sampled_from(ROOTS),
                WORDS,
                st.booleans(),
            ),
            max_size=2,
        ).map(tuple),
    ),
    max_size=12,
)


def some(values: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


QUERIES = st.builds(
    DatasetQuery,
    text=TEXTS,
    provider=some(["aws", "gcp", "azure", "unknown"]),
    region=some(["gcp:*", "us-west-2", "*", "unknown", "gcp:us"]),
    catalog=some(["one", "two"]),
    format=some(["zarr", "netcdf", ""]),
    tag=some(["rain", "snow", "Été"]),
    requester_pays=st.sampled_from([None, True, False]),
    near=st.sampled_from([None, True, False]),
    limit=st.just(100),
)
PATTERNS = {
    "gcp:*": {"gcp:us-central1", "gcp:us"},
    "us-west-2": {"aws:us-west-2"},
    "*": set(BUCKETS.values()),
    "unknown": {"unknown"},
    "gcp:us": {"gcp:us"},
}


def facet_values(one: Entry) -> dict[str, set[str]]:
    regions = {BUCKETS[root_of(c.url, "")] for c in one.copies if root_of(c.url, "") in BUCKETS}
    return {
        "provider": {region.split(":")[0] for region in regions} or {"unknown"},
        "region": regions or {"unknown"},
        "format": {one.format},
        "tag": set(one.tags),
        "requester_pays": {str(any(c.requester_pays for c in one.copies)).lower()},
        "near": {str("aws:us-west-2" in regions).lower()},
    }


def wanted(query: DatasetQuery) -> dict[str, set[str] | None]:
    def either(value: bool | None) -> set[str] | None:
        return None if value is None else {str(value).lower()}

    return {
        "provider": set(query.provider) or None,
        "region": set().union(*map(PATTERNS.__getitem__, query.region)) if query.region else None,
        "catalog": set(query.catalog) or None,
        "format": set(query.format) or None,
        "tag": set(query.tag) or None,
        "requester_pays": either(query.requester_pays),
        "near": either(query.near),
    }


def has_words(catalog: str, one: Entry, text: str) -> bool:
    said = (catalog, *one.path, one.name, one.title, one.description, *one.tags)
    known = words(" ".join((*said, *one.variables, *(copy.url for copy in one.copies))))
    return all(any(word.startswith(typed) for word in known) for typed in words(text))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=ENTRIES, second=ENTRIES, queries=st.lists(QUERIES, min_size=1, max_size=4))
def test_it_finds_and_counts_what_a_plain_search_does(
    first: list[Any], second: list[Any], queries: list[DatasetQuery]
) -> None:
    index = CatalogIndex(None)
    listed: list[tuple[str, Entry]] = []
    for catalog, drawn in (("one", first), ("two", second)):
        entries = [entry(f"n{i}/{number}", **more) for i, (number, more) in enumerate(drawn)]
        index.replace(catalog, "u", entries, root_of=root_of, at=0.0)
        listed += [(catalog, one) for one in entries]
    settle(index)
    for query in queries:
        found = index.search(query, near=lambda region: region == Region("aws", "us-west-2"))
        chosen = wanted(query)
        expected: list[str] = []
        counts: dict[str, Counter[str]] = {name: Counter() for name in chosen}
        for catalog, one in listed:
            if not has_words(catalog, one, query.text):
                continue
            mine = {**facet_values(one), "catalog": {catalog}}
            failing = [n for n, want in chosen.items() if want is not None and not mine[n] & want]
            if not failing:
                expected.append("/".join((catalog, *one.path)))
            for name in chosen:
                if set(failing) <= {name}:
                    counts[name].update(mine[name])
        assert found.total == len(expected)
        assert sorted(ids(found)) == sorted(expected)
        if not words(query.text):
            assert ids(found) == expected
        assert {facet.name: values(found, facet.name) for facet in found.facets} == {
            name: dict(counted) for name, counted in counts.items()
        }
    index.close()
