"""Groups: datasets of one path together, counted, and asked for from anywhere in the list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from multicloud_lab.catalogs.entry import Entry
from multicloud_lab.catalogs.index import CatalogIndex, grouping
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records import DatasetQuery


def put(index: CatalogIndex, paths: list[str], catalog: str = "cat", name: str = "") -> None:
    entries = [
        Entry(
            path=tuple(path.split("/")),
            name=name or path.rpartition("/")[2],
            catalog_url="u",
            description="rain" if number % 3 else "",
            title="Rain fell" if number % 5 == 0 else "",
        )
        for number, path in enumerate(paths)
    ]
    index.replace(catalog, "u", entries, root_of=lambda url, endpoint: "", at=0.0)


def groups(index: CatalogIndex, **query: object) -> list[tuple[str, int]]:
    found = index.search(DatasetQuery.model_validate({"grouped": True, **query}))
    return [(group.path, group.count) for group in found.groups]


def ids(index: CatalogIndex, **query: object) -> list[str]:
    found = index.search(DatasetQuery.model_validate({"grouped": True, **query}))
    return [dataset.id for dataset in found.items]


@pytest.fixture
def index() -> Iterator[CatalogIndex]:
    with closing(CatalogIndex(None)) as index:
        index.keep_only({"cat": "u", "other": "u"})
        yield index


def test_datasets_of_one_path_follow_each_other(index: CatalogIndex) -> None:
    put(index, ["sea/a", "land/b", "top", "sea/ice/c", "sea/d"])
    put(index, ["sea/a"], "other")
    assert groups(index) == [
        ("cat/sea", 2),
        ("cat/land", 1),
        ("cat", 1),
        ("cat/sea/ice", 1),
        ("other/sea", 1),
    ]
    assert ids(index) == [
        "cat/sea/a",
        "cat/sea/d",
        "cat/land/b",
        "cat/top",
        "cat/sea/ice/c",
        "other/sea/a",
    ]


def test_the_group_of_the_best_comes_first(index: CatalogIndex) -> None:
    put(index, ["x/dry", "x/some", "y/other", "y/well", "y/dry", "z/rain"])
    # One has the word in its name, one in a longer title, the others in their descriptions.
    assert ids(index, text="rain") == [
        "cat/z/rain",
        "cat/x/dry",
        "cat/x/some",
        "cat/y/other",
        "cat/y/dry",
    ]
    assert groups(index, text="rain") == [("cat/z", 1), ("cat/x", 2), ("cat/y", 2)]
    assert groups(index, text="snow") == []


def test_a_name_may_hold_slashes(index: CatalogIndex) -> None:
    put(index, ["atm/a/b"], name="a/b")
    assert groups(index) == [("cat/atm", 1)]
    put(index, ["atm/odd"], name="something else")
    assert groups(index) == [("cat/atm", 1)]


def test_groups_are_not_listed_unless_asked_for(index: CatalogIndex) -> None:
    put(index, ["x/a", "y/b"])
    assert groups(index, grouped=False) == []
    found = index.search(DatasetQuery(grouped=True, counts=False))
    assert (found.groups, found.facets, found.total) == ((), (), 2)
    assert ids(index, counts=False) == ["cat/x/a", "cat/y/b"]


@pytest.mark.parametrize("text", ["", "rain"])
@pytest.mark.parametrize("grouped", [True, False])
def test_any_part_of_the_list_can_be_asked_for(
    index: CatalogIndex, text: str, grouped: bool
) -> None:
    put(index, [f"{number % 7}/d{number}" for number in range(100)])
    query = {"text": text, "grouped": grouped}
    whole = ids(index, **query)
    for offset in (0, 1, 33, len(whole) - 1, len(whole), 10**30):
        assert ids(index, **query, offset=offset, limit=10) == whole[offset : offset + 10]


def test_an_offset_counts_from_the_cursor(index: CatalogIndex) -> None:
    put(index, [f"d{number}" for number in range(10)])
    cursor = index.search(DatasetQuery(limit=3)).cursor
    found = index.search(DatasetQuery(limit=2, cursor=cursor or "", offset=2))
    assert [dataset.name for dataset in found.items] == ["d5", "d6"]
    assert found.cursor is not None
    following = index.search(DatasetQuery(limit=2, cursor=found.cursor))
    assert [dataset.name for dataset in following.items] == ["d7", "d8"]


def test_a_cursor_does_not_go_on_in_groups(index: CatalogIndex) -> None:
    put(index, ["a", "b"])
    found = index.search(DatasetQuery(limit=1, grouped=True))
    assert found.cursor is None
    cursor = index.search(DatasetQuery(limit=1)).cursor
    with pytest.raises(InvalidInputError, match="offset"):
        index.search(DatasetQuery(cursor=cursor or "", grouped=True))


def test_many_groups_are_put_together_by_the_beginnings_of_their_paths(
    index: CatalogIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "MAX_GROUPS", 4)
    put(index, ["a/x/1/d", "b/y/1/d", "a/x/2/d", "a/z/1/d", "b/y/2/d"])
    put(index, ["d"], "other")
    assert groups(index) == [("cat/a/x", 2), ("cat/b/y", 2), ("cat/a/z", 1), ("other", 1)]
    assert ids(index)[:3] == ["cat/a/x/1/d", "cat/a/x/2/d", "cat/b/y/1/d"]
    # Of few that are found, the whole paths are told again.
    assert groups(index, text="rain", catalog=["cat"]) == [
        ("cat/a/x/1", 1),
        ("cat/b/y/1", 1),
        ("cat/a/x/2", 1),
        ("cat/b/y/2", 1),
    ]
    monkeypatch.setattr(grouping, "MAX_GROUPS", 1)
    assert groups(index) == [("cat", 5), ("other", 1)]  # Catalogs stay apart.


def test_groups_are_kept_with_the_catalog(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with closing(CatalogIndex(path)) as index:
        put(index, ["sea/a", "land/b", "sea/c"])
        index.reroot("other prefixes", lambda url, endpoint: "")
    with closing(CatalogIndex(path)) as index:
        assert groups(index) == [("cat/sea", 2), ("cat/land", 1)]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("pq")), max_size=30),
    st.sampled_from(["", "rain", "d"]),
)
def test_it_is_as_if_the_list_were_sorted_into_groups(
    index: CatalogIndex, steps: list[tuple[str, str]], text: str
) -> None:
    put(index, [f"{one}/{other}/d{number}" for number, (one, other) in enumerate(steps)])
    model: dict[str, list[str]] = {}
    for each in ids(index, text=text, grouped=False):
        model.setdefault(each.rpartition("/")[0], []).append(each)
    assert groups(index, text=text) == [(path, len(members)) for path, members in model.items()]
    assert ids(index, text=text) == [each for members in model.values() for each in members]
