"""The AWS Open Data Registry: every resource is listed, however dirty its row is."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from multicloud_lab.catalogs import Entry
from multicloud_lab.errors import CatalogError
from multicloud_lab.regions import Region
from tests.catalogs.conftest import Read
from tests.catalogs.registry_samples import (
    DIRTY_ADDRESSES,
    RESOURCES,
    UNUSABLE,
    registry_entry,
    resource,
    topic,
    write_registry,
)

WEST = Region("aws", "us-west-2")


def write(path: Path, *resources: Any, **more: Any) -> Path:
    path.write_text(yaml.safe_dump(registry_entry(*resources, **more)))
    return path


def test_a_whole_registry_is_listed_within_seconds(tmp_path: Path, read: Read) -> None:
    write_registry(tmp_path)
    (tmp_path / "broken.yaml").write_text("Resources: [")
    start = time.monotonic()
    entries = read(tmp_path)
    assert time.monotonic() - start < 60
    assert len(entries) == RESOURCES + 1
    assert len({entry.path for entry in entries}) == RESOURCES + 1
    assert all(entry.registry for entry in entries if entry.path != ("broken",))
    broken = [entry for entry in entries if entry.problem]
    assert "not YAML" in next(entry for entry in broken if entry.path == ("broken",)).problem
    assert 50 < len(broken) < 300  # addresses that are none, which are told and lost to nobody
    assert sum(entry.copies[0].region == WEST for entry in entries if entry.copies) > 6_000


def test_one_resource_is_the_dataset_and_several_are_below_it(tmp_path: Path, read: Read) -> None:
    write(tmp_path / "one.yaml", resource("lens"), topic())
    write(tmp_path / "two.yml", resource("nex/LOCA"), topic(), resource("nex/DCP30/v1"))
    write(tmp_path / "none.yaml", topic())
    (tmp_path / "README.md").write_text("no catalog")
    entries = {"/".join(entry.path): entry for entry in read(f"{tmp_path}/")}
    assert {name: entry.url for name, entry in entries.items()} == {
        "one": "s3://lens",
        "two/nex/LOCA": "s3://nex/LOCA",
        "two/nex/DCP30/v1": "s3://nex/DCP30/v1",
    }
    entry = entries["two/nex/LOCA"]
    assert (entry.name, entry.title, entry.kind) == ("LOCA", "A dataset", "url")
    assert entry.description == "What is in nex/LOCA\n\nWhat it is about."
    assert entry.tags == ("aws-pds", "climate")
    assert entry.registry
    assert entry.catalog_url == str(tmp_path / "two.yml")


def test_a_file_alone_and_the_index_list_the_same(tmp_path: Path, read: Read) -> None:
    path = write(tmp_path / "lens.yaml", resource("lens"))
    (alone,) = read(path)
    contents = [
        registry_entry(resource("lens"), Slug="lens"),
        registry_entry(resource("a"), resource("b"), Slug="two"),
        registry_entry(resource("c"), Name="No Slug (v2)"),
    ]
    index = tmp_path / "index.ndjson"
    lines = [json.dumps(content) for content in contents]
    index.write_text("\n".join([lines[0], "{broken", "", *lines[1:], '"text"', "{}"]) + "\n")
    entries = read(index)
    assert ["/".join(entry.path) for entry in entries] == [
        "lens", "entry-2", "two/a", "two/b", "no-slug-v2", "entry-5", "entry-6",
    ]  # fmt: skip
    assert alone.path == entries[0].path
    assert [bool(entry.problem) for entry in entries] == [
        False,
        True,
        False,
        False,
        False,
        True,
        True,
    ]
    assert "Line 2 of" in entries[1].problem


@pytest.mark.parametrize(("address", "url"), DIRTY_ADDRESSES, ids=repr)
def test_dirty_addresses(address: Any, url: str, tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path / "x.yaml", resource("b", ARN=address)))
    assert (entry.url, entry.problem) == (url, "")
    assert entry.copies[0].region == WEST


def test_several_addresses_in_one_text(tmp_path: Path, read: Read) -> None:
    said = "arn:aws:s3:::one, arn:aws:s3:::two/x;\narn:aws:s3:::three"
    entries = read(write(tmp_path / "x.yaml", resource("b", ARN=said)))
    assert [entry.url for entry in entries] == ["s3://one", "s3://two/x", "s3://three"]


@pytest.mark.parametrize("address", UNUSABLE, ids=repr)
def test_an_address_that_is_none_is_a_row(address: Any, tmp_path: Path, read: Read) -> None:
    entries = read(write(tmp_path / "x.yaml", resource("b", ARN=address), resource("good")))
    assert [bool(entry.problem) for entry in entries] == [True, False]
    assert "an S3 resource with" in entries[0].problem


@pytest.mark.parametrize(
    ("said", "region", "detail"),
    [
        ("us-west-2", WEST, ""),
        (" us-west-2 ", WEST, ""),
        ("US-West-2", WEST, ""),
        (["us-west-2"], WEST, ""),
        ("us-wst-2", None, "did you mean 'aws:us-west-2'"),
        (None, None, ""),
        (7, None, ""),
        ({}, None, ""),
    ],
)
def test_regions(said: Any, region: Region | None, detail: str, tmp_path: Path, read: Read) -> None:
    (entry,) = read(write(tmp_path / "x.yaml", resource("b", Region=said)))
    assert entry.copies[0].region == region
    assert detail in entry.copies[0].detail
    assert not entry.problem


def test_who_pays_and_who_may(tmp_path: Path, read: Read) -> None:
    said = resource("b", RequesterPays=True, ControlledAccess="https://x", AccountRequired="True")
    (entry,) = read(write(tmp_path / "x.yaml", said, Deprecated=True))
    assert entry.copies[0].requester_pays
    assert entry.tags[-3:] == ("controlled access", "account required", "deprecated")
    (plain,) = read(write(tmp_path / "x.yaml", resource("b", RequesterPays=False)))
    assert not plain.copies[0].requester_pays


@pytest.mark.parametrize(
    ("description", "bucket", "data_format"),
    [
        ("Zarr stores of it", "b", "zarr"),
        ("", "mur-sst/zarr-v1", "zarr"),
        ("NetCDF-4 files", "b", "netcdf"),
        ("Cloud Optimized GeoTIFFs (COG)", "b", "rasterio"),
        ("as Parquet", "b", "parquet"),
        ("NetCDF and Zarr", "b", ""),
        ("GRIB2 forecasts", "b", "grib"),
        ("Everything", "b", ""),
    ],
)
def test_a_format_is_told_where_one_is_named(
    description: str, bucket: str, data_format: str, tmp_path: Path, read: Read
) -> None:
    said = resource(bucket, Description=description)
    (entry,) = read(write(tmp_path / "x.yaml", said, Description="Words."))
    assert entry.format == data_format


ODD: list[Any] = [None, 7, 1.5, True, "text", [1], {"a": 1}, [[]], [{"ARN": [1]}], {"a": {"b": []}}]


@pytest.mark.parametrize(
    "key", ["Name", "Description", "Tags", "Resources", "Deprecated", "Slug", "License"]
)
def test_odd_values_in_an_entry_are_read_or_refused_in_words(
    key: str, tmp_path: Path, read: Read
) -> None:
    for value in ODD:
        content = registry_entry(resource("one"), resource("two"))
        (tmp_path / "x.yaml").write_text(yaml.safe_dump({**content, key: value}))
        (tmp_path / "x.ndjson").write_text(json.dumps({**content, key: value}))
        for name in ("x.yaml", "x.ndjson"):
            entries: list[Entry] = read(tmp_path / name)
            assert not any("Error" in entry.problem for entry in entries)
            if key != "Resources":
                assert [entry.url for entry in entries] == ["s3://one", "s3://two"]


@pytest.mark.parametrize("key", ["Description", "ARN", "Region", "Type", "RequesterPays"])
def test_odd_values_in_a_resource_cost_its_siblings_nothing(
    key: str, tmp_path: Path, read: Read
) -> None:
    for value in ODD:
        odd = {**resource("one"), key: value}
        entries = read(write(tmp_path / "x.yaml", odd, value, resource("two")))
        assert entries[-1].url == "s3://two"
        assert not any("Error" in entry.problem for entry in entries)


def test_the_real_files(shared_data: Path, read: Read) -> None:
    folder = shared_data / "aws-open-data" / "datasets"
    contents = [yaml.safe_load(path.read_text()) for path in folder.glob("*.yaml")]
    listed = [one for content in contents for one in content["Resources"]]
    entries = read(folder)
    found = {"/".join(entry.path): entry for entry in entries}
    assert not any(entry.problem for entry in entries)
    assert all(entry.copies[0].region for entry in entries)
    assert found["ncar-cesm-lens"].url == "s3://ncar-cesm-lens"
    assert found["noaa-goes/noaa-goes19"].copies[0].region == Region("aws", "us-east-1")
    assert found["mur"].format == "zarr"
    assert len(entries) == sum(one["ARN"].startswith("arn:aws:s3") for one in listed)


def test_a_folder_that_is_bounded_says_so(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multicloud_lab.catalogs.reader.MAX_FILES", 4)
    for number in range(6):
        write(tmp_path / f"{number}.yaml", resource(f"b{number}"))
    entries = read(tmp_path)
    assert [entry.path[0] for entry in entries] == ["0", "1", "2", "…"]
    assert "6 catalog files; the first 3 are read" in entries[-1].problem


def test_a_folder_without_catalogs_is_told(tmp_path: Path, read: Read) -> None:
    (tmp_path / "data.nc").write_bytes(b"CDF")
    with pytest.raises(CatalogError, match="has no catalog file"):
        read(tmp_path)
