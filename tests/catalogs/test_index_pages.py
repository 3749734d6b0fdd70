"""Pages: they join to the whole, and go on where they stopped when the index has changed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from multicloud_lab.catalogs.entry import Entry
from multicloud_lab.catalogs.index import CatalogIndex
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records import DatasetQuery


def put(index: CatalogIndex, names: list[str], catalog: str = "cat") -> None:
    entries = [
        Entry(
            path=("p", name),
            name=name,
            catalog_url="u",
            description="rain" if number % 3 else "",
            title="Rain fell" if number % 5 == 0 else "",
        )
        for number, name in enumerate(names)
    ]
    index.replace(catalog, "u", entries, root_of=lambda url, endpoint: "", at=0.0)


def page(index: CatalogIndex, cursor: str | None, limit: int = 5, text: str = "") -> list[str]:
    found = index.search(DatasetQuery(limit=limit, cursor=cursor or "", text=text))
    return [dataset.name for dataset in found.items]


def cursor(index: CatalogIndex, limit: int = 5, text: str = "") -> str | None:
    return index.search(DatasetQuery(limit=limit, text=text)).cursor


NAMES = [f"d{i}" for i in range(10)]


@pytest.fixture
def index() -> Iterator[CatalogIndex]:
    with closing(CatalogIndex(None)) as index:
        put(index, NAMES)
        yield index


@pytest.mark.parametrize("text", ["", "rain", "ra", "d"])
@pytest.mark.parametrize("limit", [1, 7, 25, 26, 1000])
def test_pages_join_to_the_whole(index: CatalogIndex, text: str, limit: int) -> None:
    put(index, [f"d{i}" for i in range(25)], "one")
    put(index, [f"e{i}" for i in range(25)], "two")
    whole = index.search(DatasetQuery(text=text, limit=1000))
    assert whole.cursor is None
    assert whole.total == len(whole.items)
    seen: list[str] = []
    following: str | None = ""
    while following is not None:
        found = index.search(DatasetQuery(text=text, limit=limit, cursor=following))
        assert found.total == whole.total
        assert len(found.items) == limit or found.cursor is None
        seen += [dataset.id for dataset in found.items]
        following = found.cursor
    assert seen == [dataset.id for dataset in whole.items]


def test_it_goes_on_where_it_stopped_when_the_catalog_grew(index: CatalogIndex) -> None:
    where = cursor(index)
    put(index, ["new", *NAMES])
    assert page(index, where) == NAMES[5:]


def test_it_goes_on_when_what_was_last_is_gone(index: CatalogIndex) -> None:
    where = cursor(index)
    put(index, [name for name in NAMES if name != "d4"])
    assert page(index, where) == NAMES[5:]


def test_it_goes_on_in_order_of_relevance(index: CatalogIndex) -> None:
    whole = page(index, None, 100, "rain")
    where = cursor(index, 3, "rain")
    put(index, ["zero", *NAMES[1:]])  # what is at a place keeps its words
    assert page(index, where, 100, "rain") == [n.replace("d0", "zero") for n in whole[3:]]


@pytest.mark.parametrize("seen", [1, 2, 3, 5])
def test_it_goes_on_by_relevance_when_what_was_last_is_gone(index: CatalogIndex, seen: int) -> None:
    whole = page(index, None, 100, "rain")
    assert whole != sorted(whole)
    where = cursor(index, seen, "rain")
    index.replace(
        "cat",
        "u",
        [
            one
            for one in (index.entry(f"cat/p/{name}") for name in NAMES)
            if one.name != whole[seen - 1]
        ],
        root_of=lambda url, endpoint: "",
        at=0.0,
    )
    assert page(index, where, 100, "rain") == whole[seen:]


def test_it_goes_on_when_the_catalog_shrank_or_is_gone(index: CatalogIndex) -> None:
    put(index, ["other"], "second")
    where = cursor(index, 8)
    put(index, ["d0"])
    assert page(index, where) == ["other"]
    index.keep_only({"second": "u"})
    assert page(index, where) == ["other"]
    index.keep_only({})
    assert page(index, where) == []


def test_a_cursor_of_other_words_does_no_harm(index: CatalogIndex) -> None:
    assert set(page(index, cursor(index, 3, "rain"))) <= set(NAMES)
    assert set(page(index, cursor(index), text="rain")) <= set(NAMES)


def written(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "garbage",
    ["nonsense", "AAAA", "W10=", "Wy0xLCAieCJd", "é", "WzEsIDJd", written([0, 0, "cat", -1, "x"]),
     written([0, 0, "cat", True, "x"]), written([10**30, 0, "c", 0, "x"]), written({}), "[" * 5000,
     written([0, 0, 7, 0, "x"]), written(None)],
)  # fmt: skip
def test_cursors_that_nobody_gave(index: CatalogIndex, garbage: str) -> None:
    with pytest.raises(InvalidInputError, match="cursor"):
        page(index, garbage)


@pytest.mark.parametrize(
    "forged",
    [[0, 0, "cat", 2**31 - 1, "x"], [0, 99, "gone", 3, "x\ud800"], [9999, 0, "cat", 0, ""]],
)
def test_cursors_that_fit_nothing(index: CatalogIndex, forged: list[object]) -> None:
    assert set(page(index, written(forged))) <= set(NAMES)
    assert set(page(index, written(forged), text="rain")) <= set(NAMES)
