"""Every reader keeps the contract: nothing lost, nothing run, problems told in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from multicloud_lab.catalogs import Entry
from multicloud_lab.catalogs.document import parse_content
from multicloud_lab.catalogs.reader import FORMATS
from multicloud_lab.errors import CatalogError
from multicloud_lab.regions import parse_region
from tests.catalogs.conftest import LOCAL_CATALOG, Read
from tests.catalogs.samples import SAMPLES, esm_json

Write = Callable[..., Path]


def test_every_format_has_a_sample(read: Read, write: Write) -> None:
    read(write())  # formats register when a catalog is read
    assert set(FORMATS) == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
class TestEveryFormat:
    def sample(self, name: str, directory: Path) -> Path:
        path = directory / SAMPLES[name].file
        path.write_text(SAMPLES[name].text)
        return path

    def test_lists_all_in_order(self, name: str, tmp_path: Path, read: Read) -> None:
        entries = read(self.sample(name, tmp_path))
        assert [entry.path for entry in entries] == SAMPLES[name].paths
        for entry in entries:
            assert entry.kind == SAMPLES[name].kind
            assert entry.url
            assert entry.name
            assert entry.entry
            assert entry.catalog_url.startswith("/")
            assert not entry.problem
            assert not entry.untrusted

    def test_owned_by_one_format(self, name: str, tmp_path: Path, read: Read) -> None:
        path = self.sample(name, tmp_path)
        read(path)
        content = parse_content(path.read_text(), str(path))
        assert [n for n, f in FORMATS.items() if f.owns(content, str(path))] == [name]

    def test_is_followed_as_a_child(self, name: str, tmp_path: Path, read: Read) -> None:
        child = self.sample(name, tmp_path)
        driver, argument = (
            ("esm_datastore", "obj") if name == "intake-esm" else (LOCAL_CATALOG, "path")
        )
        metadata = {"region": "gcp:us-central1"}
        sources = {
            "nested": {
                "driver": driver,
                "args": {argument: "{{ CATALOG_DIR }}/" + child.name},
                "metadata": metadata,
            }
        }
        top = tmp_path / "top.yaml"
        top.write_text(yaml.safe_dump({"sources": sources}))
        entries = read(top)
        sample = SAMPLES[name]
        assert [e.path for e in entries] == [("nested", *p) for p in sample.below or sample.paths]
        region = parse_region(sample.region or metadata["region"])
        assert {entry.copies[0].region for entry in entries} == {region}

    def test_over_the_network_with_the_administrators_options(
        self, name: str, tmp_path: Path
    ) -> None:
        import fsspec

        from multicloud_lab.catalogs import read_catalog

        asked: list[str] = []

        def options(url: str) -> dict[str, Any]:
            asked.append(url)
            return {}

        sample = SAMPLES[name]
        url = f"memory://bucket-{tmp_path.name}/{sample.file}"
        with fsspec.open(url, "wt") as target:
            target.write(sample.text)
        entries = read_catalog(url, options=options, deadline=60)
        assert [entry.path for entry in entries] == sample.paths
        assert set(asked) == {url}

    @pytest.mark.parametrize("content", ["", "[]", "7", "sources: [", "{", "\x00\xff", "a: b"])
    def test_a_file_that_is_no_catalog_is_named(
        self, name: str, content: str, tmp_path: Path, read: Read
    ) -> None:
        path = tmp_path / SAMPLES[name].file
        path.write_text(content)
        with pytest.raises(CatalogError, match=str(path)):
            read(path)


def test_not_yaml_is_told_with_its_line(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("sources:\n  one: {\n")
    with pytest.raises(CatalogError, match=r"bad\.yaml is not YAML \(line 3: "):
        read(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path, read: Read) -> None:
    with pytest.raises(CatalogError, match="it is not there"):
        read(tmp_path / "none.yaml")
    with pytest.raises(CatalogError, match="has no catalog file"):
        read(tmp_path)


def test_a_key_twice_would_lose_an_entry(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "cat.yaml"
    path.write_text("sources:\n  a: {driver: zarr}\n  a: {driver: csv}\n")
    with pytest.raises(CatalogError, match=r"line 3: the key 'a' is there twice"):
        read(path)


def test_a_broken_child_is_one_row_and_its_siblings_stand(
    write: Write, tmp_path: Path, read: Read
) -> None:
    (tmp_path / "broken.yaml").write_text("sources: [")
    entries = read(
        write(
            before={"driver": "zarr", "args": {"urlpath": "gs://b/1"}},
            broken={
                "driver": LOCAL_CATALOG,
                "args": {"path": "{{CATALOG_DIR}}/broken.yaml"},
                "description": "kept",
            },
            gone={"driver": "yaml_file_cat", "args": {"path": "gone.yaml"}},
            nowhere={"driver": "yaml_file_cat", "args": {}},
            templated={"driver": "yaml_file_cat", "args": {"path": "{{ env('X') }}.yaml"}},
            text="not a mapping",
            after={"driver": "zarr", "args": {"urlpath": "gs://b/2"}},
        )
    )
    assert [entry.name for entry in entries] == [
        "before", "broken", "gone", "nowhere", "templated", "text", "after",
    ]  # fmt: skip
    problems = {entry.name: entry.problem for entry in entries}
    assert problems["before"] == problems["after"] == ""
    assert "not YAML" in problems["broken"]
    assert entries[1].description == "kept"
    assert "it is not there" in problems["gone"]
    assert "does not say where" in problems["nowhere"]
    assert "template" in problems["templated"]
    assert "not a mapping" in problems["text"]


def test_a_child_that_does_not_answer_costs_only_itself(write: Write, read: Read) -> None:
    import socket
    import time

    from multicloud_lab.catalogs import read_catalog

    with socket.socket() as silent:  # takes connections and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/child.yaml"
        path = write(
            slow={"driver": "yaml_file_cat", "args": {"path": url}},
            good={"driver": "zarr", "args": {"urlpath": "gs://b/1"}},
        )
        start = time.monotonic()
        options: dict[str, Any] = {
            url: {"client_kwargs": {}}
        }  # the administrator names it: it is on this machine
        entries = read_catalog(str(path), options=lambda url: options.get(url, {}), deadline=4)
        assert time.monotonic() - start < 30
    assert [entry.name for entry in entries] == ["slow", "good"]
    assert "did not answer" in entries[0].problem
    assert entries[1].problem == ""


def test_parameters_and_their_defaults(write: Write, read: Read) -> None:
    (entry,) = read(
        write(
            era5={
                "driver": "zarr",
                "parameters": {
                    "year": {"type": "int", "default": 1990, "allowed": [1990, 1991]},
                    "storage_options": {"type": "dict", "default": {"requester_pays": True}},
                },
                "args": {
                    "urlpath": "gs://b/{{ year }}/{{CATALOG_DIR}}/{{ unset }}",
                    "storage_options": "{{ storage_options }}",
                },
            }
        )
    )
    assert entry.url.startswith("gs://b/1990//")
    assert entry.url.endswith("/{{ unset }}")
    assert entry.copies[0].requester_pays
    year = entry.parameters[0]
    assert (year.name, year.type, year.default, year.allowed) == ("year", "int", 1990, (1990, 1991))
    assert entry.untrusted == ()


def region_of(metadata: object, write: Write, read: Read) -> Entry:
    (entry,) = read(
        write(x={"driver": "zarr", "args": {"urlpath": "s3://mine/x"}, "metadata": metadata})
    )
    return entry


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"region": "gcp:us-central1"}, "gcp:us-central1"),
        ({"region": "US-WEST-2"}, "aws:us-west-2"),
        (
            {"storage:schemes": {"a": {"type": "aws-s3", "region": "us-west-2"}}},
            "aws:us-west-2",
        ),
        (
            {
                "storage:schemes": {
                    "a": {"type": "aws-s3", "region": "us-east-1", "bucket": "other"},
                    "b": {"type": "aws-s3", "region": "us-west-2", "bucket": "mine"},
                }
            },
            "aws:us-west-2",
        ),
        ({"storage:platform": "AZURE", "storage:region": "westeurope"}, "azure:westeurope"),
        ({"msft:region": "westeurope"}, "azure:westeurope"),
    ],
)
def test_declared_regions(metadata: object, expected: str, write: Write, read: Read) -> None:
    entry = region_of(metadata, write, read)
    assert str(entry.copies[0].region) == expected
    assert entry.copies[0].detail == ""


@pytest.mark.parametrize(
    "metadata",
    [
        {"region": "gcp:us-centrall1"},
        {"region": 7},
        {"region": ["gcp:us"]},
        {
            "storage:schemes": {
                "a": {"type": "aws-s3", "region": "us-east-1"},
                "b": {"type": "aws-s3", "region": "us-west-2"},
            }
        },
    ],
)
def test_an_unusable_region_is_told_and_the_row_stands(
    metadata: object, write: Write, read: Read
) -> None:
    entry = region_of(metadata, write, read)
    assert entry.copies[0].region is None
    assert entry.copies[0].detail.startswith("Its catalog declares")
    assert entry.problem == ""


@pytest.mark.parametrize("metadata", [None, "text", [], {"storage:schemes": 3}])
def test_metadata_that_say_nothing(metadata: object, write: Write, read: Read) -> None:
    entry = region_of(metadata, write, read)
    assert entry.copies[0].region is None
    assert entry.copies[0].detail == ""


def write_esm(directory: Path, table: str, **more: Any) -> Path:
    (directory / "table.csv").write_text(table)
    path = directory / "cat.json"
    path.write_text(json.dumps(esm_json(**{"catalog_file": "table.csv", **more})))
    return path


def test_esm_rows_alike_are_told_apart_by_further_columns(tmp_path: Path, read: Read) -> None:
    table = (
        "component,variable,member,grid,path\n"
        "atm,T,r1,gn,s3://b/1\natm,T,r2,gn,s3://b/2\natm,U,r1,gn,s3://b/3\natm,U,r1,gn,s3://b/4\n"
    )
    entries = read(write_esm(tmp_path, table))
    assert ["/".join(entry.path) for entry in entries] == [
        "atm/T/r1", "atm/T/r2", "atm/U", "atm/U~2",
    ]  # fmt: skip
    assert [entry.name for entry in entries] == ["T r1", "T r2", "U", "U"]
    assert entries[0].variables == ("T",)


def test_esm_table_that_cannot_be_read(tmp_path: Path, read: Read) -> None:
    path = write_esm(tmp_path, "", catalog_file="https://localhost:9/none.csv")
    with pytest.raises(CatalogError, match=r"none\.csv is not read"):
        read(path)
    path = write_esm(tmp_path, "a,b\n1,2\n")
    with pytest.raises(CatalogError, match="no column 'path'"):
        read(path)


def test_esm_table_beside_the_file_stands_in(tmp_path: Path, read: Read) -> None:
    path = write_esm(
        tmp_path,
        "component,variable,path\natm,T,s3://b/1\n",
        catalog_file="https://localhost:9/public/table.csv",
    )
    assert [entry.url for entry in read(path)] == ["s3://b/1"]


def test_an_empty_catalog_is_one(write: Write, tmp_path: Path, read: Read) -> None:
    assert read(write()) == []
    assert read(write_esm(tmp_path, "component,variable,path\n")) == []


def test_a_human_name_in_metadata_is_no_region_of_a_cloud(
    read: Read, write: Callable[..., Path]
) -> None:
    """What metadata call a region may be what the data are about."""
    metadata = {"region": "Ireland"}
    path = write(x={"driver": "zarr", "args": {"urlpath": "s3://b/x"}, "metadata": metadata})
    (copy,) = read(path)[0].copies
    assert copy.region is None
    assert "Ireland" in copy.detail
