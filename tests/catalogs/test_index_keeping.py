"""Keeping catalogs: whole or not at all, by several threads and processes, through any death."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from multicloud_lab.catalogs.entry import Copy, Entry
from multicloud_lab.catalogs.index import CatalogIndex
from multicloud_lab.catalogs.index.database import VERSION
from multicloud_lab.errors import DatasetNotFoundError
from multicloud_lab.records import DatasetQuery, Location
from multicloud_lab.regions import Evidence, Region

OREGON = Region("aws", "us-west-2")
IOWA = Region("gcp", "us-central1")


def root_of(url: str, endpoint: str) -> str:
    return "/".join(url.split("/")[:3])


def some(label: str, count: int = 3) -> list[Entry]:
    return [
        Entry(
            path=(f"d{i}",),
            name=f"d{i}",
            catalog_url="u",
            description=label,
            tags=(label,),
            copies=(Copy(url=f"s3://{label}/d{i}"),),
        )
        for i in range(count)
    ]


def put(index: CatalogIndex, label: str, count: int = 3, *, catalog: str = "cat") -> bool:
    return index.replace(catalog, "u", some(label, count), root_of=root_of, at=1.0)


def labels(index: CatalogIndex) -> set[str]:
    found = index.search(DatasetQuery(limit=10_000))
    assert found.total == len(found.items)
    return {dataset.description for dataset in found.items}


@pytest.fixture
def index() -> Iterator[CatalogIndex]:
    with closing(CatalogIndex(None)) as index:
        yield index


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "index.sqlite"


def test_it_is_there_again_after_closing(path: Path) -> None:
    index = CatalogIndex(path)
    put(index, "old")
    index.settle(
        {s.id: Location(url=s.root, region=OREGON, evidence=Evidence.PROBED) for s in index.sites()}
    )
    whole = index.search(DatasetQuery(text="old"))
    index.close()
    assert not path.with_name("index.sqlite-wal").exists()
    index = CatalogIndex(path)
    assert index.search(DatasetQuery(text="old")) == whole
    assert index.get("cat/d1").region == OREGON
    index.close()
    with pytest.raises(RuntimeError, match="closed"):
        index.statuses()


def test_what_has_not_changed_is_not_written_again(path: Path) -> None:
    index = CatalogIndex(path)
    assert put(index, "old", 500)
    with closing(sqlite3.connect(path)) as other:
        before = other.execute("PRAGMA data_version").fetchone()
        kept = other.execute("SELECT version FROM source").fetchone()
        assert not index.replace("cat", "u", some("old", 500), root_of=root_of, at=9.0)
        assert other.execute("SELECT version FROM source").fetchone() == kept
        assert other.execute("PRAGMA data_version").fetchone() != before, "but for the time"
    assert index.statuses()[0].read == 9.0
    assert put(index, "new", 500)
    assert labels(index) == {"new"}
    index.close()


def test_replacing_leaves_nothing_of_the_old(path: Path) -> None:
    index = CatalogIndex(path)
    put(index, "other", catalog="other")
    put(index, "old", 300)
    index.get("cat/d299")
    put(index, "new", 2)
    assert index.search(DatasetQuery(text="old")).total == 0
    assert {site.root for site in index.sites()} == {"s3://new", "s3://other"}
    facets = {f.name: f for f in index.search(DatasetQuery()).facets}
    assert {value.value for value in facets["tag"].values} == {"new", "other"}
    with pytest.raises(DatasetNotFoundError):
        index.get("cat/d299")
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM tag").fetchone() == (2,)
        assert file.execute("SELECT count(*) FROM name").fetchone() == (5,)
        assert file.execute("SELECT count(*) FROM word WHERE word = 'old'").fetchone() == (0,)
    index.close()


def test_the_file_does_not_grow_with_every_refresh(path: Path) -> None:
    index = CatalogIndex(path)
    sizes = []
    for number in range(8):
        put(index, f"label{number}", 400)
        with closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes.append(path.stat().st_size)
    assert sizes[-1] <= 1.3 * sizes[1]
    index.close()


def test_a_failure_keeps_the_last_copy_as_stale(index: CatalogIndex) -> None:
    index.failed("never", "u", "It is not there.")
    put(index, "old")
    index.failed("cat", "u", "It is down.")
    never, cat = index.statuses()
    assert (never.read, never.stale, never.problem) == (None, False, "It is not there.")
    assert (cat.read, cat.stale, cat.problem, cat.datasets) == (1.0, True, "It is down.", 3)
    assert all(dataset.stale for dataset in index.search(DatasetQuery()).items)
    assert put(index, "old"), "the end of a problem is a change"
    assert not put(index, "old")
    assert not index.get("cat/d0").stale
    assert index.statuses()[1].problem == ""


def test_only_the_configured_are_kept_in_their_order(index: CatalogIndex) -> None:
    for name in ("a", "b", "c"):
        put(index, name, 1, catalog=name)
    index.replace_registry("r", "v", [("s3://x", OREGON, "")], at=2.0)
    index.keep_only({"c": "u", "new": "w", "a": "u", "b": "moved"})
    assert [(s.name, s.datasets) for s in index.statuses()] == [
        ("c", 1), ("new", 0), ("a", 1), ("b", 0), ("r", 1),
    ]  # fmt: skip
    assert [d.id for d in index.search(DatasetQuery()).items] == ["c/d0", "a/d0"]
    assert {site.root for site in index.sites()} == {"s3://c", "s3://a"}
    index.keep_only({"a": "u"}, {})
    assert [status.name for status in index.statuses()] == ["a"]


def test_registries_live_as_catalogs_do(index: CatalogIndex) -> None:
    rows = [("s3://x", OREGON, "words"), ("s3://y", None, "not known")]
    assert index.replace_registry("r", "v", rows, at=2.0)
    assert not index.replace_registry("r", "v", rows, at=3.0)
    assert index.registry_rows("r") == rows
    assert index.registry_rows("none") == []
    index.failed("r", "v", "down", kind="registry")
    status = index.statuses()[0]
    assert (status.kind, status.datasets, status.read, status.stale) == ("registry", 2, 3.0, True)
    assert index.replace_registry("r", "v", rows[:1], at=4.0)
    assert index.registry_rows("r") == rows[:1]
    assert index.replace_registry("r", "elsewhere", rows, at=5.0)
    assert len(index.statuses()) == 1


def test_sites_are_what_is_the_same_of_many_copies(index: CatalogIndex) -> None:
    copies = [
        Copy(url="s3://b/1"),
        Copy(url="s3://b/2", region=OREGON),
        Copy(url="s3://b/3", region=OREGON),
        Copy(url="s3://b/4", region=OREGON, endpoint="https://store.example"),
        Copy(url=""),
        Copy(url="s3://b/5", detail="It says 'mars'."),
    ]
    entries = [
        Entry(path=(f"d{i}",), name="d", catalog_url="u", copies=(copy,))
        for i, copy in enumerate(copies)
    ]
    entries.append(
        Entry(path=("r",), name="r", catalog_url="u", registry=True, copies=(copies[1],))
    )
    index.replace("cat", "u", entries, root_of=root_of, at=0.0)
    sites = index.sites()
    assert [(s.root, s.sample_url, s.declared, s.endpoint, s.registry) for s in sites] == [
        ("s3://b", "s3://b/1", None, "", False),
        ("s3://b", "s3://b/2", OREGON, "", False),
        ("s3://b", "s3://b/4", OREGON, "https://store.example", False),
        ("", "", None, "", False),
        ("s3://b", "s3://b/5", None, "", False),
        ("s3://b", "s3://b/2", OREGON, "", True),
    ]
    assert index.declared_at(["s3://other", "s3://b"]) == [("cat", OREGON, "s3://b")]
    located = {
        s.id: Location(
            url=s.root,
            region=OREGON,
            evidence=Evidence.CATALOG,
            detail=" ".join(filter(None, (s.detail, "asked"))),
            contradicted=(IOWA,),
        )
        for s in sites[4:5]
    }
    assert index.settle(located)
    assert not index.settle(located)
    assert not index.settle({10**6: Location(url="", region=OREGON)})
    replica = index.get("cat/d5").replicas[0]
    assert (replica.region, replica.contradicted) == (OREGON, (IOWA,))
    assert replica.detail == "It says 'mars'. asked", "and not twice"


def test_sites_keep_what_is_known_of_them_through_a_refresh(index: CatalogIndex) -> None:
    put(index, "bucket")
    index.settle({s.id: Location(url="", region=OREGON) for s in index.sites()})
    before = index.sites()
    put(index, "bucket", 7)
    assert index.sites() == before
    assert index.get("cat/d6").region == OREGON


def test_other_prefixes_make_other_sites(index: CatalogIndex) -> None:
    put(index, "one", 2)
    index.reroot("", root_of)
    assert [site.root for site in index.sites()] == ["s3://one"]
    before = index.search(DatasetQuery(text="one"))
    calls: list[str] = []

    def whole_url(url: str, endpoint: str) -> str:
        calls.append(url)
        return url

    index.reroot("key", whole_url)
    assert [site.root for site in index.sites()] == ["s3://one/d0", "s3://one/d1"]
    index.reroot("key", whole_url)
    assert len(calls) == 2
    index.settle({index.sites()[1].id: Location(url="", region=OREGON)})
    found = index.search(DatasetQuery(text="one", region=("aws:*",)))
    assert [dataset.id for dataset in found.items] == ["cat/d1"]
    assert index.search(DatasetQuery(text="one")).total == before.total


def damaged_everywhere(path: Path) -> None:
    path.write_bytes(b"this is no database at all " * 1000)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def of_another_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(
            f"DROP TABLE word; CREATE TABLE other (x); PRAGMA user_version = {VERSION + 1}"
        )


def a_foreign_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as file:
        file.executescript('CREATE TABLE "dataset" (x); CREATE TABLE "odd "" name" (y);')


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    "spoil", [damaged_everywhere, cut_short, of_another_version, a_foreign_database, empty]
)
def test_a_file_that_cannot_be_used_is_made_anew(path: Path, spoil: Callable[[Path], None]) -> None:
    index = CatalogIndex(path)
    put(index, "old", 2000)
    index.close()
    spoil(path)
    index = CatalogIndex(path)
    assert index.search(DatasetQuery(text="old")).total in (0, 2000)
    put(index, "new", 2000)
    assert labels(index) == {"new"}
    index.close()
    index = CatalogIndex(path)
    assert index.search(DatasetQuery(text="new")).total == 2000
    index.close()


def test_damage_that_is_found_later_is_mended_then(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    index = CatalogIndex(path)
    put(index, "old", 3000)
    index.close()
    with path.open("r+b") as file:  # the head stays: the file opens
        file.seek(16384)
        file.write(os.urandom(path.stat().st_size - 16384))
    index = CatalogIndex(path)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            index.search(DatasetQuery(text="old", limit=10))
            index.statuses()
            put(index, "new", 100)
    assert "made anew" in caplog.text
    assert labels(index) == {"new"}
    index.close()


def test_where_no_file_can_be_kept_memory_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING):
        index = CatalogIndex(tmp_path / "file" / "index.sqlite")
    assert "memory" in caplog.text
    put(index, "new")
    assert labels(index) == {"new"}
    index.close()


@pytest.mark.parametrize("in_memory", [True, False])
def test_readers_see_one_whole_state_while_a_writer_replaces(path: Path, in_memory: bool) -> None:
    index = CatalogIndex(None if in_memory else path)
    put(index, "label0", 40)
    put(index, "constant", 2, catalog="later")
    stop = threading.Event()
    wrong: list[object] = []
    pages = [0]

    def read() -> None:
        while not stop.is_set():
            try:
                found = index.search(DatasetQuery(text="label"))
                seen = {dataset.description for dataset in found.items}
                tags = {v.value: v.count for f in found.facets if f.name == "tag" for v in f.values}
                if len(seen) != 1 or found.total != 40 or tags != {seen.pop(): 40}:
                    wrong.append(found)
                if index.get("later/d1").description != "constant":
                    wrong.append("later")
                first = index.search(DatasetQuery(limit=30))
                rest = index.search(DatasetQuery(limit=30, cursor=first.cursor or ""))
                names = [dataset.id for dataset in (*first.items, *rest.items)]
                if len(names) != 42 or len(set(names)) != 42:
                    wrong.append(names)
                pages[0] += 1
            except Exception as error:  # noqa: BLE001 (shown by the assertion)
                wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    number, ended = 0, time.monotonic() + 120
    while number < 40 or (pages[0] <= 5 and time.monotonic() < ended):
        number += 1
        put(index, f"label{number}", 40)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert pages[0] > 5
    index.close()


KILLED = """
import sys, time
from pathlib import Path
from multicloud_lab.catalogs.entry import Copy, Entry
from multicloud_lab.catalogs.index import CatalogIndex

