"""Hostile catalogs: nothing of theirs runs, nothing hangs, nothing is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest
import yaml

from multicloud_lab.catalogs import parse_document, untrusted_reasons
from multicloud_lab.errors import CatalogError
from tests.catalogs.conftest import LOCAL_CATALOG, Read
from tests.catalogs.samples import esm_json

Write = Callable[..., Path]
NASTY = "a'b\"c</script><b>\n{{ 7*7 }}\x1b[31m/../%s"


def entry(driver: object = "zarr", **args: Any) -> dict[str, Any]:
    return {"driver": driver, "args": {"urlpath": "gs://b/x", **args}}


@pytest.mark.parametrize(
    "text",
    [
        "sources: !!python/object/apply:os.system ['touch {marker}']",
        "sources:\n  a: !!python/name:os.system\n",
        "!!python/object/new:subprocess.Popen [['touch', '{marker}']]",
    ],
)
def test_python_tags_are_refused_and_do_not_run(text: str, tmp_path: Path, read: Read) -> None:
    marker = tmp_path / "ran"
    path = tmp_path / "cat.yaml"
    path.write_text(text.replace("{marker}", str(marker)))
    with pytest.raises(CatalogError, match="not YAML"):
        read(path)
    assert not marker.exists()


def test_templates_plugins_and_classes_do_not_run(
    tmp_path: Path, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "ran"
    (tmp_path / "evil_plugin.py").write_text(f"open({str(marker)!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "cat.yaml"
    escape = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    document: dict[str, dict[str, Any]] = {
        "plugins": {"source": [{"module": "evil_plugin"}, {"dir": str(tmp_path)}]},
        "sources": {
            "shell": entry(urlpath=f"{{{{ shell('touch {marker}') }}}}"),
            "default": {
                **entry(urlpath="{{ p }}"),
                "parameters": {"p": {"type": "str", "default": f"shell(touch {marker})"}},
            },
            "class": {"cls": "evil_plugin.Thing", "args": [], "kwargs": {}},
            "driver": entry(driver="evil_plugin.Source"),
            "escape": entry(urlpath=escape),
        },
    }
    path.write_text(yaml.safe_dump(document))
    entries = read(path)
    assert [e.name for e in entries] == sorted(document["sources"])
    assert not marker.exists()
    for found in entries:
        assert found.untrusted, found.name
    assert {e.name: e.url for e in entries}["escape"] == escape


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (entry(driver="evil.Source"), "driver 'evil.Source'"),
        (entry(driver=["evil.Source"]), "driver 'evil.Source'"),
        (entry(driver={"x": {"class": "evil.Source"}}), "driver 'evil.Source'"),
        (entry(driver="evil:Source"), "driver 'evil.Source'"),
        (entry(driver=None), "driver"),
        (entry(urlpath="{{ env('SECRET') }}"), "template"),
        (entry(x={"deep": ["{% for a in b %}{% endfor %}"]}), "template"),
        (entry(x="{{ p.__class__ }}"), "template"),
        (entry(urlpath="filecache::gs://b/x"), "chains file systems"),
        (entry(urlpath="filecache://b/x"), "unusual file system"),
        (entry(urlpath="reference://"), "unusual file system"),
        (entry(storage_options={"target_protocol": "filecache"}), "unusual file system"),
        (entry(xarray_kwargs={"engine": "evil"}), "engine 'evil'"),
        ({**entry(), "cache": [{"type": "dat"}]}, "cache of type 'dat'"),
        ({**entry(), "cls": "evil.Thing"}, "builds an object"),
        (
            {**entry(), "parameters": {"p": {"default": "client_shell(ls)"}}},
            "runs a command",
        ),
    ],
)
def test_reasons_not_to_trust(spec: dict[str, Any], reason: str) -> None:
    reasons = untrusted_reasons({"sources": {"x": spec}}, "x")
    assert any(reason in text for text in reasons), reasons


@pytest.mark.parametrize(
    "plugins",
    [
        {"source": [{"module": "evil"}]},
        {"source": [{"module": "intake_xarray_evil"}]},
        {"source": [{"module": "intake_xarray", "dir": "."}]},
        {"source": "evil"},
        {"source": [], "other": []},
        ["evil"],
    ],
)
def test_plugins_that_nobody_vouched_for(plugins: object) -> None:
    assert untrusted_reasons({"plugins": plugins, "sources": {"x": entry()}}, "x")


def test_what_a_sibling_makes_intake_import_counts() -> None:
    sources = {"x": entry(), "y": entry(driver="evil.Source")}
    assert "imports the driver" in untrusted_reasons({"sources": sources}, "x")[0]
    sources = {"x": entry(), "y": entry(driver="not-installed")}
    assert untrusted_reasons({"sources": sources}, "x") == ()


@pytest.mark.parametrize(
    "spec",
    [
        entry(),
        entry(driver="intake_xarray.xzarr.ZarrSource", consolidated=True),
        entry(driver="netcdf", xarray_kwargs={"engine": "h5netcdf"}),
        entry(urlpath="{{CATALOG_DIR}}/{{ year }}.nc"),
        {**entry(), "cache": [{"type": "file", "regex": "x", "argkey": "urlpath"}]},
        entry(storage_options={"requester_pays": True, "token": "anon"}),
    ],
)
def test_ordinary_entries_are_trusted(spec: dict[str, Any]) -> None:
    plugins = {"source": [{"module": "intake_xarray"}, {"module": "intake_esm"}]}
    assert untrusted_reasons({"plugins": plugins, "sources": {"x": spec}}, "x") == ()


def test_an_entry_that_is_not_there_is_not_trusted() -> None:
    assert untrusted_reasons({"sources": {}}, "x")
    assert untrusted_reasons({}, "x")


def test_catalogs_that_go_round_end(tmp_path: Path, read: Read) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        sources = {
            "data": entry(),
            "next": {
                "driver": LOCAL_CATALOG,
                "args": {"path": f"{{{{CATALOG_DIR}}}}/{other}.yaml"},
            },
        }
        (tmp_path / f"{one}.yaml").write_text(yaml.safe_dump({"sources": sources}))
    entries = read(tmp_path / "a.yaml")
    assert ["/".join(e.path) for e in entries] == ["data", "next/data", "next/next"]
    assert "circle" in entries[-1].problem


def test_200_deep_ends_in_a_row_that_says_so(tmp_path: Path, read: Read) -> None:
    for i in range(200):
        sources = {
            "data": entry(),
            "d": {"driver": LOCAL_CATALOG, "args": {"path": f"{i + 1}.yaml"}},
        }
        (tmp_path / f"{i}.yaml").write_text(yaml.safe_dump({"sources": sources}))
    entries = read(tmp_path / "0.yaml")
    assert sum(e.name == "data" for e in entries) == 17
    (end,) = [e for e in entries if e.problem]
    assert "16 catalogs deep" in end.problem


def test_catalogs_that_multiply_end(tmp_path: Path, read: Read) -> None:
    for i in range(12):  # 4^12 files, if each were followed each time
        children = {
            f"c{j}": {"driver": LOCAL_CATALOG, "args": {"path": f"{i + 1}.yaml"}} for j in range(4)
        }
        (tmp_path / f"{i}.yaml").write_text(yaml.safe_dump({"sources": children}))
    (tmp_path / "12.yaml").write_text("sources: {}")
    entries = read(tmp_path / "0.yaml")
    assert any("more than 5000 files" in e.problem for e in entries)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: " + "[" * 50_000, "nested deeper|nesting depth"),
        ("{" * 50_000, "nested deeper|nesting depth"),
        ("a: &a [*a]", "alias"),
        ("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
         + "".join(f"a{i}: &a{i} [" + f"*a{i - 1}," * 10 + "]\n" for i in range(1, 9)), "expand"),
        ("a0: &a0 {x: 1}\n"
         + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 40)), "merge"),
        ("a: " + "1" * 5000, "cannot be read as YAML"),
        ("a: 2020-99-99", "cannot be read as YAML"),
        ("? [a, b]\n: c\n", "not YAML|cannot be read"),
        ("a: \x01", "YAML"),
    ],
)  # fmt: skip
def test_bombs_of_yaml_are_refused_quickly(text: str, complaint: str) -> None:
    start = time.monotonic()
    with pytest.raises(CatalogError, match=complaint):
        parse_document(text, "bomb.yaml")
    assert time.monotonic() - start < 60


@pytest.mark.parametrize(
    "text", ['{"a":' * 100_000, '{"a": "\\ud800"}', '{"a": ' + "1" * 5000 + "}"]
)
def test_bombs_of_json_are_refused(text: str) -> None:
    with pytest.raises(CatalogError, match="JSON"):
        parse_document(text, "bomb.json")


def test_50_megabytes_are_refused_quickly(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "big.yaml"
    path.write_text("sources:\n" + "  # padding\n" * 4_200_000)
    assert path.stat().st_size > 50_000_000
    start = time.monotonic()
    with pytest.raises(CatalogError, match="larger than 5 MB"):
        read(path)
    assert time.monotonic() - start < 60


def test_nasty_names_stay_what_they_are_and_ids_stay_one_line(write: Write, read: Read) -> None:
    (found,) = read(write(**{NASTY: {**entry(), "description": NASTY}}))
    assert found.name == found.entry == found.description == NASTY
    (part,) = found.path
    assert part.isprintable()
    assert "/" not in part


def test_names_that_look_like_levels_hide_nothing(write: Write, tmp_path: Path, read: Read) -> None:
    (tmp_path / "child.yaml").write_text(yaml.safe_dump({"sources": {"b": entry()}}))
    found = read(
        write(
            **{
                "a/b": entry(),
                "a%2Fb": entry(),
                "a": {"driver": LOCAL_CATALOG, "args": {"path": "child.yaml"}},
                "": entry(),
                "_": entry(),
                " ": entry(),
            }
        )
    )
    ids = ["/".join(e.path) for e in found]
    assert len(set(ids)) == len(ids) == 6


def test_names_that_are_no_text(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "cat.yaml"
    path.write_text(
        "sources:\n  2019: {driver: zarr}\n  null: {driver: zarr}\n  ok: {driver: zarr}\n"
    )
    assert [(e.name, bool(e.problem)) for e in read(path)] == [
        ("2019", True), ("None", True), ("ok", False),
    ]  # fmt: skip


def test_odd_values_everywhere_lose_no_row(write: Write, read: Read) -> None:
    odd: list[Any] = [None, 7, 1.5, True, "text", [1], {"a": 1}, [[]], {"a": {"b": []}}]
    keys = ("driver", "args", "metadata", "parameters", "description", "cache", "plugins")
    sources = {f"{key}-{i}": {**entry(), key: value} for key in keys for i, value in enumerate(odd)}
    sources |= {
        f"args-{key}-{i}": entry(**{key: value})
        for key in ("urlpath", "storage_options")
        for i, value in enumerate(odd)
    }
    sources |= {
        f"metadata-{key}-{i}": {**entry(), "metadata": {key: value}}
        for key in ("region", "tags", "title", "variables", "storage:schemes")
        for i, value in enumerate(odd)
    }
    assert [e.name for e in read(write(**sources))] == list(sources)


def test_a_remote_catalog_may_not_name_files_of_this_machine(tmp_path: Path, read: Read) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(yaml.safe_dump({"sources": {"mine": entry()}}))
    top = f"memory://hostile-{tmp_path.name}/top.yaml"
    places = {"plain": str(secret), "file": f"file://{secret}", "chain": f"simplecache::{secret}"}
    sources = {
        name: {"driver": LOCAL_CATALOG, "args": {"path": path}} for name, path in places.items()
    }
    with fsspec.open(top, "wt") as file:
        file.write(yaml.safe_dump({"sources": sources}))
    entries = read(top)
    assert {e.name for e in entries} == set(places)
    assert all(e.problem for e in entries)
    assert len(entries) == 3


def test_credentials_in_an_address_are_not_told(read: Read) -> None:
    with pytest.raises(CatalogError) as caught:
        read("http://user:hunter2@127.0.0.1:9/cat.yaml?sig=hunter2")
    assert "127.0.0.1:9/cat.yaml" in str(caught.value)
    assert "hunter2" not in str(caught.value)


ODD: list[Any] = [
    None,
    7,
    1.5,
    True,
    "text",
    [1],
    {"a": 1},
    [[]],
    [{"path": [1]}],
    {"a": {"b": []}},
]


@pytest.mark.parametrize("key", ["catalog_dict", "assets", "aggregation_control", "metadata", "id"])
def test_odd_values_in_intake_esm_are_read_or_refused_in_words(
    key: str, tmp_path: Path, read: Read
) -> None:
    rows = [{"component": "atm", "variable": "T", "path": "s3://b/T"}]
    path = tmp_path / "cat.json"
    for value in ODD:
        path.write_text(json.dumps({**esm_json(catalog_dict=rows), key: value}))
        complaint, entries = "", []
        try:
            entries = read(path)
        except CatalogError as error:
            complaint = str(error)
        assert not complaint or "cat.json" in complaint
        assert "Error:" not in complaint  # not a bare Python error
        assert [entry.path[-1] for entry in entries] in ([], ["T"], ["[1]"])


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_cells_and_columns_lose_no_row(value: Any, tmp_path: Path, read: Read) -> None:
    rows = [{"component": value, "variable": value, "long_name": value, "path": "s3://b/T"}]
    control = {"variable_column_name": "variable", "groupby_attrs": ["component", value]}
    path = tmp_path / "cat.json"
    path.write_text(json.dumps(esm_json(catalog_dict=rows, aggregation_control=control)))
    (entry,) = read(path)
    assert entry.url == "s3://b/T"
    assert not entry.problem
