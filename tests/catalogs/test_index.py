"""The index: words, region patterns, pages that stay in step, ids and near misses."""

from __future__ import annotations

import pytest

from multicloud_lab.catalogs import CatalogIndex
from multicloud_lab.errors import DatasetNotFoundError, InvalidInputError
from multicloud_lab.records import Dataset, DatasetQuery, Replica
from multicloud_lab.regions import Region, parse_region


def dataset(name: str, region: str | None = None, catalog: str = "cat", **more: object) -> Dataset:
    where = parse_region(region) if region else None
    values = {"id": f"{catalog}/{name}", "name": name, "catalog": catalog, "region": where, **more}
    return Dataset.model_validate(
        {**values, "replicas": (Replica(url=f"gs://b/{name}", region=where),)}
    )


INDEX = CatalogIndex(
    {
        "cat": [
            dataset("rain", "gcp:us-central1", title="Total Precipitation", tags=("model",)),
            dataset("wind", "aws:us-west-2", description="near-surface wind"),
            dataset("ice", "gcp:us", variables=("aice",)),
            dataset("lost"),
        ],
        "other": [dataset("rain", "azure:westeurope", catalog="other")],
    },
    aliases={"cat/20C/rain": "cat/rain", "cat/none": "cat/never-there"},
)


def ids(**query: object) -> list[str]:
    found, total, cursor = INDEX.search(DatasetQuery.model_validate(query))
    assert total == len(found)
    assert cursor is None
    return [dataset.id for dataset in found]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["cat/rain", "cat/wind", "cat/ice", "cat/lost", "other/rain"]),
        ({"text": "PRECIPITATION"}, ["cat/rain"]),
        ({"text": "rain other"}, ["other/rain"]),
        ({"text": "aice"}, ["cat/ice"]),
        ({"text": "model precip"}, ["cat/rain"]),
        ({"text": "surface"}, ["cat/wind"]),
        ({"text": "nothing-such"}, []),
        ({"region": "gcp:*"}, ["cat/rain", "cat/ice"]),
        ({"region": "us-west-2"}, ["cat/wind"]),
        ({"region": "*"}, ["cat/rain", "cat/wind", "cat/ice", "other/rain"]),
        ({"region": "unknown"}, ["cat/lost"]),
        ({"catalog": "other"}, ["other/rain"]),
        ({"catalog": "none"}, []),
    ],
)
def test_search(query: dict[str, object], expected: list[str]) -> None:
    assert ids(**query) == expected


def test_in_a_gateways_region_means_also_a_multi_region_around_it() -> None:
    found, total, _ = INDEX.search(DatasetQuery(), in_region=Region("gcp", "us-central1"))
    assert [dataset.id for dataset in found] == ["cat/rain", "cat/ice"]
    assert total == 2


def test_pages_join_to_the_whole() -> None:
    whole = [dataset(f"d{i}") for i in range(25)]
    index = CatalogIndex({"cat": whole})
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        page, total, following = index.search(DatasetQuery(limit=7, cursor=cursor))
        assert total == 25
        seen += [item.id for item in page]
        cursor = following or ""
    assert following is None
    assert seen == [item.id for item in whole]


def test_a_page_goes_on_where_it_stopped_when_the_catalog_grew() -> None:
    old = [dataset(f"d{i}") for i in range(10)]
    page, _, cursor = CatalogIndex({"cat": old}).search(DatasetQuery(limit=5))
    grown = CatalogIndex({"cat": [dataset("new"), *old]})
    following, _, _ = grown.search(DatasetQuery(limit=5, cursor=cursor or ""))
    assert [item.name for item in (*page, *following)] == [f"d{i}" for i in range(10)]


@pytest.mark.parametrize("cursor", ["nonsense", "AAAA", "W10=", "Wy0xLCAieCJd", "é", "WzEsIDJd"])
def test_cursors_that_nobody_gave(cursor: str) -> None:
    with pytest.raises(InvalidInputError, match="cursor"):
        INDEX.search(DatasetQuery(cursor=cursor))


@pytest.mark.parametrize("region", ["gcp us", "gcp:us; drop", "<b>", "gcp:\x00"])
def test_patterns_that_are_none(region: str) -> None:
    with pytest.raises(InvalidInputError, match="pattern"):
        INDEX.search(DatasetQuery(region=region))


def test_get_by_id_and_alias() -> None:
    assert INDEX.get("cat/rain").id == "cat/rain"
    assert INDEX.get("/cat/rain/").id == "cat/rain"
    assert INDEX.get("cat/20C/rain").id == "cat/rain"


@pytest.mark.parametrize(
    ("wanted", "suggested"),
    [
        ("cat/rian", "cat/rain"),
        ("cat/atmosphere/wind", "cat/wind"),
        ("cat/none", "did you mean|see"),
    ],
)
def test_a_near_miss_is_suggested(wanted: str, suggested: str) -> None:
    with pytest.raises(DatasetNotFoundError, match=suggested):
        INDEX.get(wanted)


def test_an_empty_index() -> None:
    index = CatalogIndex({})
    assert index.search(DatasetQuery()) == ([], 0, None)
    with pytest.raises(DatasetNotFoundError, match="see the list"):
        index.get("x")