def root_of(url, endpoint):
    print("inside", flush=True)
    time.sleep(60)

entries = [
    Entry(path=(str(i),), name="x", catalog_url="u", description="new", copies=(Copy(url="s3://n"),))
    for i in range(5000)
]
CatalogIndex(Path(sys.argv[1])).replace("cat", "u", entries, root_of=root_of, at=2.0)
"""


def test_a_kill_in_the_middle_leaves_the_old_copy(path: Path) -> None:
    index = CatalogIndex(path)
    put(index, "old")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "inside"
        assert labels(index) == {"old"}, "a reader does not wait for the writer"
        process.send_signal(signal.SIGKILL)
    assert labels(index) == {"old"}
    assert put(index, "newer"), "the dead writer holds no lock"
    index.close()
    index = CatalogIndex(path)
    assert labels(index) == {"newer"}
    index.close()


def _replace_again_and_again(path: Path, name: str, times: int) -> None:
    index = CatalogIndex(path)
    for number in range(times):
        put(index, f"{name}{number}", 20)
        put(index, f"own{number}", 5, catalog=name)
        if len(labels(index)) > 3:
            raise AssertionError("a mixture")
    index.close()


def test_two_processes_share_a_file(path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [
        spawn.Process(target=_replace_again_and_again, args=(path, name, 15))
        for name in ("one", "two")
    ]
    for process in processes:
        process.start()
    time.sleep(0.1)
    index = CatalogIndex(path)
    while any(process.is_alive() for process in processes):
        assert len(index.search(DatasetQuery(catalog=("cat",))).items) in (0, 20)
        assert len({d.description for d in index.search(DatasetQuery(catalog=("cat",))).items}) < 2
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert {status.datasets for status in index.statuses()} == {20, 5}
    assert labels(index) - {"own14"} <= {"one14", "two14"}
    index.close()
