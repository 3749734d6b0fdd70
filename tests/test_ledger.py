"""The ledger's book: rows that last, pages in step, sums that add up, and nothing secret in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.ledger_book import LedgerBook
from multicloud_lab.records import (
    LedgerEntry,
    LedgerPage,
    LedgerQuery,
    LedgerSummary,
    LedgerSummaryQuery,
)
from multicloud_lab.regions import Region

OREGON, IOWA = Region("aws", "us-west-2"), Region("gcp", "us-central1")
NOON = 1_764_072_000.0  # 2025-11-25 12:00 UTC
HOUR = 3600.0


def entry(**values: Any) -> LedgerEntry:
    return LedgerEntry(**{"run": "r1", "at": NOON, "kind": "read", **values})


def read_whole(book: LedgerBook, **query: Any) -> tuple[list[str], int]:
    """Every id that a query gives, page after page, and the total of the first page."""
    page = book.page(LedgerQuery(**query))
    ids, total = [row.id for row in page.items], page.total
    while page.next_cursor is not None:
        page = book.page(LedgerQuery(**query, cursor=page.next_cursor))
        ids += [row.id for row in page.items]
    return ids, total


def test_rows_outlive_the_process_and_are_the_users_only(tmp_path: Path) -> None:
    path = tmp_path / "below" / "ledger.sqlite"
    told = entry(
        notebook="a'b.ipynb",
        dataset="pangeo/era5",
        source=OREGON,
        destination=IOWA,
        measured_bytes=10**15,
        price_low=0.1,
        price_high=0.2,
    )
    book = LedgerBook(path)
    book.write([told])
    book.close()
    assert path.stat().st_mode & 0o077 == 0
    (row,) = LedgerBook(path).page(LedgerQuery()).items
    assert row.model_dump() == told.model_dump()


def test_what_is_told_twice_is_written_once() -> None:
    book = LedgerBook(None)
    told = entry(measured_bytes=5)
    for _ in range(2):  # as a kernel does whose first request was answered too late
        book.write([told, entry(id="other")])
    assert read_whole(book) == (["other", told.id], 2)


def test_pages_are_in_step_while_rows_are_added() -> None:
    book = LedgerBook(None)
    # Several at the same moment, and not in the order of time.
    ats = [NOON, NOON + 2, NOON, NOON + 1, NOON + 0.1, NOON]
    book.write([entry(id=f"{number}", at=at) for number, at in enumerate(ats)])
    first = book.page(LedgerQuery(limit=2))
    assert ([row.id for row in first.items], first.total) == (["1", "3"], 6)
    book.write([entry(id="late", at=NOON + 9)])
    rest, page = [], first
    while page.next_cursor is not None:
        page = book.page(LedgerQuery(limit=2, cursor=page.next_cursor))
        rest += [row.id for row in page.items]
    assert rest == ["4", "5", "2", "0"]


@pytest.mark.parametrize("cursor", ["x", "1", "1:", ":1", "nan:1", "1e9999:1", "1:1 or 1=1"])
def test_a_cursor_that_no_page_gave_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInputError, match="cursor"):
        LedgerBook(None).page(LedgerQuery(cursor=cursor))


def test_rows_are_found_by_time_notebook_dataset_and_run() -> None:
    book = LedgerBook(None)
    book.write(
        [
            entry(id="a", at=NOON, notebook="x.ipynb", dataset="c/d"),
            entry(id="b", at=NOON + 1, notebook="", url="s3://bucket/e", run="r2"),
            entry(id="c", at=NOON + 2, notebook="x.ipynb"),
        ]
    )
    assert read_whole(book, since=NOON + 1, until=NOON + 2) == (["b"], 1)
    assert read_whole(book, notebook="x.ipynb") == (["c", "a"], 2)
    assert read_whole(book, notebook="") == (["b"], 1)
    assert read_whole(book, dataset="c/d") == (["a"], 1)
    assert read_whole(book, dataset="s3://bucket/e") == (["b"], 1)
    assert read_whole(book, run="r2") == (["b"], 1)


def sums(book: LedgerBook, by: Any, **query: Any) -> list[LedgerSummary]:
    return book.summary(LedgerSummaryQuery(by=by, **query))


def test_sums_prefer_what_was_measured_and_say_what_is_not_known() -> None:
    book = LedgerBook(None)
    book.write(
        [
            entry(estimated_bytes=100, measured_bytes=70, price_low=1, price_high=2),
            entry(run="r2", estimated_bytes=30, avoided_bytes=30, avoided_low=3, avoided_high=4),
            entry(run="r2", kind="move", measured_bytes=0, price_low=0, price_high=0),
            entry(run="r2", kind="move"),
        ]
    )
    (total,) = sums(book, "total")
    assert (total.runs, total.rows, total.unsized, total.unpriced) == (2, 4, 1, 2)
    assert (total.read_bytes, total.moved_bytes) == (100, 0)
    assert (total.price_low, total.price_high) == (1, 2)
    assert (total.avoided_bytes, total.avoided_low, total.avoided_high) == (30, 3, 4)
    assert sums(book, "total", until=NOON) == []


def test_the_largest_sums_do_not_overflow() -> None:
    book = LedgerBook(None)
    book.write([entry(measured_bytes=10**18) for _ in range(20)])
    assert sums(book, "total")[0].read_bytes == 20 * 10**18
    with pytest.raises(ValidationError):
        entry(measured_bytes=10**18 + 1)


def test_a_pair_of_regions_is_told_apart_by_its_direction() -> None:
    book = LedgerBook(None)
    book.write(
        [
            entry(kind="move", source=OREGON, destination=IOWA, measured_bytes=3),
            entry(kind="move", source=IOWA, destination=OREGON, measured_bytes=2),
            entry(kind="move", source=IOWA, measured_bytes=1),
        ]
    )
    assert [(row.key, row.source, row.destination) for row in sums(book, "regions")] == [
        ("aws:us-west-2->gcp:us-central1", OREGON, IOWA),
        ("gcp:us-central1->aws:us-west-2", IOWA, OREGON),
        ("gcp:us-central1->", IOWA, None),
    ]


def test_a_dataset_without_an_id_is_known_by_its_url() -> None:
    book = LedgerBook(None)
    book.write([entry(dataset="c/d", url="s3://b/d"), entry(url="s3://b/e", measured_bytes=1)])
    assert [row.key for row in sums(book, "dataset")] == ["s3://b/e", "c/d"]


def test_days_are_those_of_a_time_zone_also_when_its_clock_changes() -> None:
    book = LedgerBook(None)
    # 23:30 UTC is the next day in Berlin; in summer 22:30 is, too.
    winter, summer = NOON + 11.5 * HOUR, 1_751_322_600.0  # 2025-06-30 22:30 UTC
    book.write([entry(at=winter), entry(at=summer)])
    assert [row.key for row in sums(book, "day", timezone="UTC")] == ["2025-11-25", "2025-06-30"]
    assert [row.key for row in sums(book, "day", timezone="Europe/Berlin")] == [
        "2025-11-26",
        "2025-07-01",
    ]
    for name in ("Mars/Olympus", "../../etc/passwd", "/etc/localtime", "a\0b"):
        with pytest.raises(InvalidInputError, match="timezone"):
            sums(book, "day", timezone=name)


def test_passwords_and_signatures_are_not_kept() -> None:
    book = LedgerBook(None)
    urls = {
        "https://ann:secret@host/a?sig=secret#x": "https://host/a",
        "simplecache::https://ann:secret@host/a?token=secret": "simplecache::https://host/a",
        "abfs://container@account.dfs.core.windows.net/x": None,
        "s3://bucket/a@b:c/d": None,
        "s3://bucket/a#b": None,
    }
    book.write([entry(id=str(number), url=url) for number, url in enumerate(urls)])
    kept = {row.id: row.url for row in book.page(LedgerQuery()).items}
    assert kept == {str(n): after or before for n, (before, after) in enumerate(urls.items())}


def test_a_file_that_is_no_database_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_text("this is no database, and long enough to be told from one" * 20)
    LedgerBook(path).write([entry()])
    assert (tmp_path / "ledger.sqlite.broken").exists()
    assert LedgerBook(path).page(LedgerQuery()).total == 1


def test_a_full_disk_fails_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    book = LedgerBook(tmp_path / "ledger.sqlite")
    book.write([entry(id="before")])
    assert book._database is not None
    pages = book._database.execute("pragma page_count").fetchone()[0]
    book._database.execute(f"pragma max_page_count = {pages}")
    many = [entry(id=f"{number}", notebook="n" * 1000) for number in range(200)]
    book.write(many)
    assert book.page(LedgerQuery()).total == 201
    assert "until this process ends" in caplog.text


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    book = LedgerBook(tmp_path / "file" / "ledger.sqlite")
    book.write([entry()])
    assert isinstance(book.page(LedgerQuery()), LedgerPage)


def test_two_servers_write_into_the_same_file(tmp_path: Path) -> None:
    one, two = LedgerBook(tmp_path / "l"), LedgerBook(tmp_path / "l")
    one.write([entry()])
    two.write([entry()])
    assert one.page(LedgerQuery()).total == two.page(LedgerQuery()).total == 2
    with sqlite3.connect(tmp_path / "l") as database:
        assert database.execute("select count(*) from ledger").fetchone() == (2,)
