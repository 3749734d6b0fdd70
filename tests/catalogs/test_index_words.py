"""Words and lists of positions: folding, merged beginnings, and both ways to write a list."""

from __future__ import annotations

import random
import sqlite3
from array import array
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud_lab.catalogs.index import postings
from multicloud_lab.catalogs.index.words import MAX_WORD, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n-_/.+ ", []),
        ("Hourly6-1990_Été", ["hourly6", "1990", "ete"]),
        ("gs://Bucket-1/a.zarr", ["gs", "bucket", "1", "a", "zarr"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Ангара й", ["ангара", "и"]),
        ("ΔΤ ὦ", ["δτ", "ω"]),
        ("降水量 気温", ["降水量", "気温"]),
        ("हिन्दी", ["हिन्दी"]),
        ("İzmir", ["izmir"]),
        ("\U0001d4d0\u3392", ["amhz"]),
        ("a\x00b\ud800c", ["a", "b", "c"]),
        ("x" * 1000, ["x" * MAX_WORD]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_words_of_words_are_themselves(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@given(st.text(), st.text())
def test_a_separator_joins_nothing(one: str, other: str) -> None:
    assert words(f"{one}/{other}") == words(one) + words(other)


class Kept:
    """Words of datasets in a table, as the index keeps them."""

    def __init__(self, datasets: list[set[str]]) -> None:
        self.count = len(datasets)
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute(
            "CREATE TABLE word (source, field, word, datasets, PRIMARY KEY (source, field, word))"
        )
        lists: dict[str, array[int]] = {}
        for position, known in enumerate(datasets):
            postings.add(lists, position, known)
        self.connection.executemany(
            "INSERT INTO word VALUES (1, ?, ?, ?)",
            postings.rows(lists, postings.ANYWHERE, self.count),
        )

    def find(self, word: str) -> tuple[set[int], set[int]]:
        found = postings.beginning_with(self.connection, 1, postings.ANYWHERE, word, self.count)
        if found is None:
            return set(), set()
        return set(np.flatnonzero(found[0]).tolist()), set(np.flatnonzero(found[1]).tolist())


@pytest.fixture(scope="module")
def many() -> Iterator[tuple[Kept, list[set[str]]]]:
    random_words = random.Random(3)
    datasets = [
        {f"d{i:04}", f"{random_words.randrange(10**6):x}", *(["all"] if i else []), "aé"[: i % 3]}
        - {""}
        for i in range(4000)
    ]
    kept = Kept(datasets)
    yield kept, datasets
    kept.connection.close()


@pytest.mark.parametrize(
    "word", ["d", "d0", "d01", "d012", "d0123", "d01234", "a", "al", "all", "alls", "f", "ff", "é"]
)
def test_beginnings_of_many_words(many: tuple[Kept, list[set[str]]], word: str) -> None:
    kept, datasets = many
    begins = {i for i, known in enumerate(datasets) if any(one.startswith(word) for one in known)}
    has = {i for i, known in enumerate(datasets) if word in known}
    assert kept.find(word) == (begins, has)


def test_a_search_reads_few_rows_however_many_words_begin_so(
    many: tuple[Kept, list[set[str]]],
) -> None:
    kept, _ = many
    rows = kept.connection.execute("SELECT field, count(*) FROM word GROUP BY field").fetchall()
    assert len(rows) == 2
    for word in ("d", "d0", "d00", "a", "1"):
        merged = kept.connection.execute(
            "SELECT 1 FROM word WHERE field = 2 AND word = ?", (word,)
        ).fetchone()
        plain = kept.connection.execute(
            "SELECT count(*) FROM word WHERE field = 0 AND word >= ? AND word < ? || char(1114111)",
            (word, word),
        ).fetchone()[0]
        assert merged or plain <= 48


@pytest.mark.parametrize("count", [1, 8, 31, 32, 33, 64, 96, 1024])
@pytest.mark.parametrize("having", [1, 2, 3, 32])
def test_a_list_is_never_read_as_bits(count: int, having: int) -> None:
    positions = set(range(max(count - having, 0), count))
    kept = Kept([{"x"} if i in positions else {"y"} for i in range(count)])
    assert kept.find("x") == (positions, positions)
    kept.connection.close()


@given(
    st.lists(st.sets(st.text("ab雨", min_size=1, max_size=4), max_size=4), min_size=1, max_size=60),
    st.text("ab雨", min_size=1, max_size=4),
)
def test_beginnings_of_few_words(datasets: list[set[str]], word: str) -> None:
    begins = {i for i, known in enumerate(datasets) if any(one.startswith(word) for one in known)}
    has = {i for i, known in enumerate(datasets) if word in known}
    kept = Kept(datasets)
    try:
        assert kept.find(word) == (begins, has)
    finally:
        kept.connection.close()
