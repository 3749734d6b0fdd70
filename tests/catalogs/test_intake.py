"""Intake catalogs of both versions: parameters, spellings, replicas; what is hostile is listed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from multicloud_lab.catalogs import Entry
from multicloud_lab.regions import Region
from tests.catalogs.conftest import LOCAL_CATALOG, Read
from tests.catalogs.samples import SAMPLES

Write = Callable[..., Path]


def by_name(entries: list[Entry]) -> dict[str, Entry]:
    return {"/".join(entry.path): entry for entry in entries}


def test_shared_parameters_reach_every_level(tmp_path: Path, read: Read) -> None:
    year = {"type": "int", "description": "", "default": 1990, "allowed": [1990, 1991]}
    top = {
        "metadata": {"parameters": {"year": year, "bucket": {"default": "b"}}},
        "sources": {
            "deep": {"driver": LOCAL_CATALOG, "args": {"path": "{{ CATALOG_DIR }}/d.yaml"}}
        },
    }
    month = {"type": "str", "description": "", "default": "01", "min": "01", "max": "12"}
    day = {"type": "datetime", "default": "2020-01-01"}
    deep = {
        "metadata": {"parameters": {"bucket": {"default": "c"}}},
        "sources": {
            "x": {
                "driver": "zarr",
                "parameters": {"month": month, "day": day},
                "args": {"urlpath": "gs://{{ bucket }}/{{year}}/{{-month-}}"},
            }
        },
    }
    (tmp_path / "top.yaml").write_text(yaml.safe_dump(top))
    (tmp_path / "d.yaml").write_text(yaml.safe_dump(deep))
    (entry,) = read(tmp_path / "top.yaml")
    assert entry.url == "gs://c/1990/01"
    assert {p.name: p.default for p in entry.parameters} == {
        "year": 1990, "bucket": "c", "month": "01", "day": "2020-01-01",
    }  # fmt: skip
    assert {p.name: p.allowed for p in entry.parameters}["year"] == (1990, 1991)
    assert entry.untrusted == ()


def test_a_shared_parameter_that_runs_something_is_told_below(tmp_path: Path, read: Read) -> None:
    top = {
        "metadata": {"parameters": {"home": {"default": "env(HOME)"}}},
        "sources": {"deep": {"driver": LOCAL_CATALOG, "args": {"path": "d.yaml"}}},
    }
    deep = {"sources": {"x": {"driver": "zarr", "args": {"urlpath": "gs://b/{{ home }}"}}}}
    (tmp_path / "top.yaml").write_text(yaml.safe_dump(top))
    (tmp_path / "d.yaml").write_text(yaml.safe_dump(deep))
    (entry,) = read(tmp_path / "top.yaml")
    assert entry.url == "gs://b/env(HOME)"
    assert "reads the environment" in entry.untrusted[0]


def test_replicas_payers_and_endpoints(write: Write, read: Read) -> None:
    (entry,) = read(
        write(
            x={
                "driver": "zarr",
                "args": {
                    "urlpath": "s3://mine/x",
                    "storage_options": {"client_kwargs": {"endpoint_url": "https://osn.example"}},
                },
                "metadata": {
                    "region": "aws:us-west-2",
                    "replicas": [
                        {"url": "gs://other/x", "region": "gcp:us", "requester_pays": True},
                        "az://third/x",
                        {"url": "s3://bad/x", "region": "nowhere"},
                        {"url": "s3://mine/x"},
                        {"region": "gcp:us"},
                        7,
                    ],
                },
            }
        )
    )
    mine, other, third, bad = entry.copies
    assert mine.endpoint == "https://osn.example"
    assert (other.url, other.region, other.requester_pays) == (
        "gs://other/x",
        Region("gcp", "us"),
        True,
    )
    assert (third.url, third.region) == ("az://third/x", None)
    assert bad.region is None
    assert "cannot be used" in bad.detail


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("opendap", "opendap"),
        ("intake_xarray.opendap.OpenDapSource", "opendap"),
        ("intake_xarray.xzarr.ZarrSource", "zarr"),
        ("intake_xarray.xzarr:ZarrSource", "zarr"),
        (["zarr"], "zarr"),
        ({"one": "zarr"}, "zarr"),
        ("intake_parquet.source.ParquetSource", "parquet"),
    ],
)
def test_spellings_of_drivers(driver: object, expected: str, write: Write, read: Read) -> None:
    (entry,) = read(write(x={"driver": driver, "args": {"urlpath": ["s3://b/1", "s3://b/2"]}}))
    assert entry.format == expected
    assert entry.url == "s3://b/1"
    assert entry.untrusted == ()


def test_references_are_where_their_file_is(write: Write, read: Read) -> None:
    def of(fo: str, **options: Any) -> dict[str, Any]:
        storage = {"fo": fo, "remote_protocol": "s3", **options}
        args = {"urlpath": "reference://", "consolidated": False, "storage_options": storage}
        return {
            "driver": "intake_xarray.xzarr.ZarrSource",
            "metadata": {"region": "aws:us-west-2"},
            "args": args,
        }

    osn = {"client_kwargs": {"endpoint_url": "https://osn.example"}}
    plain, elsewhere, chain = read(
        write(
            plain=of("s3://b/r.json", remote_options={"requester_pays": True}),
            elsewhere=of("s3://b/r.json", target_options=osn),
            chain=of("filecache::s3://b/r.json"),
        )
    )
    assert (plain.kind, plain.format, plain.url) == ("url", "kerchunk", "s3://b/r.json")
    assert plain.copies[0].requester_pays
    assert plain.copies[0].region == Region("aws", "us-west-2")
    assert plain.untrusted == ()
    assert plain.reading["open_kwargs"] == {"consolidated": False}
    assert elsewhere.copies[0].endpoint == "https://osn.example"
    for entry in (elsewhere, chain):
        assert (entry.kind, entry.format) == ("intake", "kerchunk")
        assert entry.untrusted


def test_several_files_and_other_formats_are_children(
    write: Write, tmp_path: Path, read: Read
) -> None:
    for name in ("a", "b"):
        write(f"{name}.yaml", **{name: {"driver": "zarr", "args": {"urlpath": f"gs://b/{name}"}}})
    (tmp_path / "v2.yaml").write_text(SAMPLES["intake-v2"].text)
    entries = read(
        write(
            both={"driver": "yaml_files_cat", "args": {"path": ["a.yaml", "b.yaml"]}},
            pattern={"driver": "yaml_files_cat", "args": {"path": "*.yaml"}},
            new={"driver": "yaml_file_cat", "args": {"path": "v2.yaml"}},
        )
    )
    assert list(by_name(entries)) == ["both/a", "both/b", "pattern", "new/one", "new/two"]
    assert "pattern" in entries[2].problem


# --- version 2 ---------------------------------------------------------------------------------

OWN = "intake.readers."


def v2(directory: Path, **parts: Any) -> Path:
    path = directory / "v2.yaml"
    whole = {"version": 2, "data": {}, "entries": {}, "aliases": {}, "user_parameters": {}, **parts}
    path.write_text(yaml.safe_dump(whole, sort_keys=False))
    return path


def data(kind: str, url: str, **more: Any) -> dict[str, Any]:
    return {"datatype": f"{OWN}datatypes:{kind}", "kwargs": {"url": url, **more}}


def reader(kind: str, of: str, **more: Any) -> dict[str, Any]:
    return {"reader": f"{OWN}readers:{kind}", "kwargs": {"args": [f"{{data({of})}}"], **more}}


def test_version_2_as_intake_writes_it(tmp_path: Path, read: Read) -> None:
    """Names, aliases and steps of pipelines, in a file that intake itself has written."""
    import intake
    from intake.readers import datatypes, readers

    catalog = intake.entry.Catalog()
    store = datatypes.Zarr("gs://b/x.zarr", {"token": "anon"}, metadata={"description": "X"})
    catalog["air"] = readers.XArrayDatasetReader(store, chunks={})
    catalog.aliases["luft"] = "air"
    catalog["table"] = readers.PandasCSV(datatypes.CSV("s3://b/{year}.csv"))
    catalog["alone"] = datatypes.NetCDF3("gs://b/n.nc")
    catalog["sorted"] = readers.PandasCSV(datatypes.CSV("s3://b/z.csv")).sort_values("a")
    catalog.user_parameters["year"] = intake.SimpleUserParameter(default=1990, dtype=int)
    path = tmp_path / "v2.yaml"
    catalog.to_yaml_file(str(path))

    found = by_name(read(path))
    assert set(found) == {"air", "table", "alone", "sorted"}
    air = found["air"]
    assert (air.kind, air.format, air.url, air.aliases) == (
        "url",
        "zarr",
        "gs://b/x.zarr",
        ("luft",),
    )
    assert air.description == "X"
    assert air.reading["storage_options"] == {"token": "anon"}
    assert air.reading["open_kwargs"] == {"chunks": {}}
    assert found["table"].url == "s3://b/1990.csv"
    assert found["table"].parameters[0].default == 1990
    assert found["alone"].kind == "url"
    assert found["sorted"].kind == "intake2"
    assert any("convert:Pipeline" in reason for reason in found["sorted"].untrusted)


def test_version_2_names_and_parameters(tmp_path: Path, read: Read) -> None:
    token = "0123456789abcdef"
    store = data("Zarr", "{CATALOG_DIR}/{year}.zarr", root="g")
    year = {"default": 1, "options": [1, 2], "dtype": "int", "description": "The year"}
    path = v2(
        tmp_path,
        data={token: {**store, "user_parameters": {"year": year}}},
        entries={"fedcba9876543210": reader("XArrayDatasetReader", token)},
        aliases={"one": "fedcba9876543210", "two": "fedcba9876543210"},
        user_parameters={"year": {"default": 9}},
        metadata={"region": "gcp:us-central1"},
    )
    (entry,) = read(path)
    assert entry.path == ("one",)
    assert entry.aliases == ("two",)
    assert entry.entry == "fedcba9876543210"
    assert entry.url == f"{tmp_path}/1.zarr"
    assert entry.copies[0].region == Region("gcp", "us-central1")
    assert entry.reading["open_kwargs"] == {"group": "g"}
    (parameter,) = entry.parameters
    assert (parameter.type, parameter.allowed) == ("int", (1, 2))


def test_version_2_catalogs_are_children(tmp_path: Path, read: Read) -> None:
    (tmp_path / "sub.yaml").write_text(SAMPLES["intake"].text)
    path = v2(
        tmp_path,
        data={
            "0123456789abcdef": data("CatalogFile", "{CATALOG_DIR}/sub.yaml"),
            "alone": data("CatalogFile", "../sub.yaml"),
        },
        entries={"sub": reader("YAMLCatalogReader", "0123456789abcdef")},
    )
    found = by_name(read(path))
    assert set(found) == {"sub/one", "sub/two", "alone"}
    assert "is outside" in found["alone"].problem


def test_a_hostile_catalog_of_version_2_is_listed_and_runs_nothing(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "ran"
    (tmp_path / "evil_v2.py").write_text(f"open({str(marker)!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("SECRET", "hunter2")
    plain = "0123456789abcdef"
    entries: dict[str, Any] = {
        "module": {"reader": "evil_v2:Reader", "kwargs": {"args": [f"{{data({plain})}}"]}},
        "class": {
            "cls": "evil_v2:Entry",
            **reader("XArrayDatasetReader", plain, x="{import(evil_v2:x)}"),
        },
        "func": reader("XArrayDatasetReader", plain, preprocess="{func(evil_v2:run)}"),
        "import": reader("XArrayDatasetReader", plain, chunks="{import(evil_v2:x)}"),
        "pickle": reader("XArrayDatasetReader", plain, chunks="{pickle64(gASVAAA=)}"),
        "engine": reader("XArrayDatasetReader", plain, engine="evil_v2"),
        "python": reader("PythonModule", plain),
        "kwargs": reader("XArrayDatasetReader", plain, backend_kwargs={"x": 1}),
    }
    alone: dict[str, Any] = {
        "env": data("Zarr", "gs://b/{env(SECRET)}"),
        "attribute": data("Zarr", "gs://b/{year.__class__.__init__}"),
        "chain": data("Zarr", "filecache::gs://b/x"),
        "datatype": {"datatype": "evil_v2:Zarr", "kwargs": {"url": "gs://b/x"}},
        "default": {
            **data("Zarr", "gs://b/{p}"),
            "user_parameters": {"p": {"cls": "evil_v2:P", "default": "{env(SECRET)}"}},
        },
        "endpoint": data("Zarr", "s3://b/x", storage_options={"endpoint_url": "http://10.0.0.1"}),
    }  # fmt: skip
    path = v2(
        tmp_path,
        data={plain: data("Zarr", "gs://b/x"), **alone},
        entries=entries,
        user_parameters={"year": {"default": 1990}},
    )
    found = by_name(read(path))
    assert set(found) == set(entries) | set(alone)
    for entry in found.values():
        assert entry.kind == "intake2", entry.name
        assert entry.untrusted, entry.name
        assert not entry.reading, entry.name
        assert "hunter2" not in repr(entry)
    assert found["endpoint"].copies[0].endpoint == "http://10.0.0.1"
    assert not marker.exists()


ODD: list[Any] = [None, 7, 1.5, True, "text", [1], {"a": 1}, [[]], {"a": {"b": []}}]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_values_in_version_2_lose_no_row(value: Any, tmp_path: Path, read: Read) -> None:
    keys = ("datatype", "kwargs", "metadata", "user_parameters", "reader")
    things = {f"d-{key}": {**data("Zarr", "gs://b/x"), key: value} for key in keys}
    readers = {
        f"e-{key}": {**reader("XArrayDatasetReader", "d-reader"), key: value} for key in keys
    }
    readers["e-args"] = {"reader": "x", "kwargs": {"args": value}}
    path = v2(tmp_path, data={**things, "d": value}, entries={**readers, "e": value})
    names = {"/".join(e.path) for e in read(path)}
    assert names >= {*readers, "e"}
    for part in ("data", "entries", "aliases", "user_parameters", "metadata"):
        path = v2(tmp_path, **{"data": {"x": data("Zarr", "gs://b/x")}, part: value})
        try:
            entries = read(path)
        except Exception as error:  # noqa: BLE001  (whatever it is, it has to be ours)
            assert "that are not a mapping" in str(error) or "not a catalog" in str(error)  # noqa: PT017
        else:
            assert all(entry.catalog_url == str(path) for entry in entries)


# --- intake-esm ----------------------------------------------------------------------------------


def esm(directory: Path, rows: list[dict[str, Any]], **more: Any) -> Path:
    path = directory / "esm.json"
    document = {
        "esmcat_version": "0.1.0",
        "attributes": [],
        "assets": {"column_name": "path", "format": "zarr"},
        "aggregation_control": {"variable_column_name": "variable", "groupby_attrs": ["source"]},
        **({"catalog_dict": rows} if rows else {}),
        **more,
    }
    path.write_text(json.dumps(document))
    return path


def test_rows_that_differ_in_their_bucket_alone_are_one_dataset(tmp_path: Path, read: Read) -> None:
    rows = [
        {"source": "A", "variable": "tas", "member": "r1", "path": "gs://cmip6/A/tas/r1"},
        {"source": "A", "variable": "tas", "member": "r1", "path": "s3://cmip6-pds/A/tas/r1"},
        {"source": "A", "variable": "tas", "member": "r2", "path": "gs://cmip6/A/tas/r2"},
        {"source": "A", "variable": "pr", "member": "r1", "path": "gs://cmip6/A/pr/1"},
        {"source": "A", "variable": "pr", "member": "r1", "path": "gs://cmip6/A/pr/2"},
        {"source": "A", "variable": "pr", "member": "r1", "path": "s3://cmip6-pds/A/pr/1"},
        {"source": "A", "variable": "no", "member": "r1", "path": ""},
    ]
    found = read(esm(tmp_path, rows))
    assert [[copy.url for copy in entry.copies] for entry in found] == [
        ["gs://cmip6/A/tas/r1", "s3://cmip6-pds/A/tas/r1"],
        ["gs://cmip6/A/tas/r2"],
        ["gs://cmip6/A/pr/1", "s3://cmip6-pds/A/pr/1"],
        ["gs://cmip6/A/pr/2"],  # the same bucket: other data
    ]
    assert [entry.entry for entry in found] == [entry.url for entry in found]
    assert "member r2" in found[1].description


def test_a_table_in_parquet(tmp_path: Path, read: Read) -> None:
    import pandas as pd

    table = pd.DataFrame({"source": ["A"], "variable": ["tas"], "path": ["gs://b/tas"]})
    table.to_parquet(tmp_path / "table.parquet")
    (entry,) = read(esm(tmp_path, [], catalog_file="table.parquet"))
    assert (entry.path, entry.url) == (("A", "tas"), "gs://b/tas")
    (tmp_path / "table.parquet").write_bytes(b"PAR1 no PAR1")
    with pytest.raises(Exception, match=r"not Parquet"):
        read(esm(tmp_path, [], catalog_file="table.parquet"))
