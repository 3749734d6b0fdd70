"""Lists of URLs: one a line; a line that is none is a row that says so."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud_lab.catalogs import Entry
from multicloud_lab.catalogs.formats.url_list import UrlListFormat
from multicloud_lab.catalogs.reach import Reach
from multicloud_lab.catalogs.reader import Document
from multicloud_lab.errors import CatalogError
from tests.catalogs.conftest import Read


def write(folder: Path, text: str) -> Path:
    path = folder / "urls.txt"
    path.write_text(text)
    return path


def test_urls_titles_comments_and_empty_lines(tmp_path: Path, read: Read) -> None:
    text = (
        "# what I use\n\n"
        "s3://bucket/a/x.zarr\n"
        "  gs://other/y.nc   Sea surface temperature  \r\n"
        "https://example.org/data/z.parquet?v=2\n"
        "s3://bucket/b/x.zarr/\n"
    )
    entries = read(write(tmp_path, text))
    assert [("/".join(e.path), e.name, e.url, e.title, e.format) for e in entries] == [
        ("bucket/a/x.zarr", "x", "s3://bucket/a/x.zarr", "", "zarr"),
        ("other/y.nc", "y", "gs://other/y.nc", "Sea surface temperature", "netcdf"),
        (
            "example.org/data/z.parquet", "z",
            "https://example.org/data/z.parquet?v=2", "", "parquet",
        ),
        ("bucket/b/x.zarr", "x", "s3://bucket/b/x.zarr/", "", "zarr"),
    ]  # fmt: skip
    # A short name is enough where only one has it.
    assert [entry.aliases for entry in entries] == [(), ("y",), ("z",), ()]
    assert {entry.kind for entry in entries} == {"url"}
    assert entries[0].reading == {"format": "zarr"}


@pytest.mark.parametrize(
    ("ending", "data_format"),
    [
        (".zarr", "zarr"), (".zarr/", "zarr"), (".nc", "netcdf"), (".nc4", "netcdf"),
        (".h5", "netcdf"), (".parquet", "parquet"), (".csv", "csv"), (".csv.gz", "csv"),
        (".json", "kerchunk"), (".tif", "rasterio"), (".TIFF", "rasterio"), (".grib2", "grib"),
        ("", ""), (".zip", ""), (".nc.gz", ""),
    ],
)  # fmt: skip
def test_formats_by_ending(ending: str, data_format: str, tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path, f"s3://bucket/x{ending}\n"))
    assert entry.format == data_format


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("nonsense", "is not a URL"),
        ("ftp://host/x.nc?sig=hunter2", "no address of a kind known here"),
        ("simplecache::s3://b/x?sig=hunter2", "chain of file systems"),
        ("s3:///x", "no bucket or host"),
        ("http://[::1/x.nc", "no bucket or host"),
    ],
)
def test_a_broken_line_is_a_row(line: str, problem: str, tmp_path: Path, read: Read) -> None:
    first, last = read(write(tmp_path, f"# one\n{line}\ngs://b/x.zarr\n"))
    assert problem in first.problem
    assert "Line 2 of" in first.problem
    assert "hunter2" not in first.problem
    assert first.path == ("line-2",)
    assert not last.problem


def test_paths_are_read_in_a_list_of_this_machine_alone(tmp_path: Path, read: Read) -> None:
    text = "data/a.nc\n/elsewhere/b.zarr\nfile:///c.nc\n"
    entries = read(write(tmp_path, text))
    assert [entry.url for entry in entries] == [
        str(tmp_path / "data/a.nc"), "/elsewhere/b.zarr", "file:///c.nc",
    ]  # fmt: skip
    remote = f"memory://list-{tmp_path.name}/urls.txt"
    with fsspec.open(remote, "wt") as file:
        file.write(f"{text}gs://b/x.zarr\n")
    entries = read(remote)
    assert [bool(entry.problem) for entry in entries] == [True, True, True, False]


@pytest.mark.parametrize("text", ["", "# nothing\n", "<!DOCTYPE html>\n<p>\n", "words\nwords\n"])
def test_a_file_without_urls_is_no_list(text: str, tmp_path: Path, read: Read) -> None:
    with pytest.raises(CatalogError, match="no line that begins with a URL"):
        read(write(tmp_path, text))


def test_credentials_in_a_url_are_in_no_id(tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path, "https://me:hunter2@host.example/x.nc?sig=hunter2\n"))
    assert entry.path == ("host.example", "x.nc")
    assert "hunter2" not in f"{entry.name}{entry.aliases}"


@given(st.lists(st.text(), max_size=8))
def test_any_text_gives_rows_or_one_sentence(lines: list[str]) -> None:
    url = "/lists/urls.txt"
    content = "\n".join(["gs://bucket/good.zarr", *lines])
    document = Document(url, content, (), None, Reach.of(url, lambda url: {}), 5)
    found = UrlListFormat().read(document)
    assert all(isinstance(entry, Entry) for entry in found)
    said = [line.strip() for line in content.splitlines()]
    assert len(found) == sum(bool(line) and not line.startswith("#") for line in said)
    for entry in found:
        assert isinstance(entry, Entry)
        assert all(part.isprintable() and part and "/" not in part for part in entry.path)
